import HTTPServer
import Store
import Synchronization

/// One watcher's way into the stream of changes: a snapshot or what it has missed, then the live log.
///
/// **Why nothing is missing.** The server takes the watcher's place P in the log before it asks for the
/// prelude's first piece, and the session counts itself with the feed before that. The last revision
/// read from the table is X (`resumeAfter`).
/// - A change with a revision up to X was committed before that read, so it is in what was read: the
///   pieces hold, for each subject, its newest row at some moment when all revisions from the base up to
///   X were accounted for.
/// - A change with a higher revision that was committed before the read was left for the log; one
///   committed later cannot be in the table yet. Both were committed after the prelude's first read (its
///   base, or the first revision it saw), hence published behind P, if they are published at all. They
///   are: the feed leaves rows out only if, after their commit, it sees no session. Between its commit
///   and its look at the counter, and between our counting ourselves and our first read, stands a
///   sequentially consistent fence each; if the feed missed us, our read came after its commit.
/// - What the log can no longer hold is not left out: the server cuts the connection, and the client
///   comes again with the last id it saw.
///
/// **Why nothing is told twice or in the wrong order.** Chunks of a snapshot are read one after the other
/// while rows change, so rows in later ones may be newer than the base B (the first chunk's revision).
/// Rows changed after B are read once more by revision, the newest row of each, up to a revision that is
/// not below any that a chunk showed; rows that a chunk has shown as they are now are left out. From the
/// log come only ids above X. So ids only grow, and a row never follows a newer one of its subject. Only
/// a client that is cut right after its snapshot may be shown a row again when it comes back, with the
/// same revision: some rows of the snapshot may have been newer than its id.
///
/// **What an id promises.** That its watcher may come back with it and is told all it lacks. Told by
/// revision, a row comes with its newest revision only, so a watcher that has been told up to id R may
/// still lack a change of state before R, of a row whose newest revision is above R. One of all rows gets
/// that row when it comes back, for its revision. One that asked for some states, or for transitions,
/// would not, as the state has not changed since R. Therefore such a watcher gets no ids with these rows,
/// and one at the end, with the counts: if it is cut before, it starts from where it started.
///
/// **Where it may end.** A row whose newest revision is above X may have changed its state below X. For a
/// watcher of all rows the log brings the row; a watcher of states would not be told, as the log's row no
/// longer is a transition and the earlier one is not above X. So its X must be the newest revision there
/// is at that reading, while a watcher of all rows may end as soon as X has reached what was newest at
/// the first reading by revision: of the rows up to there only fewer can remain. To keep ahead of the
/// writer, pieces for a watcher of states double from there on.
///
/// **Alerts** have the same counter and go the same way: the open ones in the snapshot, after the last of
/// the rows, and those changed after B by revision among the rows. Each piece reads rows first, up to
/// revision x, then alerts, up to y where a limit cuts them short; both are told up to min(x, y). An alert
/// that changed between the two readings lies above x and comes later. No alert is missing from the
/// snapshot: one that moved to a page turned already, or was opened since, changed after B.
///
/// No read transaction is open between two pieces.
final class EventSession: Sendable {
  /// Rows in one piece, and subjects looked at for it.
  private static let rowsPerPiece = 500
  private static let readsPerPiece = 8
  private static let mostRowsPerPiece = 65_536
  /// How many newer rows of a snapshot are remembered. Beyond it rows may be told twice, which does no
  /// harm: they carry the same revision.
  private static let rememberedRows = 20_000
  /// Alerts in one piece of a snapshot, and the most read at a time while catching up: they are longer
  /// than rows.
  private static let alertsPerPiece = 250
  private static let mostAlertsPerPiece = 8_192

  private enum Stage {
    /// The watcher knows the table as of this revision, it says.
    case since(Int64)
    /// The chunk after this subject is next; the base is known after the first one.
    case snapshot(base: Int64?, after: Int64)
    /// All rows have been shown; this page of open alerts is next.
    case openAlerts(base: Int64, cursor: String)
    /// Rows and alerts with a higher revision than `reached` are next.
    case changes(CatchUp)
    case ended
  }

