// A list of alerts, each with what it is about and what can be done about it. An element belongs to an
// alert, not to a place, so that a click stays with the alert that it was meant for.

import { serverNow } from "./api.js";
import { AlertActions } from "./alert-actions.js";
import {
  acknowledgementInShort, acknowledgementInWords, causeInWords, flapsInWords, instant, isOpen, phaseInWords, verdictInShort,
  verdictInWords, whoInWords,
} from "./alert-model.js";
import { duration, element, setText, shape, subjectTime, timeZone, zonedTime } from "./format.js";

/** How long an alert that is over stays in sight. */
const FADE = 4000;

export class AlertList {
  #items = new Map();

  /**
   * `page`: the address of the page that shows one alert; empty for this one. `silencedUntil(alert)`:
   * in ms, or null. `changed`, `silenced` and `judges`: see AlertActions.
   */
  constructor(list, { page = "", silencedUntil = () => null, changed, silenced, judges = false } = {}) {
    Object.assign(this, { list, page, silencedUntil, changed, silenced, judges });
    list.addEventListener("click", (event) => {
      const item = event.target.closest(".alert");
      const isForOther = event.target.closest("a, button, input, textarea, label, form, .said");
      if (item && !isForOther && getSelection().isCollapsed) location.href = item.link.href;
    });
  }

  get length() { return this.#items.size; }

  has(id) { return this.#items.has(id); }

  /** Puts the keyboard's focus on an alert, if it is here. */
  focus(id) { this.#items.get(id)?.link.focus(); }

  /** Shows just these, in this order; one that the operator is busy with stays. */
  show(alerts) {
    const wanted = new Set(alerts.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (!wanted.has(id) && !item.isLeaving && !item.actions.isBusy) this.#remove(id, item);
    }
    const focused = document.activeElement;
    let position = this.list.firstChild;
    for (const alert of alerts) {
      const item = this.#items.get(alert.id) ?? this.#make(alert);
      this.#tell(item, alert);
      while (position && !wanted.has(position.alertID)) position = position.nextSibling;
      if (item === position) position = position.nextSibling;
      else this.list.insertBefore(item, position);
    }
    // To move an element takes the focus from it.
    if (focused !== document.activeElement && this.list.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** Puts further ones behind those that are there. */
  append(alerts) {
    for (const alert of alerts) {
      const item = this.#items.get(alert.id);
      if (item) this.#tell(item, alert);
      else this.list.append(this.#tell(this.#make(alert), alert));
    }
  }

  /** Takes in a new value of one that is here. */
  update(alert) {
    const item = this.#items.get(alert.id);
    if (item) this.#tell(item, alert);
  }

  /** Lets one that is over fade away. */
  leave(alert) {
    const item = this.#items.get(alert.id);
    if (!item || item.isLeaving) return;
    item.isLeaving = true;
    this.#tell(item, alert);
    item.classList.add("leaving");
    item.timer = setTimeout(() => this.#remove(alert.id, item), FADE);
  }

  /** Times that have gone on. */
  tick() {
    for (const item of this.#items.values()) this.#showTimes(item, serverNow());
  }

  clear() {
    for (const [id, item] of this.#items) this.#remove(id, item);
  }

  #remove(id, item) {
    clearTimeout(item.timer);
    const heir = item.contains(document.activeElement) && (item.nextElementSibling ?? item.previousElementSibling);
    this.#items.delete(id);
    item.remove();
    heir?.link?.focus({ preventScroll: true });
  }

  #make(alert) {
    const item = element("li", "alert");
    item.alertID = alert.id;
    item.dataset.alert = alert.id;
    const head = element("p", "alert-head");
    item.link = element("a", "alert-who");
    item.link.href = `${this.page}#alert=${alert.id}`;
    item.link.append(element("b", "", alert.user), ` ${alert.device}`);
    item.link.title = whoInWords(alert);
    item.word = element("span", "word");
    item.site = element("span", "quiet");
    item.age = element("b", "alert-age");
    item.time = element("time", "quiet");
    item.badges = ["phase", "flaps", "acknowledged", "silenced", "verdict"].map((name) => element("span", `badge ${name}`));
    head.append(item.icon = shape(alert.severity), item.word, item.link, item.site, item.age, item.time, ...item.badges);
    item.reason = element("p", "alert-reason");
    item.actions = new AlertActions({
      changed: (now) => {
        this.update(now);
        this.changed?.(now);
      },
      silenced: this.silenced, judges: this.judges,
    });
    item.append(head, item.actions.buttons, item.reason, item.actions.place);
    this.#items.set(alert.id, item);
    return item;
  }

  #tell(item, alert) {
    const now = serverNow();
    // An answer that was on its way while something was done here is older than what is shown.
    if (item.shown !== alert && !(item.shown?.revision > alert.revision)) {
      item.shown = alert;
      item.dataset.state = alert.severity;
      item.dataset.phase = alert.phase;
      item.dataset.acknowledged = alert.acknowledged !== null;
      item.icon.firstChild.setAttribute("href", `#shape-${alert.severity}`);
      setText(item.word, alert.severity);
      setText(item.site, [alert.kind, alert.site && `site ${alert.site}`].filter(Boolean).join(" · "));
      setText(item.time, subjectTime(alert.beganTime, alert.timezone));
      item.time.dateTime = alert.began;
      item.time.title = `Here: ${zonedTime(alert.beganTime, timeZone)}`;
      setText(item.reason, alert.reason || causeInWords(alert));
      item.reason.title = `${causeInWords(alert)}: ${alert.reason}`;
      item.link.setAttribute("aria-label", `Alert ${alert.id}: ${alert.severity}, ${whoInWords(alert)}`);
      setText(item.badges[1], flapsInWords(alert));
      item.badges[2].title = [acknowledgementInWords(alert), alert.acknowledged?.note].filter(Boolean).join(": ");
      setText(item.badges[4], verdictInShort(alert));
      item.badges[4].title = verdictInWords(alert);
      item.actions.show(alert);
    }
    this.#showTimes(item, now);
    return item;
  }

  #showTimes(item, now) {
    const alert = item.shown;
    const over = instant(alert.resolved);
    setText(item.age, isOpen(alert) ? duration(now - alert.beganTime)
      : Number.isFinite(over) ? `lasted ${duration(over - alert.beganTime)}` : "");
    setText(item.badges[0], phaseInWords(alert, now));
    setText(item.badges[2], acknowledgementInShort(alert, now));
    const until = isOpen(alert) ? this.silencedUntil(alert) : null;
    if (item.until === until) return;
    item.until = until;
    setText(item.badges[3], until === null ? "" : `silenced until ${zonedTime(until, timeZone)}`);
  }
}
