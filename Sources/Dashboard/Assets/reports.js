// The page of reports: one day in one time zone, in charts, tables and words; and the verdicts on its
// threats. The address holds day and zone, so that a report can be sent around.

import { Problem, getJSON, serverNow } from "./api.js";
import { rememberAuthor } from "./author.js";
import { HourChart, UserChart, legend } from "./charts.js";
import { byId, count, element, number, percent, plural, setText, timeZone, zonedTime } from "./format.js";
import { table } from "./report-tables.js";
import { ThreatList } from "./threats.js";

const PAGE = 50, REFRESH_EVERY = 15_000, RETRY = 3000;
const DAY = 86_400_000;

const query = new URLSearchParams(location.search);
const chosen = { date: query.get("date") ?? "", zone: query.get("timezone") || timeZone || "UTC", verdict: "" };
let report = null;
let nextCursor = null;
/** Which threats the list holds: of which day and verdict. */
let listed = "";
let request = null;
let timer = 0;

const users = new UserChart(byId("users-chart"));
const hours = new HourChart(byId("hours-chart"));
const threats = new ThreatList(byId("threats"), {
  zone: () => chosen.zone,
  changed: () => readReport({ quietly: true }),
});

// Reading

/** Reads the day anew; with `quietly`, only the figures, for what is on the screen already. */
async function readReport({ quietly = false } = {}) {
  clearTimeout(timer);
  if (!quietly) {
    request?.abort();
    byId("report").classList.add("old");
    say("Loading …");
  }
  const mine = request = new AbortController();
  const options = { signal: mine.signal };
  const asked = new URLSearchParams({ timezone: chosen.zone });
  if (chosen.date) asked.set("date", chosen.date);
  try {
    const answer = await getJSON(`api/v1/reports/daily?${asked}`, options);
    if (mine !== request) return;
    report = answer;
    showReport();
    if (quietly && listed === listName()) await readNewThreats(options);
    else await readThreats(options);
    if (mine !== request) return;
    say("");
    followToday();
  } catch (error) {
    if (mine !== request) return;
    // What the server refuses it refuses again; a lost connection may come back.
    const isLasting = error instanceof Problem && error.status < 500;
    say(`The report could not be read: ${error.message}${isLasting ? "" : " (trying again)"}`, true);
    if (!isLasting) timer = setTimeout(() => readReport({ quietly }), RETRY);
  }
}

/** A day that is not over changes. */
function followToday() {
  clearTimeout(timer);
  if (serverNow() < Date.parse(report.to) + REFRESH_EVERY) timer = setTimeout(refresh, REFRESH_EVERY);
}

function refresh() {
  if (document.hidden) timer = setTimeout(refresh, 1000);
  else readReport({ quietly: true });
}

function threatsPath(cursor) {
  const asked = new URLSearchParams({ from: report.from, to: report.to, limit: PAGE });
  if (chosen.verdict) asked.set("verdict", chosen.verdict);
  if (cursor) asked.set("cursor", cursor);
  return `api/v1/threats?${asked}`;
}

const listName = () => `${report.from} ${report.to} ${chosen.zone} ${chosen.verdict}`;

async function readThreats(options = {}) {
  const name = listName();
  const answer = await getJSON(threatsPath(), options);
  if (name !== listName()) return;
  listed = name;
  threats.clear();
  threats.append(answer.items);
  nextCursor = answer.next;
  showThreatCount();
}

/** Threats that came since; of a list that is filtered by verdict nothing is taken away under the eyes. */
async function readNewThreats(options) {
  const name = listName();
  const answer = await getJSON(threatsPath(), options);
  if (name !== listName()) return;
  const known = threats.length, fresh = threats.merge(answer.items);
  // If all of a page are new there may be more of them behind it.
  if (fresh === PAGE && known > 0) return readThreats(options);
  if (known === 0) nextCursor = answer.next;
  showThreatCount();
}

