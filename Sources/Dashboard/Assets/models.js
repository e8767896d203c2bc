// The page of models: which tell falls now, how they did side by side, and where the active one and its
// shadow disagree; each of those with its trace and what was measured of it.

import { Problem, getJSON, tracePath } from "./api.js";
import { VERDICTS } from "./alert-model.js";
import { byId, count, element, number, percent, setText, timeZone, zonedTime } from "./format.js";
import { keyOf } from "./model.js";
import { table } from "./report-tables.js";
import { Trace } from "./trace.js";

const PAGE = 50, REFRESH_EVERY = 15_000, RETRY = 3000;
const DAY = 86_400_000;
/** What is shown of a trace, in ms before and after the peak. */
const AROUND = 10_000;
const ROLES = { active: "active", early: "early", shadow: "shadow", impact: "impact (no model)" };
const OUTCOMES = { fall: "falls", repeated: "repeated", none: "no falls" };

const choice = byId("choice");
const trace = new Trace(byId("candidate-trace"), (text) => setText(byId("candidate-readout"), text));
let listed = [];
let next = null;
let open = null;
let request = null;
let timer = 0;
const shown = new Map();

// Reading

async function refresh() {
  clearTimeout(timer);
  request?.abort();
  const mine = request = new AbortController();
  const options = { signal: mine.signal };
  try {
    const since = Date.now() - choice.elements.days.value * DAY;
    const [report, page] = await Promise.all([
      getJSON(`api/v1/models?since=${since}`, options),
      getJSON(`api/v1/models/disagreements?limit=${PAGE}`, options),
    ]);
    if (mine !== request) return;
    byId("models").hidden = false;
    say("");
    showReport(report);
    takeFirst(page);
    timer = setTimeout(again, REFRESH_EVERY);
  } catch (error) {
    if (mine !== request) return;
    // What the server refuses it refuses again; a lost connection may come back.
    const isLasting = error instanceof Problem && error.status < 500;
    say(`The models could not be read: ${error.message}${isLasting ? "" : " (trying again)"}`, true);
    if (!isLasting) timer = setTimeout(again, RETRY);
  }
}

function again() {
  if (document.hidden) timer = setTimeout(again, 1000);
  else refresh();
}

/** The newest ones; what was read behind them stays. */
function takeFirst({ items, next: following }) {
  const known = new Set(items.map(({ id }) => id));
  const older = listed.filter(({ id }) => !known.has(id));
  if (older.length === 0 || listed.length <= PAGE) {
    listed = items;
    next = following;
  } else {
    listed = [...items, ...older];
  }
  showDisagreements();
}

async function readMore() {
  const button = byId("more");
  button.disabled = true;
  try {
    const page = await getJSON(`api/v1/models/disagreements?limit=${PAGE}&before=${next}`);
    const known = new Set(listed.map(({ id }) => id));
    listed = [...listed, ...page.items.filter(({ id }) => !known.has(id))];
    next = page.next;
    setText(byId("more-message"), "");
    showDisagreements();
  } catch (error) {
    setText(byId("more-message"), `No answer (${error.message}). Try again.`);
  } finally {
    button.disabled = false;
  }
}

// Showing

function say(text, failed = false) {
  byId("message").classList.toggle("failed", failed);
  setText(byId("message"), text);
}

/** Whether this is another value than was shown under the name before: what is the same is left alone. */
function isNews(name, value) {
  const text = JSON.stringify(value);
  if (shown.get(name) === text) return false;
  shown.set(name, text);
  return true;
}

const nameOf = (model) => model?.name || (model ? "unnamed" : "");

function version(model) {
  if (!model) return [];
  const made = element("span", "version", model.hash.slice(0, 12));
  made.title = model.hash;
  return [made];
}

const instant = (time) => zonedTime(Date.parse(time), timeZone);

