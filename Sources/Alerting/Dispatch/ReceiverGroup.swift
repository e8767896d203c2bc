import Detection
import Store

/// One group of alerts as one receiver knows it: what is so, what it has been told, and what is to be said
/// next.
///
/// The news of an alert go through
///
/// ```
/// none ──something to say──► ripening ──groupWait──► ripe ──cool-down over, nothing waiting──► told: none
///                                │                    ▲
///                                └──silenced, …──► parked (until that ends)
/// ```
///
/// Counters of members are kept as they change, so that nothing walks over all members but the making of a
/// notification, which names them all.
struct ReceiverGroup: Sendable {
  enum News: Equatable, Sendable {
    case none
    /// Waits for company, since then.
    case ripening(Int64)
    case ripe(Urgency)
    /// Must not be told just now.
    case parked
  }

  /// Of ripe news. Only what is firing can be urgent.
  enum Urgency: Int, Comparable, Sendable {
    case calm = 0
    case warning = 1
    case danger = 2

    static func < (left: Urgency, right: Urgency) -> Bool { left.rawValue < right.rawValue }

    init(_ severity: SafetyState) { self = severity == .danger ? .danger : .warning }
  }

  /// What a member adds to the counters.
  struct Standing: OptionSet, Sendable {
    let rawValue: UInt8
    /// Told and not yet told to be over: keeps the generation.
    static let alive = Standing(rawValue: 1)
    /// Open, told, and nobody looks after it.
    static let unattended = Standing(rawValue: 2)
    /// Told to be firing, but somebody looks after it now.
    static let attended = Standing(rawValue: 4)
    /// To be told again after a time.
    static let repeatable = Standing(rawValue: 8)
  }

  struct Member: Sendable {
    /// Whether its labels lead here; else it stays only until what was told is closed.
    var isMatched = false
    /// Whether it came here because nobody acknowledged it.
    var isEscalated = false
    var told: AlertNotification.Told?
    var toldAt = Int64.min
    /// Whether the waiting notification, or a waiting digest, speaks of it.
    var isWaiting = false
    var isInDigest = false
    /// Whether it could have been told once, so that it must be, be it resolved meanwhile.
    var isOwed = false
    fileprivate(set) var news = News.none
    fileprivate var standing: Standing = []
  }

  let receiver: Int
  let name: String
  let labels: [AlertLabel: String]
  /// Its route; absent if the settings have none of that name any more.
  let route: Int?
  let wait: Int64
  let interval: Int64
  let repeatInterval: Int64
  let sendsResolved: Bool
  let sendsAcknowledged: Bool

  private(set) var members: [Int64: Member] = [:]
  private(set) var parked: Set<Int64> = []
  private(set) var ripe: Set<Int64> = []
  /// How many of the ripe ones are how urgent.
  private var urgencies = [0, 0, 0]
  /// In order of time; entries of which the member says something else hold no more.
  private var ripening: [(alert: Int64, since: Int64)] = []
  private var ripeningHead = 0
  private(set) var alive = 0
  private var unattended = 0
  private var attended = 0
  private(set) var repeatable = 0
  /// Since when all that it knows to be open is looked after, which it does not know.
  private var attendedSince: Int64?

  /// Absent while nothing of it is told and open.
  var generation: Int64?
  var notified = Int64.min
  var accepted: Int64?
  /// The most urgent that was told in this generation.
  var mostUrgentTold = Urgency.calm
  var isWaiting = false
  /// The alerts that the waiting notification speaks of.
  var waiting: [Int64] = []
  /// Whether the rate cap holds it back.
  var isHeld = false
  /// When what must not be told is to be looked at again.
  var wake: Int64?
  /// Whether all that could be repeated must not be told just now.
  var isRepeatParked = false
  /// The entry of the deadline queue that holds.
  var scheduled: Int64?

  init(receiver: Int, settings: ReceiverSettings, name: String, route: Int?, _ times: Route) {
    self.receiver = receiver
    self.name = name
    labels = GroupName(name).labels
    self.route = route
    wait = max(0, times.groupWait)
    interval = max(0, times.groupInterval)
    repeatInterval = times.repeatInterval
    sendsResolved = settings.sendsResolved
    sendsAcknowledged = settings.sendsAcknowledged
  }

  var isEmpty: Bool { members.isEmpty && !isWaiting }
}

extension ReceiverGroup {
  // MARK: Members

  /// Changes a member, which is made if it is new, and counts it anew.
  mutating func change(_ alert: Alert, _ body: (inout Member) -> Void) {
    body(&members[alert.id, default: Member()])
    count(alert)
  }

  mutating func count(_ alert: Alert) {
    guard let member = members[alert.id] else { return }
    let standing = standing(of: member, alert)
    add(member.standing, -1)
    add(standing, 1)
    members[alert.id]?.standing = standing
  }

  mutating func remove(_ id: Int64) {
    guard let member = members[id] else { return }
    add(member.standing, -1)
    leave(member.news, id)
    members[id] = nil
  }

