// The stream of changes (server-sent events), kept alive.
//
// A cut connection is reopened by EventSource itself, which sends the last revision it saw as
// Last-Event-ID. It gives up for good on an HTTP error; then we open a new one with ?since=. Nothing
// is lost either way, because the server keeps the newest row of every subject by revision, and a row
// that comes twice is recognised by its revision.

const FIRST_RETRY = 1000, LAST_RETRY = 8000;

export class Feed {
  #source = null;
  #query = "";
  #timer = 0;
  #retry = FIRST_RETRY;
  /** The highest revision seen, and the highest of what is no alert. */
  revision = 0;
  rowRevision = 0;
  /** When the last event came, to find connections that died without a word. */
  lastEventTime = 0;
  connected = false;

  /** `handlers`: row(row), counts(counts), alert(alert), unknownRevision(), opened(), lost(). */
  constructor(handlers) {
    this.handlers = handlers;
  }

  /** Streams every change after `revision`; `query` are further parameters, as `transitions=1`. */
  open(revision, query = "") {
    this.close();
    this.revision = this.rowRevision = revision;
    this.#query = query;
    this.#connect();
  }

  /** Gives the present connection up for a new one that goes on from the same revision. */
  reopen(revision = this.revision) {
    this.open(revision, this.#query);
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.connected = false;
  }

  #connect() {
    const query = new URLSearchParams(this.#query);
    query.set("since", this.revision);
    const source = new EventSource(`events?${query}`);
    this.#source = source;
    source.onopen = () => {
      this.#retry = FIRST_RETRY;
      this.connected = true;
      this.lastEventTime = Date.now();
      this.handlers.opened();
    };
    source.onerror = () => {
      this.connected = false;
      this.handlers.lost();
      if (source.readyState === EventSource.CLOSED && source === this.#source) {
        this.#timer = setTimeout(() => this.#connect(), this.#retry);
        this.#retry = Math.min(this.#retry * 2, LAST_RETRY);
      }
    };
    const on = (name, handle) => source.addEventListener(name, (event) => {
      if (source !== this.#source) return;
      this.lastEventTime = Date.now();
      // The event's id, not the row's revision, says what has been seen whole: rows of a catch-up under
      // way bear no id, because others of lower revision may still follow.
      this.revision = Math.max(this.revision, Number(event.lastEventId) || 0);
      // Alerts take theirs after the rows of the same commit: counts of that commit are not old for it.
      if (name !== "alert") this.rowRevision = Math.max(this.rowRevision, Number(event.lastEventId) || 0);
      handle(JSON.parse(event.data));
    });
    on("status", (row) => this.handlers.row(row));
    on("counts", ({ revision, counts }) => {
      // A database made anew counts from the beginning.
      if (revision < this.rowRevision) this.handlers.unknownRevision();
      else this.handlers.counts(counts);
    });
    on("alert", (alert) => this.handlers.alert(alert));
    // We always say what we have seen; a server that answers with a snapshot does not know of it.
    on("snapshot", () => this.handlers.unknownRevision());
  }
}