function showReport({ in_use: uses, candidates, models, agreement }) {
  if (isNews("uses", uses)) {
    table(byId("use-table"), uses, [
      { title: "Role", text: (use) => ROLES[use.role] }, { title: "Model", text: nameOf },
      { title: "Version", nodes: version }, { title: "What it is", text: (use) => use.type },
      { title: "Threshold", amount: (use) => number(use.threshold) },
      { title: "For", text: whomInWords },
    ], { none: "None: falls are not told by models." });
  }
  if (isNews("candidates", candidates)) {
    byId("total").replaceChildren(...Object.entries(OUTCOMES).map(([outcome, name]) => {
      const pair = element("div");
      pair.append(element("dt", "", name), element("dd", "", count(candidates[outcome])));
      return pair;
    }));
  }
  if (isNews("models", models)) {
    table(byId("figures-table"), models, [
      { title: "Role", text: ({ role }) => ROLES[role] }, { title: "Model", text: ({ model }) => nameOf(model) },
      { title: "Version", nodes: ({ model }) => version(model) },
      { title: "First used", text: ({ model }) => model ? instant(model.first_used) : "" },
      { title: "Asked", amount: ({ scored }) => count(scored) },
      { title: "Falls", amount: ({ falls }) => count(falls) },
      { title: "Mean probability", amount: ({ mean_probability: mean }) => number(mean) },
      { title: "Confirmed: fall", amount: ({ confirmed }) => count(confirmed.fall) },
      { title: "Confirmed: none", amount: ({ confirmed }) => count(confirmed.none) },
      { title: "False alarms: fall", amount: (entry) => count(entry.false_alarms.fall) },
      { title: "False alarms: none", amount: (entry) => count(entry.false_alarms.none) },
    ], { none: "No model was asked in this time." });
  }
  if (isNews("agreement", agreement)) {
    byId("agreement").replaceChildren(...(agreement.length ? agreement.map(matrix)
      : [element("p", "quiet", "No candidate was judged by an active model and a shadow in this time.")]));
  }
}

/** `wearer`, `wearer: users climber-*` */
function whomInWords({ kind, users, devices }) {
  const parts = [users.length && `users ${users.join(", ")}`, devices.length && `devices ${devices.join(", ")}`];
  const whom = parts.filter(Boolean).join("; ");
  return whom ? `${kind}: ${whom}` : kind;
}

/** What both said of the same candidates, as a table of two by two. */
function matrix({ active, shadow, both, active_only: activeOnly, shadow_only: shadowOnly, neither }) {
  const figure = element("figure");
  const all = both + activeOnly + shadowOnly + neither;
  const caption = element("figcaption");
  caption.append(
    element("b", "", nameOf(active)), " ", ...version(active), " and ", element("b", "", nameOf(shadow)), " ", ...version(shadow),
    `: the same in ${percent(all ? (both + neither) / all : null)} of ${count(all)}`);
  const made = element("table");
  const head = made.createTHead().insertRow();
  head.append(element("td"), heading("col", "shadow: fall"), heading("col", "shadow: none"));
  const body = made.createTBody();
  for (const [name, cells] of [
    ["active: fall", [[both, "same"], [activeOnly, "differ"]]], ["active: none", [[shadowOnly, "differ"], [neither, "same"]]],
  ]) {
    const row = body.insertRow();
    row.append(heading("row", name));
    for (const [amount, kind] of cells) {
      const cell = element("td", `amount ${kind}`, count(amount));
      cell.dataset.count = amount;
      row.append(cell);
    }
  }
  figure.append(caption, made);
  return figure;
}

function heading(scope, text) {
  const cell = element("th", "", text);
  cell.scope = scope;
  return cell;
}

function link(text, href) {
  const made = element("a", "", text);
  made.href = href;
  return made;
}

function answer(candidate, role) {
  const score = candidate.scores.find((found) => found.role === role);
  if (!score) return [];
  const made = element("span", score.fall ? "says-fall" : "says-none", number(score.probability));
  made.title = `${nameOf(score.model)}, threshold ${number(score.threshold)}`;
  return [made];
}

function alertOf({ alert }) {
  if (!alert) return ["none"];
  const verdict = alert.verdict ? `: ${VERDICTS[alert.verdict].toLowerCase()}` : "";
  return [link(`alert ${alert.id}`, `./#alert=${alert.id}`), verdict];
}