  private struct CatchUp {
    /// What the watcher knew before.
    let base: Int64
    var reached: Int64
    /// The revision that was newest at the first reading.
    var target: Int64?
    var limit = EventSession.rowsPerPiece

    init(base: Int64) {
      self.base = base
      reached = base
    }
  }

  private struct State {
    var stage: Stage
    /// Revisions, above the base, that the snapshot has shown, by subject id.
    var shown: [Int64: Int64] = [:]
    /// The same of alerts, by their id.
    var shownAlerts: [Int64: Int64] = [:]
  }

  private let filter: EventFilter
  private let feed: Feed
  private let readers: ReaderPool
  private let report: @Sendable (String) -> Void
  private let token: WatcherToken
  private let state: Mutex<State>
  /// Counts from before this revision are older than those that the prelude told.
  private let countsFloor = Atomic<UInt64>(0)
  /// The number of the filter's kind once the feed has seen one; -1 before.
  private let kindNumber = Atomic<Int>(-1)

  /// - Parameter since: the revision up to which the watcher knows everything; `nil` if it knows nothing.
  init(
    filter: EventFilter, since: Int64?, feed: Feed, readers: ReaderPool,
    report: @escaping @Sendable (String) -> Void
  ) {
    self.filter = filter
    self.feed = feed
    self.readers = readers
    self.report = report
    token = WatcherToken(feed)
    state = Mutex(
      State(stage: since.map { .since($0) } ?? .snapshot(base: nil, after: 0)))
  }

  /// What the server follows. Its closures keep the session, and its place in the feed's count, alive.
  var stream: EventStream {
    EventStream(filter: { self.wants($0) }, prelude: { self.nextPiece() })
  }

  // MARK: Live

  private func wants(_ tag: EventTag) -> Bool {
    if tag.bits & FeedTag.counts != 0 {
      return FeedTag.revision(tag.bits) >= countsFloor.load(ordering: .relaxed)
    }
    if let kind = filter.kind, !isOfKind(kind, tag) { return false }
    return filter.wantsLive(tag)
  }

  private func isOfKind(_ name: String, _ tag: EventTag) -> Bool {
    var number = kindNumber.load(ordering: .relaxed)
    if number < 0 {
      guard let known = feed.kinds.known(name) else { return false }
      number = Int(known)
      kindNumber.store(number, ordering: .relaxed)
    }
    return tag.bits & FeedTag.kindMask == FeedTag.kind(UInt16(truncatingIfNeeded: number))
  }

  // MARK: Prelude

  private func nextPiece() -> EventStream.PreludeStep {
    // Never called twice at a time: the lock only shows the compiler so.
    state.withLock { state in
      do {
        return try readers.withReader { try step(&state, $0) }
      } catch {
        report("an event stream was cut off: \(error)")
        return .failed
      }
    }
  }

  private func step(_ state: inout State, _ reader: StoreReader) throws -> EventStream.PreludeStep {
    if case .since(let revision) = state.stage {
      // A higher revision than there is comes from another database: what the watcher knows is void.
      state.stage =
        try reader.currentRevision() >= revision
        ? .changes(CatchUp(base: revision))
        : .snapshot(base: nil, after: 0)
    }
    switch state.stage {
    case .since, .ended: return .failed
    case .snapshot(let base, let after):
      return try snapshotPiece(&state, base: base, after: after, reader)
    case .openAlerts(let base, let cursor):
      return try lastPiece(&state, rows: [], base: base, cursor: cursor, reader)
    case .changes(let catchUp):
      return try changesPiece(&state, catchUp, reader)
    }
  }

