import Detection

/// The revisions that one batch's rows got.
public struct AppliedDecisions: Equatable, Sendable {
  /// `decisions.rows[i]` has revision `firstRevision + i`.
  public var firstRevision: Int64
  /// `alerts.alerts[i]` has revision `firstAlertRevision + i`: the same counter, after the rows.
  public var firstAlertRevision: Int64
  /// The newest revision after the batch; `firstRevision − 1` if it held neither rows nor alerts.
  public var lastRevision: Int64

  /// Without alerts.
  init(firstRevision: Int64, lastRevision: Int64) {
    self.init(
      firstRevision: firstRevision, firstAlertRevision: lastRevision + 1,
      lastRevision: lastRevision)
  }

  init(firstRevision: Int64, firstAlertRevision: Int64, lastRevision: Int64) {
    self.firstRevision = firstRevision
    self.firstAlertRevision = firstAlertRevision
    self.lastRevision = lastRevision
  }
}

/// Written once per batch: what changed in the counts.
struct CountChanges {
  struct Key: Hashable {
    var kind: UInt16
    var state: SafetyState
  }

  var states: [Key: Int64] = [:]
  var reasons: [String: Int64] = [:]
}

extension Store {
  /// Writes all of a batch's results and its offsets in one transaction.
  ///
  /// - Parameters:
  ///   - decisions: As the engine made them.
  ///   - engine: Which of the process's engines made them, from 0: each has subject indices of its
  ///     own.
  ///   - alerts: What the batch changed about alerts.
  /// - Throws: ``StoreError``. `isRetriable` ones (disk full, I/O) may be tried again with the same
  ///   value; `misuse` says that a subject or partition index was never introduced, or that an alert
  ///   speaks of a subject that nobody knows.
  @discardableResult
  public func apply(
    _ decisions: Decisions, engine: Int = 0, alerts: AlertChanges = AlertChanges()
  ) throws -> AppliedDecisions {
    let attempted = "write a batch of results"
    return try exclusively(attempted) {
      try transaction(attempted) {
        let first = mirror.counters.revision + 1
        var changes = CountChanges()
        if let judgement = decisions.judgement {
          mirror.judgements[engine] = try configurationID(judgement)
        }
        try introduce(decisions.subjects, engine: engine)
        try write(decisions.rows, engine: engine, changes: &changes)
        try write(decisions.anomalies, engine: engine)
        try write(decisions.windows, packed: decisions.packedSamples, engine: engine)
        try write(decisions.lateSamples, engine: engine)
        try write(decisions.invalidRecords, changes: &changes)
        try write(decisions.lostRanges)
        try write(decisions.threats, engine: engine)
        try write(decisions.equipmentFaults, engine: engine)
        try write(decisions.unmatched)
        try write(decisions.fallCandidates, engine: engine)
        try write(decisions.detectorStates, engine: engine)
        try write(decisions.progress)
        try write(changes)
        let firstAlert = mirror.counters.revision + 1
        try writeRows(alerts, configuration: mirror.configuration(of: engine))
        try writeCounters()
        return AppliedDecisions(
          firstRevision: first, firstAlertRevision: firstAlert,
          lastRevision: mirror.counters.revision)
      }
    }
  }

  @inline(__always)
  func check(_ partition: PartitionIndex) throws {
    guard mirror.partitions[partition] != nil else {
      throw StoreError(
        code: .misuse, message: "partition index \(partition) was never given out",
        attempted: "write a batch of results")
    }
  }

  // MARK: Counts, progress, counters

  private func write(_ changes: CountChanges) throws {
    let states = try connection.statement(
      """
      INSERT INTO status_counts(kind, state, count) VALUES (?1, ?2, ?3)
      ON CONFLICT (kind, state) DO UPDATE SET count = count + excluded.count
      """)
    for (key, change) in changes.states where change != 0 {
      states.bind(1, Int64(key.kind))
      states.bind(2, key.state.urgency)
      states.bind(3, change)
      try states.run("count states")
    }
    let reasons = try connection.statement(
      """
      INSERT INTO invalid_counts(reason, kept, ever) VALUES (?1, ?2, ?2)
      ON CONFLICT (reason) DO UPDATE SET kept = kept + ?2, ever = ever + ?2
      """)
    for (reason, change) in changes.reasons {
      reasons.bind(1, reason)
      reasons.bind(2, change)
      try reasons.run("count invalid records")
    }
  }

  private func write(_ progress: [PartitionProgress]) throws {
    guard !progress.isEmpty else { return }
    let update = try connection.statement(
      """
      UPDATE partition_rows SET next_offset = ?2, rewind_offset = ?3, last_arrival = ?4
      WHERE id = ?1
      """)
    for entry in progress {
      try check(entry.partition)
      update.bind(1, Int64(entry.partition))
      update.bind(2, entry.next)
      update.bind(3, entry.rewind)
      update.bind(4, entry.lastArrival)
      try update.run("write a partition's progress")
    }
  }

  /// Writes the counters if they have changed, at the end of a transaction.
  func writeCounters() throws {
    guard mirror.counters != mirror.storedCounters else { return }
    let update = try connection.statement(
      """
      UPDATE meta SET last_revision = ?1, last_window = ?2, last_anomaly = ?3,
        last_late_sample = ?4, last_invalid_record = ?5, last_lost_range = ?6, last_threat = ?7,
        last_verdict = ?8, last_equipment_fault = ?9, last_unmatched = ?10, last_alert = ?11,
        last_alert_event = ?12, last_notification = ?13, last_delivery = ?14, last_silence = ?15,
        last_fall_candidate = ?16, last_alert_verdict = ?17
      """)
    update.bind(1, mirror.counters.revision)
    update.bind(2, mirror.counters.window)
    update.bind(3, mirror.counters.anomaly)
    update.bind(4, mirror.counters.lateSample)
    update.bind(5, mirror.counters.invalidRecord)
    update.bind(6, mirror.counters.lostRange)
    update.bind(7, mirror.counters.threat)
    update.bind(8, mirror.counters.verdict)
    update.bind(9, mirror.counters.equipmentFault)
    update.bind(10, mirror.counters.unmatched)
    update.bind(11, mirror.counters.alert)
    update.bind(12, mirror.counters.alertEvent)
    update.bind(13, mirror.counters.notification)
    update.bind(14, mirror.counters.delivery)
    update.bind(15, mirror.counters.silence)
    update.bind(16, mirror.counters.fallCandidate)
    update.bind(17, mirror.counters.alertVerdict)
    try update.run("write the store's counters")
    mirror.storedCounters = mirror.counters
  }
}
