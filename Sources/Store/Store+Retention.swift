import CSQLite
import Glibc

/// How much history is kept: windows, anomalies, late samples, invalid records, lost ranges, threats
/// with their verdicts, equipment faults, unmatched detections, possible falls with their scores, alerts
/// with all that was told of them and their verdicts, silences. The status table, the subjects, the
/// detectors' states, the models and the offsets are never pruned, nor are alerts that are open or of
/// which somebody has still to be told.
public struct Retention: Equatable, Sendable {
  /// Rows that were written longer ago than this are deleted, in milliseconds; `nil`: none.
  ///
  /// What counts is the time of writing, not the event time: a recording from years ago that is
  /// replayed now is kept as long as anything else.
  public var maxAge: Int64?
  /// The oldest rows are deleted while the database's used pages exceed this, in bytes; `nil`: none.
  ///
  /// Threats are few, and people have judged them: the newest of them stay while they take less than
  /// about a quarter of this, however old the windows are that remain beside them. So do the newest
  /// alerts, and the newest possible falls, while they take less than about an eighth each: what people
  /// have judged is what models are trained with.
  public var maxBytes: Int64?

  public init(maxAge: Int64? = nil, maxBytes: Int64? = nil) {
    self.maxAge = maxAge
    self.maxBytes = maxBytes
  }
}

/// What one step of the retention did.
public struct PruneResult: Equatable, Sendable {
  public var windows = 0
  public var anomalies = 0
  public var lateSamples = 0
  public var invalidRecords = 0
  public var lostRanges = 0
  public var threats = 0
  /// Those went with their threats.
  public var verdicts = 0
  public var equipmentFaults = 0
  /// Hours and classes of unmatched detections.
  public var unmatched = 0
  /// Possible falls, with their scores.
  public var fallCandidates = 0
  /// With their events and verdicts.
  public var alerts = 0
  /// With their deliveries.
  public var notifications = 0
  public var silences = 0
  /// What was known of groups that are long over.
  public var alertGroups = 0
  /// Whether nothing is left that could be deleted now; otherwise call again soon.
  public var isFinished = false
  /// Bytes of the pages in use after the step, without the log.
  public var usedBytes: Int64 = 0

  /// All rows deleted, without those that only went with others.
  public var deleted: Int {
    windows + anomalies + lateSamples + invalidRecords + lostRanges + threats + equipmentFaults
      + unmatched + fallCandidates + alerts + notifications + silences + alertGroups
  }
}

/// Retention. Ids are in the order of writing, and `history_marks` says which ids were the last at
/// which time, so that age needs neither a column nor an index.
///
/// The file does not shrink: SQLite reuses the freed pages for what comes next, which costs less than
/// moving pages to its end. `sqlite3 FILE VACUUM`, with the service stopped, gives them back.
extension Store {
  /// The least time between two marks, in milliseconds, and so the precision of `maxAge`: one
  /// hundredth of it, from a second to ten minutes.
  private static func markInterval(_ policy: Retention) -> Int64 {
    max(1_000, min((policy.maxAge ?? 6_000_000) / 100, 600_000))
  }

  /// Deletes about `budget` rows of history in one transaction, and keeps the log's file small. A run of windows
  /// goes as a whole, and counts as many.
  ///
  /// When to call it and with which budget says ``UpkeepPace``. A step of 5,000 rows takes some
  /// milliseconds. Invalid records that the dead-letter topic has not acknowledged are not deleted.
  ///
  /// - Parameter now: The time by the wall clock, in milliseconds since 1970.
  public func prune(
    now: Int64, policy: Retention, budget: Int = 5_000
  ) throws -> PruneResult {
    let attempted = "delete old history"
    return try exclusively(attempted) {
      let result = try transaction(attempted) {
        try mark(now, interval: Self.markInterval(policy))
        return try pruneStep(now: now, policy: policy, budget: max(1, budget))
      }
      try boundLog()
      return result
    }
  }

  /// So many rows are deleted before it is looked again whether that is enough.
  private static let portion = 5_000

