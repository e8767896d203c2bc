// The panel with one subject's facts and live trace.

import { Problem, getJSON, serverNow, statusPath, tracePath } from "./api.js";
import { rememberAuthor } from "./author.js";
import { Facts } from "./facts.js";
import { byId, clockTime, duration, element, fullTime, number, setText, timeZone, withUnit } from "./format.js";
import { keyOf, prepared } from "./model.js";
import { ThreatList } from "./threats.js";
import { Trace, describe } from "./trace.js";

const UPDATE = 1000;
/** Threats of a camera are asked for when its state changes, and after so many updates otherwise. */
const THREATS_EVERY = 10, THREATS_SHOWN = 20;

export class Details {
  #key = null;
  #row = null;
  #request = null;
  #timer = 0;
  #trace;
  #unit = "";
  #facts = new Facts(byId("facts"));
  #threats;
  #updates = 0;
  #shownSince = null;

  /**
   * `heldRow(key)` is the newest row that the page holds and whether it is kept up to date;
   * `isCamera(kind)` says whether subjects of a kind are cameras.
   */
  constructor(heldRow, isCamera) {
    this.heldRow = heldRow;
    this.isCamera = isCamera;
    this.panel = byId("details");
    this.#threats = new ThreatList(byId("camera-threats"), { showsCamera: false });
    rememberAuthor(this.panel.querySelector(".author"));
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
    this.#followKind();
    this.#update();
  }

  close() {
    this.#request?.abort();
    clearTimeout(this.#timer);
    this.#key = this.#row = this.#shownSince = null;
    this.#trace.clear();
    this.panel.hidden = true;
    this.#facts.clear();
    byId("flagged").replaceChildren();
    this.#threats.clear();
    setText(byId("camera-message"), "");
    setText(byId("readout"), "");
  }

  /** What stands in the panel depends on the subject's kind, which is known once the service is. */
  #followKind() {
    const camera = this.isCamera(decodeURIComponent(this.#key.split("/")[0]));
    const judgedBy = camera ? "rules" : "past";
    if (this.panel.dataset.judgedBy !== judgedBy) this.#facts.clear();
    this.panel.dataset.judgedBy = judgedBy;
    this.#trace.showsProbability = camera;
    byId("camera").hidden = !camera;
    setText(byId("k-value"), camera ? "probability of the surest unsafe object" : "value");
    setText(byId("flagged-title"), camera ? "Frames flagged in this window" : "Flagged in this window");
    return camera;
  }

  /** A row has changed; if it is ours, show it. */
  show(row) {
    if (row.key !== this.#key || (this.#row && this.#row.revision > row.revision)) return;
    const camera = this.#followKind();
    this.#row = row;
    this.#unit = row.unit ?? "";
    this.panel.dataset.state = row.state;
    const record = row.topic == null ? "–" : `${row.topic} / ${row.partition} @ ${row.offset}`;
    const mean = row.mean == null ? "–" : `${withUnit(row.mean, row.unit)} ± ${number(row.std)}`;
    const now = serverNow();
    this.#facts.set("State", row.state, row.state);
    this.#facts.set("Before", row.previous ?? "–");
    this.#facts.set("Since", `${fullTime(row.sinceTime)} (${duration(now - row.sinceTime)})`);
    this.#facts.set("Reason", row.reason || "–");
    this.#facts.set("Last seen", `${fullTime(row.seenTime)} (${duration(now - row.seenTime)})`);
    if (camera) {
      this.#facts.set("Probability", number(row.value));
    } else {
      this.#facts.set("Last value", withUnit(row.value, row.unit));
      this.#facts.set("Mean ± std", mean);
      this.#facts.set("Score", number(row.score));
    }
    this.#facts.set("Record", record);
    this.#facts.set("Revision", String(row.revision));
    this.#facts.set("Configuration", row.config ?? "–");
    this.#facts.set("Time zone", timeZone);
  }

  async #update() {
    const key = this.#key;
    const request = this.#request = new AbortController();
    const options = { signal: request.signal };
    try {
      const { row, live } = this.heldRow(key);
      if (row) this.show(row);
      const camera = this.#followKind();
      // The feed does not bring every value of this row, or we do not have it yet.
      if (!row || !live) this.show(prepared(await getJSON(statusPath(key), options)));
      const from = this.#trace.from;
      const answer = await getJSON(tracePath(key) + (from === null ? "" : `?from=${from}`), options);
      if (key !== this.#key) return;
      this.#trace.merge(answer, from);
      setText(byId("trace-k"), number(answer.k).replace(/\.0+$/, ""));
      this.#listFlagged();
      if (camera) await this.#listThreats(key, options);
      if (key !== this.#key) return;
      this.#say("");
    } catch (error) {
      if (key !== this.#key) return;
      this.#explain(error);
    }
    this.#timer = setTimeout(() => this.#update(), UPDATE);
  }

  async #listThreats(key, options) {
    this.#updates += 1;
    const since = `${key} ${this.#row?.since}`;
    if (since === this.#shownSince && this.#updates % THREATS_EVERY) return;
    const [kind, user, device = ""] = key.split("/").map(decodeURIComponent);
    const query = new URLSearchParams({ kind, user, limit: THREATS_SHOWN });
    if (device) query.set("device", device);
    const { items, next } = await getJSON(`api/v1/threats?${query}`, options);
    if (key !== this.#key) return;
    this.#shownSince = since;
    this.#threats.show(items);
    setText(byId("camera-message"), items.length === 0 ? "None yet." : next ? `The newest ${items.length}.` : "");
  }

  #listFlagged() {
    const newest = this.#trace.flagged.slice(-5).reverse();
    const items = newest.map((point) => element("li", "", describe(point, this.#unit, this.#trace.showsProbability)));
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
