// Two bar charts as SVG: threats by user and threats by hour. Drawn at the size they are shown, so that
// their text keeps its size; drawn again when that changes.

import { count, drawn, element, plural } from "./format.js";

/** What a bar is made of, from its foot. Never told by colour alone: the last one is hatched. */
const PARTS = [
  { name: "confirmed", of: (entry) => entry.confirmed },
  { name: "open", of: (entry) => entry.threats - entry.judged },
  { name: "false", of: (entry) => entry.false_alarms },
];
/** Users with a bar of their own. */
const MOST_BARS = 20;
const ROW = 28, BAR = 16, COLUMN_HEIGHT = 240;

class Chart {
  #width = 0;
  #data = null;

  constructor(box) {
    this.box = box;
    new ResizeObserver(() => {
      if (Math.abs(box.clientWidth - this.#width) >= 1 && this.#data) this.show(this.#data);
    }).observe(box);
  }

  show(data) {
    this.#data = data;
    this.#width = this.box.clientWidth;
    if (this.#width < 60) return;
    this.box.replaceChildren(this.draw(data, this.#width));
  }
}

/** Horizontal bars, the users with most threats first. */
export class UserChart extends Chart {
  draw({ users, userCount }, width) {
    const shown = users.slice(0, MOST_BARS);
    const most = Math.max(1, ...shown.map((user) => user.threats));
    const hidden = userCount - shown.length;
    const height = shown.length * ROW + (hidden > 0 ? ROW : 4);
    const left = Math.min(200, Math.round(width * 0.3)), right = width < 560 ? 48 : 228;
    const room = Math.max(20, width - left - right);
    const svg = canvas(width, height, `Threats by user: ${shown.map((user) => `${user.user} ${inWords(user)}`).join("; ")}.`);
    shown.forEach((user, index) => {
      const middle = index * ROW + ROW / 2;
      const row = drawn("g");
      row.append(drawn("title", {}, `${user.user}: ${inWords(user)}`));
      const name = drawn("text", { x: left - 8, y: middle, class: "name" }, user.user);
      row.append(name, drawn("rect", { x: 0, y: index * ROW, width, height: ROW, class: "hit" }));
      let x = left;
      for (const part of PARTS) {
        const size = part.of(user) / most * room;
        if (size <= 0) continue;
        row.append(drawn("rect", { x, y: middle - BAR / 2, width: Math.max(1, size - 1), height: BAR, class: `part-${part.name}` }));
        x += size;
      }
      row.append(drawn("text", { x: x + 6, y: middle, class: "figure" }, count(user.threats)));
      if (width >= 560) {
        const after = x + 14 + 9 * count(user.threats).length;
        row.append(drawn("text", { x: after, y: middle, class: "remark" }, remark(user)));
      }
      svg.append(row);
    });
    if (hidden > 0) svg.append(drawn("text", { x: left, y: height - ROW / 2, class: "remark" }, `and ${plural(hidden, "more user")}`));
    queueMicrotask(() => svg.querySelectorAll(".name").forEach((name) => shorten(name, left - 12)));
    return svg;
  }
}

/** One column for each hour of the day. */
export class HourChart extends Chart {
  draw({ hours }, width) {
    const left = 34, bottom = 26, top = 18, height = COLUMN_HEIGHT;
    const most = Math.max(1, ...hours.map((hour) => hour.threats));
    const step = niceStep(most / 4);
    const high = Math.max(step, Math.ceil(most / step) * step);
    const room = height - top - bottom, wide = (width - left) / Math.max(1, hours.length);
    const busy = hours.filter((hour) => hour.threats);
    const svg = canvas(width, height, busy.length
      ? `Threats by hour: ${busy.map((hour) => `${label(hour)}:00 ${hour.threats}`).join(", ")}; none in the other hours.`
      : "Threats by hour: none.");
    for (let value = 0; value <= high; value += step) {
      const y = Math.round(top + room * (1 - value / high)) + 0.5;
      svg.append(
        drawn("line", { x1: left, x2: width, y1: y, y2: y, class: "grid" }),
        drawn("text", { x: left - 6, y, class: "scale" }, count(value)));
    }
    const every = wide >= 22 ? 1 : wide >= 11 ? 3 : 6;
    hours.forEach((hour, index) => {
      const x = left + index * wide, size = hour.threats / high * room;
      const column = drawn("g");
      column.append(drawn("title", {}, `${hour.start.replace("T", " ")}: ${plural(hour.threats, "threat")}`));
      column.append(drawn("rect", { x, y: top, width: wide, height: room, class: "hit" }));
      const bar = Math.max(1, Math.min(wide - 3, 44)), begin = x + (wide - bar) / 2;
      column.append(drawn("rect", { x: begin, y: top + room - size, width: bar, height: size, class: "part-open" }));
      if (hour.threats) column.append(drawn("text", { x: x + wide / 2, y: top + room - size - 8, class: "above" }, count(hour.threats)));
      if (index % every === 0) column.append(drawn("text", { x: x + wide / 2, y: height - bottom / 2 + 1, class: "below" }, label(hour)));
      svg.append(column);
    });
    return svg;
  }
}

/** What the parts of the users' bars mean. */
export function legend() {
  const words = { confirmed: "confirmed", open: "not judged yet", false: "false alarm" };
  const list = element("ul", "legend");
  for (const { name } of PARTS) {
    const entry = element("li");
    const sample = drawn("svg", { width: 18, height: 12, "aria-hidden": "true" });
    sample.append(drawn("rect", { width: 18, height: 12, class: `part-${name}` }));
    entry.append(sample, words[name]);
    list.append(entry);
  }
  return list;
}

function canvas(width, height, summary) {
  return drawn("svg", { class: "chart", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary });
}

/** The hour that the clock shows at its start, from RFC 3339 with the zone's own offset. */
const label = ({ start }) => start.slice(11, 13);

function inWords(entry) {
  const rest = remark(entry);
  return `${plural(entry.threats, "threat")}${rest ? `, ${rest}` : ""}`;
}

function remark({ confirmed, false_alarms: alarms }) {
  return [confirmed && `${count(confirmed)} confirmed`, alarms && plural(alarms, "false alarm")].filter(Boolean).join(", ");
}

/** Cuts a text that is too long, with an ellipsis. */
function shorten(node, room) {
  const whole = [...node.textContent];
  for (let length = whole.length - 1; length > 0 && node.getComputedTextLength() > room; length -= 1) {
    node.textContent = `${whole.slice(0, length).join("")}…`;
  }
}

/** The least of 1, 2, 5 × 10ⁿ that is not below `size`, and a whole number. */
function niceStep(size) {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, size))));
  return power * ([1, 2, 5].find((factor) => factor * power >= size) ?? 10);
}
