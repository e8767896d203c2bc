// The panel with one alert: its facts, the trace around its beginning, and its whole record.

import { Problem, getJSON, serverNow, tracePath } from "./api.js";
import { AlertActions } from "./alert-actions.js";
import {
  acknowledgementInWords, causeInWords, instant, isOpen, phaseInWords, preparedAlert, verdictInWords,
  whoInWords,
} from "./alert-model.js";
import { Facts } from "./facts.js";
import { byId, clockTime, duration, element, plural, setText, subjectTime, timeZone, withUnit, zonedTime } from "./format.js";
import { keyOf } from "./model.js";
import { SilenceList } from "./silences.js";
import { Trace } from "./trace.js";

const UPDATE = 4000, UPDATE_TRACE = 2000, SOON = 300;
/** What is shown of the trace, in ms: before the alert began, at least, and after. */
const BEFORE = 60_000, AFTER = 60_000;
const ANSWER_LINES = 6, DELIVERIES = 10;

export class AlertPanel {
  #id = null;
  /** Differs for each opening, so that what was asked for before one is not taken for another. */
  #opening = null;
  #alert = null;
  #request = null;
  #timer = 0;
  #traceTimer = 0;
  #before = BEFORE;
  #trace;
  #facts = new Facts(byId("alert-facts"));
  #actions;
  #silences;
  #shown = new Map();

