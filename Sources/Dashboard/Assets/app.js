// Joins the parts: loads the rows, follows the feed, keeps the screen up to date, and turns what the
// operator does into what the table shows.
//
// Up to WHOLE_LIMIT subjects all rows are held here and every change is followed; beyond, the server
// sorts and pages, and only changes of state are followed (see whole.js and paged.js). Either way:
// read the rows, remember the revision the server had when we began, follow the changes from there.

import { AlertPanel } from "./alert-panel.js";
import { Problem, getJSON } from "./api.js";
import { rememberAuthor } from "./author.js";
import { Details } from "./details.js";
import { Feed } from "./feed.js";
import { byId, setText } from "./format.js";
import { showInvalid } from "./invalid.js";
import { DESCENDING, STATES, emptyView, keyOf, prepared } from "./model.js";
import { AlertSection } from "./open-alerts.js";
import { PagedRows } from "./paged.js";
import { Receivers } from "./receivers.js";
import { Signals } from "./signals.js";
import { Announcer, Connection, Counts, showEmpty, showFigures, showUnheard } from "./summary.js";
import { Table, footerText } from "./table.js";
import { WholeRows } from "./whole.js";

const WHOLE_LIMIT = Number(new URLSearchParams(location.search).get("whole") ?? 5000);
const SERVICE_EVERY = 2000, REFRESH_EVERY = 1500, START_RETRY = 1000;
/** The shortest time between two renderings: of new values, and of changes of state. */
const VALUES_EVERY = 250, STATES_EVERY = 80;
/** A feed that is silent for so long while records flow is taken for dead. */
const SILENCE = 30_000;

let view = viewFromAddress();
let source = null;
let service = null;
let starting = null;
let recordsAtLastEvent = 0;
let failedPolls = 0;

const connection = new Connection();
const announcer = new Announcer();
const counts = new Counts((state) => changeView((next) => {
  if (state === null) next.states.clear();
  else if (!next.states.delete(state)) next.states.add(state);
}));
const table = new Table(byId("grid"), byId("head").firstElementChild, byId("rows"), {
  open: (key) => { location.hash = `#/${key}`; },
  sort: (sort) => changeView((next) => {
    next.descending = next.sort === sort ? !next.descending : DESCENDING.has(sort);
    next.sort = sort;
  }),
  scrolled: () => requestRender(0),
});
const isCamera = (kind) => (service?.streams ?? []).some((stream) => stream.type === "camera" && stream.kind === kind);
const details = new Details((key) => ({ row: source?.get(key), live: source instanceof WholeRows }), isCamera);
const signals = new Signals((id) => { location.hash = `#alert=${id}`; });
const receivers = new Receivers();
const alerts = new AlertSection({
  danger: (alert) => signals.danger(alert),
  changed: (alert) => {
    alertPanel.take(alert);
    receivers.refreshSoon();
  },
  silenced: () => alertPanel.showSilences(),
});
const alertPanel = new AlertPanel({
  changed: (alert) => alerts.take(alert),
  silenced: () => alerts.refreshSilences(),
  silencesOf: (alert) => alerts.silencesOf(alert),
  isCamera,
});
const feed = new Feed({ row: onRow, counts: onCounts, alert: (alert) => alerts.take(alert), unknownRevision: start, opened: onOpened, lost: () => connection.lost() });

// Loading and following

/** Loads everything anew; what is on the screen stays until then. Repeats until it succeeds. */
async function start() {
  const attempt = starting = {};
  feed.close();
  try {
    const [newService, first, alertRevision] = await Promise.all([
      getService(), getJSON("api/v1/status?sort=user&order=asc&limit=1000"), alerts.read({ anew: true }),
    ]);
    const subjects = Object.values(first.counts).reduce((sum, count) => sum + count, 0);
    let rows = null;
    if (subjects <= WHOLE_LIMIT) {
      rows = first.items.map(prepared);
      for (let next = first.next; next && rows.length <= 2 * WHOLE_LIMIT;) {
        const query = new URLSearchParams({ sort: "user", order: "asc", limit: 1000, cursor: next });
        const page = await getJSON(`api/v1/status?${query}`);
        rows.push(...page.items.map(prepared));
        next = page.next;
      }
    }
    if (attempt !== starting) return;
    service = newService;
    source?.close();
    source = rows ? new WholeRows(rows, view) : new PagedRows(first, view, () => requestRender(0));
    table.source = source;
    starting = null;
    // Rows and alerts were read at different moments: what changed in between is told again.
    feed.open(Math.min(first.revision, alertRevision ?? first.revision), rows ? "" : "transitions=1");
    showService(service);
    requestRender(0);
  } catch (error) {
    if (attempt !== starting) return;
    connection.lost();
    setTimeout(() => attempt === starting && start(), START_RETRY);
  }
}

