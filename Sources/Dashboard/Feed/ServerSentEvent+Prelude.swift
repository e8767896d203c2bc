import HTTPServer
import Store

/// What a session's prelude is made of.
extension ServerSentEvent {
  /// A piece of a snapshot.
  ///
  /// - Parameter alerts: `nil` for a watcher who wants none.
  static func snapshot(
    _ rows: [StatusRecord], alerts: [AlertRecord]?, revision: Int64, isLast: Bool
  ) -> ServerSentEvent {
    var writer = JSONWriter(capacity: 128 + rows.count * 512 + (alerts?.count ?? 0) * 1_024)
    writer.literal("{\"revision\":")
    writer.integer(revision)
    writer.literal(",\"rows\":")
    writer.rows(rows)
    if let alerts {
      writer.literal(",\"alerts\":")
      writer.alerts(alerts)
    }
    writer.literal(isLast ? ",\"last\":true}" : ",\"last\":false}")
    // Only the whole snapshot is a state from which a client can go on.
    return ServerSentEvent(
      id: isLast ? UInt64(revision) : nil, name: "snapshot", data: writer.bytes)
  }

  /// Rows and alerts, both ascending by revision, merged in that order.
  static func changes(
    _ rows: [StatusRecord], _ alerts: [AlertRecord], withIDs: Bool
  ) -> [ServerSentEvent] {
    var writer = JSONWriter()
    var events: [ServerSentEvent] = []
    events.reserveCapacity(rows.count + alerts.count + 1)
    func add(_ name: String, _ revision: Int64, _ data: [UInt8]) {
      events.append(
        ServerSentEvent(id: withIDs ? UInt64(revision) : nil, name: name, data: data))
    }
    var alerts = alerts[...]
    for row in rows {
      while let alert = alerts.first, alert.revision < row.revision {
        alerts.removeFirst()
        writer.clear()
        writer.alert(alert)
        add("alert", alert.revision, writer.bytes)
      }
      writer.clear()
      writer.row(row)
      add("status", row.revision, writer.bytes)
    }
    for alert in alerts {
      writer.clear()
      writer.alert(alert)
      add("alert", alert.revision, writer.bytes)
    }
    return events
  }
}
