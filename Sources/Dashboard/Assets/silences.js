// Silences: which alerts they match, how they are made and ended, and a list of them.

import { deleteJSON, getJSON, postJSON, serverNow } from "./api.js";
import { instant } from "./alert-model.js";
import { duration, element, setText, timeZone, zonedTime } from "./format.js";

const LABELS = {
  kind: (alert) => alert.kind,
  user: (alert) => alert.user,
  device: (alert) => alert.device,
  site: (alert) => alert.site,
  cause: (alert) => alert.cause,
  rule: (alert) => alert.rule == null ? "" : String(alert.rule),
  severity: (alert) => alert.severity,
};

/** Matchers of just this subject and cause, whatever characters its names are made of. */
export function exactMatchers(alert) {
  return ["kind", "user", "device", "cause"].map((label) => exactMatcher(label, LABELS[label](alert)));
}

function exactMatcher(label, value) {
  // What a pattern would take for its own, or a reader of matchers trim, is written as an expression.
  if (!/[*?]|^[~"'\s]|\s$/.test(value)) return `${label}=${value}`;
  const escaped = value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&").replace(/^["' ]| $/g, "[$&]");
  return `${label}=~${escaped}`;
}

/** A test of alerts from a silence's matchers; what we cannot read matches nothing. */
export function matcherOf(matchers) {
  const tests = matchers.map((text) => {
    const [, label, operation, rest] = /^[ \t]*([a-z]+)[ \t]*(=~|!~|!=|=)([^]*)$/.exec(text) ?? [];
    const value = LABELS[label];
    if (!value) return null;
    const isNegative = operation[0] === "!";
    const pattern = rest.replace(/^[ \t]+|[ \t]+$/g, "").replace(/^"([^]*)"$/, "$1");
    const expression = operation[1] === "~" ? pattern : globbed(pattern);
    try {
      const whole = new RegExp(`^(?:${expression})$`, "u");
      return (alert) => whole.test(value(alert)) !== isNegative;
    } catch {
      return null;
    }
  });
  return (alert) => tests.every((test) => test?.(alert));
}

const globbed = (pattern) =>
  pattern.replace(/[\\^$.+()[\]{}|/]/g, "\\$&").replaceAll("*", "[^]*").replaceAll("?", "[^]");

/** The silences that hold now or are to come, read again and again. */
export class Silences {
  #items = [];
  #known = "";

  /** `changed()` is told when they are others than before. */
  constructor(changed = () => {}) {
    this.changed = changed;
  }

  async refresh() {
    const { items } = await getJSON("api/v1/silences");
    const known = JSON.stringify(items);
    if (known === this.#known) return;
    this.#known = known;
    this.#items = items.map((silence) => ({ ...silence, matches: matcherOf(silence.matchers) }));
    this.changed();
  }

  /** Those that match an alert, the active ones first. */
  of(alert) {
    const rank = (silence) => isActive(silence) ? 0 : 1;
    return this.#items.filter((silence) => stateOf(silence) !== "expired" && silence.matches(alert))
      .sort((a, b) => rank(a) - rank(b) || instant(b.ends) - instant(a.ends));
  }

  /** Until when nobody is told of an alert, in ms; `null` if they are. */
  until(alert) {
    const ends = this.of(alert).filter(isActive).map((silence) => instant(silence.ends));
    return ends.length ? Math.max(...ends) : null;
  }
}

/** Time goes on while a list stands on the screen. */
function stateOf(silence) {
  const now = serverNow();
  if (instant(silence.ends) <= now) return "expired";
  return instant(silence.starts) > now ? "pending" : "active";
}
const isActive = (silence) => stateOf(silence) === "active";

export function addSilence(body) {
  return postJSON("api/v1/silences", body);
}

const WORDS = { active: "active", pending: "coming", expired: "past" };

/** A list of silences, each with a button that ends it. */
export class SilenceList {
  #items = new Map();

  /** `ended(silence)` is told of each that was ended here. */
  constructor(list, { ended = () => {}, none = "None." } = {}) {
    Object.assign(this, { list, ended, none });
  }

  show(silences) {
    const made = silences.map((silence) => {
      const item = this.#items.get(silence.id) ?? this.#make(silence);
      item.told(silence);
      return [silence.id, item];
    });
    this.#items = new Map(made);
    const wanted = made.length ? made.map(([, item]) => item) : [element("li", "quiet", this.none)];
    const isSame = wanted.length === this.list.children.length
      && wanted.every((item, index) => item === this.list.children[index]);
    if (!isSame) this.list.replaceChildren(...wanted);
  }

  #make(silence) {
    const item = element("li", "silence");
    item.dataset.silence = silence.id;
    const head = element("p", "silence-head");
    const word = element("b"), times = element("span", "quiet");
    const button = element("button", "", "End now");
    button.type = "button";
    const matchers = element("p", "matchers");
    matchers.append(...silence.matchers.flatMap((text) => [element("code", "", text), " "]));
    const comment = element("p", "", silence.comment);
    const said = element("p", "said");
    said.setAttribute("role", "status");
    const by = silence.author ? ` by ${silence.author}` : "";
    head.append(word, times, element("span", "quiet", `#${silence.id}${by}`), button);
    item.append(head, matchers, comment, said);
    item.told = (told) => {
      const state = stateOf(told), now = serverNow();
      const starts = instant(told.starts), ends = instant(told.ends);
      item.dataset.phase = state;
      button.hidden = state === "expired";
      setText(button, state === "pending" ? "Cancel" : "End now");
      setText(word, state === "active" ? `active, ${duration(ends - now)} to go`
        : state === "pending" ? `coming, in ${duration(starts - now)}` : WORDS.expired);
      setText(times, `${zonedTime(starts, timeZone)} – ${zonedTime(ends, timeZone)}`);
    };
    button.addEventListener("click", async () => {
      button.disabled = true;
      setText(said, "");
      said.classList.remove("failed");
      try {
        const over = await deleteJSON(`api/v1/silences/${silence.id}`);
        item.told(over);
        setText(said, "Ended.");
        this.ended(over);
      } catch (error) {
        said.classList.add("failed");
        setText(said, `Not ended: ${error.message}`);
      } finally {
        button.disabled = false;
      }
    });
    return item;
  }
}
