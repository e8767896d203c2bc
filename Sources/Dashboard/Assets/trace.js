// A subject's trace on a canvas: the values, the mean and the mean ± k·std band that each value was
// judged against, and the flagged values marked by shape as well as colour.

import { clockTime, number, withUnit } from "./format.js";

/** What is drawn if the server does not say, in ms before the newest sample. */
const WINDOW = 60_000;
/** How far back an update reads again, so that samples that came late find their place. */
const OVERLAP = 5_000;
const LEFT = 52, RIGHT = 10, TOP = 10, BOTTOM = 24;

export class Trace {
  #points = [];
  #window = WINDOW;
  #k = null;
  #unit = "";
  #picked = null;
  #colors = null;
  #size = { width: 0, height: 0 };
  /** Whether the values are probabilities, which nothing but a rule judges. */
  showsProbability = false;
  /** A moment to be marked, in ms; none if null. */
  mark = null;

  /** `onRead(text)` is told the value under the pointer or the keyboard's cursor. */
  constructor(canvas, onRead) {
    this.canvas = canvas;
    this.onRead = onRead;
    new ResizeObserver(() => this.draw()).observe(canvas);
    const recolor = () => { this.#colors = null; this.draw(); };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolor);
    canvas.addEventListener("pointermove", (event) => this.#pickAt(event.offsetX));
    canvas.addEventListener("pointerleave", () => this.#pick(null));
    canvas.addEventListener("blur", () => this.#pick(null));
    canvas.addEventListener("keydown", (event) => this.#onKey(event));
  }

  get k() { return this.#k; }
  get flagged() { return this.#points.filter((point) => point.f); }

  clear() {
    this.#points = [];
    this.#picked = null;
    this.draw();
  }

  /** Where the next update should begin to read; `null` to read all of the window. */
  get from() {
    return this.#points.length ? Math.max(this.#points[0].t, this.#points.at(-1).t - OVERLAP) : null;
  }

  /** Takes in the answer to a request that began at `from`, in place of what was held since then. */
  merge(answer, from) {
    const { points } = answer;
    const replaced = answer.truncated && points.length ? points[0].t : from ?? -Infinity;
    const all = this.#points.filter((point) => point.t < replaced).concat(points);
    this.#window = answer.span ?? WINDOW;
    const begin = (all.at(-1)?.t ?? 0) - this.#window;
    this.#points = all.filter((point) => point.t >= begin);
    this.#k = answer.k;
    this.#unit = answer.unit ?? "";
    this.draw();
  }

  draw() {
    const { canvas } = this;
    const points = this.#points;
    canvas.dataset.points = points.length;
    canvas.dataset.flagged = this.flagged.length;
    canvas.setAttribute("aria-label", this.#summary());
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (!width || !height) return;
    const ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    this.#size = { width, height };
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    const colors = this.#colors ??= readColors(canvas);
    context.font = `12px ${getComputedStyle(canvas).fontFamily}`;
    if (!points.length) return;
    const x = this.#xScale(), y = this.#yScale();
    this.#drawAxes(context, colors, x, y);
    context.save();
    context.beginPath();
    context.rect(LEFT, 0, width - LEFT - RIGHT + 6, height - BOTTOM + 6);
    context.clip();
    this.#drawBand(context, colors, x, y);
    this.#drawValues(context, colors, x, y);
    this.#drawMark(context, colors, x);
    context.restore();
    this.#drawPicked(context, colors, x, y);
  }

  #xScale() {
    const end = this.#points.at(-1).t, room = this.#size.width - LEFT - RIGHT;
    return (time) => LEFT + room * (1 - (end - time) / this.#window);
  }

  #yScale() {
    let low = this.showsProbability ? 0 : Infinity, high = this.showsProbability ? 1 : -Infinity;
    for (const { v, m, s } of this.#points) {
      const reach = m == null ? 0 : (this.#k ?? 0) * (s ?? 0);
      low = Math.min(low, v, m == null ? v : m - reach);
      high = Math.max(high, v, m == null ? v : m + reach);
    }
    const pad = (high - low || Math.abs(high) || 1) * 0.06;
    low -= pad;
    high += pad;
    const room = this.#size.height - TOP - BOTTOM;
    return Object.assign((value) => TOP + room * (high - value) / (high - low), { low, high });
  }

  #drawAxes(context, colors, x, y) {
    const { width, height } = this.#size;
    context.lineWidth = 1;
    context.strokeStyle = colors.grid;
    context.fillStyle = colors.ink;
    context.textBaseline = "middle";
    context.textAlign = "right";
    const line = (x1, y1, x2, y2) => {
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
    };
    const step = niceStep((y.high - y.low) / Math.max(2, (height - TOP - BOTTOM) / 42));
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    for (let value = Math.ceil(y.low / step) * step; value <= y.high; value += step) {
      const at = Math.round(y(value)) + 0.5;
      line(LEFT, at, width - RIGHT, at);
      const text = digits > 6 ? value.toExponential(1) : (Math.abs(value) < step / 2 ? 0 : value).toFixed(digits);
      context.fillText(text, LEFT - 6, at);
    }
    context.textAlign = "left";
    context.fillText(this.#unit, 4, height - BOTTOM / 2);
    const end = this.#points.at(-1).t, every = this.#window / (width < 420 ? 3 : 6);
    context.textAlign = "center";
    for (let time = Math.ceil((end - this.#window) / every) * every; time <= end; time += every) {
      const at = Math.round(x(time)) + 0.5;
      line(at, height - BOTTOM, at, height - BOTTOM + 4);
      if (at > LEFT + 24 && at < width - 26) context.fillText(clockTime(time), at, height - BOTTOM / 2 + 2);
    }
  }

  #drawBand(context, colors, x, y) {
    const k = this.#k ?? 0;
    context.lineWidth = 1.5;
    for (const run of runs(this.#points.filter((point) => point.m != null))) {
      context.beginPath();
      for (const { t, m, s } of run) context.lineTo(x(t), y(m + k * s));
      for (const { t, m, s } of run.toReversed()) context.lineTo(x(t), y(m - k * s));
      context.closePath();
      context.globalAlpha = 0.22;
      context.fillStyle = colors.band;
      context.fill();
      context.globalAlpha = 1;
      context.strokeStyle = colors.mean;
      context.setLineDash([6, 3]);
      context.beginPath();
      for (const { t, m } of run) context.lineTo(x(t), y(m));
      context.stroke();
      context.setLineDash([]);
    }
  }

  #drawValues(context, colors, x, y) {
    context.strokeStyle = context.fillStyle = colors.ink;
    context.lineWidth = 1;
    const sparse = this.#points.length < (this.#size.width - LEFT) / 5;
    for (const run of runs(this.#points)) {
      context.beginPath();
      for (const { t, v } of run) context.lineTo(x(t), y(v));
      context.stroke();
      if (sparse || run.length === 1) {
        for (const { t, v } of run) dot(context, x(t), y(v), 2.2);
      }
    }
    for (const { t, v } of this.flagged) {
      context.beginPath();
      diamond(context, x(t), y(v), 6.5);
      context.fillStyle = colors.danger;
      context.fill();
      context.strokeStyle = colors.ground;
      context.lineWidth = 1.5;
      context.stroke();
    }
  }

  #drawMark(context, colors, x) {
    if (this.mark === null) return;
    context.strokeStyle = colors.danger;
    context.lineWidth = 2;
    context.setLineDash([2, 3]);
    context.beginPath();
    // What began after the newest value stands at the edge.
    const at = Math.min(x(this.mark), this.#size.width - RIGHT);
    context.moveTo(at, 0);
    context.lineTo(at, this.#size.height - BOTTOM);
    context.stroke();
    context.setLineDash([]);
  }

  #drawPicked(context, colors, x, y) {
    const point = this.#picked === null ? null : this.#nearest(this.#picked);
    if (!point) return;
    context.strokeStyle = colors.ink;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x(point.t), TOP);
    context.lineTo(x(point.t), this.#size.height - BOTTOM);
    context.stroke();
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x(point.t), y(point.v), 6, 0, 7);
    context.stroke();
  }

  #nearest(time) {
    let best = null;
    for (const point of this.#points) {
      if (best === null || Math.abs(point.t - time) < Math.abs(best.t - time)) best = point;
    }
    return best;
  }

  #pickAt(offset) {
    if (!this.#points.length) return;
    const part = (offset - LEFT) / (this.#size.width - LEFT - RIGHT);
    this.#pick(this.#points.at(-1).t - this.#window * (1 - part));
  }

  #pick(time) {
    const point = time === null ? null : this.#nearest(time);
    this.#picked = point && point.t;
    this.onRead(point ? describe(point, this.#unit, this.showsProbability) : "");
    this.draw();
  }

  #onKey(event) {
    const points = this.#points;
    if (!points.length) return;
    const here = this.#picked === null ? points.length : points.findIndex(({ t }) => t === this.#picked);
    const targets = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: points.length - 1 };
    if (!(event.key in targets)) return;
    event.preventDefault();
    this.#pick(points[Math.max(0, Math.min(points.length - 1, targets[event.key]))].t);
  }

  #summary() {
    const points = this.#points;
    if (!points.length) return "Trace: no values yet.";
    const values = points.map(({ v }) => v);
    const low = withUnit(values.reduce((a, b) => Math.min(a, b)), this.#unit);
    const high = withUnit(values.reduce((a, b) => Math.max(a, b)), this.#unit);
    return `Trace from ${clockTime(points[0].t)} to ${clockTime(points.at(-1).t)}: ${points.length} `
      + `values between ${low} and ${high}, newest ${withUnit(values.at(-1), this.#unit)}, `
      + `${this.flagged.length} flagged.`;
  }
}

/** A point in words. */
export function describe({ t, v, m, s, f }, unit, isProbability = false) {
  if (isProbability) return `${clockTime(t, true)}  probability ${number(v)}${f ? "  flagged" : ""}`;
  const against = m == null ? "too few samples to judge" : `mean ${number(m)} ± ${number(s)}`;
  return `${clockTime(t, true)}  ${withUnit(v, unit)}  (${against})${f ? "  flagged" : ""}`;
}

/** The points split where the device was silent for far longer than it usually is. */
function runs(points) {
  const steps = points.slice(1).map((point, index) => point.t - points[index].t).sort((a, b) => a - b);
  const limit = Math.max(1000, 4 * (steps[steps.length >> 1] ?? 0));
  const found = [];
  points.forEach((point, index) => {
    if (index === 0 || point.t - points[index - 1].t > limit) found.push([]);
    found.at(-1).push(point);
  });
  return found;
}

/** The least of 1, 2, 5 × 10ⁿ that is not below `size`. */
function niceStep(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return power * ([1, 2, 5].find((factor) => factor * power >= size) ?? 10);
}

function dot(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fill();
}

function diamond(context, x, y, reach) {
  context.moveTo(x, y - reach);
  context.lineTo(x + reach, y);
  context.lineTo(x, y + reach);
  context.lineTo(x - reach, y);
  context.closePath();
}

function readColors(node) {
  const style = getComputedStyle(node);
  const names = ["ink", "grid", "mean", "band", "danger", "ground"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}