  private func snapshotPiece(
    _ state: inout State, base: Int64?, after: Int64, _ reader: StoreReader
  ) throws -> EventStream.PreludeStep {
    var base = base
    var next: Int64? = after
    var rows: [StatusRecord] = []
    var reads = 0
    // A filter may leave little of a chunk; a few are read before the piece goes.
    repeat {
      let chunk = try reader.snapshot(
        afterSubjectID: next ?? 0, limit: Self.rowsPerPiece - rows.count)
      base = base ?? chunk.revision
      next = chunk.next
      rows += chunk.items.filter(filter.wantsInSnapshot)
      reads += 1
    } while next != nil && rows.count < Self.rowsPerPiece && reads < Self.readsPerPiece

    let first = base ?? 0
    for row in rows where row.revision > first && state.shown.count < Self.rememberedRows {
      state.shown[row.subjectID] = row.revision
    }
    guard let next else {
      return try lastPiece(&state, rows: rows, base: first, cursor: nil, reader)
    }
    state.stage = .snapshot(base: first, after: next)
    if rows.isEmpty { return .chunk([]) }
    return .chunk([
      .snapshot(rows, alerts: filter.alerts ? [] : nil, revision: first, isLast: false)
    ])
  }

  /// The last rows of a snapshot with the first open alerts, or the next page of these.
  private func lastPiece(
    _ state: inout State, rows: [StatusRecord], base: Int64, cursor: String?, _ reader: StoreReader
  ) throws -> EventStream.PreludeStep {
    var alerts: [AlertRecord]?
    var next: String?
    if filter.alerts {
      var query = AlertQuery()
      query.kind = filter.kind
      query.user = filter.user
      query.limit = Self.alertsPerPiece
      query.cursor = cursor
      let page = try reader.alertPage(query)
      alerts = page.items
      next = page.next
      for alert in page.items
      where alert.revision > base && state.shownAlerts.count < Self.rememberedRows {
        state.shownAlerts[alert.alert.id] = alert.revision
      }
    }
    state.stage =
      next.map { .openAlerts(base: base, cursor: $0) } ?? .changes(CatchUp(base: base))
    return .chunk([.snapshot(rows, alerts: alerts, revision: base, isLast: next == nil)])
  }

  private func changesPiece(
    _ state: inout State, _ before: CatchUp, _ reader: StoreReader
  ) throws -> EventStream.PreludeStep {
    var catchUp = before
    let changes = try reader.changes(after: catchUp.reached, limit: catchUp.limit)
    let target = catchUp.target ?? changes.revision
    catchUp.target = target
    var reached =
      changes.isComplete ? changes.revision : changes.items.last?.revision ?? changes.revision
    let alerts = try alerts(after: catchUp.reached, limit: catchUp.limit, reader)
    if let end = alerts.end { reached = min(reached, end) }
    let isComplete = changes.isComplete && reached == changes.revision
    let rows = changes.items.filter { row in
      row.revision <= reached && filter.wants(row, changedAfter: catchUp.base)
        && state.shown[row.subjectID] != row.revision
    }
    let newAlerts = alerts.items.filter { alert in
      alert.revision <= reached && filter.wants(alert.alert)
        && state.shownAlerts[alert.alert.id] != alert.revision
    }
    var events = ServerSentEvent.changes(rows, newAlerts, withIDs: !filter.judgesStates)
    catchUp.reached = reached
    let hasReachedTarget = reached >= target
    guard isComplete || (hasReachedTarget && !filter.judgesStates) else {
      if hasReachedTarget { catchUp.limit = min(catchUp.limit * 2, Self.mostRowsPerPiece) }
      state.stage = .changes(catchUp)
      return .chunk(events)
    }
    // Counts may have changed while the watcher was away, and may not change again for a long time.
    let (revision, counts) = try reader.revisionAndCounts()
    countsFloor.store(UInt64(revision), ordering: .relaxed)
    events.append(.counts(counts, revision: revision, id: UInt64(catchUp.reached)))
    state = State(stage: .ended)
    return .end(events, resumeAfter: UInt64(catchUp.reached))
  }

  /// Alerts changed after a revision, ascending; `end` is how far they reach if there may be more.
  private func alerts(
    after revision: Int64, limit: Int, _ reader: StoreReader
  ) throws -> (items: [AlertRecord], end: Int64?) {
    guard filter.alerts else { return ([], nil) }
    let limit = min(limit, Self.mostAlertsPerPiece)
    let items = try reader.alerts(changedAfter: revision, limit: limit)
    return (items, items.count < limit ? nil : items.last?.revision)
  }
}