async function readMore() {
  const button = byId("more");
  button.disabled = true;
  const name = listName();
  try {
    const answer = await getJSON(threatsPath(nextCursor));
    if (name !== listName()) return;
    threats.append(answer.items);
    nextCursor = answer.next;
    showThreatCount();
  } catch (error) {
    setText(byId("threats-message"), `No answer (${error.message}). Try again.`);
  } finally {
    button.disabled = false;
  }
}

// Showing

function say(text, failed = false) {
  byId("message").classList.toggle("failed", failed);
  setText(byId("message"), text);
}

function showReport() {
  byId("report").hidden = false;
  byId("report").classList.remove("old");
  byId("date").value = report.date;
  document.title = `${report.date} · Reports · Acalert`;
  const weekday = new Date(`${report.date}T12:00:00Z`).toLocaleDateString("en", { weekday: "long", timeZone: "UTC" });
  setText(byId("total-title"), `${weekday}, ${report.date}, ${report.timezone}`);
  showClocks();
  showTotal();
  const { users: list, user_count: userCount } = report;
  byId("users-legend").hidden = list.length === 0;
  users.show({ users: list, userCount });
  hours.show({ hours: report.hours });
  showTables(list, userCount);
}

/** Says so if the day is not as long as others. */
function showClocks() {
  const length = Date.parse(report.to) - Date.parse(report.from);
  byId("clocks").hidden = length === DAY;
  setText(byId("clocks"), length === 0
    ? "This zone has left this day out."
    : `Clocks change on this day: it has ${number(length / 3_600_000).replace(/\.?0+$/, "")} hours.`);
}

function showTotal() {
  const { total } = report;
  const figures = [
    ["threats", count(total.threats)], ["danger", count(total.dangers), "danger"],
    ["warning", count(total.warnings), "warning"], ["judged", count(total.judged)],
    ["confirmed", count(total.confirmed)], ["false alarms", count(total.false_alarms)],
    ["false-alarm rate", percent(total.false_alarm_rate)], ["precision", percent(total.precision)],
    ["users", count(report.user_count)], ["cameras at fault", count(new Set(report.equipment_faults.map(({ kind, user, device }) => `${kind}/${user}/${device}`)).size)],
  ];
  const list = byId("total");
  if (!list.childElementCount) {
    for (const [name, , state] of figures) {
      const pair = element("div");
      if (state) pair.dataset.state = state;
      pair.append(element("dt", "", name), element("dd"));
      list.append(pair);
    }
  }
  figures.forEach(([, value], index) => setText(list.children[index].lastChild, value));
}

function showTables(list, userCount) {
  const tally = [
    { title: "Threats", amount: (entry) => count(entry.threats) },
    { title: "Warning", amount: (entry) => count(entry.warnings) },
    { title: "Danger", amount: (entry) => count(entry.dangers) },
    { title: "Judged", amount: (entry) => count(entry.judged) },
    { title: "Confirmed", amount: (entry) => count(entry.confirmed) },
    { title: "False alarms", amount: (entry) => count(entry.false_alarms) },
  ];
  const rates = [
    { title: "False-alarm rate", amount: (entry) => percent(entry.false_alarm_rate) },
    { title: "Precision", amount: (entry) => percent(entry.precision) },
  ];
  const when = (time) => zonedTime(Date.parse(time), chosen.zone);
  table(byId("users-table"), list, [{ title: "User", text: (entry) => entry.user }, ...tally], {
    none: "No user had a threat on this day.",
    more: userCount > list.length ? `and ${plural(userCount - list.length, "more user")}, see the CSV file` : "",
  });
  table(byId("hours-table"), report.hours, [
    { title: "Hour from", text: (entry) => entry.start.replace("T", " ") },
    { title: "Threats", amount: (entry) => count(entry.threats) },
  ], { none: "The day has no hours." });
  table(byId("rules-table"), report.rules, [
    { title: "Rule", text: (entry) => String(entry.rule) }, { title: "Name", text: (entry) => entry.name }, ...tally, ...rates,
  ], { none: "No rule fired on this day." });
  table(byId("classes-table"), report.classes, [
    { title: "Class", text: (entry) => entry.class }, { title: "Threats", amount: (entry) => count(entry.threats) },
  ], { none: "None." });
  table(byId("unmatched-table"), report.unmatched, [
    { title: "Class", text: (entry) => entry.class },
    { title: "Detections", amount: (entry) => count(entry.count) },
    { title: "Largest probability", amount: (entry) => entry.max_probability.toFixed(2) },
  ], { none: "None." });
  table(byId("faults-table"), report.equipment_faults, [
    { title: "Camera", text: (entry) => `${entry.user} ${entry.device}` },
    { title: "Fault", text: (entry) => entry.fault.replaceAll("_", " ") },
    { title: "Times", amount: (entry) => count(entry.count) },
    { title: "First", text: (entry) => when(entry.first) }, { title: "Last", text: (entry) => when(entry.last) },
    { title: "Reason", text: (entry) => entry.reason },
  ], {
    none: "None: every camera did its work.",
    more: report.fault_count > report.equipment_faults.length ? "and more, see the CSV file" : "",
  });
}