  private func pruneStep(now: Int64, policy: Retention, budget: Int) throws -> PruneResult {
    var result = PruneResult()
    var rest = budget
    result.usedBytes = try usedBytes()
    while rest > 0 {
      var limit: Mark
      var isForSize = false
      if let maxAge = policy.maxAge, let old = try mark(.newestBefore(now - maxAge)) {
        limit = old
      } else if let maxBytes = policy.maxBytes, result.usedBytes > maxBytes {
        let everything = Mark(time: nil, last: mirror.counters)
        limit = try mark(.oldestUnswept) ?? everything
        limit.last.threat = min(
          limit.last.threat, mirror.counters.threat - maxBytes / 4 / Self.threatBytes)
        limit.last.fallCandidate = min(
          limit.last.fallCandidate,
          mirror.counters.fallCandidate - maxBytes / 8 / Self.candidateBytes)
        isForSize = true
      } else {
        result.isFinished = true
        break
      }
      let portion = min(rest, Self.portion)
      var left = portion
      try delete(upTo: limit, rest: &left, result: &result)
      // What is not over yet is not old, whatever the time of the mark.
      let time = min(limit.time ?? now, now)
      try deleteAlerts(
        upTo: time, newest: isForSize ? newestAlertToDelete(for: policy) : nil, rest: &left,
        result: &result)
      if !isForSize { try deleteGroups(upTo: time, rest: &left, result: &result) }
      rest -= portion - left
      result.usedBytes = try usedBytes()
      if left > 0 {
        // Everything up to the mark is gone.
        if let time = limit.time {
          // The threats and candidates that were spared still need the mark, to go when they are too old.
          let forget = try connection.statement(
            isForSize && policy.maxAge != nil
              ? "UPDATE history_marks SET swept = 1 WHERE time <= ?1"
              : "DELETE FROM history_marks WHERE time <= ?1")
          forget.bind(1, time)
          try forget.run("delete old history")
        } else if left == portion {
          result.isFinished = true
          break
        }
      }
    }
    return result
  }

  /// The limit of size spares those with a higher number.
  private func newestAlertToDelete(for policy: Retention) -> Int64 {
    mirror.counters.alert - (policy.maxBytes ?? 0) / 8 / Self.alertBytes
  }

  // MARK: Marks

  private static let markColumns = """
    last_window, last_anomaly, last_late_sample, last_invalid_record, last_lost_range, last_threat,
    last_equipment_fault, last_unmatched, last_fall_candidate
    """

  /// About what a threat takes in the file with its places in the indices.
  private static let threatBytes: Int64 = 512
  /// The same of a possible fall with its scores.
  private static let candidateBytes: Int64 = 1_024

  /// The last ids that had been given out at a time.
  private struct Mark {
    /// `nil` for this moment, which has no row.
    var time: Int64?
    var last: Counters
  }

  private enum Which {
    /// The oldest whose rows have not yet been deleted for their size.
    case oldestUnswept
    /// The newest of which all rows were written at or before a time.
    case newestBefore(Int64)
  }

  private func mark(_ which: Which) throws -> Mark? {
    let columns = "time, \(Self.markColumns)"
    let select: Statement
    switch which {
    case .oldestUnswept:
      select = try connection.statement(
        "SELECT \(columns) FROM history_marks WHERE swept = 0 ORDER BY time LIMIT 1")
    case .newestBefore(let time):
      select = try connection.statement(
        "SELECT \(columns) FROM history_marks WHERE time <= ?1 ORDER BY time DESC LIMIT 1")
      select.bind(1, time)
    }
    defer { select.reset() }
    guard try select.step("read the history's marks") else { return nil }
    return Mark(
      time: select.integer(0),
      last: Counters(
        window: select.integer(1), anomaly: select.integer(2), lateSample: select.integer(3),
        invalidRecord: select.integer(4), lostRange: select.integer(5),
        threat: select.integer(6), equipmentFault: select.integer(7),
        unmatched: select.integer(8), fallCandidate: select.integer(9)))
  }

  /// Notes which rows exist now. Marks from the future, which a clock set back leaves behind, would
  /// keep their rows too long and hinder new marks: they go.
  private func mark(_ now: Int64, interval: Int64) throws {
    let attempted = "mark the history's age"
    let forget = try connection.statement("DELETE FROM history_marks WHERE time > ?1")
    forget.bind(1, now)
    try forget.run(attempted)
    let newest = try connection.statement("SELECT max(time) FROM history_marks")
    if let last = try newest.first(attempted), last > now - interval { return }
    let counters = mirror.counters
    let insert = try connection.statement(
      """
      INSERT INTO history_marks(time, \(Self.markColumns))
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """)
    insert.bind(1, now)
    insert.bind(2, counters.window)
    insert.bind(3, counters.anomaly)
    insert.bind(4, counters.lateSample)
    insert.bind(5, counters.invalidRecord)
    insert.bind(6, counters.lostRange)
    insert.bind(7, counters.threat)
    insert.bind(8, counters.equipmentFault)
    insert.bind(9, counters.unmatched)
    insert.bind(10, counters.fallCandidate)
    try insert.run(attempted)
  }

  // MARK: Deleting

  private func delete(upTo mark: Mark, rest: inout Int, result: inout PruneResult) throws {
    result.windows += try delete("window_rows", upTo: mark.last.window, rest: &rest)
    result.windows += try deleteRuns(upTo: mark.last.window, rest: &rest)
    result.anomalies += try delete("anomaly_rows", upTo: mark.last.anomaly, rest: &rest)
    result.lateSamples += try delete("late_rows", upTo: mark.last.lateSample, rest: &rest)
    result.invalidRecords += try deleteInvalid(upTo: mark.last.invalidRecord, rest: &rest)
    result.lostRanges += try delete("lost_rows", upTo: mark.last.lostRange, rest: &rest)
    result.equipmentFaults += try delete(
      "fault_rows", upTo: mark.last.equipmentFault, rest: &rest)
    result.unmatched += try delete("unmatched_counts", upTo: mark.last.unmatched, rest: &rest)
    result.fallCandidates += try deleteCandidates(upTo: mark.last.fallCandidate, rest: &rest)
    let threats = try delete("threat_rows", upTo: mark.last.threat, rest: &rest)
    result.threats += threats
    if threats > 0 { result.verdicts += try deleteOrphanedVerdicts() }
  }

