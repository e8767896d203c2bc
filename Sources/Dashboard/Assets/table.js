// The table: a grid of which only the rows on the screen exist, whatever its length.
//
// An element belongs to a subject, not to a place: when the order changes it moves, so that a click
// or the keyboard's focus stays with the subject that it was meant for.

import { serverNow } from "./api.js";
import { count, duration, element, fullTime, number, setText, shape, withUnit } from "./format.js";

const COLUMNS = [
  { name: "state", title: "State", sort: "state" },
  { name: "user", title: "Subject", sort: "user" },
  { name: "since", title: "Since", sort: "since" },
  { name: "seen", title: "Last seen", sort: "last_seen" },
  { name: "value", title: "Last value", sort: "value" },
  { name: "mean", title: "Mean ± std" },
  { name: "score", title: "Score", sort: "score" },
  { name: "reason", title: "Reason" },
];
/** Rows kept above and below the screen, so that a short scroll finds them painted. */
const MARGIN = 8;

export class Table {
  #elements = new Map();
  #spare = [];
  #focusKey = null;
  #focusIndex = 0;
  #rowHeight = 36;
  #headers = new Map();
  /** The rows: see whole.js and paged.js. */
  source = null;
  selectedKey = null;

  /** `actions`: open(key), sort(column), scrolled(). */
  constructor(grid, head, rows, actions) {
    Object.assign(this, { grid, rows, actions });
    for (const column of COLUMNS) {
      const cell = element("div", `cell c-${column.name}`);
      cell.setAttribute("role", "columnheader");
      if (column.sort) {
        const button = element("button", "", column.title);
        button.type = "button";
        button.addEventListener("click", () => actions.sort(column.sort));
        cell.append(button);
        this.#headers.set(column.sort, cell);
      } else {
        cell.textContent = column.title;
      }
      head.append(cell);
    }
    grid.setAttribute("aria-colcount", COLUMNS.length);
    grid.addEventListener("scroll", () => actions.scrolled(), { passive: true });
    rows.addEventListener("click", (event) => {
      const row = event.target.closest(".row");
      if (row?.key) actions.open(row.key);
    });
    rows.addEventListener("keydown", (event) => this.#onKey(event));
    rows.addEventListener("focusin", (event) => {
      const row = event.target.closest(".row");
      if (row?.key) this.#focusOn(row.key, this.source.indexOf(row.key));
    });
    new ResizeObserver(() => this.#measure()).observe(grid);
  }

  showSort(view) {
    for (const [sort, cell] of this.#headers) {
      // `state` ascending is danger first.
      const order = view.descending ? "descending" : "ascending";
      cell.setAttribute("aria-sort", sort === view.sort ? order : "none");
    }
  }

  scrollToTop() {
    this.grid.scrollTop = 0;
    this.#focusOn(null, 0);
  }

  /** Puts the keyboard's focus on a subject's row, or on the first one if it is not in the table. */
  focus(key) {
    const index = key ? this.source.indexOf(key) : this.#focusIndex;
    this.#moveTo(Math.max(0, index));
  }

  /** Brings the elements in line with the source. */
  render() {
    const { source, rows } = this;
    if (!source) return;
    const height = this.#rowHeight;
    const length = source.length;
    rows.style.height = `${length * height}px`;
    this.grid.setAttribute("aria-rowcount", source.total + 1);
    const top = this.grid.scrollTop, room = this.grid.clientHeight;
    const firstSeen = Math.min(length, Math.floor(top / height));
    const lastSeen = Math.min(length, Math.ceil((top + room) / height));
    source.showing(firstSeen, lastSeen);

    const wanted = new Map();
    const first = Math.max(0, firstSeen - MARGIN), last = Math.min(length, lastSeen + MARGIN);
    for (let index = first; index < last; index += 1) {
      const row = source.at(index);
      // While the server's pages move, a subject can stand in two of them for a moment.
      if (row && !wanted.has(row.key)) wanted.set(row.key, index);
    }
    this.#keepFocus(wanted, Math.ceil(top / height));

    for (const [key, made] of this.#elements) {
      if (wanted.has(key)) continue;
      this.#elements.delete(key);
      if (this.#spare.length < 64) this.#spare.push(made);
      made.remove();
    }
    const now = serverNow();
    const sorted = [...wanted].sort((a, b) => a[1] - b[1]);
    for (const [key, index] of sorted) {
      const made = this.#elements.get(key) ?? this.#elementFor(key);
      this.#fill(made, source.at(index), index, now);
    }
    this.#orderElements(sorted);
  }

  /**
   * The row with the focus stays, even off the screen; if it has left, its neighbour inherits. While
   * the focus is elsewhere, the Tab key leads to the first row in sight.
   */
  #keepFocus(wanted, firstSeen) {
    if (!this.rows.contains(document.activeElement)) {
      this.#focusIndex = firstSeen;
      this.#focusKey = this.source.at(firstSeen)?.key ?? null;
    }
    const index = this.#focusKey ? this.source.indexOf(this.#focusKey) : -1;
    if (index >= 0) {
      this.#focusIndex = index;
      wanted.set(this.#focusKey, index);
      return;
    }
    const hadFocus = this.#elements.get(this.#focusKey)?.contains(document.activeElement);
    const heir = this.source.at(Math.min(this.#focusIndex, this.source.length - 1));
    this.#focusKey = heir?.key ?? null;
    if (heir) wanted.set(heir.key, this.source.indexOf(heir.key));
    if (hadFocus) queueMicrotask(() => this.#elements.get(this.#focusKey)?.focus({ preventScroll: true }));
  }

  /** The document's order follows the table's, without moving the element that has the focus. */
  #orderElements(sorted) {
    const fixed = this.#elements.get(this.#focusKey);
    let position = this.rows.firstChild;
    for (const [key] of sorted) {
      const made = this.#elements.get(key);
      // Elements between here and the one with the focus are taken up again when their turn comes.
      if (made === fixed && made.isConnected) position = made;
      if (made === position) position = position.nextSibling;
      else this.rows.insertBefore(made, position);
    }
  }

  #elementFor(key) {
    const made = this.#spare.pop() ?? this.#makeElement();
    this.#elements.set(key, made);
    made.key = key;
    made.dataset.subject = key;
    return made;
  }

  #makeElement() {
    const made = element("div", "row");
    made.setAttribute("role", "row");
    made.cells = {};
    for (const [index, { name }] of COLUMNS.entries()) {
      const cell = element("div", `cell c-${name}`);
      cell.setAttribute("role", "gridcell");
      cell.setAttribute("aria-colindex", index + 1);
      made.append(cell);
      made.cells[name] = cell;
    }
    const { state, user } = made.cells;
    state.append(shape("unknown"), state.word = element("span", "word"));
    user.append(user.name = element("b"), user.device = element("span", "quiet"));
    return made;
  }

  #fill(made, row, index, now) {
    const { cells } = made;
    if (made.index !== index) {
      made.index = index;
      made.style.transform = `translateY(${index * this.#rowHeight}px)`;
      made.setAttribute("aria-rowindex", index + 2);
    }
    const selected = row.key === this.selectedKey;
    if (made.selected !== selected) {
      made.selected = selected;
      made.setAttribute("aria-selected", selected);
    }
    const tabIndex = row.key === this.#focusKey ? 0 : -1;
    if (made.tabIndex !== tabIndex || !made.hasAttribute("tabindex")) made.tabIndex = tabIndex;
    this.#setTime(cells.since, row.sinceTime, now);
    this.#setTime(cells.seen, row.seenTime, now);
    if (made.row === row) return;
    made.row = row;
    if (made.dataset.state !== row.state) {
      made.dataset.state = row.state;
      cells.state.querySelector("use").setAttribute("href", `#shape-${row.state}`);
      setText(cells.state.word, row.state);
    }
    made.dataset.revision = row.revision;
    setText(cells.user.name, row.user);
    setText(cells.user.device, row.device);
    setText(cells.value, withUnit(row.value, row.unit));
    setText(cells.mean, row.mean == null ? "–" : `${number(row.mean)} ± ${number(row.std)}`);
    setText(cells.score, row.score == null ? "–" : number(row.score));
    setText(cells.reason, row.reason ?? "");
    cells.reason.title = row.reason ?? "";
    cells.user.title = row.key;
  }

  #setTime(cell, time, now) {
    setText(cell, Number.isFinite(time) ? duration(now - time) : "–");
    if (cell.time !== time) {
      cell.time = time;
      cell.title = fullTime(time);
    }
  }

  #focusOn(key, index) {
    if (key === this.#focusKey) return;
    const before = this.#elements.get(this.#focusKey);
    if (before) before.tabIndex = -1;
    this.#focusKey = key;
    this.#focusIndex = Math.max(0, index);
    const now = this.#elements.get(key);
    if (now) now.tabIndex = 0;
  }

  #onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor(this.grid.clientHeight / this.#rowHeight) - 2);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in steps) {
      event.preventDefault();
      const target = this.#focusIndex + steps[event.key];
      this.#moveTo(Math.min(this.source.length - 1, Math.max(0, target)));
    } else if ((event.key === "Enter" || event.key === " ") && this.#focusKey) {
      event.preventDefault();
      this.actions.open(this.#focusKey);
    }
  }