function showThreatCount() {
  const shown = threats.length;
  byId("more").hidden = nextCursor === null;
  setText(byId("threats-message"), shown === 0
    ? (chosen.verdict ? "None of these." : "None on this day.")
    : `Newest first: ${count(shown)}${chosen.verdict ? "" : ` of ${count(Math.max(shown, report.total.threats))}`}.`);
}

// Choosing

function choose(changes) {
  Object.assign(chosen, changes);
  const address = new URLSearchParams();
  if (chosen.date) address.set("date", chosen.date);
  address.set("timezone", chosen.zone);
  history.replaceState(null, "", `${location.pathname}?${address}`);
  showLink();
  readReport();
}

function showLink() {
  const asked = new URLSearchParams({ format: "csv", timezone: chosen.zone, limit: 100_000 });
  if (chosen.date) asked.set("date", chosen.date);
  byId("csv").href = `api/v1/reports/daily?${asked}`;
}

/** The day `steps` days from the one that is shown. */
function move(steps) {
  const from = Date.parse(`${byId("date").value || report?.date}T00:00:00Z`);
  if (!Number.isFinite(from)) return;
  const date = new Date(from + steps * DAY).toISOString().slice(0, 10);
  byId("date").value = date;
  choose({ date });
}

function fillZones() {
  const select = byId("timezone");
  const known = Intl.supportedValuesOf?.("timeZone") ?? [];
  const first = [...new Set([chosen.zone, timeZone, "UTC"].filter(Boolean))];
  const group = (label, names) => {
    const made = element("optgroup");
    made.label = label;
    made.append(...names.map((name) => new Option(name, name)));
    return made;
  };
  select.append(group("Likely", first), group("All", known.filter((name) => !first.includes(name))));
  select.value = chosen.zone;
}

fillZones();
showLink();
rememberAuthor(document.querySelector(".author"));
byId("users-legend").append(legend());
byId("choice").addEventListener("submit", (event) => event.preventDefault());
byId("date").addEventListener("change", (event) => { if (event.target.value) choose({ date: event.target.value }); });
byId("timezone").addEventListener("change", (event) => choose({ zone: event.target.value }));
byId("before").addEventListener("click", () => move(-1));
byId("after").addEventListener("click", () => move(1));
byId("today").addEventListener("click", () => choose({ date: "" }));
byId("more").addEventListener("click", readMore);
byId("verdict").addEventListener("change", async (event) => {
  chosen.verdict = event.target.value;
  try {
    await readThreats();
  } catch (error) {
    setText(byId("threats-message"), `No answer (${error.message}). Try again.`);
  }
});
readReport();