  /// Threats go in the order of their ids, so all verdicts on those before the oldest kept are orphans.
  private func deleteOrphanedVerdicts() throws -> Int {
    let delete = try connection.statement(
      "DELETE FROM verdict_rows WHERE threat < ifnull((SELECT min(id) FROM threat_rows), ?1)")
    delete.bind(1, Int64.max)
    try delete.run("delete the verdicts on old threats")
    return connection.changes
  }

  /// Possible falls go in the order of their ids as well, and so do their scores.
  private func deleteCandidates(upTo id: Int64, rest: inout Int) throws -> Int {
    let count = try delete("fall_rows", upTo: id, rest: &rest)
    guard count > 0 else { return 0 }
    let delete = try connection.statement(
      "DELETE FROM fall_score_rows WHERE candidate < ifnull((SELECT min(id) FROM fall_rows), ?1)")
    delete.bind(1, Int64.max)
    try delete.run("delete the scores of old candidates")
    return count
  }

  private func delete(_ table: String, upTo id: Int64, rest: inout Int) throws -> Int {
    let attempted = "delete old rows of \(table)"
    let oldest = try connection.statement("SELECT id FROM \(table) ORDER BY id LIMIT 1")
    let delete = try connection.statement("DELETE FROM \(table) WHERE id <= ?1")
    var count = 0
    // Hardly an id is missing, and a range of them costs half of what a list of them does.
    while rest > 0, let first = try oldest.first(attempted), first <= id {
      delete.bind(1, min(id, first + Int64(rest) - 1))
      try delete.run(attempted)
      count += connection.changes
      rest -= connection.changes
    }
    return count
  }

  /// A run goes as a whole, as old as its first window.
  private func deleteRuns(upTo id: Int64, rest: inout Int) throws -> Int {
    let attempted = "delete old runs of windows"
    let oldest = try connection.statement("SELECT id FROM window_runs ORDER BY id LIMIT 1")
    let delete = try connection.statement(
      "DELETE FROM window_runs WHERE id BETWEEN ?1 AND ?2 RETURNING windows")
    var count = 0
    while rest > 0, let first = try oldest.first(attempted), first <= id {
      delete.bind(1, first)
      delete.bind(2, min(id, first + Int64(rest) - 1))
      try delete.forEachRow(attempted) {
        count += Int(delete.integer(0))
        rest -= Int(delete.integer(0))
      }
    }
    return count
  }

  private func deleteInvalid(upTo id: Int64, rest: inout Int) throws -> Int {
    guard rest > 0 else { return 0 }
    let attempted = "delete old invalid records"
    let delete = try connection.statement(
      """
      DELETE FROM invalid_rows WHERE id IN (
        SELECT id FROM invalid_rows WHERE id <= ?1 AND delivered = 1 ORDER BY id LIMIT ?2)
      RETURNING reason
      """)
    delete.bind(1, id)
    delete.bind(2, Int64(rest))
    var reasons: [String: Int64] = [:]
    var count = 0
    try delete.forEachRow(attempted) {
      reasons[delete.text(0), default: 0] += 1
      count += 1
    }
    let update = try connection.statement(
      "UPDATE invalid_counts SET kept = kept - ?2 WHERE reason = ?1")
    for (reason, change) in reasons {
      update.bind(1, reason)
      update.bind(2, change)
      try update.run(attempted)
    }
    rest -= count
    return count
  }

  // MARK: Sizes

  private func usedBytes() throws -> Int64 {
    func pragma(_ name: String) throws -> Int64 {
      try connection.statement("PRAGMA \(name)").first("measure the database") ?? 0
    }
    return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
  }

  /// Cuts the log back if it has outgrown its limit, which happens when readers kept an old snapshot
  /// open. Waits for them only shortly: the next call tries again.
  private func boundLog() throws {
    var status = stat()
    guard stat(path + "-wal", &status) == 0, status.st_size > off_t(options.logLimitBytes) else {
      return
    }
    sqlite3_busy_timeout(connection.handle, 50)
    defer { sqlite3_busy_timeout(connection.handle, options.busyTimeout) }
    let result = sqlite3_wal_checkpoint_v2(
      connection.handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
    guard result == SQLITE_OK || result & 0xff == SQLITE_BUSY else {
      throw connection.error(result, attempted: "write the log into the database")
    }
  }
}
