// Numbers and times as people read them, and small pieces of DOM. Whatever came from a record is put
// in as text, never as markup: user ids are foreign input.

const wholeNumber = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A measured value with about four significant digits; an en dash if absent. */
export function number(value) {
  if (value == null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e7 || (size > 0 && size < 0.001)) return value.toExponential(2);
  if (size >= 1000) return wholeNumber.format(value);
  return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** A count with thousands separated; an en dash if absent. */
export function count(value) {
  return value == null ? "–" : wholeNumber.format(value);
}

export function withUnit(value, unit) {
  return value == null || !unit ? number(value) : `${number(value)} ${unit}`;
}

/** The time between two instants in ms, in its largest one or two units. */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes < 10 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const two = (value) => String(value).padStart(2, "0");

/** hh:mm:ss in the reader's zone, with milliseconds if asked. */
export function clockTime(time, milliseconds = false) {
  const date = new Date(time);
  const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return milliseconds ? `${text}.${String(date.getMilliseconds()).padStart(3, "0")}` : text;
}

/** Date and time in the reader's zone, for titles and facts. */
export function fullTime(time) {
  if (!Number.isFinite(time)) return "–";
  const date = new Date(time);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${clockTime(time, true)}`;
}

/** Date and time to the second as the clocks of `zone` show it; in UTC if the browser knows no such zone. */
export function zonedTime(time, zone) {
  if (!Number.isFinite(time)) return "–";
  // Swedish writes times as ISO 8601 does.
  const write = (timeZone) => new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(time);
  try {
    return write(zone);
  } catch {
    return `${write("UTC")} UTC`;
  }
}

/** Date and time as the clocks of a subject show it; in the reader's zone if the subject has none. */
export function subjectTime(time, zone) {
  if (!zone || zone === timeZone) return zonedTime(time, timeZone);
  const text = zonedTime(time, zone);
  return /^.$| UTC$/.test(text) ? text : `${text} ${zone}`;
}

/** A share of one in per cent; an en dash if absent. */
export function percent(value) {
  return value == null ? "–" : `${(value * 100).toFixed(1).replace(/\.0$/, "")} %`;
}

/** “1 threat”, “2 threats”. */
export function plural(amount, word) {
  return `${count(amount)} ${word}${amount === 1 ? "" : "s"}`;
}

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const byId = (id) => document.getElementById(id);

/** An element with a class and text. */
export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** An element of a drawing. */
export function drawn(name, attributes = {}, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  if (text) made.textContent = text;
  return made;
}

/** Sets the text only if it differs, which spares layout. */
export function setText(node, text) {
  if (node.shown !== text) {
    node.shown = text;
    node.textContent = text;
  }
}

/** The shape that stands for a state; its word is to stand beside it. */
export function shape(state) {
  const svg = drawn("svg", { class: "shape", "aria-hidden": "true" });
  svg.append(drawn("use", { href: `#shape-${state}` }));
  return svg;
}
