// Rows in pages from the server, for more subjects than a browser should follow: the server sorts and
// filters, we hold what has been scrolled to, and ask again every moment for what is on the screen.
//
// Pages form a chain: each begins where the one before it ended (the server's cursor). When a page is
// read anew and ends elsewhere, the next one is out of date and is read again as soon as it is seen,
// so that what is on the screen is always one unbroken stretch of the server's order. A page further
// down begins at a fixed place in the order. That place means nothing in an order that moves with
// every sample, so in such orders only the top is kept fresh.

import { VOLATILE, emptyCounts, prepared, statusQuery } from "./model.js";
import { getJSON } from "./api.js";

const PAGE = 200, AHEAD = 60, REFRESH = 1500;

export class PagedRows {
  #pages = [];
  #places = new Map();
  #view;
  #first = 0;
  #last = 0;
  #request = null;
  #retryAt = 0;
  #onChange;
  counts = emptyCounts();
  allCounts = emptyCounts();
  kinds = new Set();
  total = 0;
  /** The server's revision when the newest page was read. */
  revision = 0;

  /** `onChange` is called when rows have come. */
  constructor(first, view, onChange) {
    this.allCounts = this.counts = first.counts;
    this.#onChange = onChange;
    this.setView(view);
  }

  /** The rows held, and room for one page more if there is one. */
  get length() {
    if (!this.#pages.length) return 0;
    const held = (this.#pages.length - 1) * PAGE + this.#pages.at(-1).rows.length;
    return this.#pages.at(-1).next ? Math.max(held, Math.min(this.total, held + PAGE)) : held;
  }
  get subjects() { return Object.values(this.allCounts).reduce((sum, count) => sum + count, 0); }

  at(index) { return this.#pages[Math.floor(index / PAGE)]?.rows[index % PAGE]; }
  get(key) {
    const index = this.indexOf(key);
    return index < 0 ? undefined : this.at(index);
  }
  indexOf(key) {
    const index = this.#places.get(key);
    return index !== undefined && this.at(index)?.key === key ? index : -1;
  }

  setView(view) {
    this.#view = view;
    this.#first = this.#last = 0;
    this.#request?.abort();
    this.#request = null;
    // The old rows stay on the screen until the first new page is here.
    for (const page of this.#pages) page.due = true;
    this.#pages.length = Math.min(this.#pages.length, 1);
    this.#pump();
  }

  /** A change of state from the feed: shown at once if we hold the row; its place follows. */
  apply(raw) {
    const row = prepared(raw);
    const index = this.indexOf(row.key);
    const held = index < 0 ? undefined : this.at(index);
    if (held && held.revision >= row.revision) return null;
    if (held) this.#pages[Math.floor(index / PAGE)].rows[index % PAGE] = row;
    return { held, row };
  }

  /** The table says which rows are on the screen. */
  showing(first, last) {
    this.#first = first;
    this.#last = last;
    this.#pump();
  }

  /** Reads what is on the screen again. */
  refresh() {
    const top = Math.floor(this.#first / PAGE), bottom = Math.floor(this.#last / PAGE);
    for (let number = top; number <= bottom; number += 1) {
      const page = this.#pages[number];
      if (page && (number === 0 || !VOLATILE.has(this.#view.sort))) page.due = true;
    }
    this.#pump();
  }

  settle() {}

  close() {
    this.#request?.abort();
    this.#pump = () => {};
  }

  /** The first page in sight that is missing or out of date. */
  #wanted() {
    const top = Math.floor(this.#first / PAGE), bottom = Math.floor((this.#last + AHEAD) / PAGE);
    for (let number = top; number <= bottom; number += 1) {
      const page = this.#pages[number];
      if (page ? page.due : number === 0 || this.#pages[number - 1]?.next) return number;
      // Rows that have been off the screen for a while are old.
      if (!VOLATILE.has(this.#view.sort) && Date.now() - page?.readAt > REFRESH * 2) return number;
    }
    return -1;
  }

  #pump = () => {
    if (this.#request) return;
    const number = this.#wanted();
    if (number < 0 || Date.now() < this.#retryAt) return;
    const cursor = number === 0 ? null : this.#pages[number - 1].next;
    const request = this.#request = new AbortController();
    getJSON(`api/v1/status?${statusQuery(this.#view, PAGE, cursor)}`, { signal: request.signal })
      .then((answer) => {
        if (this.#request !== request) return;
        this.#request = null;
        this.#take(number, cursor, answer);
        this.#onChange();
        this.#pump();
      })
      .catch(() => {
        if (this.#request !== request) return;
        // The feed says that the connection is lost; the next refresh tries again.
        this.#request = null;
        this.#retryAt = Date.now() + 1000;
      });
  };

  #take(number, cursor, answer) {
    const rows = answer.items.map((item) => {
      const row = prepared(item), held = this.get(row.key);
      // The feed may have overtaken this answer.
      return held && held.revision > row.revision ? held : row;
    });
    const next = answer.next;
    this.#pages[number] = { rows, cursor, next, due: false, readAt: Date.now() };
    rows.forEach((row, index) => {
      this.#places.set(row.key, number * PAGE + index);
      this.kinds.add(row.kind);
    });
    const following = this.#pages[number + 1];
    if (following && !next) this.#pages.length = number + 1;
    else if (following && following.cursor !== next) following.due = true;
    this.total = answer.total;
    this.counts = answer.counts;
    if (!this.#view.kind) this.allCounts = answer.counts;
    this.revision = answer.revision;
  }
}
