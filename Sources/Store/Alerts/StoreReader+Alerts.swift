import Detection

/// Single alerts with their history, silences, and what waits in the outbox.
extension StoreReader {
  /// Events and notifications that one call answers with, the newest.
  private static let historyLimit: Int64 = 1_000

  /// One alert, or `nil` if there is none with this number (any more).
  public func alert(_ id: Int64) throws -> AlertRecord? {
    let attempted = "read an alert"
    return try reading(attempted) {
      let select = try connection.statement(
        """
        SELECT \(Alert.columns) FROM alert_rows a CROSS JOIN subject_rows u ON u.id = a.subject
        WHERE a.id = ?1
        """)
      select.bind(1, id)
      var found: AlertRecord?
      try select.forEachRow(attempted) { found = try alertRecord(select) }
      return found
    }
  }

  /// Alerts whose revision is above `revision`, the oldest change first; each once, as it is now.
  public func alerts(changedAfter revision: Int64, limit: Int) throws -> [AlertRecord] {
    let attempted = "read the changes of alerts"
    return try reading(attempted) {
      let select = try connection.statement(
        """
        SELECT \(Alert.columns)
        FROM alert_rows a INDEXED BY alerts_by_revision
          CROSS JOIN subject_rows u ON u.id = a.subject
        WHERE a.revision > ?1 ORDER BY a.revision LIMIT ?2
        """)
      select.bind(1, revision)
      select.bind(2, Int64(max(1, limit)))
      var found: [AlertRecord] = []
      try select.forEachRow(attempted) { found.append(try alertRecord(select)) }
      return found
    }
  }

  /// What happened to an alert, the oldest first; the newest 1,000 events.
  public func alertEvents(of id: Int64) throws -> [AlertEvent] {
    let attempted = "read an alert's events"
    return try reading(attempted) {
      let select = try connection.statement(
        """
        SELECT kind, time, text, author FROM alert_event_rows WHERE alert = ?1
        ORDER BY id DESC LIMIT ?2
        """)
      select.bind(1, id)
      select.bind(2, Self.historyLimit)
      var found: [AlertEvent] = []
      try select.forEachRow(attempted) {
        guard let kind = AlertEvent.Kind(rawValue: select.text(0)) else { return }
        found.append(
          AlertEvent(
            alert: id, kind: kind, time: select.integer(1), text: select.text(2),
            author: select.text(3)))
      }
      return found.reversed()
    }
  }

  /// Who was told of an alert, and how that went, the oldest first; the newest 1,000 notifications.
  public func alertNotifications(of id: Int64) throws -> [NotificationHistory] {
    let attempted = "read an alert's notifications"
    return try reading(attempted) {
      let select = try connection.statement(
        """
        SELECT \(AlertNotification.columns), o.status, o.severity
        FROM notification_alerts o CROSS JOIN notification_rows n ON n.id = o.notification
        WHERE o.alert = ?1 ORDER BY o.notification DESC LIMIT ?2
        """)
      select.bind(1, id)
      select.bind(2, Self.historyLimit)
      var found: [NotificationHistory] = []
      try select.forEachRow(attempted) {
        var notification = AlertNotification(select)
        notification.told = [
          .init(
            alert: id, status: .init(rawValue: select.integer(10)) ?? .firing,
            severity: SafetyState(urgency: select.integer(11)))
        ]
        found.append(NotificationHistory(notification: notification, deliveries: []))
      }
      for place in found.indices {
        found[place].deliveries = try deliveries(of: found[place].notification.id)
      }
      return found.reversed()
    }
  }

  private func deliveries(of notification: Int64) throws -> [AlertDelivery] {
    let select = try connection.statement(
      """
      SELECT receiver, attempt, started, duration, outcome, reason, status, answer
      FROM (
        SELECT * FROM delivery_rows WHERE notification = ?1 ORDER BY id DESC LIMIT ?2)
      ORDER BY id
      """)
    select.bind(1, notification)
    select.bind(2, Int64(AlertDelivery.maxShown))
    var found: [AlertDelivery] = []
    try select.forEachRow("read a notification's deliveries") {
      found.append(
        AlertDelivery(
          notification: notification, receiver: select.text(0), attempt: Int(select.integer(1)),
          started: select.integer(2), duration: select.integer(3),
          outcome: .init(rawValue: select.text(4)) ?? .refused, reason: select.text(5),
          status: select.optionalInteger(6).map(Int.init), answer: select.text(7)))
    }
    return found
  }

  func alertRecord(_ row: Statement) throws -> AlertRecord {
    let alert = Alert(row) { kind($0).name }
    return AlertRecord(
      alert: alert, unit: kind(row.integer(1)).unit,
      place: try alert.origin.flatMap {
        try place(partition: Int64($0.partition), offset: $0.offset)
      },
      configVersion: try row.optionalInteger(Alert.configColumn).flatMap {
        try configuration($0)
      },
      revision: row.integer(Alert.revisionColumn))
  }

  // MARK: Silences and the outbox

  /// The silences that end after a time, the newest first; with `Int64.min` all that are on record.
  public func silences(endingAfter time: Int64, limit: Int) throws -> [Silence] {
    let attempted = "read the silences"
    return try reading(attempted) {
      let select = try connection.statement(
        "SELECT \(Silence.columns) FROM silence_rows WHERE ends > ?1 ORDER BY id DESC LIMIT ?2")
      select.bind(1, time)
      select.bind(2, Int64(max(1, limit)))
      var found: [Silence] = []
      try select.forEachRow(attempted) { found.append(Silence(select)) }
      return found
    }
  }

  /// One silence, or `nil` if there is none with this id (any more).
  public func silence(_ id: Int64) throws -> Silence? {
    let attempted = "read a silence"
    return try reading(attempted) {
      let select = try connection.statement(
        "SELECT \(Silence.columns) FROM silence_rows WHERE id = ?1")
      select.bind(1, id)
      var found: Silence?
      try select.forEachRow(attempted) { found = Silence(select) }
      return found
    }
  }

  /// What waits in the outbox, by receiver; receivers for which nothing waits are left out.
  public func outboxFigures() throws -> [String: OutboxFigures] {
    let attempted = "count the waiting notifications"
    return try reading(attempted) {
      let select = try connection.statement(
        """
        SELECT receiver, count(*), min(created)
        FROM notification_rows INDEXED BY notifications_waiting WHERE state = 0 GROUP BY receiver
        """)
      var found: [String: OutboxFigures] = [:]
      try select.forEachRow(attempted) {
        found[select.text(0)] = OutboxFigures(
          waiting: Int(select.integer(1)), oldest: select.integer(2))
      }
      return found
    }
  }
}
