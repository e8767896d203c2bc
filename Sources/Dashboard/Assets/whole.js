// All rows in memory: every change is shown at once, sorted and filtered here. For as many subjects
// as a browser follows with ease; more than that, see paged.js, which has the same face.

import { VOLATILE, comparator, emptyCounts, matches, prepared } from "./model.js";

export class WholeRows {
  #rows = new Map();
  #order = [];
  #index = new Map();
  #view;
  #stale = true;
  #staleValues = false;
  #sortedAt = 0;
  /** Subjects by state, of the kind that the view shows and of all kinds. */
  counts = emptyCounts();
  allCounts = emptyCounts();
  kinds = new Set();

  constructor(rows, view) {
    for (const row of rows) this.#rows.set(row.key, row);
    this.setView(view);
  }

  get length() { return this.#order.length; }
  get total() { return this.#order.length; }
  get subjects() { return this.#rows.size; }

  at(index) { return this.#order[index]; }
  indexOf(key) { return this.#index.get(key) ?? -1; }
  get(key) { return this.#rows.get(key); }

  setView(view) {
    this.#view = view;
    this.#stale = true;
  }

  /** Takes in a row; `null` if what we hold is as new, else what it replaces (or undefined). */
  apply(raw) {
    const row = prepared(raw);
    const held = this.#rows.get(row.key);
    if (held && held.revision >= row.revision) return null;
    this.#rows.set(row.key, row);
    const position = this.#index.get(row.key);
    if (position !== undefined) this.#order[position] = row;
    if (!held || held.state !== row.state || held.since !== row.since) this.#stale = true;
    else this.#staleValues = true;
    return { held, row };
  }

  /** Brings order and counts up to date; by volatile values at most once a second. */
  settle(now) {
    const valuesDue = this.#staleValues && VOLATILE.has(this.#view.sort) && now - this.#sortedAt > 1000;
    if (!this.#stale && !valuesDue) return;
    this.#stale = this.#staleValues = false;
    this.#sortedAt = now;
    this.counts = emptyCounts();
    this.allCounts = emptyCounts();
    this.#order = [];
    for (const row of this.#rows.values()) {
      this.kinds.add(row.kind);
      this.allCounts[row.state] += 1;
      if (!this.#view.kind || row.kind === this.#view.kind) this.counts[row.state] += 1;
      if (matches(row, this.#view)) this.#order.push(row);
    }
    this.#order.sort(comparator(this.#view));
    this.#index.clear();
    this.#order.forEach((row, index) => this.#index.set(row.key, index));
  }

  // Everything is here already; the paged rows have work to do in these.
  showing() {}
  refresh() {}
  close() {}
}
