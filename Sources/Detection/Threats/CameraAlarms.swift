/// Which rules are raised for a camera: what a restart cannot find out from recent frames, and so is
/// kept with the camera's row. Touched by live frames only, in milliseconds of event time.
///
/// ```
/// lowered ──condition holds──► raised      a threat is made, unless the rule's cooldown is still running
///    ▲                           │         (then the earlier threat goes on)
///    └── not held for clearAfter ┘
/// ```
struct CameraAlarms: Equatable {
  /// What is known of one rule.
  struct Alarm: Equatable {
    /// The rule's id.
    var rule: Int
    var severity: SafetyState
    var isRaised = true
    /// Raised again within the cooldown of `lastThreat`.
    var isContinued = false
    /// Lowered while nothing could be seen: its cause is not over before something can.
    var isKeptOpen = false
    /// When the last threat was made.
    var lastThreat: Int64
    /// When the condition held last, and when the frame that showed it arrived.
    var lastHeld: Int64
    var lastArrival: Int64
    /// The rule's cooldown at the time: after it, a lowered alarm is forgotten.
    var cooldown: Int64
    /// Why it was raised, in words.
    var reason: String
  }

  /// A rule that has just been raised.
  struct News: Equatable {
    /// Its place in the outcomes.
    var outcome: Int
    /// Whether a threat is to be made of it; else an earlier one goes on.
    var isThreat: Bool
  }

  /// The longest reason kept, in bytes.
  static let maxReasonBytes = 500

  /// At most one a rule of the camera's list, in no order that means anything.
  private(set) var alarms: [Alarm] = []

  init() {}

  init(alarms: [Alarm]) { self.alarms = alarms }

  var isEmpty: Bool { alarms.isEmpty }

  /// Takes the outcomes of a frame. What has not held until then is lowered by `clear` before.
  ///
  /// - Parameters:
  ///   - time: the frame's time.
  ///   - arrival: when it reached Kafka.
  ///   - words: an outcome in words; asked for rules that are newly raised only.
  /// - Returns: the rules that are newly raised.
  mutating func take(
    _ outcomes: [RuleOutcome], of list: CameraRuleList, time: Int64, arrival: Int64,
    words: (RuleOutcome) -> String
  ) -> [News] {
    var news: [News] = []
    for (place, outcome) in outcomes.enumerated() where outcome.holds {
      let rule = list.rules[outcome.rule]
      guard let known = alarms.firstIndex(where: { $0.rule == rule.id }) else {
        alarms.append(
          Alarm(
            rule: rule.id, severity: rule.severity, lastThreat: time, lastHeld: time,
            lastArrival: arrival, cooldown: rule.cooldown, reason: Self.cut(words(outcome))))
        news.append(News(outcome: place, isThreat: true))
        continue
      }
      let wasRaised = alarms[known].isRaised
      alarms[known].lastHeld = wasRaised ? max(alarms[known].lastHeld, time) : time
      alarms[known].lastArrival = max(alarms[known].lastArrival, arrival)
      if wasRaised { continue }
      let isThreat = time - alarms[known].lastThreat >= rule.cooldown
      if isThreat { alarms[known].lastThreat = time }
      alarms[known].isRaised = true
      alarms[known].isContinued = !isThreat
      alarms[known].isKeptOpen = false
      alarms[known].severity = rule.severity
      alarms[known].cooldown = rule.cooldown
      alarms[known].reason = Self.cut(words(outcome))
      news.append(News(outcome: place, isThreat: isThreat))
    }
    return news
  }

