import Dashboard
import Detection
import Events
import Foundation
import Store
import Synchronization

/// The service's side of alerts, as small as it can be: changes of people, commits in order.
final class Desk: Sendable {
  private let commits = Mutex(())

  /// Commits and publishes with nobody in between.
  func inOrder<T: Sendable>(_ body: () throws -> T) rethrows -> T {
    try commits.withLock { _ in try body() }
  }

  func facts(store: Store, feed: Feed, now: @escaping @Sendable () -> Int64) -> AlertFacts {
    @Sendable func change(
      _ id: Int64, _ kind: AlertEvent.Kind, _ author: String, _ note: String,
      _ body: (inout Alert) throws -> Void
    ) throws {
      try inOrder {
        guard var alert = try store.unsettledAlerts().first(where: { $0.id == id }) else {
          throw AlertFacts.Refusal.unknown
        }
        guard alert.isOpen else { throw AlertFacts.Refusal.resolved }
        try body(&alert)
        let event = AlertEvent(alert: id, kind: kind, time: now(), text: note, author: author)
        let revision = try store.write(AlertChanges(alerts: [alert], events: [event]))
        feed.publish(alerts: [alert], firstRevision: revision)
      }
    }
    var facts = AlertFacts()
    facts.acknowledge = { id, author, note in
      try change(id, .acknowledged, author, note) { alert in
        guard alert.acknowledgement == nil else { throw AlertFacts.Refusal.alreadyAcknowledged }
        alert.acknowledgement = .init(time: now(), author: author, note: note)
      }
    }
    facts.resolve = { id, author, note in
      try change(id, .resolved, author, note) { alert in
        alert.phase = .resolved
        alert.resolved = now()
      }
    }
    facts.judge = { id, verdict in
      try self.inOrder {
        guard let judged = try store.setVerdict(verdict, ofAlert: id) else {
          throw AlertFacts.Refusal.unknown
        }
        feed.publish(alerts: [judged.alert], firstRevision: judged.revision)
      }
    }
    facts.addSilence = { silence in
      for matcher in silence.matchers where !matcher.contains("=") {
        throw StoreError(
          code: .invalidValue, message: "the matcher “\(matcher)” has no operator",
          attempted: "add a silence")
      }
      return try store.add(silence)
    }
    facts.expireSilence = { try store.expireSilence($0, now: now()) != nil }
    return facts
  }
}

/// An alert of a wearer, opened at `moment`.
func alert(
  _ id: Int64, user: Int = 0, cause: Cause = .abnormal, severity: SafetyState = .danger,
  phase: Alert.Phase = .firing, opened: Int64 = moment, flaps: Int = 0
) -> Alert {
  var alert = Alert(
    id: id, identity: SubjectIdentity(kind: "wearer", user: "u-\(user)", device: "watch"),
    cause: cause, severity: severity, began: opened - 1_000, opened: opened,
    reason: "3 abnormal within 5 s")
  alert.phase = phase
  alert.flaps = flaps
  if phase == .resolved { alert.resolved = opened + 60_000 }
  return alert
}

/// A room of wearers whose clock stands at `moment`, with these alerts.
func alertRoom(
  _ alerts: [Alert] = [], events: [AlertEvent] = [], subjects: Int = 10, hosts: Set<String>? = nil,
  configure: (inout ServiceFacts) -> Void = { _ in }
) throws -> Room {
  var facts = ServiceFacts(streams: { [StreamRules()] }, now: { moment })
  configure(&facts)
  let room = try Room(wearers(subjects), facts: facts, hosts: hosts)
  if !alerts.isEmpty {
    try room.apply(Decisions(), alerts: AlertChanges(alerts: alerts, events: events))
  }
  return room
}

extension Room {
  /// Commits and publishes alerts.
  @discardableResult
  func apply(alerts: Alert...) throws -> Int64 {
    try apply(Decisions(), alerts: AlertChanges(alerts: alerts))
  }

  func delete(
    _ target: String, host: String = "127.0.0.1:8080", fields: String = "", body: String = ""
  ) throws -> Answer {
    let client = try Client(port: port)
    client.request(target, method: "DELETE", host: host, fields: fields, body: body)
    return client.answer()
  }
}
