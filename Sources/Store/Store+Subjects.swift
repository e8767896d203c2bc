import Detection
import Events

/// A subject's name as the database lends it while a row is at hand, without a `String` of its own.
///
/// `@unchecked Sendable`: the pointers are only ever read; whoever hands them to another thread waits for it.
public struct LentIdentity: @unchecked Sendable {
  public let kind: String
  /// UTF-8, valid until the closure that is called with them returns.
  public let user: UnsafeRawBufferPointer
  public let device: UnsafeRawBufferPointer

  /// A copy that may be kept.
  public var identity: SubjectIdentity {
    SubjectIdentity(
      kind: kind, user: String(decoding: user, as: UTF8.self),
      device: String(decoding: device, as: UTF8.self))
  }
}

/// The subjects' rows, for a start.
extension Store {
  /// At least as many subjects as there are rows, found without counting them.
  public func subjectBound() throws -> Int {
    let attempted = "count the subjects"
    return try exclusively(attempted) {
      Int(
        try connection.integer("SELECT max(id) FROM status_rows", attempted: attempted) ?? 0)
    }
  }

  /// Passes every subject, its row and what its detectors last saved (nothing, if they never did) to
  /// `body`, to re-seed an engine after a start.
  ///
  /// The row's `subject` is its place in the order of this call, from 0, and `isTransition` is false.
  /// `body` answers with the index under which `engine` will name the subject from now on, so that it
  /// need not introduce it; with `nil` if it does not take the subject. `body` must not call the store.
  public func forEachStatus(
    engine: Int = 0, _ body: (SubjectIdentity, StatusRow, _ detectors: [UInt8]) throws -> UInt32?
  ) throws {
    try forEachLentStatus(engine: engine) { try body($0.identity, $1, $2) }
  }

  /// The same, with names that are only lent.
  public func forEachLentStatus(
    engine: Int = 0, _ body: (LentIdentity, StatusRow, _ detectors: [UInt8]) throws -> UInt32?
  ) throws {
    let attempted = "read the status table"
    try exclusively(attempted) {
      // Few services have detectors with a state: the others need not look for one beside each row.
      let hasDetectors =
        try connection.integer(
          "SELECT EXISTS (SELECT 1 FROM detector_states)", attempted: attempted) == 1
      let select = try connection.statement(hasDetectors ? Self.statesSQL : Self.rowsSQL)
      let kinds = Dictionary(uniqueKeysWithValues: mirror.kinds.map { (Int64($1.id), $0) })
      var kind: (id: Int64, name: String) = (0, "")
      var reason = ""
      var place: UInt32 = 0
      try select.forEachRow(attempted) {
        if select.integer(1) != kind.id {
          kind = (select.integer(1), kinds[select.integer(1)] ?? "")
        }
        let row = Self.row(select, place: place, reason: &reason)
        place += 1
        let lent = LentIdentity(
          kind: kind.name, user: select.textBytes(2), device: select.textBytes(3))
        if let index = try body(lent, row, hasDetectors ? select.blob(21) : []) {
          subjects.set(
            .init(id: UInt32(clamping: select.integer(0)), kind: UInt16(clamping: kind.id)),
            engine: engine, index: index, isCommitted: true)
        }
      }
    }
  }

  private static func row(
    _ select: Statement, place: UInt32, reason: inout String
  ) -> StatusRow {
    let cause = select.optionalInteger(14).map {
      RecordOrigin(partition: PartitionIndex(clamping: $0), offset: select.integer(15))
    }
    var row = StatusRow(
      subject: place, state: SafetyState(urgency: select.integer(4)),
      previousState: SafetyState(urgency: select.integer(5)), isTransition: false,
      since: select.integer(6), lastSeen: select.integer(7), lastArrival: select.integer(8),
      value: select.optionalDouble(9), mean: select.optionalDouble(10),
      std: select.optionalDouble(11), score: select.optionalDouble(12),
      reason: select.text(13, last: &reason), cause: cause, evidence: select.blob(16))
    row.location = GeoLocation(select, latitude: 17, longitude: 18)
    if !select.isNull(19) { row.timeZone = select.text(19) }
    if !select.isNull(20) { row.site = select.text(20) }
    return row
  }

  private static let rowsSQL = """
    SELECT s.id, u.kind, u.user, u.device, s.state, s.previous, s.since, s.last_seen,
      s.last_arrival, s.value, s.mean, s.std, s.score, s.reason, s.cause_partition,
      s.cause_offset, s.evidence, s.latitude, s.longitude, s.time_zone, s.site
    FROM status_rows s CROSS JOIN subject_rows u ON u.id = s.id
    ORDER BY s.id
    """

  private static let statesSQL = """
    SELECT s.id, u.kind, u.user, u.device, s.state, s.previous, s.since, s.last_seen,
      s.last_arrival, s.value, s.mean, s.std, s.score, s.reason, s.cause_partition,
      s.cause_offset, s.evidence, s.latitude, s.longitude, s.time_zone, s.site, d.state
    FROM status_rows s CROSS JOIN subject_rows u ON u.id = s.id
      LEFT JOIN detector_states d ON d.subject = s.id
    ORDER BY s.id
    """
}
