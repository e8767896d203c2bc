import Detection
import Store

/// An alert, the same to the byte whether it was read from the table or has just been written to it.
extension JSONWriter {
  mutating func alert(_ record: AlertRecord) {
    byte(UInt8(ascii: "{"))
    members(of: record)
    byte(UInt8(ascii: "}"))
  }

  /// An alert with all that people found about it and all that happened to it, oldest first, and with
  /// who was told.
  mutating func alert(
    _ record: AlertRecord, verdicts: [Verdict], events: [AlertEvent],
    notifications: [NotificationHistory]
  ) {
    byte(UInt8(ascii: "{"))
    members(of: record)
    literal(",\"verdicts\":[")
    for (place, verdict) in verdicts.enumerated() {
      comma(unless: place == 0)
      self.verdict(verdict)
    }
    byte(UInt8(ascii: "]"))
    literal(",\"events\":[")
    for (place, event) in events.enumerated() {
      comma(unless: place == 0)
      self.event(event)
    }
    literal("],\"notifications\":[")
    for (place, history) in notifications.enumerated() {
      comma(unless: place == 0)
      notification(history.notification, deliveries: history.deliveries)
    }
    literal("]}")
  }

  /// Alerts as an array.
  mutating func alerts(_ records: [AlertRecord]) {
    byte(UInt8(ascii: "["))
    for (place, record) in records.enumerated() {
      comma(unless: place == 0)
      alert(record)
    }
    byte(UInt8(ascii: "]"))
  }

  // MARK: The parts

  private mutating func members(of record: AlertRecord) {
    let alert = record.alert
    literal("\"id\":")
    integer(alert.id)
    literal(",\"kind\":")
    string(alert.identity.kind)
    literal(",\"user\":")
    string(alert.identity.user)
    literal(",\"device\":")
    string(alert.identity.device)
    literal(",\"site\":")
    string(alert.site)
    literal(",\"cause\":")
    string(alert.cause.name)
    literal(",\"rule\":")
    if let rule = alert.cause.rule { integer(rule) } else { literal("null") }
    literal(",\"rule_name\":")
    string(alert.ruleName)
    literal(",\"severity\":")
    string(alert.severity.name)
    literal(",\"phase\":")
    string(alert.phase.name)
    literal(",\"acknowledged\":")
    if let acknowledgement = alert.acknowledgement {
      self.acknowledgement(acknowledgement)
    } else {
      literal("null")
    }
    literal(",\"verdict\":")
    if let verdict = alert.verdict { self.verdict(verdict) } else { literal("null") }
    times(of: alert)
    literal(",\"flaps\":")
    integer(alert.flaps)
    literal(",\"reason\":")
    string(alert.reason)
    literal(",\"value\":")
    value(alert.value)
    literal(",\"unit\":")
    string(record.unit)
    literal(",\"location\":")
    location(alert.location)
    literal(",\"timezone\":")
    string(alert.timeZone)
    if let origin = record.place {
      place(topic: origin.topic, partition: origin.partition)
      integer(origin.offset)
    } else {
      noPlace()
    }
    literal(",\"config\":")
    optional(record.configVersion)
    literal(alert.isSettled ? ",\"settled\":true" : ",\"settled\":false")
    literal(",\"revision\":")
    integer(record.revision)
  }

  private mutating func times(of alert: Alert) {
    literal(",\"began\":")
    time(alert.began)
    literal(",\"opened\":")
    time(alert.opened)
    literal(",\"raised\":")
    time(alert.raised)
    literal(",\"recovering\":")
    optionalTime(alert.recovering)
    literal(",\"ended\":")
    optionalTime(alert.ended)
    literal(",\"resolved\":")
    optionalTime(alert.resolved)
  }

  private mutating func acknowledgement(_ acknowledgement: Alert.Acknowledgement) {
    literal("{\"time\":")
    time(acknowledgement.time)
    literal(",\"author\":")
    string(acknowledgement.author)
    literal(",\"note\":")
    string(acknowledgement.note)
    byte(UInt8(ascii: "}"))
  }

  private mutating func event(_ event: AlertEvent) {
    literal("{\"time\":")
    time(event.time)
    literal(",\"kind\":")
    string(event.kind.rawValue)
    literal(",\"text\":")
    string(event.text)
    literal(",\"author\":")
    string(event.author)
    byte(UInt8(ascii: "}"))
  }

  private mutating func notification(
    _ notification: AlertNotification, deliveries: [AlertDelivery]
  ) {
    literal("{\"id\":")
    integer(notification.id)
    literal(",\"receiver\":")
    string(notification.receiver)
    literal(",\"group\":")
    string(notification.group)
    literal(",\"kind\":")
    string(notification.kind.rawValue)
    literal(",\"key\":")
    string(notification.key)
    literal(",\"created\":")
    time(notification.created)
    literal(",\"state\":")
    string(notification.state.name)
    literal(",\"attempts\":")
    integer(notification.attempts)
    literal(",\"next_attempt\":")
    optionalTime(notification.state == .waiting ? notification.nextAttempt : nil)
    literal(",\"finished\":")
    optionalTime(notification.finished)
    literal(",\"deliveries\":[")
    for (place, delivery) in deliveries.enumerated() {
      comma(unless: place == 0)
      self.delivery(delivery)
    }
    literal("]}")
  }

  private mutating func delivery(_ delivery: AlertDelivery) {
    literal("{\"attempt\":")
    integer(delivery.attempt)
    literal(",\"started\":")
    time(delivery.started)
    literal(",\"duration_ms\":")
    integer(delivery.duration)
    literal(",\"outcome\":")
    string(delivery.outcome.rawValue)
    literal(",\"reason\":")
    string(delivery.reason)
    literal(",\"status\":")
    if let status = delivery.status { integer(status) } else { literal("null") }
    literal(",\"answer\":")
    string(delivery.answer)
    byte(UInt8(ascii: "}"))
  }

  /// A time or `null`.
  mutating func optionalTime(_ milliseconds: Int64?) {
    if let milliseconds { time(milliseconds) } else { literal("null") }
  }
}
