// What a subject's row is to the page: its key, its rank, how rows are ordered and filtered.
// The rules are the server's (GET api/v1/status), so that both ways of holding rows look alike.

/** The states, most urgent first. */
export const STATES = ["danger", "warning", "stale", "unknown", "safe"];
const rank = Object.fromEntries(STATES.map((state, index) => [state, index]));

/** Sorts whose order changes with every sample, not only when a state changes. */
export const VOLATILE = new Set(["last_seen", "value", "score", "revision"]);
/** Sorts that begin with the greatest. */
export const DESCENDING = new Set(["since", "last_seen", "value", "score", "revision"]);

/** What the table shows: no state chosen means all of them. */
export function emptyView() {
  return { states: new Set(), kind: "", prefix: "", sort: "state", descending: false };
}

const segment = (text) => encodeURIComponent(text.toWellFormed?.() ?? text);

/** `wearer/u-17/watch`: names a subject in paths, in the address bar and in `data-subject`. */
export function keyOf(kind, user, device) {
  return [kind, user, ...(device ? [device] : [])].map(segment).join("/");
}

/** Adds the key and the parsed times to a row as the server sent it. */
export function prepared(row) {
  row.key = keyOf(row.kind, row.user, row.device);
  row.sinceTime = Date.parse(row.since);
  row.seenTime = Date.parse(row.last_seen);
  return row;
}

export function matches(row, view) {
  return (view.states.size === 0 || view.states.has(row.state))
    && (view.kind === "" || row.kind === view.kind)
    && row.user.startsWith(view.prefix);
}

const fields = {
  state: (row) => rank[row.state] ?? STATES.length,
  user: (row) => row.user,
  since: (row) => row.sinceTime,
  last_seen: (row) => row.seenTime,
  value: (row) => row.value,
  score: (row) => row.score,
  revision: (row) => row.revision,
};

/** Nobody has to look at them: they do not change places, whenever they entered the state. */
const calm = new Set(["unknown", "safe"]);

/**
 * Compares two rows in the view's order: absent values last, equals by newest `since`, then key; where rows
 * are in the order of their states, the calm ones by key.
 */
export function comparator(view) {
  const field = fields[view.sort] ?? fields.state;
  const sign = view.descending ? -1 : 1;
  return (a, b) => {
    const x = field(a), y = field(b);
    if (x !== y) {
      if (x == null) return 1;
      if (y == null) return -1;
      return x < y ? -sign : sign;
    }
    const isByTime = view.sort !== "state" || !calm.has(a.state);
    return (isByTime && b.sinceTime - a.sinceTime) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  };
}

export function emptyCounts() {
  return Object.fromEntries(STATES.map((state) => [state, 0]));
}

/** The query string of GET api/v1/status for a view. */
export function statusQuery(view, limit, cursor) {
  const query = new URLSearchParams({ sort: view.sort, limit });
  // To the server, danger first is the descending order of `state`; to the eye it is the natural one.
  const descending = view.sort === "state" ? !view.descending : view.descending;
  query.set("order", descending ? "desc" : "asc");
  if (view.states.size) query.set("state", [...view.states].join(","));
  if (view.kind) query.set("kind", view.kind);
  if (view.prefix) query.set("prefix", view.prefix);
  if (cursor) query.set("cursor", cursor);
  return query;
}
