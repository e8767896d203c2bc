// The list of records that could not be used, newest first.

import { getJSON } from "./api.js";
import { byId, count, element, fullTime } from "./format.js";

export async function showInvalid() {
  const dialog = byId("invalid"), summary = byId("invalid-summary"), list = byId("invalid-items");
  list.replaceChildren();
  summary.textContent = "Loading …";
  if (!dialog.open) dialog.showModal();
  try {
    const answer = await getJSON("api/v1/invalid?limit=100");
    const reasons = Object.entries(answer.reasons).sort((a, b) => b[1] - a[1]);
    summary.textContent = answer.total === 0
      ? "None: every record could be used."
      : `${count(answer.total)} in all: ${reasons.map(([reason, n]) => `${reason} ${count(n)}`).join(", ")}.`;
    list.append(...answer.items.map((item) => {
      const entry = element("li");
      const place = `${item.topic} / ${item.partition} @ ${item.offset}`;
      entry.append(
        element("b", "", item.reason), element("span", "quiet", `${fullTime(Date.parse(item.time))}  ${place}`),
        element("p", "", item.detail), element("pre", "", item.first_bytes));
      return entry;
    }));
  } catch (error) {
    summary.textContent = `The list could not be read: ${error.message}`;
  }
}