function showDisagreements() {
  byId("more").hidden = next === null;
  if (!isNews("disagreements", listed)) return;
  const box = byId("disagreements");
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.candidate : null;
  table(box, listed, [
    { title: "Peak", text: ({ time }) => instant(time) },
    { title: "Who", nodes: ({ kind, user, device }) => [link(`${user} ${device}`.trim(), `./#/${keyOf(kind, user, device)}`)] },
    { title: "Peak, g", amount: ({ peak }) => number(peak) },
    { title: "Active", nodes: (candidate) => answer(candidate, "active") },
    { title: "Shadow", nodes: (candidate) => answer(candidate, "shadow") },
    { title: "Alert", nodes: alertOf },
    { title: "Trace", nodes: (candidate) => [traceButton(candidate)] },
  ], { none: "Nowhere: there is no shadow, or it has said the same each time." });
  markOpen();
  if (focused) box.querySelector(`[data-candidate="${focused}"]`)?.focus({ preventScroll: true });
}

function traceButton(candidate) {
  const button = element("button", "", "Show");
  button.type = "button";
  button.dataset.candidate = candidate.id;
  button.setAttribute("aria-label", `Show the trace of ${candidate.user} at ${instant(candidate.time)}`);
  button.addEventListener("click", () => showCandidate(candidate));
  return button;
}

// One candidate

function markOpen() {
  for (const button of document.querySelectorAll("[data-candidate]")) {
    button.closest("tr").toggleAttribute("aria-current", button.dataset.candidate === String(open));
  }
}

async function showCandidate(candidate) {
  const { id, kind, user, device, time } = candidate;
  open = id;
  markOpen();
  byId("candidate").hidden = false;
  const title = byId("candidate-title");
  setText(title, `${user} ${device}, ${instant(time)}`);
  title.focus();
  byId("candidate").scrollIntoView({ block: "nearest" });
  setText(byId("candidate-message"), "Loading …");
  for (const name of ["scores", "features"]) byId(`candidate-${name}`).replaceChildren();
  const peak = Date.parse(time);
  trace.mark = peak;
  trace.clear();
  try {
    const path = `${tracePath(keyOf(kind, user, device) + (device ? "" : "/"))}?from=${peak - AROUND}&to=${peak + AROUND}&limit=20000`;
    const [whole, points] = await Promise.all([
      getJSON(`api/v1/models/candidates/${id}`),
      // The samples may be gone, and what was measured of them still be here.
      getJSON(path).catch((error) => ({ points: [], failure: error.message })),
    ]);
    if (open !== id) return;
    const last = points.points.at(-1)?.t ?? peak;
    if (points.points.length) trace.merge({ ...points, span: Math.max(1000, last - peak + AROUND) }, null);
    setText(byId("candidate-message"), points.failure ? `No trace: ${points.failure}`
      : points.points.length ? "" : "No values of that time are kept.");
    showScores(whole);
  } catch (error) {
    if (open === id) setText(byId("candidate-message"), `No answer: ${error.message}`);
  }
}

function showScores({ scores, features }) {
  table(byId("candidate-scores"), scores, [
    { title: "Role", text: ({ role }) => ROLES[role] }, { title: "Model", text: ({ model }) => nameOf(model) },
    { title: "Version", nodes: ({ model }) => version(model) },
    { title: "Probability", amount: ({ probability }) => number(probability) },
    { title: "Threshold", amount: ({ threshold }) => number(threshold) },
    { title: "Says", text: ({ fall }) => fall ? "fall" : "no fall" },
  ], { none: "No model was asked." });
  table(byId("candidate-features"), Object.entries(features), [
    { title: "Feature", text: ([name]) => name }, { title: "Value", amount: ([, value]) => number(value) },
  ], { none: "None were recorded." });
}

function closeCandidate() {
  const button = document.querySelector(`[data-candidate="${open}"]`);
  open = null;
  markOpen();
  byId("candidate").hidden = true;
  trace.mark = null;
  trace.clear();
  button?.focus();
}

// The page

const asked = new URLSearchParams(location.search).get("days");
choice.elements.days.value = asked ?? "7";
if (!choice.elements.days.value) choice.elements.days.value = "7";
choice.addEventListener("submit", (event) => event.preventDefault());
choice.elements.days.addEventListener("change", () => {
  history.replaceState(null, "", `${location.pathname}?days=${choice.elements.days.value}`);
  refresh();
});
byId("more").addEventListener("click", readMore);
byId("candidate-close").addEventListener("click", closeCandidate);
byId("candidate").addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeCandidate();
});
refresh();
