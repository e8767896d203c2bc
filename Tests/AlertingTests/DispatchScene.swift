import Detection
import Events
import Store

@testable import Alerting

/// A dispatcher with a store and receivers around it, on a clock that the test moves.
///
/// Times are milliseconds since the scene's midnight, a Monday in UTC.
struct DispatchScene {
  /// 2026-11-16 00:00 UTC.
  static let midnight: Int64 = 1_794_787_200_000

  struct Heard: Equatable {
    var time: Int64
    var notification: PlannedNotification
  }

  var settings: AlertSettings
  var dispatcher: Dispatcher
  var now: Int64 = 0
  /// How long a receiver takes to accept; it never answers if absent.
  var latency: [String: Int64] = [:]
  var refusing: Set<String> = []

  // The store.
  var alerts: [Int64: Alert] = [:]
  var told: [String: ToldRecord] = [:]
  var groups: [String: AlertGroup] = [:]
  var silences: [Silence] = []
  var planned: [String: [Int64]] = [:]
  var events: [AlertEvent] = []
  var settled: [Int64] = []

  var heard: [Heard] = []
  /// Notifications on their way, and when they will be answered.
  var waiting: [(heard: Heard, answer: Int64?)] = []
  var broken: [String] = []

  init(_ settings: AlertSettings) {
    self.settings = settings
    dispatcher = Dispatcher(settings, zone: Self.zone, now: Self.midnight)
  }

  static let zone: @Sendable (String) -> ZoneOffsets? = { name in
    switch name {
    case "UTC": .utc
    case "Asia/Tokyo": ZoneOffsets(changes: [.init(from: .min, offset: 9 * 3_600_000)])
    default: nil
    }
  }

  // MARK: What happens

  mutating func push(_ changed: [Alert]) {
    for alert in changed { alerts[alert.id] = alert }
    dispatcher.take(changed, now: Self.midnight + now)
  }

  mutating func open(
    _ id: Int64, _ severity: SafetyState = .warning, user: String? = nil, kind: String = "wearer",
    device: String = "watch", site: String = "", cause: Cause = .abnormal, timeZone: String = ""
  ) {
    push([
      alert(
        id, severity, user: user, kind: kind, device: device, site: site, cause: cause,
        timeZone: timeZone)
    ])
  }

  func alert(
    _ id: Int64, _ severity: SafetyState = .warning, user: String? = nil, kind: String = "wearer",
    device: String = "watch", site: String = "", cause: Cause = .abnormal, timeZone: String = ""
  ) -> Alert {
    var alert = Alert(
      id: id, identity: SubjectIdentity(kind: kind, user: user ?? "u-\(id)", device: device),
      cause: cause, severity: severity, began: Self.midnight + now, opened: Self.midnight + now,
      reason: "test")
    alert.site = site
    alert.timeZone = timeZone
    return alert
  }

  mutating func change(_ id: Int64, _ body: (inout Alert) -> Void) {
    guard var alert = alerts[id] else { return }
    body(&alert)
    push([alert])
  }

  mutating func raise(_ id: Int64) {
    let time = Self.midnight + now
    change(id) {
      $0.severity = .danger
      $0.raised = time
      $0.acknowledgement = nil
    }
  }

  mutating func acknowledge(_ id: Int64) {
    let time = Self.midnight + now
    change(id) { $0.acknowledgement = .init(time: time, author: "Ann") }
  }

  mutating func resolve(_ ids: Int64...) {
    let time = Self.midnight + now
    push(
      ids.compactMap { id in
        alerts[id].map {
          var alert = $0
          alert.phase = .resolved
          alert.resolved = time
          alert.ended = time
          return alert
        }
      })
  }

  mutating func silence(
    _ matchers: String..., from: Int64? = nil, until: Int64, comment: String = ""
  ) {
    var silence = Silence(
      matchers: matchers, starts: Self.midnight + (from ?? now), ends: Self.midnight + until,
      author: "Ann", comment: comment, created: Self.midnight + now)
    silence.id = Int64(silences.count + 1)
    silences.append(silence)
    dispatcher.use(silences, now: Self.midnight + now)
  }

  /// The process dies and comes back: what the store knows is all that is left.
  mutating func restart() {
    dispatcher = Dispatcher(
      settings, zone: Self.zone, restoring: memory, now: Self.midnight + now)
  }

  var memory: Dispatcher.Memory {
    Dispatcher.Memory(
      alerts: alerts.values.filter { !settled.contains($0.id) }.shuffled(),
      told: told.values.filter { !settled.contains($0.told.alert) }.shuffled(),
      groups: groups.values.shuffled(), silences: silences, planned: planned,
      events: events.filter { !settled.contains($0.alert) })
  }

  // MARK: Time passes

