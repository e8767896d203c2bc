import Detection
import Events

// How alerts and what belongs to them lie in rows; shared by the writer and the readers.

extension Alert {
  /// What `init(_:kind:)` reads, of `alert_rows a` and `subject_rows u`.
  static let columns = """
    a.id, u.kind, u.user, u.device, a.cause, a.phase, a.severity, a.settled, a.began, a.opened,
    a.raised, a.recovering, a.ended, a.resolved, a.flaps, a.acknowledged, a.author, a.note,
    a.value, a.partition, a.offset, a.latitude, a.longitude, a.time_zone, a.site, a.rule_name,
    a.reason, a.config, a.revision,
    (SELECT v.verdict FROM alert_verdict_rows v WHERE v.id = a.verdict),
    (SELECT v.note FROM alert_verdict_rows v WHERE v.id = a.verdict),
    (SELECT v.author FROM alert_verdict_rows v WHERE v.id = a.verdict),
    (SELECT v.time FROM alert_verdict_rows v WHERE v.id = a.verdict)
    """
  /// The places of two of them that are not part of an alert.
  static let configColumn: Int32 = 27
  static let revisionColumn: Int32 = 28

  /// - Parameter kind: The kind's name for its id.
  init(_ row: Statement, kind: (Int64) -> String) {
    self.init(
      id: row.integer(0),
      identity: SubjectIdentity(
        kind: kind(row.integer(1)), user: row.text(2), device: row.text(3)),
      // Only names that `Cause` made are ever written.
      cause: Cause(name: row.text(4)) ?? .abnormal,
      severity: SafetyState(urgency: row.integer(6)), began: row.integer(8),
      opened: row.integer(9), reason: row.text(26))
    phase = Phase(rawValue: row.integer(5)) ?? .resolved
    isSettled = row.integer(7) != 0
    raised = row.integer(10)
    recovering = row.optionalInteger(11)
    ended = row.optionalInteger(12)
    resolved = row.optionalInteger(13)
    flaps = Int(row.integer(14))
    acknowledgement = row.optionalInteger(15).map {
      Acknowledgement(time: $0, author: row.text(16), note: row.text(17))
    }
    value = row.optionalDouble(18)
    origin = row.optionalInteger(19).map {
      RecordOrigin(partition: PartitionIndex(clamping: $0), offset: row.integer(20))
    }
    location = GeoLocation(row, latitude: 21, longitude: 22)
    timeZone = row.text(23)
    site = row.text(24)
    ruleName = row.text(25)
    verdict = Verdict.Kind(number: row.integer(29)).map {
      Verdict(kind: $0, note: row.text(30), author: row.text(31), time: row.integer(32))
    }
  }

  /// Binds what may change to the parameters 1 … 23, and nothing else.
  func bind(to statement: Statement, revision: Int64) {
    statement.bind(1, id)
    statement.bind(2, phase.rawValue)
    statement.bind(3, severity.urgency)
    statement.bind(4, isSettled ? 1 as Int64 : 0)
    statement.bind(5, began)
    statement.bind(6, raised)
    statement.bind(7, recovering)
    statement.bind(8, ended)
    statement.bind(9, resolved)
    statement.bind(10, Int64(flaps))
    statement.bind(11, acknowledgement?.time)
    statement.bind(12, unlessEmpty: acknowledgement?.author ?? "")
    statement.bind(13, unlessEmpty: acknowledgement?.note ?? "")
    statement.bind(14, value)
    statement.bind(15, origin.map { Int64($0.partition) })
    statement.bind(16, origin?.offset)
    statement.bind(17, location?.latitude)
    statement.bind(18, location?.longitude)
    statement.bind(19, timeZone)
    statement.bind(20, site)
    statement.bind(21, ruleName)
    statement.bind(22, reason)
    statement.bind(23, revision)
  }

  static let updateSQL = """
    UPDATE alert_rows SET phase = ?2, severity = ?3, settled = ?4, began = ?5, raised = ?6,
      recovering = ?7, ended = ?8, resolved = ?9, flaps = ?10, acknowledged = ?11, author = ?12,
      note = ?13, value = ?14, partition = ?15, offset = ?16, latitude = ?17, longitude = ?18,
      time_zone = ?19, site = ?20, rule_name = ?21, reason = ?22, revision = ?23
    WHERE id = ?1
    """

  static let insertSQL = """
    INSERT INTO alert_rows(id, phase, severity, settled, began, raised, recovering, ended, resolved,
      flaps, acknowledged, author, note, value, partition, offset, latitude, longitude, time_zone,
      site, rule_name, reason, revision, subject, cause, opened, config)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
      ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)
    """
}

extension GeoLocation {
  /// `nil` unless both columns are there.
  init?(_ row: Statement, latitude: Int32, longitude: Int32) {
    guard let north = row.optionalDouble(latitude), let east = row.optionalDouble(longitude) else {
      return nil
    }
    self.init(latitude: north, longitude: east)
  }
}

extension AlertNotification {
  /// What `init(_:)` reads, of `notification_rows n`.
  static let columns = """
    n.id, n.receiver, n.group_name, n.kind, n.key, n.created, n.next_attempt, n.attempts, n.state,
    n.finished
    """

  /// Without the payload and without what is told.
  init(_ row: Statement) {
    self.init(
      receiver: row.text(1), group: row.text(2), kind: Kind(rawValue: row.text(3)) ?? .alerts,
      key: row.text(4), created: row.integer(5), payload: [], told: [])
    id = row.integer(0)
    nextAttempt = row.integer(6)
    attempts = Int(row.integer(7))
    state = State(rawValue: row.integer(8)) ?? .refused
    finished = row.optionalInteger(9)
  }
}

extension Silence {
  /// What `init(_:)` reads, of `silence_rows`.
  static let columns = "id, matchers, starts, ends, author, comment, created"

  init(_ row: Statement) {
    self.init(
      // By bytes: a matcher may end with a carriage return, which makes one character with the break.
      matchers: row.text(1).utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) },
      starts: row.integer(2), ends: row.integer(3), author: row.text(4), comment: row.text(5),
      created: row.integer(6))
    id = row.integer(0)
  }
}

extension String {
  /// Its beginning, cut between two characters of Unicode, in at most so many bytes of UTF-8.
  func cut(toBytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var bytes = Array(utf8.prefix(limit + 1))
    // Back to the first byte of the character that would not fit.
    while let last = bytes.last, last & 0xc0 == 0x80 { bytes.removeLast() }
    return String(decoding: bytes.dropLast(), as: UTF8.self)
  }
}
