// What an alert is to the page: its times, its order, its words, and the set of all open ones.

import { duration, plural, subjectTime } from "./format.js";

const RANK = { danger: 0, warning: 1 };
/** How many alerts that are over are remembered, so that an old answer does not bring them back. */
const MOST_GONE = 10_000;

/** An instant as the server writes it, in ms; NaN if there is none. */
export const instant = (time) => typeof time === "number" ? time : Date.parse(time ?? "");

/** Adds the parsed times to an alert as the server sent it. */
export function preparedAlert(alert) {
  alert.acknowledged ??= null;
  alert.verdict ??= null;
  alert.beganTime = instant(alert.began);
  alert.raisedTime = instant(alert.raised ?? alert.opened);
  return alert;
}

export const isOpen = (alert) => alert.phase !== "resolved";

/** Danger first, then by what is newest: an alert that has become more urgent is news. */
export function compareAlerts(a, b) {
  return (RANK[a.severity] ?? 2) - (RANK[b.severity] ?? 2) || b.raisedTime - a.raisedTime || b.id - a.id;
}

/** `rule 200 (person in restricted area)`, `void image`. */
export function causeInWords(alert) {
  if (alert.rule != null) return `rule ${alert.rule}${alert.rule_name ? ` (${alert.rule_name})` : ""}`;
  return alert.cause.replaceAll("_", " ");
}

/** `u-17 watch`, for sentences. */
export const whoInWords = (alert) => [alert.user, alert.device].filter(Boolean).join(" ");

/** `acknowledged by Ann, 2026-11-21 03:14:05`; empty if nobody has. */
export function acknowledgementInWords(alert) {
  const said = alert.acknowledged;
  if (!said) return "";
  return `acknowledged${said.author ? ` by ${said.author}` : ""}, ${subjectTime(instant(said.time), alert.timezone)}`;
}

/** `acknowledged by Ann 4 min ago`, where there is little room. */
export function acknowledgementInShort(alert, now) {
  const said = alert.acknowledged;
  if (!said) return "";
  return `acknowledged${said.author ? ` by ${said.author}` : ""} ${duration(now - instant(said.time))} ago`;
}

/** What people say when they have looked at an alert. */
export const VERDICTS = { confirmed: "Confirmed", false_alarm: "False alarm" };

/** `confirmed by Ann`; empty if nobody has judged it. */
export function verdictInShort({ verdict }) {
  if (!verdict) return "";
  const word = VERDICTS[verdict.verdict] ?? verdict.verdict;
  return `${word.toLowerCase()}${verdict.author ? ` by ${verdict.author}` : ""}`;
}

/** `confirmed by Ann, 2026-11-21 03:14:05: she is hurt`; empty if nobody has judged it. */
export function verdictInWords(alert) {
  const { verdict } = alert;
  if (!verdict) return "";
  const at = subjectTime(instant(verdict.time), alert.timezone);
  return `${verdictInShort(alert)}, ${at}${verdict.note ? `: ${verdict.note}` : ""}`;
}

/** What has become of it, for those that are not simply firing. */
export function phaseInWords(alert, now) {
  if (alert.phase === "recovering") {
    const since = instant(alert.recovering);
    return Number.isFinite(since) ? `recovering for ${duration(now - since)}` : "recovering";
  }
  return alert.phase === "resolved" ? "resolved" : "";
}

export const flapsInWords = (alert) => alert.flaps > 0 ? `came back ${plural(alert.flaps, "time")}` : "";

/** `3 dangers, 12 warnings, 2 acknowledged`; what there is none of is left out. */
export function countsInWords({ danger, warning, acknowledged }) {
  return [
    danger && plural(danger, "danger"), warning && plural(warning, "warning"),
    acknowledged && `${acknowledged} acknowledged`,
  ].filter(Boolean).join(", ");
}

/** All open alerts: the newest value of each, from whichever came first, an answer or an event. */
export class OpenAlerts {
  #open = new Map();
  #gone = new Map();

  get size() { return this.#open.size; }

  get(id) { return this.#open.get(id); }

  /** Forgets everything: the server's database may be another one. */
  clear() {
    this.#open.clear();
    this.#gone.clear();
  }

  /** Takes in a list of all open ones as of `revision`; which ones are over that it does not hold. */
  replace(items, revision) {
    const listed = new Set(items.map(({ id }) => id));
    const over = [];
    for (const [id, alert] of this.#open) {
      if (listed.has(id) || alert.revision > revision) continue;
      this.#open.delete(id);
      over.push(alert);
    }
    for (const item of items) this.apply(item);
    return over;
  }

  /** Takes in one alert; `null` if what we hold is as new, else what it replaces (or undefined). */
  apply(raw) {
    const held = this.#open.get(raw.id);
    if (Math.max(held?.revision ?? -1, this.#gone.get(raw.id) ?? -1) >= raw.revision) return null;
    const alert = preparedAlert(raw);
    if (isOpen(alert)) {
      this.#open.set(alert.id, alert);
      this.#gone.delete(alert.id);
    } else {
      this.#open.delete(alert.id);
      this.#gone.set(alert.id, alert.revision);
      if (this.#gone.size > MOST_GONE) this.#gone.delete(this.#gone.keys().next().value);
    }
    return { held, alert };
  }

  /** The first ones in order. */
  first(limit) {
    return [...this.#open.values()].sort(compareAlerts).slice(0, limit);
  }

  counts() {
    const counts = { danger: 0, warning: 0, acknowledged: 0 };
    for (const alert of this.#open.values()) {
      counts[alert.severity] += 1;
      if (alert.acknowledged) counts.acknowledged += 1;
    }
    return counts;
  }
}
