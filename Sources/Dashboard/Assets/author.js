// The name under which an operator judges, acknowledges and silences; it is kept in this browser.

const AUTHOR = "acalert.author";

let current = null;
const fields = new Set();

export function readAuthor() {
  try {
    return current ?? localStorage.getItem(AUTHOR) ?? "";
  } catch {
    return current ?? "";
  }
}

/** Takes the name from now on, in all fields of this page that show it. */
export function keepAuthor(name) {
  current = name.trim();
  try {
    localStorage.setItem(AUTHOR, current);
  } catch {
    // Without storage the name holds for as long as the page does.
  }
  for (const field of fields) if (field !== document.activeElement) field.value = current;
}

/** Ties a field to the name. */
export function rememberAuthor(field) {
  fields.add(field);
  field.value = readAuthor();
  field.addEventListener("change", () => keepAuthor(field.value));
}