  /// Lets time pass up to `time` (milliseconds), ticking when the dispatcher asks for it.
  mutating func run(to time: Int64) {
    while true {
      tick()
      let answer = waiting.compactMap(\.answer).min()
      let deadline = dispatcher.nextDeadline.map { $0 - Self.midnight }
      let next = [answer, deadline].compactMap { $0 }.min()
      guard let next, next <= time else { break }
      now = max(now, next)
      answerDue()
    }
    now = time
  }

  private mutating func answerDue() {
    while let place = waiting.firstIndex(where: { ($0.answer ?? .max) <= now }) {
      answer(place)
    }
  }

  /// The oldest waiting notification of a receiver is accepted or refused now.
  mutating func answer(_ receiver: String) {
    guard let place = waiting.firstIndex(where: { $0.heard.notification.receiver == receiver })
    else { return }
    answer(place)
  }

  private mutating func answer(_ place: Int) {
    let notification = waiting.remove(at: place).heard.notification
    let accepted = !refusing.contains(notification.receiver)
    for line in notification.told {
      let key = Self.key(notification, line.alert)
      told[key]?.state = accepted ? .delivered : .refused
    }
    if accepted {
      groups["\(notification.receiver) \(notification.group)"]?.accepted = Self.midnight + now
    }
    dispatcher.finished(
      receiver: notification.receiver, group: notification.group, accepted: accepted,
      now: Self.midnight + now)
  }

  private static func key(_ notification: PlannedNotification, _ alert: Int64) -> String {
    "\(notification.receiver) \(notification.group) \(alert)"
  }

  mutating func tick() {
    let plan = dispatcher.tick(now: Self.midnight + now)
    events += plan.events
    for group in plan.groups { groups["\(group.receiver) \(group.group)"] = group }
    for notification in plan.notifications {
      let isTaken = waiting.contains {
        $0.heard.notification.receiver == notification.receiver
          && $0.heard.notification.group == notification.group
      }
      if isTaken { broken.append("two waiting: \(notification.receiver) \(notification.group)") }
      let heard = Heard(time: now, notification: notification)
      self.heard.append(heard)
      waiting.append((heard, latency[notification.receiver].map { now + $0 }))
      if notification.kind == .alerts {
        planned[notification.receiver, default: []].append(Self.midnight + now)
      }
      for line in notification.told {
        told[Self.key(notification, line.alert)] = ToldRecord(
          receiver: notification.receiver, group: notification.group, told: line,
          time: Self.midnight + now, state: .waiting)
      }
    }
    for id in plan.settled {
      if settled.contains(id) { broken.append("settled twice: \(id)") }
      if alerts[id]?.isOpen ?? true { broken.append("settled while open: \(id)") }
      settled.append(id)
    }
  }

  // MARK: What was heard

  func heard(by receiver: String) -> [Heard] {
    heard.filter { $0.notification.receiver == receiver }
  }

  /// One line a notification: `2000 firing 1! 2 3=resolved news 1 2`; `!` is danger, `~` acknowledged.
  func lines(_ receiver: String = "phone") -> [String] {
    heard(by: receiver).map { heard in
      let told = heard.notification.told.map { line in
        let mark =
          switch line.status {
          case .firing: ""
          case .acknowledged: "~"
          case .resolved: "-"
          }
        return "\(line.alert)\(mark)\(line.severity == .danger ? "!" : "")"
      }.joined(separator: " ")
      let news = heard.notification.news.map { "\($0)" }.joined(separator: " ")
      let kind = heard.notification.kind == .digest ? "digest " : ""
      return "\(heard.time) \(kind)\(heard.notification.status): \(told)"
        + (news.isEmpty ? "" : " | news \(news)")
    }
  }
}

/// A receiver that is a phone: nothing is held back unless a test says so.
func receiver(_ name: String, _ change: (inout ReceiverSettings) -> Void = { _ in })
  -> ReceiverSettings
{
  var receiver = ReceiverSettings(name: name, kind: .command(.init(arguments: ["/bin/true"])))
  receiver.rateCap = nil
  change(&receiver)
  return receiver
}

/// One receiver, `phone`; waits of 2 s, 15 s, 4 h.
func plainSettings(_ change: (inout AlertSettings) -> Void = { _ in }) -> AlertSettings {
  var settings = AlertSettings()
  settings.receivers = [receiver("phone")]
  settings.route.receivers = ["phone"]
  change(&settings)
  return settings
}

extension DispatchScene {
  /// With receivers that accept at once.
  static func quick(_ change: (inout AlertSettings) -> Void = { _ in }) -> DispatchScene {
    var scene = DispatchScene(plainSettings(change))
    for receiver in scene.settings.receivers { scene.latency[receiver.name] = 0 }
    return scene
  }
}
