import Alerting
import Dashboard
import Events
import Kafka
import Logging
import Observability
import Store
import Synchronization

/// Alerts: how the desk is joined to the rest, and what people may do.
extension Service {
  /// The desk, with receivers that are reached from here.
  func makeAlertDesk(
    _ settings: AlertSettings, store: Store, feed: Feed,
    subjects: [SubjectIdentity: UInt32], silent: [SilentSubject]
  ) throws -> AlertDesk {
    let log = Logger(label: "acalert.alerts")
    let factory = SinkFactory(userAgent: "acalert/\(AcalertVersion.current)")
    let kafka = AlertProducer(self.settings.kafka)
    return try AlertDesk(
      store: store, settings: settings, subjects: subjects, silent: silent,
      world: AlertDesk.World(
        now: { WallClock.milliseconds() },
        random: { Double.random(in: 0..<1) },
        zone: { ZoneOffsets.system($0) },
        sink: { receiver in
          if case .kafka(let topic) = receiver.kind {
            return try kafka.sink(topic: topic, timeout: receiver.timeout)
          }
          return try factory.sink(for: receiver)
        },
        changed: { alerts, first in feed.publish(alerts: alerts, firstRevision: first) },
        unheard: { [weak self] in
          self?.unheardSeconds.map { Int64($0 * 1_000) }
        },
        report: { log.error("\($0)") }))
  }

  private var desk: AlertDesk? { rooms.withLock { $0?.alerts.desk } }

  /// What the dashboard's routes need.
  var alertFacts: AlertFacts {
    var facts = AlertFacts()
    facts.acknowledge = { [weak self] id, author, note in
      try self?.command { try $0.acknowledge(id, author: author, note: note) }
    }
    facts.resolve = { [weak self] id, author, note in
      try self?.command { try $0.resolve(id, author: author, note: note) }
    }
    facts.judge = { [weak self] id, verdict in
      try self?.command { try $0.judge(id, verdict: verdict) }
    }
    facts.addSilence = { [weak self] silence in
      guard let desk = self?.desk else { throw AlertFacts.Refusal.busy }
      return try desk.add(silence)
    }
    facts.expireSilence = { [weak self] id in
      guard let desk = self?.desk else { throw AlertFacts.Refusal.busy }
      return try desk.expireSilence(id)
    }
    facts.receivers = { [weak self] in self?.receiverStates ?? [] }
    return facts
  }

  private func command(_ body: (AlertDesk) throws -> Void) throws {
    guard let desk else { throw AlertFacts.Refusal.busy }
    do {
      try body(desk)
    } catch let refusal as AlertDesk.Refusal {
      switch refusal {
      case .unknown: throw AlertFacts.Refusal.unknown
      case .resolved: throw AlertFacts.Refusal.resolved
      case .alreadyAcknowledged: throw AlertFacts.Refusal.alreadyAcknowledged
      case .busy: throw AlertFacts.Refusal.busy
      }
    }
  }

  /// The receivers, and what waits for them.
  var receiverStates: [ReceiverState] {
    guard let (desk, readers) = rooms.withLock({ $0.map { ($0.alerts.desk, $0.readers) } }) else {
      return []
    }
    let waiting = (try? readers.withReader { try $0.outboxFigures() }) ?? [:]
    return desk.receivers.map { receiver in
      var state = ReceiverState(name: receiver.name, type: receiver.kind)
      state.failingSince = receiver.health.failingSince
      state.lastError = receiver.health.lastError
      state.waiting = waiting[receiver.name]?.waiting ?? 0
      state.oldest = waiting[receiver.name]?.oldest
      state.delivered = receiver.health.delivered
      state.retried = receiver.health.retried
      state.refused = receiver.health.refused
      return state
    }
  }

  /// Reads the file of alerts again and goes over to it; a bad one changes nothing.
  ///
  /// - Returns: why it was refused, in words; `nil` if it is in use now.
  public func reloadAlerts() -> String? {
    let log = Logger(label: "acalert.alerts")
    guard settings.alerts.file != nil else { return nil }
    guard let threads = rooms.withLock({ $0?.alerts }) else { return "the service does not run" }
    do {
      try threads.use(try settings.alertSettings())
      log.notice("the settings of alerts were read again")
      return nil
    } catch {
      log.error("the settings of alerts stay as they are: \(error)")
      return "\(error)"
    }
  }

  func addAlertMetrics(to text: inout MetricsText) {
    guard let (desk, readers) = rooms.withLock({ $0.map { ($0.alerts.desk, $0.readers) } }) else {
      return
    }
    if let counts = try? readers.withReader({ try $0.alertCounts() }) {
      text.gauge(
        "acalert_alerts_open", "Open alerts, by severity.", label: "severity",
        ["danger": Double(counts.danger), "warning": Double(counts.warning)])
      text.gauge(
        "acalert_alerts_acknowledged", "Open alerts that somebody looks after.",
        Double(counts.acknowledged))
    }
    text.counter(
      "acalert_alerts_opened_total", "Alerts opened, by cause.", label: "cause",
      desk.openedByCause)
    let states = receiverStates
    func by(_ value: (ReceiverState) -> Int) -> [String: Int] {
      Dictionary(states.map { ($0.name, value($0)) }, uniquingKeysWith: { one, _ in one })
    }
    text.counter(
      "acalert_notifications_delivered_total", "Notifications accepted, by receiver.",
      label: "receiver", by(\.delivered))
    text.counter(
      "acalert_notifications_retried_total", "Calls that are made again, by receiver.",
      label: "receiver", by(\.retried))
    text.counter(
      "acalert_notifications_refused_total", "Notifications refused for good, by receiver.",
      label: "receiver", by(\.refused))
    text.gauge(
      "acalert_notifications_waiting", "Notifications in the outbox, by receiver.",
      label: "receiver", by(\.waiting).mapValues(Double.init))
    text.gauge(
      "acalert_receiver_failing", "Whether a receiver keeps failing: 1 or 0.", label: "receiver",
      Dictionary(
        states.map { ($0.name, $0.failingSince == nil ? 0 : 1) },
        uniquingKeysWith: { one, _ in one }))
  }
}
