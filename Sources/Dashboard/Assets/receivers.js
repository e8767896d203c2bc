// Whether those who are to be told of alerts can be reached: a banner while one cannot.

import { Problem, getJSON, serverNow } from "./api.js";
import { instant } from "./alert-model.js";
import { byId, count, duration, element, setText, timeZone, zonedTime } from "./format.js";

const POLL_EVERY = 15_000, SOON = 2000;

export class Receivers {
  #timer = 0;
  #soon = 0;

  /** `shown(receivers)` is told of each reading. */
  constructor(shown = () => {}) {
    this.shown = shown;
    this.banner = byId("receivers-failing");
    this.#read();
  }

  /** Something has happened that they are told of. */
  refreshSoon() {
    this.#soon ||= setTimeout(() => this.#read(), SOON);
  }

  async #read() {
    clearTimeout(this.#timer);
    try {
      const { items } = await getJSON("api/v1/receivers");
      this.#show(items.filter((receiver) => receiver.failing));
      this.shown(items);
    } catch (error) {
      // A lost connection is told of elsewhere; a service without alerts has no receivers.
      if (error instanceof Problem && error.status === 404) this.#show([]);
    }
    clearTimeout(this.#soon);
    this.#soon = 0;
    this.#timer = setTimeout(() => this.#read(), POLL_EVERY);
  }

  #show(failing) {
    this.banner.hidden = failing.length === 0;
    while (this.banner.childElementCount > failing.length) this.banner.lastChild.remove();
    failing.forEach((receiver, index) => {
      const line = this.banner.children[index] ?? this.banner.appendChild(element("p"));
      line.dataset.receiver = receiver.name;
      setText(line, failureInWords(receiver));
    });
  }
}

/** `Receiver pager (pagerduty) has been failing since … (19 min): timeout. 14 notifications wait.` */
function failureInWords({ name, type, failing_since: since, last_error: error, waiting, oldest }) {
  const age = (time) => duration(serverNow() - instant(time));
  const begin = Number.isFinite(instant(since)) ? ` since ${zonedTime(instant(since), timeZone)} (${age(since)})` : "";
  const behind = Number.isFinite(instant(oldest)) ? `, the oldest for ${age(oldest)}` : "";
  const wait = waiting ? ` ${count(waiting)} waiting${behind}.` : "";
  return `Nobody is reached through ${name} (${type})${begin}${error ? `: ${error.replace(/\.$/, "")}` : ""}.${wait}`;
}