  private mutating func add(_ standing: Standing, _ step: Int) {
    if standing.contains(.alive) { alive += step }
    if standing.contains(.unattended) { unattended += step }
    if standing.contains(.attended) { attended += step }
    if standing.contains(.repeatable) { repeatable += step }
  }

  private func standing(of member: Member, _ alert: Alert) -> Standing {
    guard let told = member.told, told.status != .resolved else { return [] }
    var standing: Standing = []
    if alert.isOpen || sendsResolved { standing.insert(.alive) }
    guard alert.isOpen else { return standing }
    if alert.acknowledgement == nil {
      standing.insert(.unattended)
      if member.isMatched { standing.insert(.repeatable) }
    } else if told.status == .firing {
      standing.insert(.attended)
    }
    return standing
  }

  // MARK: News

  mutating func setNews(_ news: News, of id: Int64) {
    guard let old = members[id]?.news, old != news else { return }
    leave(old, id)
    members[id]?.news = news
    switch news {
    case .none: break
    case .ripening(let since): ripening.append((id, since))
    case .ripe(let urgency):
      ripe.insert(id)
      urgencies[urgency.rawValue] += 1
    case .parked: parked.insert(id)
    }
  }

  private mutating func leave(_ news: News, _ id: Int64) {
    switch news {
    case .none, .ripening: break
    case .ripe(let urgency):
      ripe.remove(id)
      urgencies[urgency.rawValue] -= 1
    case .parked: parked.remove(id)
    }
  }

  var hasDanger: Bool { urgencies[Urgency.danger.rawValue] > 0 }

  /// The first of those that wait for company.
  private mutating func firstRipening() -> (alert: Int64, since: Int64)? {
    while ripeningHead < ripening.count {
      let first = ripening[ripeningHead]
      if members[first.alert]?.news == .ripening(first.since) { return first }
      ripeningHead += 1
      if ripeningHead >= 1_024, ripeningHead * 2 >= ripening.count {
        ripening.removeFirst(ripeningHead)
        ripeningHead = 0
      }
    }
    ripening.removeAll(keepingCapacity: ripening.count < 4_096)
    ripeningHead = 0
    return nil
  }

  /// The next one that has waited long enough; the caller changes its news.
  mutating func nextRipe(at now: Int64) -> Int64? {
    guard let first = firstRipening(), first.since + wait <= now else { return nil }
    return first.alert
  }

  /// All that wait for company.
  var allRipening: [Int64] {
    ripening[ripeningHead...].compactMap { entry in
      members[entry.alert]?.news == .ripening(entry.since) ? entry.alert : nil
    }
  }

  /// After a restart, when they came in another order.
  mutating func sortRipening() {
    ripening.sort { ($0.since, $0.alert) < ($1.since, $1.alert) }
  }

  // MARK: Times

  /// Notes whether all that is open is looked after, unknown to the receiver.
  mutating func noteAttended(now: Int64) {
    if sendsAcknowledged, attended > 0, unattended == 0 {
      if attendedSince == nil { attendedSince = now }
    } else {
      attendedSince = nil
    }
  }

  /// When ripe news may go out.
  private func newsTime() -> Int64? {
    guard !ripe.isEmpty, !isHeld || hasDanger else { return nil }
    let most: Urgency = hasDanger ? .danger : urgencies[1] > 0 ? .warning : .calm
    if most > mostUrgentTold { return .min }
    return accepted.map { $0 + interval } ?? .min
  }

  private func attendedTime() -> Int64? {
    guard let attendedSince, !isHeld else { return nil }
    return max(attendedSince + wait, accepted.map { $0 + interval } ?? .min)
  }

  func repeatTime() -> Int64? {
    guard repeatable > 0, repeatInterval > 0, !isRepeatParked else { return nil }
    return max(accepted ?? .min, notified) + repeatInterval
  }

  func hasNews(at now: Int64) -> Bool {
    newsTime().map { $0 <= now } ?? false || attendedTime().map { $0 <= now } ?? false
  }

  func hasRepeat(at now: Int64) -> Bool { repeatTime().map { $0 <= now } ?? false }

  /// When it is to be looked at next.
  mutating func deadline(now: Int64) -> Int64? {
    var times = [wake, firstRipening().map { $0.since + wait }]
    if !isWaiting {
      times += [newsTime(), attendedTime(), isHeld ? nil : repeatTime()]
    }
    return times.compactMap { $0 }.min().map { max($0, now) }
  }

  /// The clock was put back.
  mutating func clamp(to now: Int64) {
    notified = min(notified, now)
    accepted = accepted.map { min($0, now) }
    attendedSince = attendedSince.map { min($0, now) }
    for id in allRipening {
      if case .ripening(let since)? = members[id]?.news {
        setNews(.ripening(min(since, now)), of: id)
      }
    }
    if !parked.isEmpty || isRepeatParked { wake = now }
  }

  /// Nothing of it is told and open any more: what comes next is a new generation.
  mutating func endGenerationIfOver() {
    guard alive == 0 else { return }
    generation = nil
    accepted = nil
    notified = .min
    mostUrgentTold = .calm
    isRepeatParked = false
  }
}
