// The top of the page: all open alerts, the most urgent first. Read once, then kept up to date by the
// feed; of many only the first ones are shown, the rest is counted.

import { Problem, getJSON, serverNow } from "./api.js";
import { AlertList } from "./alert-list.js";
import { OpenAlerts, countsInWords, isOpen, preparedAlert } from "./alert-model.js";
import { byId, count, element, setText } from "./format.js";
import { Silences } from "./silences.js";

const SHOWN = 50, PAGE = 1000;
/** More than so many are not held: the rest is only counted, and read again from time to time. */
const MOST_HELD = 10_000;
const RENDER_EVERY = 200, POLL_EVERY = 15_000, RETRY = 3000;
/** Rows keep their places while the pointer moves over them, but not for longer than MOST_PATIENCE. */
const PATIENCE = 700, MOST_PATIENCE = 3000;

export class AlertSection {
  #alerts = new OpenAlerts();
  #list;
  #silences = new Silences(() => this.#requestRender());
  #counts = null;
  #isWhole = true;
  #known = new Set();
  #isFirst = true;
  #timer = 0;
  #renderedAt = 0;
  #movedAt = -Infinity;
  #heldSince = null;
  #retry = 0;
  /** Whether the server has alerts at all, so that they speak for the rows. */
  isLive = false;

  /**
   * `danger(alert)` is told of each new danger that nobody looks after, `changed(alert)` of each change,
   * also of those that were made here; `silenced()` of each new silence.
   */
  constructor({ danger, changed, silenced }) {
    Object.assign(this, { danger, changed, silenced });
    this.#list = new AlertList(byId("open-alerts"), {
      silencedUntil: (alert) => this.#silences.until(alert),
      changed: (alert) => this.take(alert),
      silenced: () => this.refreshSilences(),
    });
    const move = () => { this.#movedAt = performance.now(); };
    byId("open-alerts").addEventListener("pointermove", move, { passive: true });
    byId("open-alerts").addEventListener("pointerdown", move, { passive: true });
    setInterval(() => this.#poll(), POLL_EVERY);
  }

  /**
   * Reads all open alerts; the revision from which the feed is to go on, or null if the server has no
   * alerts to read. Forgets what was held before with `anew`. Fails as getJSON does, but for errors that
   * the server words: those stand where the alerts would, and the reading is repeated.
   */
  async read({ anew = false } = {}) {
    clearTimeout(this.#retry);
    try {
      let answer = await getJSON(`api/v1/alerts?state=open&limit=${PAGE}`);
      const { revision, counts } = answer;
      const items = answer.items;
      while (answer.next && items.length < MOST_HELD) {
        const query = new URLSearchParams({ state: "open", limit: PAGE, cursor: answer.next });
        answer = await getJSON(`api/v1/alerts?${query}`);
        items.push(...answer.items);
      }
      if (anew) this.#alerts.clear();
      this.#isWhole = !answer.next;
      this.#counts = counts;
      items.forEach(preparedAlert);
      for (const alert of items) this.#notice(alert);
      const over = this.#alerts.replace(items, revision);
      for (const alert of over) this.#list.leave({ ...alert, phase: "resolved" });
      this.#isFirst = false;
      this.isLive = true;
      this.#say("");
      this.#requestRender();
      this.refreshSilences();
      return revision;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.isLive = false;
      byId("alerts").hidden = error.status === 404;
      if (error.status === 404) return null;
      this.#say(`The alerts could not be read: ${error.message} Trying again …`);
      this.#retry = setTimeout(() => this.read().catch(() => this.#poll()), RETRY);
      return null;
    }
  }

  /** An alert has changed: told by the feed, or by the answer to what was done here. */
  take(raw) {
    const change = this.#alerts.apply(raw);
    if (!change) return;
    const { alert } = change;
    this.#notice(alert);
    if (isOpen(alert)) {
      this.#list.update(alert);
    } else {
      this.#list.leave(alert);
      this.#known.delete(alert.id);
    }
    this.changed(alert);
    this.#requestRender();
  }

  get(id) { return this.#alerts.get(id); }

  focus(id) {
    if (this.#list.has(id)) this.#list.focus(id);
  }

  /** Silences matching an alert, the active ones first. */
  silencesOf(alert) { return this.#silences.of(alert); }

  async refreshSilences() {
    try {
      await this.#silences.refresh();
      this.silenced();
    } catch {
      // They are read again with the next poll.
    }
  }

  /** Once a second: times go on. */
  tick() {
    this.#list.tick();
    if (this.#heldSince !== null) this.#requestRender();
  }

  /** A danger that nobody looks after is news once: not when it is read again, nor at the first reading. */
  #notice(alert) {
    if (alert.severity !== "danger" || this.#known.has(alert.id)) return;
    if (!isOpen(alert)) return;
    this.#known.add(alert.id);
    if (!this.#isFirst && !alert.acknowledged) this.danger(alert);
  }

  #poll() {
    this.refreshSilences();
    if (!this.#isWhole || !this.isLive) this.read().catch(() => {});
  }

  #requestRender() {
    if (this.#timer) return;
    const wait = Math.max(0, this.#renderedAt + RENDER_EVERY - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#renderedAt = performance.now();
      this.#render();
    }, wait);
  }

  #render() {
    if (!this.isLive) return;
    const counts = this.#isWhole ? this.#alerts.counts() : this.#counts;
    const open = counts.danger + counts.warning;
    byId("alerts").hidden = false;
    byId("alerts").dataset.open = open;
    byId("alerts").dataset.danger = counts.danger;
    setText(byId("alerts-title"), open ? `${count(open)} open alert${open === 1 ? "" : "s"}` : "No open alerts");
    setText(byId("alerts-counts"), countsInWords(counts));

    // A row that slips away between the look and the click would have the wrong alert acknowledged.
    const now = performance.now();
    const isInHand = now - this.#movedAt < PATIENCE;
    this.#heldSince = isInHand ? this.#heldSince ?? now : null;
    if (isInHand && now - this.#heldSince < MOST_PATIENCE) return this.#requestRender();
    this.#heldSince = null;
    const shown = this.#alerts.first(SHOWN);
    this.#list.show(shown);
    const more = open - shown.length;
    byId("alerts-more").hidden = more <= 0;
    if (more > 0) {
      const link = element("a", "", "show all");
      link.href = "alerts?state=open";
      const text = `… and ${count(more)} more: `;
      if (byId("alerts-more").firstChild?.data !== text) byId("alerts-more").replaceChildren(text, link);
    }
    byId("alerts").dataset.renderedAt = Math.round(serverNow());
  }

  #say(text) {
    setText(byId("alerts-message"), text);
  }
}
