import Detection
import Events

/// Alerts: written with what caused them, read after a start.
extension Store {
  /// Writes changes of alerts that no batch of records caused: time that has passed, somebody who has
  /// acknowledged.
  ///
  /// - Parameter engine: By whose configuration new ones are said to be opened.
  /// - Returns: The first alert's revision; `changes.alerts[i]` has that + i.
  /// - Throws: ``StoreError``, with code `invalidValue` if an acknowledgement's note or author is too
  ///   long, `misuse` if an alert speaks of a subject or a partition that nobody knows.
  @discardableResult
  public func write(_ changes: AlertChanges, engine: Int = 0) throws -> Int64 {
    let attempted = "write changes of alerts"
    for alert in changes.alerts { try alert.acknowledgement?.validate() }
    return try exclusively(attempted) {
      try transaction(attempted) {
        let first = mirror.counters.revision + 1
        try writeRows(changes, configuration: mirror.configuration(of: engine))
        try writeCounters()
        return first
      }
    }
  }

  /// The subject that an engine knows by an index; `nil` if no batch that has been written introduced
  /// it.
  public func identity(of index: UInt32, engine: Int = 0) throws -> SubjectIdentity? {
    let attempted = "name a subject"
    return try exclusively(attempted) {
      guard let subject = subjects.reference(engine: engine, index: index) else { return nil }
      let select = try connection.statement(
        "SELECT user, device FROM subject_rows WHERE id = ?1")
      select.bind(1, Int64(subject.id))
      var found: SubjectIdentity?
      try select.forEachRow(attempted) {
        found = SubjectIdentity(
          kind: kindName(Int64(subject.kind)), user: select.text(0), device: select.text(1))
      }
      return found
    }
  }

  /// All alerts that are not settled, by id: the open ones, and those resolved of which somebody has
  /// still to be told.
  public func unsettledAlerts() throws -> [Alert] {
    let attempted = "read the alerts that are not settled"
    return try exclusively(attempted) {
      let select = try connection.statement(
        """
        SELECT \(Alert.columns)
        FROM alert_rows a INDEXED BY alerts_unsettled CROSS JOIN subject_rows u ON u.id = a.subject
        WHERE a.settled = 0 ORDER BY a.id
        """)
      // There may be very many, and an array that grows is copied each time.
      let count = try connection.integer(
        "SELECT count(*) FROM alert_rows INDEXED BY alerts_unsettled WHERE settled = 0",
        attempted: attempted)
      var found: [Alert] = []
      found.reserveCapacity(Int(count ?? 0))
      try select.forEachRow(attempted) {
        var alert = Alert(select, kind: kindName)
        // Of a million that fell silent together there is one text, not a million.
        if let reason = found.last?.reason, reason == alert.reason { alert.reason = reason }
        found.append(alert)
      }
      return found
    }
  }

  /// The subjects of all alerts that are open.
  public func alertingSubjects() throws -> Set<SubjectIdentity> {
    let attempted = "read whose alerts are open"
    return try exclusively(attempted) {
      let select = try connection.statement(
        """
        SELECT u.kind, u.user, u.device
        FROM alert_rows a INDEXED BY alerts_unsettled CROSS JOIN subject_rows u ON u.id = a.subject
        WHERE a.settled = 0 AND a.phase != 2
        """)
      var found: Set<SubjectIdentity> = []
      try select.forEachRow(attempted) {
        found.insert(
          SubjectIdentity(
            kind: kindName(select.integer(0)), user: select.text(1), device: select.text(2)))
      }
      return found
    }
  }

  func kindName(_ id: Int64) -> String {
    mirror.kinds.first { Int64($0.value.id) == id }?.key ?? ""
  }

  // MARK: Within a transaction

  /// Writes the alerts, each with the next revision, then the events.
  func writeRows(_ changes: AlertChanges, configuration: Int64?) throws {
    guard !changes.isEmpty else { return }
    for alert in changes.alerts {
      if let origin = alert.origin { try check(origin.partition) }
      mirror.counters.revision += 1
      if alert.id <= mirror.counters.alert, try update(alert) { continue }
      try insert(alert, configuration: configuration)
    }
    try write(changes.events)
  }

  private func update(_ alert: Alert) throws -> Bool {
    let update = try connection.statement(Alert.updateSQL)
    alert.bind(to: update, revision: mirror.counters.revision)
    try update.run("write an alert")
    return connection.changes == 1
  }

  private func insert(_ alert: Alert, configuration: Int64?) throws {
    guard let subject = try subjectID(alert.identity) else {
      throw StoreError(
        code: .misuse, message: "nobody introduced the subject \(alert.identity)",
        attempted: "write an alert")
    }
    let insert = try connection.statement(Alert.insertSQL)
    alert.bind(to: insert, revision: mirror.counters.revision)
    insert.bind(24, subject)
    insert.bind(25, alert.cause.name)
    insert.bind(26, alert.opened)
    insert.bind(27, configuration)
    try insert.run("write an alert")
    mirror.counters.alert = max(mirror.counters.alert, alert.id)
  }

  private func subjectID(_ identity: SubjectIdentity) throws -> Int64? {
    guard let kind = mirror.kinds[identity.kind] else { return nil }
    let select = try connection.statement(
      "SELECT id FROM subject_rows WHERE kind = ?1 AND user = ?2 AND device = ?3")
    select.bind(1, Int64(kind.id))
    select.bind(2, identity.user)
    select.bind(3, identity.device)
    return try select.first("find an alert's subject")
  }

  /// Writes events. Those of an alert that is no longer on record are passed over: the answer of a slow
  /// receiver may come after the retention has taken the alert.
  func write(_ events: [AlertEvent]) throws {
    guard !events.isEmpty else { return }
    let insert = try connection.statement(
      """
      INSERT INTO alert_event_rows(id, alert, time, kind, text, author)
      SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE EXISTS (SELECT 1 FROM alert_rows WHERE id = ?2)
      """)
    for event in events {
      mirror.counters.alertEvent += 1
      insert.bind(1, mirror.counters.alertEvent)
      insert.bind(2, event.alert)
      insert.bind(3, event.time)
      insert.bind(4, event.kind.rawValue)
      insert.bind(5, event.text.cut(toBytes: AlertEvent.maxTextBytes))
      insert.bind(6, event.author.cut(toBytes: Alert.Acknowledgement.maxAuthorBytes))
      try insert.run("write an alert's event")
    }
  }

  /// Marks alerts as settled; the row changes, so it takes a revision.
  func settle(_ ids: [Int64]) throws {
    guard !ids.isEmpty else { return }
    let settle = try connection.statement(
      """
      UPDATE alert_rows SET settled = 1, revision = ?2 WHERE id = ?1 AND settled = 0 AND phase = 2
      """)
    for id in ids {
      settle.bind(1, id)
      settle.bind(2, mirror.counters.revision + 1)
      try settle.run("settle an alert")
      mirror.counters.revision += Int64(connection.changes)
    }
  }
}
