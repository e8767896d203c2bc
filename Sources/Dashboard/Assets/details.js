// The panel with one subject's facts and live trace.

import { Problem, getJSON, serverNow, statusPath, tracePath } from "./api.js";
import { byId, clockTime, duration, element, fullTime, number, setText, shape, timeZone, withUnit } from "./format.js";
import { keyOf, prepared } from "./model.js";
import { Trace, describe } from "./trace.js";

const UPDATE = 1000;

export class Details {
  #key = null;
  #row = null;
  #request = null;
  #timer = 0;
  #trace;
  #unit = "";
  #facts = new Map();

  /** `heldRow(key)` is the newest row that the page holds and whether it is kept up to date. */
  constructor(heldRow) {
    this.heldRow = heldRow;
    this.panel = byId("details");
    this.#trace = new Trace(byId("trace"), (text) => setText(byId("readout"), text));
  }

  get key() { return this.#key; }

  open(key) {
    if (key === this.#key) return;
    this.close();
    this.#key = key;
    this.panel.hidden = false;
    this.panel.dataset.subject = key;
    const [, user = "", device = ""] = key.split("/").map(decodeURIComponent);
    byId("details-title").replaceChildren(element("b", "", user), element("span", "quiet", device));
    this.#say("");
    this.#update();
  }

  close() {
    this.#request?.abort();
    clearTimeout(this.#timer);
    this.#key = this.#row = null;
    this.#trace.clear();
    this.panel.hidden = true;
    byId("facts").replaceChildren();
    this.#facts.clear();
    byId("flagged").replaceChildren();
    setText(byId("readout"), "");
  }

  /** A row has changed; if it is ours, show it. */
  show(row) {
    if (row.key !== this.#key || (this.#row && this.#row.revision > row.revision)) return;
    this.#row = row;
    this.#unit = row.unit ?? "";
    this.panel.dataset.state = row.state;
    const record = row.topic == null ? "–" : `${row.topic} / ${row.partition} @ ${row.offset}`;
    const mean = row.mean == null ? "–" : `${withUnit(row.mean, row.unit)} ± ${number(row.std)}`;
    const now = serverNow();
    this.#setFact("State", row.state, row.state);
    this.#setFact("Before", row.previous ?? "–");
    this.#setFact("Since", `${fullTime(row.sinceTime)} (${duration(now - row.sinceTime)})`);
    this.#setFact("Reason", row.reason || "–");
    this.#setFact("Last seen", `${fullTime(row.seenTime)} (${duration(now - row.seenTime)})`);
    this.#setFact("Last value", withUnit(row.value, row.unit));
    this.#setFact("Mean ± std", mean);
    this.#setFact("Score", number(row.score));
    this.#setFact("Record", record);
    this.#setFact("Revision", String(row.revision));
    this.#setFact("Configuration", row.config ?? "–");
    this.#setFact("Time zone", timeZone);
  }

  /** Changes only the text that differs, so that a reader's selection survives. */
  #setFact(name, text, state = null) {
    let fact = this.#facts.get(name);
    if (!fact) {
      const pair = element("div");
      fact = element("dd");
      if (state) fact.append(shape(state));
      fact.append(fact.word = element("span", state ? "word" : ""));
      pair.append(element("dt", "", name), fact);
      byId("facts").append(pair);
      this.#facts.set(name, fact);
    }
    if (state) fact.querySelector("use").setAttribute("href", `#shape-${state}`);
    setText(fact.word, text);
  }

  async #update() {
    const key = this.#key;
    const request = this.#request = new AbortController();
    const options = { signal: request.signal };
    try {
      const { row, live } = this.heldRow(key);
      if (row) this.show(row);
      // The feed does not bring every value of this row, or we do not have it yet.
      if (!row || !live) this.show(prepared(await getJSON(statusPath(key), options)));
      const from = this.#trace.from;
      const answer = await getJSON(tracePath(key) + (from === null ? "" : `?from=${from}`), options);
      if (key !== this.#key) return;
      this.#trace.merge(answer, from);
      setText(byId("trace-k"), number(answer.k).replace(/\.0+$/, ""));
      this.#listFlagged();
      this.#say("");
    } catch (error) {
      if (key !== this.#key) return;
      this.#explain(error);
    }
    this.#timer = setTimeout(() => this.#update(), UPDATE);
  }

  #listFlagged() {
    const newest = this.#trace.flagged.slice(-5).reverse();
    const items = newest.map((point) => element("li", "", describe(point, this.#unit)));
    byId("flagged").replaceChildren(...(items.length ? items : [element("li", "quiet", "none")]));
  }

  #explain(error) {
    if (error instanceof Problem && error.status === 409 && error.body?.devices) {
      // The address named a user alone, who has several devices.
      const [kind, user] = this.#key.split("/").map(decodeURIComponent);
      const links = error.body.devices.map((device) => {
        const link = element("a", "", device);
        link.href = `#/${keyOf(kind, user, device)}`;
        return link;
      });
      byId("details-message").shown = null;
      byId("details-message").replaceChildren("Several devices: ", ...links.flatMap((link) => [link, " "]));
    } else if (error instanceof Problem && error.status === 404) {
      this.#say("This subject is not known here (any more).");
    } else {
      this.#say(`No answer at ${clockTime(Date.now())} (${error.message}); trying again.`);
    }
  }

  #say(text) {
    const message = byId("details-message");
    if (message.childElementCount) message.shown = null;
    setText(message, text);
  }
}
