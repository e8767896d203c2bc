// The page of alerts: all of them, past ones too, by filter; the silences; the receivers. The address says
// which part is shown and by what filter, so that it can be sent around.

import { Problem, getJSON, serverNow } from "./api.js";
import { AlertList } from "./alert-list.js";
import { countsInWords, instant, preparedAlert } from "./alert-model.js";
import { readAuthor, rememberAuthor } from "./author.js";
import { byId, count, duration, setText, timeZone, zonedTime } from "./format.js";
import { Receivers } from "./receivers.js";
import { table } from "./report-tables.js";
import { SilenceList, Silences, addSilence } from "./silences.js";

const PAGE = 50, REFRESH_EVERY = 5000, MOST_PAST = 200;
const HOUR = 3_600_000;
const FILTERS = ["state", "severity", "kind", "user", "site", "from", "to"];

const address = new URLSearchParams(location.search);
const part = ["silences", "receivers"].find((name) => name === address.get("show")) ?? "alerts";
const filters = byId("filters");
const silences = new Silences();
const list = new AlertList(byId("list"), {
  page: "./", silencedUntil: (alert) => silences.until(alert), silenced: () => silences.refresh().catch(() => {}),
  judges: true,
});
const present = new SilenceList(byId("silences-present"), { ended: refreshNow, none: "None: all who are to be told of an alert are told." });
const past = new SilenceList(byId("silences-past"));
let shown = [];
let nextCursor = null;
let request = null;
let timer = 0;

// Alerts

function alertsPath(cursor) {
  const asked = new URLSearchParams({ state: filters.elements.state.value, limit: PAGE });
  for (const name of FILTERS.slice(1)) {
    const { value, type } = filters.elements[name];
    if (value) asked.set(name, type === "datetime-local" ? new Date(value).toISOString() : value);
  }
  if (cursor) asked.set("cursor", cursor);
  return `api/v1/alerts?${asked}`;
}

/** Reads as many alerts as are shown, but at most what one answer holds; what is behind them stays. */
async function readAlerts(options, { anew }) {
  const path = alertsPath();
  const [answer] = await Promise.all([getJSON(path, options), silences.refresh().catch(() => {})]);
  if (path !== alertsPath()) return;
  const items = answer.items.map(preparedAlert);
  if (anew || shown.length <= PAGE) {
    shown = items;
    nextCursor = answer.next;
  } else {
    const listed = new Set(items.map(({ id }) => id));
    shown = [...items, ...shown.filter(({ id }) => !listed.has(id))];
  }
  list.show(shown);
  showCounts(answer.counts);
}

async function readMore() {
  const button = byId("more");
  button.disabled = true;
  const path = alertsPath();
  try {
    const answer = await getJSON(alertsPath(nextCursor));
    if (path !== alertsPath()) return;
    const listed = new Set(shown.map(({ id }) => id));
    const items = answer.items.map(preparedAlert).filter(({ id }) => !listed.has(id));
    shown.push(...items);
    list.append(items);
    nextCursor = answer.next;
    showCounts(answer.counts);
  } catch (error) {
    say(`No answer (${error.message}). Try again.`, true);
  } finally {
    button.disabled = false;
  }
}

function showCounts(counts) {
  byId("more").hidden = nextCursor === null;
  const amount = shown.length === 0 ? "None of these." : `${count(shown.length)} shown${nextCursor ? ", there are more" : ""}.`;
  setText(byId("alerts-counts"), `${amount} Open now: ${countsInWords(counts) || "none"}.`);
}

function chooseFilters() {
  const query = new URLSearchParams();
  for (const name of FILTERS) {
    const { value } = filters.elements[name];
    if (value && !(name === "state" && value === "all")) query.set(name, value);
  }
  history.replaceState(null, "", `${location.pathname}${query.size ? `?${query}` : ""}`);
  refresh({ anew: true });
}

function fillFilters() {
  const { kind } = filters.elements;
  const asked = address.get("kind");
  if (asked) kind.add(new Option(asked, asked));
  getJSON("api/v1/service").then(({ streams }) => {
    const kinds = new Set((streams ?? []).map((stream) => stream.kind));
    for (const name of kinds) if (name !== asked) kind.add(new Option(name, name));
  }).catch(() => {});
  for (const name of FILTERS) if (address.get(name)) filters.elements[name].value = address.get(name);
  if (!filters.elements.state.value) filters.elements.state.value = "all";
}