  /// Lowers the rules whose condition has not held for `clearAfter`, by newer frames or by the clock, and
  /// forgets those that are lowered and past their cooldown.
  ///
  /// - Parameters:
  ///   - eventTime: the time of the camera's newest frame, the one about to be taken included; `Int64.min`
  ///     if only the clock speaks.
  ///   - arrival: the clock of the camera's partition.
  ///   - blindUntil: the causes of rules that are lowered until then are kept open: nothing could be
  ///     seen.
  /// - Returns: the ids of the rules that are lowered, and since when, in the order of that.
  mutating func clear(
    before eventTime: Int64, arrival: Int64, clearAfter: Int64, blindUntil: Int64 = .min
  ) -> [(rule: Int, at: Int64)] {
    if alarms.isEmpty { return [] }
    var cleared: [(rule: Int, at: Int64, arrival: Int64)] = []
    var isForgetting = false
    for place in alarms.indices {
      let alarm = alarms[place]
      let end = alarm.lastHeld + clearAfter
      if alarm.isRaised, eventTime >= end || arrival - alarm.lastArrival >= clearAfter {
        alarms[place].isRaised = false
        alarms[place].isContinued = false
        alarms[place].isKeptOpen = end <= blindUntil
        alarms[place].reason = ""
        cleared.append((alarm.rule, end, alarm.lastArrival))
      }
      isForgetting = isForgetting || Self.isOver(alarms[place], at: eventTime)
    }
    if isForgetting { alarms.removeAll { Self.isOver($0, at: eventTime) } }
    cleared.sort { ($0.at, $0.arrival, $0.rule) < ($1.at, $1.arrival, $1.rule) }
    return cleared.map { ($0.rule, $0.at) }
  }

  /// Lowers every rule, and keeps the causes of those that were raised open: the camera has fallen silent.
  mutating func lowerAll() {
    for place in alarms.indices {
      alarms[place].isKeptOpen = alarms[place].isKeptOpen || alarms[place].isRaised
      alarms[place].isRaised = false
      alarms[place].isContinued = false
      alarms[place].reason = ""
    }
  }

  /// The rules whose causes are kept open.
  var keptOpen: [Int] { alarms.filter(\.isKeptOpen).map(\.rule) }

  /// Ends the causes that are kept open; returns their rules' ids, ascending.
  mutating func endKeptOpen() -> [Int] {
    var ended: [Int] = []
    for place in alarms.indices where alarms[place].isKeptOpen {
      alarms[place].isKeptOpen = false
      ended.append(alarms[place].rule)
    }
    return ended.sorted()
  }

  private static func isOver(_ alarm: Alarm, at eventTime: Int64) -> Bool {
    !alarm.isRaised && !alarm.isKeptOpen && eventTime >= alarm.lastThreat + alarm.cooldown
  }

  /// Goes over to the rules of this list: those that are gone are forgotten.
  ///
  /// - Returns: the ids of those among them that were raised.
  mutating func adopt(_ list: CameraRuleList) -> [Int] {
    if alarms.isEmpty { return [] }
    var gone: [Int] = []
    alarms.removeAll { alarm in
      if list.rule(id: alarm.rule) != nil { return false }
      if alarm.isRaised { gone.append(alarm.rule) }
      return true
    }
    for place in alarms.indices {
      guard let rule = list.rule(id: alarms[place].rule) else { continue }
      alarms[place].severity = rule.severity
      alarms[place].cooldown = rule.cooldown
    }
    return gone
  }

  /// The most urgent of the raised; among equals the one with the newest threat, then the smallest id.
  private var first: Alarm? {
    var first: Alarm?
    for alarm in alarms where alarm.isRaised {
      guard let best = first else {
        first = alarm
        continue
      }
      if alarm.severity.rawValue != best.severity.rawValue {
        if alarm.severity.rawValue > best.severity.rawValue { first = alarm }
      } else if alarm.lastThreat != best.lastThreat {
        if alarm.lastThreat > best.lastThreat { first = alarm }
      } else if alarm.rule < best.rule {
        first = alarm
      }
    }
    return first
  }

  /// `danger` or `warning`; `nil` if no rule is raised.
  var highest: SafetyState? { first?.severity }

  /// Why, in words.
  var reason: String? { first?.reason }

  /// If the rule that `reason` speaks of was raised again within its cooldown: the time of the threat that
  /// goes on.
  var continues: Int64? { first.flatMap { $0.isContinued ? $0.lastThreat : nil } }

  private static func cut(_ text: String) -> String {
    var text = text
    while text.utf8.count > maxReasonBytes { text.removeLast() }
    return text
  }
}