  /**
   * `changed(alert)` is told of the alert's newest value, `silenced()` of changes of silences;
   * `silencesOf(alert)` are those that match; `isCamera(kind)`: see Details.
   */
  constructor({ changed, silenced, silencesOf, isCamera }) {
    Object.assign(this, { changed, silencesOf, isCamera });
    this.panel = byId("alert");
    this.#trace = new Trace(byId("alert-trace"), (text) => setText(byId("alert-readout"), text));
    this.#actions = new AlertActions({
      changed: (alert) => {
        this.show(alert);
        changed(alert);
      },
      silenced, judges: true,
    });
    byId("alert-actions").append(this.#actions.buttons, this.#actions.place);
    this.#silences = new SilenceList(byId("alert-silences"), { ended: silenced, none: "None." });
  }

  get id() { return this.#id; }

  open(id) {
    if (id === this.#id) return;
    this.close();
    this.#id = id;
    this.#opening = {};
    this.panel.hidden = false;
    this.panel.dataset.alertPanel = id;
    setText(byId("alert-title"), `Alert ${id}`);
    this.#say("Loading …");
    this.#update();
  }

  close() {
    this.#request?.abort();
    clearTimeout(this.#timer);
    clearTimeout(this.#traceTimer);
    this.#id = this.#alert = this.#opening = null;
    this.#before = BEFORE;
    this.#trace.mark = null;
    this.#trace.clear();
    this.#facts.clear();
    this.#actions.close();
    this.#shown.clear();
    this.panel.hidden = true;
    byId("alert-body").hidden = true;
    for (const name of ["events", "notifications", "silences"]) byId(`alert-${name}`).replaceChildren();
    setText(byId("alert-readout"), "");
  }

  /** An alert has changed; if it is ours, show it and read what belongs to it. */
  take(alert) {
    if (alert.id !== this.#id) return;
    this.show(alert);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#update(), SOON);
  }

  show(alert) {
    if (alert.id !== this.#id || (this.#alert && this.#alert.revision > alert.revision)) return;
    this.#alert = alert;
    const now = serverNow();
    byId("alert-body").hidden = false;
    Object.assign(this.panel.dataset, {
      state: alert.severity, phase: alert.phase, acknowledged: alert.acknowledged !== null,
    });
    const title = byId("alert-title");
    if (title.dataset.shown !== String(alert.id)) {
      title.dataset.shown = alert.id;
      title.shown = null;
      title.replaceChildren(element("span", "quiet", `Alert ${alert.id}`), " ", element("b", "", alert.user), " ", alert.device);
    }
    setText(byId("alert-reason"), alert.reason || causeInWords(alert));
    this.#actions.show(alert);
    this.#showFacts(alert, now);
    this.showSilences();
  }

  /** Silences have changed. */
  showSilences() {
    if (!this.#alert) return;
    const isListed = isOpen(this.#alert);
    byId("alert-silences").hidden = byId("alert-silences-title").hidden = !isListed;
    if (isListed) this.#silences.show(this.silencesOf(this.#alert));
  }

  #showFacts(alert, now) {
    const facts = this.#facts;
    const at = (time) => Number.isFinite(instant(time)) ? subjectTime(instant(time), alert.timezone) : "";
    const ago = (time) => at(time) && `${at(time)} (${duration(now - instant(time))} ago)`;
    const over = instant(alert.resolved ?? "");
    facts.set("Severity", [alert.severity, phaseInWords(alert, now)].filter(Boolean).join(", "), alert.severity);
    facts.set("Looked after", acknowledgementInWords(alert) || (isOpen(alert) ? "by nobody" : "–"));
    facts.set("Note", alert.acknowledged?.note ?? "");
    facts.set("Verdict", verdictInWords(alert) || "–");
    facts.set("Who", `${alert.kind} ${whoInWords(alert)}`);
    facts.setLink("Who", "as it is now", `#/${keyOf(alert.kind, alert.user, alert.device)}`);
    facts.set("Site", alert.site);
    const place = alert.location;
    facts.set("Location", place ? `${place.latitude}, ${place.longitude}` : "");
    const map = place ? `https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}` : "";
    Object.assign(facts.setLink("Location", "map (openstreetmap.org)", map), { target: "_blank", rel: "noreferrer" });
    facts.set("Cause", causeInWords(alert));
    facts.set("Value", alert.value == null ? "" : withUnit(alert.value, alert.unit));
    facts.set("Began", ago(alert.began));
    const isElsewhere = alert.timezone && alert.timezone !== timeZone;
    facts.set("Began, here", isElsewhere ? `${zonedTime(alert.beganTime, timeZone)} ${timeZone}` : "");
    facts.set("Opened", at(alert.opened));
    facts.set("Raised", alert.raised === alert.opened ? "" : at(alert.raised));
    facts.set("Last over", at(alert.ended));
    facts.set("Resolved", at(alert.resolved));
    facts.set("Lasted", Number.isFinite(over) ? duration(over - alert.beganTime) : "");
    facts.set("Flaps", alert.flaps ? `came back ${plural(alert.flaps, "time")}` : "");
    facts.set("Record", alert.topic == null ? "" : `${alert.topic} / ${alert.partition} @ ${alert.offset}`);
    facts.set("Configuration", alert.config ?? "");
  }

  async #update() {
    clearTimeout(this.#timer);
    const id = this.#id;
    const request = this.#request = new AbortController();
    try {
      const answer = preparedAlert(await getJSON(`api/v1/alerts/${id}`, { signal: request.signal }));
      if (id !== this.#id || request !== this.#request) return;
      this.show(answer);
      this.#followKind(answer);
      this.changed(answer);
      this.#list("events", answer.events ?? [], (event) => this.#eventItem(event), "Nothing yet.");
      this.#list("notifications", answer.notifications ?? [], (told) => this.#notificationItem(told), "Nobody has been told yet.");
      this.#say("");
      if (this.#trace.mark === null) this.#readTrace(answer);
    } catch (error) {
      if (id !== this.#id || request !== this.#request) return;
      if (error instanceof Problem && error.status === 404) return this.#say("There is no such alert (any more).");
      this.#say(`No answer at ${clockTime(Date.now())} (${error.message}); trying again.`);
    }
    this.#timer = setTimeout(() => this.#update(), UPDATE);
  }

  /** How the trace is to be read depends on the subject's kind, which is known once the service is. */
  #followKind(alert) {
    const isCamera = this.isCamera(alert.kind);
    if (isCamera === this.#trace.showsProbability && this.panel.dataset.judgedBy) return;
    this.panel.dataset.judgedBy = isCamera ? "rules" : "past";
    this.#trace.showsProbability = isCamera;
    this.#trace.draw();
    setText(byId("alert-k-value"), isCamera ? "probability of the surest unsafe object" : "value");
  }

  /** Draws what was recorded around the alert's beginning, until all of it is there. */
  async #readTrace(alert) {
    const opening = this.#opening;
    this.#trace.mark = alert.beganTime;
    let isEnough = false;
    try {
      const begin = alert.beganTime - this.#before, end = alert.beganTime + Math.max(AFTER, this.#before);
      const held = this.#trace.from;
      const answer = await getJSON(`${tracePath(subjectOf(alert))}?from=${held ?? begin}&to=${end}&limit=20000`);
      if (opening !== this.#opening) return;
      // A minute shows nothing where samples come minutes apart; the answer says what does.
      if (answer.span > this.#before) {
        this.#before = answer.span;
        this.#trace.clear();
        return this.#readTrace(alert);
      }
      const newest = answer.points.at(-1)?.t;
      if (newest !== undefined) this.#trace.merge({ ...answer, span: Math.max(1000, newest - begin) }, held);
      setText(byId("alert-trace-empty"), this.#trace.from === null ? "No values of that time are kept." : "");
      isEnough = serverNow() > end + UPDATE_TRACE;
    } catch (error) {
      if (opening !== this.#opening) return;
      setText(byId("alert-trace-empty"), `No trace: ${error.message}`);
      isEnough = error instanceof Problem && error.status < 500;
    }
    if (!isEnough) this.#traceTimer = setTimeout(() => this.#readTrace(alert), UPDATE_TRACE);
  }

  /** Writes a list anew if it is another one than before, so that a reader's selection survives. */
  #list(name, entries, make, none) {
    const text = JSON.stringify(entries);
    if (this.#shown.get(name) === text) return;
    this.#shown.set(name, text);
    byId(`alert-${name}`).replaceChildren(...(entries.length ? entries.map(make) : [element("li", "quiet", none)]));
  }

  #eventItem({ time, kind, text, author }) {
    const item = element("li");
    item.dataset.event = kind;
    const at = element("time", "quiet", subjectTime(instant(time), this.#alert.timezone));
    at.dateTime = time;
    item.append(at, " ", element("b", "", kind), author ? ` by ${author}` : "", text ? `: ${text}` : "");
    return item;
  }

  #notificationItem(told) {
    const item = element("li", "notification");
    item.dataset.notification = told.state;
    const head = element("p", "notification-head");
    const tries = told.attempts > 1 || told.state === "waiting" ? `, ${plural(told.attempts, "attempt")}` : "";
    const next = told.state === "waiting" && told.next_attempt ? `, next at ${clockTime(instant(told.next_attempt))}` : "";
    head.append(
      element("b", "", told.receiver), element("span", "badge", `${told.state}${tries}${next}`),
      element("span", "quiet", zonedTime(instant(told.created), timeZone)),
      element("span", "quiet", told.kind === "alerts" ? "" : told.kind));
    head.title = `group ${told.group}\nkey ${told.key}`;
    const deliveries = element("ol", "deliveries");
    // Of a week of failure the newest attempts tell enough.
    const newestFirst = (told.deliveries ?? []).toReversed();
    deliveries.append(...newestFirst.slice(0, DELIVERIES).map(deliveryItem));
    const earlier = newestFirst.length - DELIVERIES;
    if (earlier > 0) deliveries.append(element("li", "quiet", `and ${plural(earlier, "earlier attempt")}`));
    item.append(head, deliveries);
    return item;
  }

  #say(text) {
    setText(byId("alert-message"), text);
  }
}

/** The subject's path; a device without a name is named by a slash at the end, as a user may have others. */
const subjectOf = ({ kind, user, device }) => keyOf(kind, user, device) + (device ? "" : "/");

function deliveryItem(delivery) {
  const item = element("li");
  item.dataset.outcome = delivery.outcome;
  const status = delivery.status == null ? "" : ` (status ${delivery.status})`;
  const because = delivery.outcome === "accepted" ? "" : ` because of ${delivery.reason}`;
  item.append(
    element("span", "", `${delivery.attempt}. `), element("b", "", delivery.outcome),
    `${because}${status} in ${delivery.duration_ms} ms, ${clockTime(instant(delivery.started))}`);
  const lines = (delivery.answer ?? "").trim().split("\n");
  if (lines[0]) item.append(element("pre", "", lines.slice(0, ANSWER_LINES).join("\n") + (lines.length > ANSWER_LINES ? "\n…" : "")));
  return item;
}
