import Detection

/// What a start of the alerting reads, beside ``unsettledAlerts()``, ``toldRecords()`` and ``alertGroups()``.
extension Store {
  /// The database's own name: eight random hexadecimal digits, given when it was made. It tells the alerts
  /// of several instances apart, for all of them number theirs from 1.
  public var instance: String {
    get throws {
      let attempted = "read the database's name"
      return try exclusively(attempted) {
        let select = try connection.statement("SELECT instance FROM meta")
        var name = ""
        try select.forEachRow(attempted) { name = select.text(0) }
        return name
      }
    }
  }

  /// When notifications about alerts were made since `time`, by receiver, ascending: what rate caps count.
  public func notificationTimes(since time: Int64) throws -> [String: [Int64]] {
    let attempted = "read the newest notifications"
    return try exclusively(attempted) {
      let select = try connection.statement(
        """
        SELECT receiver, created FROM notification_rows
        WHERE kind = 'alerts' AND created >= ?1 ORDER BY created
        """)
      select.bind(1, time)
      var times: [String: [Int64]] = [:]
      try select.forEachRow(attempted) {
        times[select.text(0), default: []].append(select.integer(1))
      }
      return times
    }
  }

  /// Why alerts that are not settled have not been told, or to whom else: their events of the kinds
  /// `silenced`, `inhibited`, `muted` and `escalated`, oldest first.
  public func suppressionEvents() throws -> [AlertEvent] {
    let attempted = "read what kept alerts from being told"
    return try exclusively(attempted) {
      let select = try connection.statement(
        """
        SELECT e.alert, e.kind, e.time, e.text, e.author
        FROM alert_rows a JOIN alert_event_rows e ON e.alert = a.id
        WHERE a.settled = 0 AND e.kind IN ('silenced', 'inhibited', 'muted', 'escalated')
        ORDER BY e.id
        """)
      var events: [AlertEvent] = []
      try select.forEachRow(attempted) {
        guard let kind = AlertEvent.Kind(rawValue: select.text(1)) else { return }
        events.append(
          AlertEvent(
            alert: select.integer(0), kind: kind, time: select.integer(2), text: select.text(3),
            author: select.text(4)))
      }
      return events
    }
  }
}