// Silences

async function readSilences(options) {
  const { items } = await getJSON("api/v1/silences?state=all", options);
  const ends = (silence) => instant(silence.ends);
  const now = serverNow();
  present.show(items.filter((silence) => ends(silence) > now).sort((a, b) => ends(a) - ends(b)));
  past.show(items.filter((silence) => ends(silence) <= now).sort((a, b) => ends(b) - ends(a)).slice(0, MOST_PAST));
}

async function makeSilence(event) {
  event.preventDefault();
  const form = event.target, said = form.querySelector(".said"), button = form.querySelector(".primary");
  const { matchers, starts, duration: hours, comment } = form.elements;
  const body = {
    matchers: matchers.value.split("\n").filter((line) => line.trim()),
    author: readAuthor(), comment: comment.value.trim(),
  };
  if (starts.value) {
    const begin = new Date(starts.value).getTime();
    body.starts = new Date(begin).toISOString();
    body.ends = new Date(begin + hours.value * HOUR).toISOString();
  } else {
    body.duration = `${hours.value}h`;
  }
  button.disabled = true;
  try {
    const silence = await addSilence(body);
    said.classList.remove("failed");
    setText(said, `Silence ${silence.id} holds until ${zonedTime(instant(silence.ends), timeZone)}.`);
    form.reset();
    refreshNow();
  } catch (error) {
    said.classList.add("failed");
    setText(said, `Not silenced: ${error.message}`);
  } finally {
    button.disabled = false;
  }
}

// Receivers

function showReceivers(receivers) {
  if (part !== "receivers") return;
  say("");
  const at = (time) => Number.isFinite(instant(time)) ? zonedTime(instant(time), timeZone) : "";
  table(byId("receivers-table"), receivers, [
    { title: "Receiver", text: (receiver) => receiver.name }, { title: "Type", text: (receiver) => receiver.type },
    { title: "State", text: (receiver) => receiver.failing ? `failing since ${at(receiver.failing_since)}` : "in order" },
    { title: "Waiting", amount: (receiver) => count(receiver.waiting) },
    { title: "Oldest", text: (receiver) => at(receiver.oldest) && duration(serverNow() - instant(receiver.oldest)) },
    { title: "Delivered", amount: (receiver) => count(receiver.delivered) },
    { title: "Retried", amount: (receiver) => count(receiver.retried) },
    { title: "Refused", amount: (receiver) => count(receiver.refused) },
    { title: "Last error", text: (receiver) => receiver.last_error ?? "" },
  ], { none: "No receivers are configured: alerts are recorded and shown here, and nobody is told of them." });
}

// The page

function say(text, failed = false) {
  byId("message").classList.toggle("failed", failed);
  setText(byId("message"), text);
}

/** Reads what is shown again, and goes on doing so. */
async function refresh({ anew = false } = {}) {
  clearTimeout(timer);
  request?.abort();
  const mine = request = new AbortController();
  const options = { signal: mine.signal };
  try {
    if (part === "alerts") await readAlerts(options, { anew });
    else if (part === "silences") await readSilences(options);
    if (mine !== request) return;
    if (part !== "receivers") say("");
  } catch (error) {
    if (mine !== request) return;
    // What the server refuses it refuses again, until something else is asked.
    const isLasting = error instanceof Problem && error.status < 500;
    say(`The list could not be read: ${error.message}${isLasting ? "" : " (trying again)"}`, true);
    if (isLasting) return;
  }
  timer = setTimeout(function again() {
    if (document.hidden) timer = setTimeout(again, 1000);
    else refresh();
  }, REFRESH_EVERY);
}

function refreshNow() {
  refresh();
}

for (const link of document.querySelectorAll("#parts a")) {
  if (link.dataset.part === part) link.setAttribute("aria-current", "true");
}
byId(`part-${part}`).hidden = false;
rememberAuthor(document.querySelector(".author"));
fillFilters();
filters.addEventListener("submit", (event) => event.preventDefault());
filters.addEventListener("change", chooseFilters);
byId("more").addEventListener("click", readMore);
byId("new-silence").querySelector("form").addEventListener("submit", makeSilence);
new Receivers(showReceivers);
setInterval(() => part === "alerts" && list.tick(), 1000);
if (part === "alerts" || part === "silences") refresh({ anew: true });
