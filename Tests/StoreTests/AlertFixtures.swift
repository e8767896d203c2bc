import Detection
import Events

@testable import Store

/// An alert of the subject `u-<subject>`, with all that has a default left at it.
func alert(
  _ id: Int64, of subject: UInt32 = 0, _ cause: Cause = .abnormal,
  _ severity: SafetyState = .warning, opened: Int64 = moment
) -> Alert {
  Alert(
    id: id, identity: identity(subject), cause: cause, severity: severity, began: opened - 500,
    opened: opened, reason: "3.2 g is far from the mean")
}

extension Alert {
  /// The same, resolved at a time.
  func resolved(at time: Int64, isSettled: Bool = true) -> Alert {
    var alert = self
    alert.phase = .resolved
    alert.ended = time - 1_000
    alert.resolved = time
    alert.isSettled = isSettled
    return alert
  }

  /// An alert in which nothing has the value that it would have by default.
  static var full: Alert {
    var alert = Alert(
      id: 1, identity: SubjectIdentity(kind: "wearer", user: "u-1", device: "watch"),
      cause: .rule(200), severity: .danger, began: moment - 9, opened: moment, reason: "3 Männer")
    alert.phase = .recovering
    alert.raised = moment + 1
    alert.recovering = moment + 2
    alert.ended = moment + 3
    alert.resolved = nil
    alert.flaps = 7
    alert.acknowledgement = Acknowledgement(
      time: moment + 4, author: "Ann", note: "I am on my way, \"soon\"")
    alert.ruleName = "Person bei Nacht 🌙"
    alert.site = "s-1"
    alert.location = GeoLocation(latitude: -33.856_784, longitude: 151.215_297)
    alert.timeZone = "Australia/Sydney"
    alert.value = 3.25
    alert.origin = RecordOrigin(partition: 0, offset: 4_711)
    return alert
  }
}

func notification(
  _ receiver: String = "ops", group: String = "g", created: Int64 = moment,
  telling alerts: [Int64] = [1], _ status: AlertNotification.Told.Status = .firing
) -> AlertNotification {
  AlertNotification(
    receiver: receiver, group: group, key: "key-\(receiver)-\(group)-\(created)",
    created: created, payload: Array("{}".utf8),
    told: alerts.map { .init(alert: $0, status: status, severity: .danger) })
}

func delivery(
  of notification: Int64, attempt: Int = 1, started: Int64 = moment,
  _ outcome: AlertDelivery.Outcome = .accepted, answer: String = "thanks"
) -> AlertDelivery {
  AlertDelivery(
    notification: notification, receiver: "ops", attempt: attempt, started: started, duration: 35,
    outcome: outcome, reason: outcome == .accepted ? "ok" : "http_5xx",
    status: outcome == .accepted ? 200 : 503, answer: answer)
}

func silence(
  _ matchers: [String] = ["user=u-17"], starts: Int64 = moment, ends: Int64 = moment + 1_000
) -> Silence {
  Silence(
    matchers: matchers, starts: starts, ends: ends, author: "Ann", comment: "works",
    created: moment)
}
