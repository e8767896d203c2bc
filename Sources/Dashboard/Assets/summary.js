// The top of the page: connection, service figures, counts by state, title; and what to do when the
// table is empty.

import { STATES } from "./model.js";
import { byId, clockTime, count, duration, element, number, setText, shape } from "./format.js";

/** Shows whether what is on the screen is live. */
export class Connection {
  #lostAt = null;

  connected() {
    this.#lostAt = null;
    this.#show("connected", "Live");
  }

  lost() {
    this.#lostAt ??= Date.now();
    this.#show("lost", `Connection lost since ${clockTime(this.#lostAt)}, retrying … What you see may be out of date.`);
  }

  #show(state, text) {
    document.body.dataset.connection = state;
    setText(byId("connection"), text);
  }
}

export function showFigures(service) {
  for (const node of document.querySelectorAll("[data-figure]")) {
    const name = node.dataset.figure, value = service[name];
    setText(node, name === "records_per_second" && value < 100 ? number(value).replace(/\.?0+$/, "") : count(value));
    node.classList.toggle("alarming", name === "lost" && value > 0);
  }
}

// Seconds without an answer of Kafka from which on people are told.
const UNHEARD = 15;

/** Says so while Kafka does not answer: what the table shows may be long over. */
export function showUnheard({ unheard_seconds: seconds }) {
  const banner = byId("unheard");
  banner.hidden = !(seconds >= UNHEARD);
  if (banner.hidden) return;
  const line = banner.firstElementChild ?? banner.appendChild(element("p"));
  setText(line, `Kafka has not answered for ${duration(seconds * 1000)}, or not for all partitions. New records are not seen, and nobody is called silent.`);
}

/** One large button a state: how many there are, and a filter. */
export class Counts {
  #buttons = new Map();

  /** `choose(state)` is called with a state, or with null for all of them. */
  constructor(choose) {
    const group = byId("counts");
    for (const state of [...STATES, null]) {
      const button = element("button", "count");
      button.type = "button";
      button.dataset.state = state ?? "all";
      button.figure = element("b", "", "–");
      if (state) button.append(shape(state));
      button.append(button.figure, element("span", "word", state ?? "all"));
      button.addEventListener("click", () => choose(state));
      group.append(button);
      this.#buttons.set(state, button);
    }
  }

  show(counts, allCounts, chosen) {
    let sum = 0;
    for (const [state, button] of this.#buttons) {
      const value = state ? counts[state] ?? 0 : sum;
      sum += value;
      setText(button.figure, count(value));
      button.dataset.count = value;
      button.setAttribute("aria-pressed", state ? chosen.has(state) : chosen.size === 0);
    }
    const danger = allCounts.danger ?? 0;
    document.title = danger ? `(${danger}) Acalert` : "Acalert";
  }
}

/** Tells screen readers of new dangers, in one sentence a second at most. */
export class Announcer {
  #waiting = [];
  #timer = 0;

  danger(row) {
    this.#waiting.push(row);
    this.#timer ||= setTimeout(() => {
      const [first] = this.#waiting;
      byId("announcer").textContent = this.#waiting.length > 1
        ? `${this.#waiting.length} new dangers, among them ${first.user}.`
        : `Danger: ${first.user} ${first.device}. ${first.reason ?? ""}`;
      this.#waiting = [];
      this.#timer = 0;
    }, 1000);
  }
}

/** What stands where rows would: how to get some. */
export function showEmpty(reason, service, clearFilters) {
  const box = byId("empty");
  box.hidden = reason === null;
  if (box.reason === reason) return;
  box.reason = reason;
  box.replaceChildren();
  if (reason === "filtered") {
    const button = element("button", "", "Show all subjects");
    button.type = "button";
    button.addEventListener("click", clearFilters);
    box.append(element("p", "", "No subject matches this filter."), button);
  } else if (reason === "none") {
    const streams = service?.streams ?? [];
    const topics = streams.flatMap((stream) => stream.topics ?? [stream.name]).join(", ");
    const example = streams.length && streams.every((stream) => stream.type === "camera")
      ? { user: "c-9", device: "door", ts: Date.now(), timezone: "UTC", objects: [{ class: "person", probability: 0.93, box: [0.4, 0.3, 0.1, 0.4] }] }
      : { user: "u-17", device: "watch", ts: Date.now(), x: 0.01, y: -0.02, z: 0.99 };
    box.append(
      element("h2", "", "No subjects yet"),
      element("p", "", `Send records to ${topics ? `the Kafka topic ${topics}` : "a Kafka topic that is watched"}, keyed by user. One looks so:`),
      element("pre", "", JSON.stringify(example)),
      element("p", "", "The first record makes a row here; it is “unknown” until there is enough to judge by."),
    );
  } else if (reason === "loading") {
    box.append(element("p", "quiet", "Loading …"));
  }
}
