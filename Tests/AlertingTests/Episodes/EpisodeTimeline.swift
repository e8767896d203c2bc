import Alerting
import Detection
import Events
import Store
import Testing

/// A book and its caller: says when what is told, ticks when the book asks for it, and keeps what came of it.
///
/// Times are milliseconds from the beginning.
struct EpisodeTimeline {
  var book: EpisodeBook
  var now: Int64 = 0
  /// As a store would hold them.
  var alerts: [Int64: Alert] = [:]
  var events: [AlertEvent] = []

  static let start: Int64 = 1_800_000_000_000

  init(_ settings: AlertSettings = AlertSettings()) {
    book = EpisodeBook(settings: settings, nextID: 1)
  }

  static func identity(_ subject: UInt32) -> SubjectIdentity {
    SubjectIdentity(kind: "wearer", user: "u-\(subject)")
  }

  /// Lets time pass, with a tick at each deadline.
  mutating func wait(until time: Int64) {
    while let due = book.nextDeadline, due <= Self.start + time {
      now = max(now, due - Self.start)
      keep(book.tick(now: Self.start + now))
      if book.nextDeadline == due {
        Issue.record("the deadline \(due) has been kept, and stays")
        return
      }
    }
    now = max(now, time)
  }

  /// A cause is raised, or over without a level.
  mutating func tell(
    _ level: SafetyState?, _ cause: Cause = .abnormal, of subject: UInt32 = 1, at time: Int64,
    reason: String = "odd", origin: RecordOrigin? = nil, site: String = ""
  ) {
    wait(until: time)
    keep(
      book.take(
        [
          CauseChange(
            subject: subject, cause: cause, level: level, time: Self.start + time,
            reason: level == nil ? "" : reason, origin: origin, site: site)
        ], now: Self.start + now, identify: Self.identity))
  }

  mutating func keep(_ changes: AlertChanges) {
    if Set(changes.alerts.map(\.id)).count != changes.alerts.count {
      Issue.record("an alert twice in one change")
    }
    for event in changes.events where !changes.alerts.contains(where: { $0.id == event.alert }) {
      Issue.record("an event of an alert that has not changed: \(event)")
    }
    for alert in changes.alerts { alerts[alert.id] = alert }
    events += changes.events
  }

  /// The service stops, and starts from what is in the store.
  mutating func restart(_ settings: AlertSettings) {
    let open = alerts.values.filter(\.isOpen).sorted { $0.id < $1.id }
    book = EpisodeBook(
      settings: settings, nextID: (alerts.keys.max() ?? 0) + 1,
      restoring: open.map { alert in
        (UInt32(alert.identity.user.dropFirst(2)) ?? EpisodeBook.nobody, alert)
      })
  }

  /// What happened, in short: `opened 1 at 1000`.
  var story: [String] {
    events.map { "\($0.kind.rawValue) \($0.alert) at \($0.time - Self.start)" }
  }

  /// When a kind of event happened to an alert.
  func times(_ kind: AlertEvent.Kind, _ id: Int64 = 1) -> [Int64] {
    events.filter { $0.kind == kind && $0.alert == id }.map { $0.time - Self.start }
  }
}

extension AlertSettings {
  static func delays(
    keepFiring: Int64 = 30_000, staleAfter: Int64 = 0, stale: SafetyState? = .warning
  ) -> AlertSettings {
    var settings = AlertSettings()
    settings.keepFiring = keepFiring
    settings.staleAfter = staleAfter
    settings.staleSeverity = stale
    return settings
  }
}