  #moveTo(index) {
    // Rows still on their way from the server cannot take the focus: stop at the last one that can.
    while (index > 0 && !this.source.at(index)) index -= 1;
    const row = this.source.at(index);
    if (!row) return;
    this.#focusOn(row.key, index);
    const top = index * this.#rowHeight, head = this.rows.offsetTop;
    const above = this.grid.scrollTop, room = this.grid.clientHeight - head;
    if (top < above) this.grid.scrollTop = top;
    else if (top + this.#rowHeight > above + room) this.grid.scrollTop = top + this.#rowHeight - room;
    this.render();
    this.#elements.get(row.key)?.focus({ preventScroll: true });
  }

  #measure() {
    const height = parseFloat(getComputedStyle(this.rows).getPropertyValue("--row-height")) || 36;
    if (height !== this.#rowHeight) {
      this.grid.scrollTop *= height / this.#rowHeight;
      this.#rowHeight = height;
      for (const made of [...this.#elements.values(), ...this.#spare]) made.index = -1;
    }
    this.actions.scrolled();
  }
}

/** What stands below the table: how much of the whole it shows. */
export function footerText(source, subjects) {
  const held = source.total > source.length ? `, ${count(source.length)} read so far` : "";
  return source.total === subjects
    ? `${count(subjects)} subjects${held}`
    : `${count(source.total)} of ${count(subjects)} subjects${held}`;
}
