import Detection

extension Store {
  /// Writes status rows and gives each the next revision.
  ///
  /// Most rows only have a new value: those go through an UPDATE that leaves the indices of state and
  /// `since` alone. It names both in its WHERE, so a row that differs in them, whatever its
  /// `isTransition` says, falls through to the whole upsert and the counts stay exact.
  func write(_ rows: [StatusRow], engine: Int, changes: inout CountChanges) throws {
    guard !rows.isEmpty else { return }
    let refresh = try connection.statement(Self.refreshSQL)
    let upsert = try connection.statement(Self.upsertSQL)
    let insert = try connection.statement(Self.insertSQL)
    let change = try connection.statement(Self.changeSQL)
    let oldState = try connection.statement("SELECT state FROM status_rows WHERE id = ?1")
    let configuration = mirror.configuration(of: engine)
    let partitions = mirror.partitions.count
    var revision = mirror.counters.revision
    defer { mirror.counters.revision = revision }
    for row in rows {
      let subject = try reference(row.subject, engine: engine)
      // Indices are given out from 0 on; a dictionary need not be asked about each.
      if let cause = row.cause, cause.partition >= partitions { try check(cause.partition) }
      revision += 1
      if !row.isTransition {
        bind(row, id: subject.id, revision, to: refresh)
        try refresh.run("refresh a status row")
        if connection.changes == 1 { continue }
      } else {
        // What the engine says of the row before is checked by the statement, as above.
        let isNew = Int64(subject.id) > mirror.lastStatus
        let statement = isNew ? insert : change
        bind(row, id: subject.id, revision, to: statement)
        statement.bind(20, Int64(subject.kind))
        statement.bind(21, configuration)
        if !isNew { statement.bind(22, row.replacedState.urgency) }
        try statement.run("write a status row")
        if isNew || connection.changes == 1 {
          mirror.lastStatus = max(mirror.lastStatus, Int64(subject.id))
          if !isNew {
            changes.states[.init(kind: subject.kind, state: row.replacedState), default: 0] -= 1
          }
          changes.states[.init(kind: subject.kind, state: row.state), default: 0] += 1
          continue
        }
      }
      oldState.bind(1, Int64(subject.id))
      let old = try oldState.first("read a subject's state").map(SafetyState.init(urgency:))
      bind(row, id: subject.id, revision, to: upsert)
      upsert.bind(20, Int64(subject.kind))
      upsert.bind(21, configuration)
      try upsert.run("write a status row")
      mirror.lastStatus = max(mirror.lastStatus, Int64(subject.id))
      if let old { changes.states[.init(kind: subject.kind, state: old), default: 0] -= 1 }
      changes.states[.init(kind: subject.kind, state: row.state), default: 0] += 1
    }
  }

  private func bind(_ row: StatusRow, id: UInt32, _ revision: Int64, to statement: Statement) {
    statement.bind(1, Int64(id))
    statement.bind(2, row.state.urgency)
    statement.bind(3, row.since)
    statement.bind(4, row.previousState.urgency)
    statement.bind(5, row.lastSeen)
    statement.bind(6, row.lastArrival)
    statement.bind(7, row.value)
    statement.bind(8, row.mean)
    statement.bind(9, row.std)
    statement.bind(10, row.score)
    statement.bind(11, row.reason)
    statement.bind(12, revision)
    statement.bind(13, row.cause.map { Int64($0.partition) })
    statement.bind(14, row.cause?.offset)
    if row.evidence.isEmpty {
      statement.bindNull(15)
    } else {
      statement.bind(15, blob: row.evidence)
    }
    statement.bind(16, row.location?.latitude)
    statement.bind(17, row.location?.longitude)
    statement.bind(18, unlessEmpty: row.timeZone)
    statement.bind(19, unlessEmpty: row.site)
  }

  private static let refreshSQL = """
    UPDATE status_rows SET previous = ?4, last_seen = ?5, last_arrival = ?6, value = ?7, mean = ?8,
      std = ?9, score = ?10, reason = ?11, revision = ?12, cause_partition = ?13,
      cause_offset = ?14, evidence = ?15, latitude = ?16, longitude = ?17, time_zone = ?18,
      site = ?19
    WHERE id = ?1 AND state = ?2 AND since = ?3
    """

  private static let changeSQL = """
    UPDATE status_rows SET state = ?2, since = ?3, previous = ?4, last_seen = ?5, last_arrival = ?6,
      value = ?7, mean = ?8, std = ?9, score = ?10, reason = ?11, revision = ?12,
      cause_partition = ?13, cause_offset = ?14, evidence = ?15, latitude = ?16, longitude = ?17,
      time_zone = ?18, site = ?19, config = ?21, state_revision = ?12
    WHERE id = ?1 AND state = ?22 AND kind = ?20
    """

  private static let insertSQL = """
    INSERT INTO status_rows(id, state, since, previous, last_seen, last_arrival, value, mean, std,
      score, reason, revision, cause_partition, cause_offset, evidence, latitude, longitude,
      time_zone, site, kind, config, state_revision)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
      ?20, ?21, ?12)
    """

  private static let upsertSQL =
    insertSQL + """
      \u{20}ON CONFLICT (id) DO UPDATE SET state = ?2, since = ?3, previous = ?4, last_seen = ?5,
        last_arrival = ?6, value = ?7, mean = ?8, std = ?9, score = ?10, reason = ?11,
        revision = ?12, cause_partition = ?13, cause_offset = ?14, evidence = ?15,
        latitude = ?16, longitude = ?17, time_zone = ?18, site = ?19, config = ?21,
        state_revision = ?12
      """
}