function showService(facts) {
  showFigures(facts);
  showUnheard(facts);
}

/** The service's figures; none if the server has an error in their place, which is no reason to stop. */
async function getService() {
  try {
    return await getJSON("api/v1/service", { timeout: 5000 });
  } catch (error) {
    if (error instanceof Problem) return {};
    throw error;
  }
}

async function onOpened() {
  connection.connected();
  source?.refresh();
  try {
    // Whether it is still the same server with the same database; if not, nothing held here counts.
    const [now, status] = await Promise.all([getService(), getJSON("api/v1/status?limit=1")]);
    if (starting) return;
    const restarted = now.started && service.started && now.started !== service.started;
    if (restarted || status.revision < feed.rowRevision) start();
    else showService(service = now);
  } catch {
    // The connection is gone again: the feed says so and comes back here.
  }
}

function onRow(raw) {
  const change = source?.apply(raw);
  if (!change) return;
  const { held, row } = change;
  const changedState = held ? held.state !== row.state : true;
  // Each danger is an alert, and told as such; by its row only where there are no alerts.
  if (changedState && !alerts.isLive && row.state === "danger" && row.previous !== "danger") announcer.danger(row);
  if (row.key === details.key) details.show(row);
  if (changedState && source instanceof PagedRows) refreshSoon();
  if (source.subjects > WHOLE_LIMIT * 1.2 && source instanceof WholeRows && !starting) start();
  requestRender(changedState ? STATES_EVERY : VALUES_EVERY);
}

function onCounts(allCounts) {
  if (source instanceof PagedRows) {
    source.allCounts = allCounts;
    if (!view.kind) source.counts = allCounts;
  }
  requestRender(VALUES_EVERY);
}

let refreshTimer = 0;
/** After a change of state rows may have changed places: ask for them, but not for each one. */
function refreshSoon() {
  refreshTimer ||= setTimeout(() => {
    refreshTimer = 0;
    source?.refresh();
  }, 150);
}

async function pollService() {
  try {
    if (feed.connected) {
      service = await getService();
      showService(service);
      failedPolls = 0;
      if (Date.now() - feed.lastEventTime < SILENCE) recordsAtLastEvent = service.records;
      else if (service.records > recordsAtLastEvent) feed.reopen(Math.max(feed.revision, source?.revision ?? 0));
    }
  } catch (error) {
    // An error that the server words is no news of the connection, and one lost request neither.
    failedPolls = error instanceof Problem ? 0 : failedPolls + 1;
    if (failedPolls === 2) {
      connection.lost();
      feed.reopen();
    }
  }
  setTimeout(pollService, SERVICE_EVERY);
}

// The screen

let frame = 0, renderTimer = 0, dueAt = Infinity, renderedAt = 0;

/** Asks for a rendering that comes at least `interval` ms after the one before. */
function requestRender(interval) {
  const due = Math.max(performance.now(), renderedAt + interval);
  if (frame || due >= dueAt) return;
  dueAt = due;
  clearTimeout(renderTimer);
  const wait = due - performance.now();
  const ask = () => { frame = requestAnimationFrame(render); };
  if (wait <= 1) ask();
  else renderTimer = setTimeout(ask, wait);
}

function render(now) {
  frame = 0;
  dueAt = Infinity;
  renderedAt = performance.now();
  if (!source) return showEmpty("loading");
  source.settle(now);
  table.selectedKey = details.key;
  table.render();
  counts.show(source.counts, source.allCounts, view.states);
  setText(byId("footer"), footerText(source, source.subjects));
  showKinds();
  showEmpty(source.length ? null : source.subjects ? "filtered" : "none", service, clearFilters);
  document.body.dataset.revision = Math.max(feed.revision, source.revision ?? 0);
}

