// Tells of new dangers those who do not look: in words for screen readers, and, if the operator wants
// it, with a sound and with the browser's notifications. Several at once make one signal.

import { byId, element } from "./format.js";
import { whoInWords } from "./alert-model.js";

const GATHER = 400;
/** Two rising tones, twice: begin and length in seconds, pitch in Hz. */
const TONES = [[0, 0.16, 660], [0.18, 0.22, 880], [0.6, 0.16, 660], [0.78, 0.22, 880]];
const LOUDNESS = 0.25;

export class Signals {
  #waiting = [];
  #timer = 0;
  #audio = null;
  #sound = new Switch(byId("sound"), "acalert.sound");
  #notifications = new Switch(byId("notify"), "acalert.notify");

  /** `open(id)` shows an alert. */
  constructor(open) {
    this.open = open;
    this.#sound.changed = (on) => on && this.#beep();
    this.#notifications.changed = (on) => on && this.#askPermission();
    byId("notify-field").hidden = !("Notification" in window);
    if (this.#notifications.isOn && globalThis.Notification?.permission !== "granted") this.#notifications.set(false);
    if (this.#sound.isOn) this.#wake();
  }

  danger(alert) {
    this.#waiting.push(alert);
    this.#timer ||= setTimeout(() => {
      const alerts = this.#waiting;
      this.#waiting = [];
      this.#timer = 0;
      const [first] = alerts;
      const title = alerts.length > 1
        ? `${alerts.length} new dangers, among them ${whoInWords(first)}`
        : `Danger: ${whoInWords(first)}`;
      // An element of its own for each, as the same text twice would be no change.
      byId("alert-announcer").replaceChildren(element("p", "", `${title}. ${first.reason}`));
      if (this.#sound.isOn) this.#beep();
      if (this.#notifications.isOn) this.#notify(title, first);
    }, GATHER);
  }

  #notify(title, alert) {
    if (globalThis.Notification?.permission !== "granted") return;
    try {
      const made = new Notification(title, { body: alert.reason, tag: `acalert-${alert.id}`, icon: "assets/favicon.svg" });
      made.onclick = () => {
        window.focus();
        this.open(alert.id);
        made.close();
      };
    } catch {
      // Some browsers have notifications for service workers only.
    }
  }

  async #askPermission() {
    const answer = await Notification.requestPermission();
    if (answer === "granted") return this.#notifications.say("");
    this.#notifications.set(false);
    this.#notifications.say("(the browser does not allow it)");
  }

  #beep() {
    const audio = this.#audio ??= new AudioContext();
    if (audio.state !== "running") {
      audio.resume().catch(() => {});
      this.#wake();
    }
    const now = audio.currentTime;
    for (const [begin, length, pitch] of TONES) {
      const tone = audio.createOscillator(), volume = audio.createGain();
      tone.frequency.value = pitch;
      // A tone that is cut off clicks.
      volume.gain.setValueAtTime(0, now + begin);
      volume.gain.linearRampToValueAtTime(LOUDNESS, now + begin + 0.02);
      volume.gain.setValueAtTime(LOUDNESS, now + begin + length - 0.04);
      volume.gain.linearRampToValueAtTime(0, now + begin + length);
      tone.connect(volume).connect(audio.destination);
      tone.start(now + begin);
      tone.stop(now + begin + length);
    }
  }

  /** A page makes no sound before its reader has touched it: say so, and be ready from the first touch. */
  #wake() {
    const audio = this.#audio ??= new AudioContext();
    const tell = () => this.#sound.say(this.#sound.isOn && audio.state !== "running" ? "(click anywhere to allow it)" : "");
    audio.onstatechange = tell;
    tell();
    for (const event of ["pointerdown", "keydown"]) {
      addEventListener(event, () => audio.resume().catch(() => {}), { once: true });
    }
  }
}

/** A check box that this browser remembers; off by default. */
class Switch {
  changed = () => {};

  constructor(box, name) {
    Object.assign(this, { box, name });
    try {
      box.checked = localStorage.getItem(name) === "on";
    } catch {
      // Without storage it begins off each time.
    }
    box.addEventListener("change", () => {
      this.set(box.checked);
      this.changed(box.checked);
    });
  }

  get isOn() { return this.box.checked; }

  set(on) {
    this.box.checked = on;
    this.say("");
    try {
      localStorage.setItem(this.name, on ? "on" : "off");
    } catch {
      // See above.
    }
  }

  /** A remark beside the box. */
  say(text) {
    this.remark ??= this.box.parentNode.appendChild(element("span", "quiet"));
    this.remark.textContent = text;
  }
}
