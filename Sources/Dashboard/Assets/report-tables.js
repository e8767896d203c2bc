// Tables of a report.

import { element } from "./format.js";

/**
 * Writes a table into `box` in place of what was there. A column has a `title`, and gives its cell's
 * `text` or, to stand on the right, its `amount`, or else its `nodes`; the first one heads its row. `none`
 * is said of no entries, `more` below them.
 */
export function table(box, entries, columns, { none, more = "" }) {
  if (!entries.length) return box.replaceChildren(element("p", "quiet", none));
  const made = element("table");
  const head = made.createTHead().insertRow();
  for (const column of columns) {
    const cell = element("th", column.amount ? "amount" : "", column.title);
    cell.scope = "col";
    head.append(cell);
  }
  const body = made.createTBody();
  for (const entry of entries) {
    const row = body.insertRow();
    for (const [index, { text, amount, nodes }] of columns.entries()) {
      const cell = element(index ? "td" : "th", amount ? "amount" : "", (text ?? amount)?.(entry));
      if (nodes) cell.append(...nodes(entry));
      if (!index) cell.scope = "row";
      row.append(cell);
    }
  }
  const scroll = element("div", "scroll");
  scroll.append(made);
  return box.replaceChildren(scroll, ...(more ? [element("p", "quiet", more)] : []));
}
