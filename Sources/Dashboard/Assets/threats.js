// A list of threats, in words, each with what an operator says of it: a false alarm, or a real one.

import { postJSON } from "./api.js";
import { readAuthor } from "./author.js";
import { element, setText, shape, timeZone, zonedTime } from "./format.js";

const WORDS = { false_alarm: "False alarm", confirmed: "Confirmed" };

export class ThreatList {
  #items = new Map();

  /**
   * `showsCamera`: whether each threat names its camera. `zone()`: the time zone of times.
   * `changed(threat)` is told of each verdict that was written here.
   */
  constructor(list, { showsCamera = true, zone = () => timeZone, changed = () => {} } = {}) {
    Object.assign(this, { list, showsCamera, zone, changed });
  }

  get length() { return this.#items.size; }

  clear() {
    this.#items.clear();
    this.list.replaceChildren();
  }

  /** Shows just these, in this order; what an operator is writing is left alone. */
  show(threats) {
    const wanted = new Set(threats.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (wanted.has(id)) continue;
      item.remove();
      this.#items.delete(id);
    }
    let position = this.list.firstChild;
    for (const threat of threats) {
      const item = this.#itemFor(threat);
      if (item === position) position = position.nextSibling;
      else this.list.insertBefore(item, position);
    }
  }

  /** Puts further ones behind those that are there. */
  append(threats) {
    for (const threat of threats) if (!this.#items.has(threat.id)) this.list.append(this.#itemFor(threat));
  }

  /** Takes in a page whose threats may be here already, each in its place; how many were new. */
  merge(threats) {
    let fresh = 0;
    let position = this.list.firstChild;
    for (const threat of threats) {
      const item = this.#itemFor(threat);
      if (!item.isConnected) {
        this.list.insertBefore(item, position);
        fresh += 1;
      }
      position = item.nextSibling;
    }
    return fresh;
  }

  #itemFor(threat) {
    let item = this.#items.get(threat.id);
    if (!item) {
      item = this.#make(threat);
      this.#items.set(threat.id, item);
    }
    item.told(threat);
    return item;
  }

  #make(threat) {
    const item = element("li", "threat");
    item.dataset.state = threat.severity;
    item.dataset.threat = threat.id;
    const head = element("p", "threat-head");
    head.append(shape(threat.severity), element("span", "word", threat.severity));
    if (this.showsCamera) {
      const camera = element("span");
      camera.append(element("b", "", threat.user), ` ${threat.device}`);
      head.append(camera);
    }
    if (threat.site) head.append(element("span", "quiet", threat.site));
    const time = element("time", "quiet", zonedTime(Date.parse(threat.time), this.zone()));
    time.dateTime = time.title = threat.time;
    head.append(time);

    const facts = element("p", "threat-facts");
    const place = threat.topic == null ? "no record" : `${threat.topic} / ${threat.partition} @ ${threat.offset}`;
    facts.append(
      element("span", "", `rule ${threat.rule} · ${threat.name}`),
      element("span", "", threat.objects.map(objectInWords).join(", ")),
      element("span", "", place), element("span", "", `rules’ version ${threat.config ?? "–"}`));
    item.append(head, element("p", "threat-reason", threat.reason), facts, ...this.#makeVerdict(item, threat));
    return item;
  }

  #makeVerdict(item, threat) {
    const form = element("form", "verdict");
    form.setAttribute("role", "group");
    form.setAttribute("aria-label", `Verdict on threat ${threat.id}: ${threat.reason}`);
    const label = element("label", "", "Note");
    const note = element("input");
    Object.assign(note, { type: "text", maxLength: 500, autocomplete: "off" });
    label.append(note);
    const said = element("p", "verdict-said");
    said.setAttribute("role", "status");
    const buttons = Object.entries(WORDS).map(([verdict, word]) => {
      const button = element("button", "", word);
      button.type = "button";
      button.verdict = verdict;
      button.addEventListener("click", () => give(verdict));
      return button;
    });
    form.append(label, ...buttons);

    let shown = threat.verdict;
    let waiting = false;
    const failed = (text) => {
      said.classList.add("failed");
      setText(said, text);
    };
    item.told = ({ verdict }) => {
      // A page read before a verdict was given here may come after it.
      if (shown && Date.parse(verdict?.time ?? 0) < Date.parse(shown.time)) return;
      const isUntouched = note.value === (shown?.note ?? "");
      const isNews = verdict?.time !== shown?.time;
      shown = verdict;
      item.dataset.verdict = verdict?.verdict ?? "none";
      if (isUntouched && document.activeElement !== note) note.value = verdict?.note ?? "";
      for (const button of buttons) button.setAttribute("aria-pressed", button.verdict === verdict?.verdict);
      if (isNews || !said.classList.contains("failed")) {
        said.classList.remove("failed");
        setText(said, verdict ? this.#inWords(verdict) : "");
      }
    };
    const give = async (verdict) => {
      if (waiting) return;
      waiting = true;
      form.setAttribute("aria-busy", "true");
      try {
        const body = { verdict, note: note.value.trim(), author: readAuthor() };
        const answer = await postJSON(`api/v1/threats/${threat.id}/verdict`, body);
        said.classList.remove("failed");
        item.told(answer);
        note.value = answer.verdict.note;
        this.changed(answer);
      } catch (error) {
        failed(`Not written: ${error.message}`);
      } finally {
        waiting = false;
        form.removeAttribute("aria-busy");
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (shown) give(shown.verdict);
      else failed("Say which it is: a false alarm, or confirmed.");
    });
    note.value = shown?.note ?? "";
    return [form, said];
  }

  #inWords({ verdict, author, time, note }) {
    const by = author ? ` by ${author}` : "";
    return `${WORDS[verdict] ?? verdict}${by}, ${zonedTime(Date.parse(time), this.zone())}${note ? `: ${note}` : ""}`;
  }
}

/** `person 0.93 in loading-dock` */
function objectInWords({ class: name, probability, zone }) {
  return `${name} ${probability.toFixed(2)}${zone ? ` in ${zone}` : ""}`;
}
