// What an operator does about one alert: acknowledge, silence, resolve, say what it was. Two clicks at most for what is
// urgent; what cannot be taken back, and what changes who is told, shows what it does before it does it.

import { Problem, getJSON, postJSON } from "./api.js";
import { VERDICTS, acknowledgementInWords, isOpen, preparedAlert, whoInWords } from "./alert-model.js";
import { keepAuthor, readAuthor } from "./author.js";
import { element, setText, timeZone, zonedTime } from "./format.js";
import { addSilence, exactMatchers } from "./silences.js";

/** How long it is said that something went well. */
const SAID = 10_000;
const DURATIONS = [["1 h", "1h"], ["4 h", "4h"], ["1 day", "24h"]];

export class AlertActions {
  #alert = null;
  #form = null;
  #opener = null;
  #waiting = false;
  #saidTimer = 0;

  /**
   * `changed(alert)` is told of the alert's new value, `silenced(silence)` of a new silence. `judges`:
   * whether the operator may say here what the alert was, be it over or not.
   */
  constructor({ changed = () => {}, silenced = () => {}, judges = false } = {}) {
    Object.assign(this, { changed, silenced });
    this.buttons = element("div", "alert-buttons");
    this.place = element("div", "alert-place");
    this.said = element("p", "said");
    this.said.setAttribute("role", "status");
    this.place.append(this.said);
    this.acknowledge = this.#button("Acknowledge", "acknowledge", () => this.#acknowledge());
    this.silence = this.#button("Silence", "silence", () => this.#toggle(this.silence, () => this.#silenceForm()));
    this.resolve = this.#button("Resolve", "resolve", () => this.#toggle(this.resolve, () => this.#resolveForm()));
    this.verdicts = judges ? Object.entries(VERDICTS).map(([verdict, word]) => this.#verdictButton(verdict, word)) : [];
    this.buttons.append(this.acknowledge, this.silence, this.resolve, ...this.verdicts);
  }

  /** Whether a form is open, which must not be taken away under the operator's hands. */
  get isBusy() { return this.#form !== null || this.#waiting; }

  show(alert) {
    if (this.#alert && this.#alert.id !== alert.id) {
      this.close();
      this.#say("");
    }
    this.#alert = alert;
    const hadFocus = document.activeElement;
    this.acknowledge.hidden = !isOpen(alert) || alert.acknowledged !== null;
    this.silence.hidden = this.resolve.hidden = !isOpen(alert);
    for (const button of this.verdicts) button.setAttribute("aria-pressed", button.verdict === alert.verdict?.verdict);
    for (const button of [this.acknowledge, this.silence, this.resolve, ...this.verdicts]) {
      button.setAttribute("aria-label", `${button.textContent} alert ${alert.id}, ${whoInWords(alert)}`);
    }
    if (hadFocus === this.acknowledge && this.acknowledge.hidden) this.silence.focus();
    if (!isOpen(alert)) this.close();
  }

  close() {
    if (!this.#form) return;
    const hadFocus = this.#form.contains(document.activeElement);
    this.#form.remove();
    this.#form = null;
    this.#opener.setAttribute("aria-expanded", "false");
    if (hadFocus) this.#opener.focus();
  }

  #button(text, name, act) {
    const button = element("button", "", text);
    button.type = "button";
    button.dataset.action = name;
    button.addEventListener("click", act);
    return button;
  }

  #toggle(opener, makeForm) {
    const isOpenAlready = this.#form && this.#opener === opener;
    this.close();
    if (isOpenAlready) return;
    this.#say("");
    this.#opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.#form = makeForm();
    this.#form.addEventListener("keydown", (event) => {
      // The key that opened the form, held down, must not press the button that has the focus now.
      if (event.key === "Enter" && event.repeat) event.preventDefault();
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
    this.place.prepend(this.#form);
    this.#form.querySelector("[data-first]")?.focus();
    this.#form.scrollIntoView({ block: "nearest" });
  }

  // Acknowledging

  #acknowledge() {
    // With a name it takes one click; without one we ask for it, and take none for an answer.
    if (readAuthor()) this.#post("ack", { author: readAuthor() });
    else this.#toggle(this.acknowledge, () => this.#acknowledgeForm());
  }

  #acknowledgeForm() {
    const form = this.#makeForm("Acknowledge");
    const name = this.#nameField();
    name.input.dataset.first = "";
    const send = element("button", "primary", "Acknowledge");
    send.dataset.confirm = "acknowledge";
    form.append(name, send, this.#cancel());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      keepAuthor(name.input.value);
      this.#post("ack", { author: readAuthor() });
    });
    return form;
  }

  // Resolving

  #resolveForm() {
    const form = this.#makeForm("Resolve");
    const name = this.#nameField(), note = this.#field("Note", { maxLength: 500, placeholder: "optional" });
    const send = element("button", "primary", "Resolve now");
    send.dataset.confirm = "resolve";
    send.dataset.first = "";
    form.append(name, note, send, this.#cancel());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      keepAuthor(name.input.value);
      this.#post("resolve", { author: readAuthor(), note: note.input.value.trim() });
    });
    return form;
  }

  // Judging

  #verdictButton(verdict, word) {
    const button = this.#button(word, verdict, () => this.#post("verdict", { verdict, author: readAuthor() }));
    button.verdict = verdict;
    button.classList.add("verdict-button");
    return button;
  }

  // Silencing

  #silenceForm() {
    const form = this.#makeForm("Silence");
    const exact = exactMatchers(this.#alert), written = exact.join("\n");
    const choices = element("div", "choices");
    choices.append(element("span", "", "Tell nobody for"));
    let first = true;
    for (const [text, span] of DURATIONS) {
      const button = element("button", "primary", text);
      button.type = "button";
      button.dataset.duration = span;
      if (first) button.dataset.first = "";
      first = false;
      button.addEventListener("click", () => send(span));
      choices.append(button);
    }
    choices.append(this.#cancel());
    const matchers = element("label", "field matchers-field", "of alerts that match all of");
    const area = element("textarea");
    Object.assign(area, { value: written, rows: exact.length, spellcheck: false });
    matchers.append(area);
    const name = this.#nameField(), comment = this.#field("Comment", { maxLength: 500, placeholder: "optional" });
    form.append(choices, matchers, name, comment);
    const send = (span) => {
      keepAuthor(name.input.value);
      this.#silence({
        // An id may hold line ends: only what was edited is read by lines.
        matchers: area.value === written ? exact : area.value.split("\n").filter((line) => line.trim()),
        duration: span, author: readAuthor(), comment: comment.input.value.trim(),
      });
    };
    // Enter in a field would else press the first button of the form.
    form.addEventListener("submit", (event) => event.preventDefault());
    return form;
  }

  async #silence(body) {
    await this.#during(async () => {
      const silence = await addSilence(body);
      this.close();
      this.#say(`Silenced until ${zonedTime(Date.parse(silence.ends), timeZone)}.`);
      this.silenced(silence);
    }, "Not silenced");
  }

  // Telling the server

  async #post(action, body) {
    const { id } = this.#alert;
    await this.#during(async () => {
      try {
        const answer = preparedAlert(await postJSON(`api/v1/alerts/${id}/${action}`, body));
        this.close();
        this.#say("");
        this.changed(answer);
      } catch (error) {
        if (!(error instanceof Problem && error.status === 409)) throw error;
        // Somebody else was first: that is news, and no fault.
        const now = preparedAlert(await getJSON(`api/v1/alerts/${id}`));
        this.close();
        this.changed(now);
        this.#say(isOpen(now)
          ? `Somebody was first: ${acknowledgementInWords(now) || error.message}.` : "It is resolved already.");
      }
    }, { ack: "Not acknowledged", resolve: "Not resolved", verdict: "Not written" }[action]);
  }

  async #during(act, failure) {
    if (this.#waiting) return;
    this.#waiting = true;
    this.buttons.setAttribute("aria-busy", "true");
    this.#say("…");
    try {
      await act();
    } catch (error) {
      const isUnknown = error instanceof Problem && error.status === 404;
      this.#say(`${failure}: ${isUnknown ? "the server does not know this alert (any more)." : error.message}`, true);
    } finally {
      this.#waiting = false;
      this.buttons.removeAttribute("aria-busy");
    }
  }

  #say(text, failed = false) {
    this.said.classList.toggle("failed", failed);
    setText(this.said, text);
    clearTimeout(this.#saidTimer);
    if (text && !failed) this.#saidTimer = setTimeout(() => this.#say(""), SAID);
  }

  // Pieces of forms

  #makeForm(title) {
    const form = element("form", "alert-form");
    form.setAttribute("aria-label", `${title} alert ${this.#alert.id}, ${whoInWords(this.#alert)}`);
    return form;
  }

  #field(text, properties) {
    const label = element("label", "field", text);
    label.input = element("input");
    Object.assign(label.input, { type: "text", autocomplete: "off" }, properties);
    label.append(label.input);
    return label;
  }

  #nameField() {
    return this.#field("Your name", { maxLength: 64, autocomplete: "name", placeholder: "optional", value: readAuthor() });
  }

  #cancel() {
    const button = element("button", "", "Cancel");
    button.type = "button";
    button.addEventListener("click", () => this.close());
    return button;
  }
}
