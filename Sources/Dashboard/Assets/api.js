// The server's JSON interface: requests that end, errors as the server words them, and its clock.

/** An answer other than 2xx; `body` is the problem document, if there was one. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail || body?.title || `the server answered ${status}`);
    this.status = status;
    this.body = body;
  }
}

let clockSkew = 0;

/** The server's time in ms, as well as the Date header tells it: ages must not depend on our clock. */
export function serverNow() {
  return Date.now() + clockSkew;
}

/** GETs JSON. Fails with a Problem, or with a network, time-out or abort error. */
export function getJSON(path, options) {
  return ask(path, {}, options);
}

/** POSTs JSON and takes JSON back; fails as getJSON does. */
export function postJSON(path, value, options) {
  const headers = { "Content-Type": "application/json" };
  return ask(path, { method: "POST", headers, body: JSON.stringify(value) }, options);
}

/** DELETEs, and takes JSON back; fails as getJSON does. */
export function deleteJSON(path, options) {
  return ask(path, { method: "DELETE" }, options);
}

async function ask(path, request, { signal, timeout = 10_000 } = {}) {
  const limit = AbortSignal.timeout(timeout);
  const response = await fetch(path, {
    ...request,
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
    headers: { Accept: "application/json", ...request.headers },
    cache: "no-store",
  });
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (Number.isFinite(date)) {
    // The header has whole seconds: a difference within its precision is none.
    const skew = date + 500 - Date.now();
    clockSkew = Math.abs(skew) < 2000 ? 0 : skew;
  }
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => null));
  return response.json();
}

/** The path of a subject's status, and of its trace, from its key. */
export const statusPath = (key) => `api/v1/status/${key}`;
export const tracePath = (key) => `api/v1/subjects/${key}/trace`;