function showKinds() {
  const select = byId("kind");
  const kinds = new Set([...source.kinds, ...(service?.streams ?? []).map((stream) => stream.kind)]);
  for (const kind of kinds) {
    if (![...select.options].some((option) => option.value === kind)) select.add(new Option(kind, kind));
  }
  select.value = view.kind;
  byId("kind-field").hidden = kinds.size < 2 && !view.kind;
}

// What the operator asks for

function changeView(change) {
  const next = { ...view, states: new Set(view.states) };
  change(next);
  view = next;
  source?.setView(view);
  table.showSort(view);
  table.scrollToTop();
  history.replaceState(null, "", addressOfView());
  requestRender(0);
}

function clearFilters() {
  byId("prefix").value = "";
  changeView((next) => Object.assign(next, { states: new Set(), kind: "", prefix: "" }));
}

function viewFromAddress() {
  const query = new URLSearchParams(location.search);
  const read = emptyView();
  for (const state of (query.get("state") ?? "").split(",")) if (STATES.includes(state)) read.states.add(state);
  read.kind = query.get("kind") ?? "";
  read.prefix = query.get("prefix") ?? "";
  const sort = query.get("sort");
  if (sort === "user" || DESCENDING.has(sort)) read.sort = sort;
  read.descending = query.has("order") ? query.get("order") === "desc" : DESCENDING.has(read.sort);
  return read;
}

function addressOfView() {
  const query = new URLSearchParams(location.search);
  const set = (name, value) => value ? query.set(name, value) : query.delete(name);
  set("state", [...view.states].join(","));
  set("kind", view.kind);
  set("prefix", view.prefix);
  set("sort", view.sort === "state" ? "" : view.sort);
  set("order", view.descending === DESCENDING.has(view.sort) ? "" : view.descending ? "desc" : "asc");
  return `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`;
}

/** The key that `#/wearer/u-17/watch` names, or null. */
function keyFromHash(hash) {
  const parts = /^#\/([^/]+)\/([^/]+)(?:\/([^/]+))?$/.exec(hash);
  try {
    return parts && keyOf(...parts.slice(1).map((part) => part && decodeURIComponent(part)));
  } catch {
    return null; // not percent-encoded as it should be
  }
}

/** The number that `#alert=17` names, or null. */
function alertFromHash(hash) {
  const [, id] = /^#alert=([1-9][0-9]{0,15})$/.exec(hash) ?? [];
  return id ? Number(id) : null;
}

/** The address' hash says whose details are open: `#/wearer/u-17/watch`, or which alert: `#alert=17`. */
function followHash() {
  followAlert(alertFromHash(location.hash));
  const key = keyFromHash(location.hash);
  const before = details.key;
  if (key === null) {
    details.close();
    if (before) table.focus(before);
  } else if (key !== before) {
    details.open(key);
    byId("details-title").focus();
  }
  requestRender(0);
}

function followAlert(id) {
  const before = alertPanel.id;
  if (id === null) {
    alertPanel.close();
    if (before !== null) alerts.focus(before);
  } else if (id !== before) {
    alertPanel.open(id);
    byId("alert-title").focus();
  }
}

function closeDetails() {
  if (details.key || alertPanel.id !== null) location.hash = "#/";
}

byId("prefix").value = view.prefix;
byId("prefix").addEventListener("input", (event) => changeView((next) => { next.prefix = event.target.value.trim(); }));
byId("kind").addEventListener("change", (event) => changeView((next) => { next.kind = event.target.value; }));
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("details-close").addEventListener("click", closeDetails);
byId("alert-close").addEventListener("click", closeDetails);
rememberAuthor(document.querySelector("#alerts .author"));
byId("show-invalid").addEventListener("click", showInvalid);
byId("skip").addEventListener("click", (event) => {
  event.preventDefault();
  table.focus(null);
});
addEventListener("hashchange", followHash);
addEventListener("keydown", (event) => {
  const writing = event.target.closest?.("input, select, textarea");
  if (event.key === "Escape" && !byId("invalid").open && !writing) closeDetails();
  if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    byId("prefix").focus();
  }
});

table.showSort(view);
start();
followHash();
setTimeout(pollService, SERVICE_EVERY);
setInterval(() => {
  requestRender(VALUES_EVERY);
  alerts.tick();
}, 1000);
setInterval(() => feed.connected && source?.refresh(), REFRESH_EVERY);
