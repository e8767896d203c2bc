import Detection
import Events

/// Rows that changed after a revision.
public struct StatusChanges: Sendable {
  /// The newest revision at the moment of reading.
  public var revision: Int64
  /// By revision, ascending; each subject once, with its newest row.
  public var items: [StatusRecord]
  /// Whether `items` reaches up to `revision`; otherwise ask again after the last one's revision.
  public var isComplete: Bool
}

/// A chunk of the whole status table.
public struct StatusSnapshot: Sendable {
  /// The newest revision at the moment of reading this chunk. The chunks together are as of the FIRST
  /// chunk's revision or newer: read ``StoreReader/changes(after:limit:)`` from there afterwards.
  public var revision: Int64
  /// By subject id, ascending.
  public var items: [StatusRecord]
  /// Where the next chunk begins, `nil` after the last.
  public var next: Int64?
}

extension StoreReader {
  /// One subject's row, or `nil` if there is none.
  public func status(kind: String, user: String, device: String) throws -> StatusRecord? {
    try reading("read a subject's status") {
      try subjectID(SubjectIdentity(kind: kind, user: user, device: device)).flatMap { id in
        try records([id]).first
      }
    }
  }

  /// The rows of all devices of a user, by device; at most 1,000.
  public func statuses(kind: String, user: String) throws -> [StatusRecord] {
    try reading("read a user's devices") {
      guard let kind = kindID(kind) else { return [] }
      let select = try connection.statement(
        """
        SELECT id FROM subject_rows WHERE kind = ?1 AND user = ?2 ORDER BY device LIMIT 1000
        """)
      select.bind(1, kind)
      select.bind(2, user)
      var ids: [Int64] = []
      try select.forEachRow("read a user's devices") { ids.append(select.integer(0)) }
      return try records(ids)
    }
  }

  /// The devices of a user that have a row, ascending; at most 1,000.
  public func devices(kind: String, user: String) throws -> [String] {
    try statuses(kind: kind, user: user).map(\.identity.device)
  }

  /// Rows whose revision is above `revision`, oldest change first.
  public func changes(after revision: Int64, limit: Int = 1_000) throws -> StatusChanges {
    let attempted = "read the status table's changes"
    return try reading(attempted) {
      let newest = try self.revision()
      let limit = max(1, limit)
      let select = try connection.statement(
        """
        SELECT \(Self.columns) FROM status_rows s CROSS JOIN subject_rows u ON u.id = s.id
        WHERE s.revision > ?1 ORDER BY s.revision LIMIT ?2
        """)
      select.bind(1, revision)
      select.bind(2, Int64(limit))
      var items: [StatusRecord] = []
      try select.forEachRow(attempted) { items.append(try record(select)) }
      return StatusChanges(
        revision: newest, items: items,
        isComplete: items.count < limit || items.last?.revision == newest)
    }
  }

  /// The next chunk of the whole table, in the order of the subjects' ids.
  ///
  /// - Parameter afterSubjectID: The chunk before's `next`, 0 for the first.
  public func snapshot(afterSubjectID: Int64 = 0, limit: Int = 1_000) throws -> StatusSnapshot {
    let attempted = "read the status table"
    return try reading(attempted) {
      let newest = try revision()
      let limit = max(1, limit)
      let select = try connection.statement(
        """
        SELECT \(Self.columns) FROM status_rows s CROSS JOIN subject_rows u ON u.id = s.id
        WHERE s.id > ?1 ORDER BY s.id LIMIT ?2
        """)
      select.bind(1, afterSubjectID)
      select.bind(2, Int64(limit))
      var items: [StatusRecord] = []
      items.reserveCapacity(min(limit, 10_000))
      try select.forEachRow(attempted) { items.append(try record(select)) }
      return StatusSnapshot(
        revision: newest, items: items,
        next: items.count < limit ? nil : items.last?.subjectID)
    }
  }

  /// Subjects by state; of all kinds, or of one.
  public func counts(kind: String? = nil) throws -> StateCounts {
    try reading("count the subjects by state") { try stateCounts(kind: kind) }
  }

  // MARK: Rows

  static let columns = """
    s.id, u.kind, u.user, u.device, s.state, s.previous, s.since, s.last_seen, s.last_arrival,
    s.value, s.mean, s.std, s.score, s.reason, s.revision, s.state_revision, s.cause_partition,
    s.cause_offset, s.config, s.latitude, s.longitude, s.time_zone, s.site
    """

  func record(_ row: Statement) throws -> StatusRecord {
    let kind = kind(row.integer(1))
    let cause = try row.optionalInteger(16).flatMap {
      try place(partition: $0, offset: row.integer(17))
    }
    return StatusRecord(
      subjectID: row.integer(0),
      identity: SubjectIdentity(kind: kind.name, user: row.text(2), device: row.text(3)),
      state: SafetyState(urgency: row.integer(4)),
      previousState: SafetyState(urgency: row.integer(5)), since: row.integer(6),
      lastSeen: row.integer(7), lastArrival: row.integer(8), value: row.optionalDouble(9),
      mean: row.optionalDouble(10), std: row.optionalDouble(11), score: row.optionalDouble(12),
      unit: kind.unit, reason: row.text(13), revision: row.integer(14),
      stateRevision: row.integer(15), cause: cause,
      configVersion: try row.optionalInteger(18).flatMap { try configuration($0) },
      location: GeoLocation(row, latitude: 19, longitude: 20), timeZone: row.text(21),
      site: row.text(22))
  }

  /// The rows of these subjects, in this order, without those that have none.
  func records(_ ids: [Int64]) throws -> [StatusRecord] {
    let select = try connection.statement(
      """
      SELECT \(Self.columns) FROM status_rows s CROSS JOIN subject_rows u ON u.id = s.id
      WHERE s.id = ?1
      """)
    var items: [StatusRecord] = []
    items.reserveCapacity(ids.count)
    for id in ids {
      select.bind(1, id)
      try select.forEachRow("read a status row") { items.append(try record(select)) }
    }
    return items
  }

  func stateCounts(kind: String?) throws -> StateCounts {
    var counts = StateCounts()
    let wanted = kind.map { kindID($0) }
    if case .some(.none) = wanted { return counts }
    let select = try connection.statement("SELECT kind, state, count FROM status_counts")
    try select.forEachRow("count the subjects by state") {
      if let wanted, wanted != select.integer(0) { return }
      counts[SafetyState(urgency: select.integer(1))] += Int(select.integer(2))
    }
    return counts
  }
}
