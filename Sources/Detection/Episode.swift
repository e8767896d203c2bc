/// The states of one subject and what moves it between them: a pure machine over event time.
///
///     unknown ──judged normal──► safe ──abnormal──► warning ──raiseCount within raiseWithin──► danger
///        └───────────abnormal───────────────────────►┘  ▲                                       │
///                                safe ◄──clearAfter────┘ └───────────────clearAfter─────────────┘
///
/// Raising takes several abnormal samples, so that one odd sample pages nobody; clearing takes normal
/// samples over a stretch of time, so that one good sample does not call off an alarm. `stale` is not
/// reached by samples: the engine sets it when records stop.
struct Episode: Equatable, Sendable {
  /// Times of the latest abnormal samples, oldest first, at most `raiseCount` of them.
  var abnormalTimes: [Int64] = []
  /// The first normal sample after the last abnormal one, from which clearing is counted.
  var quietSince: Int64?
  /// What its abnormal samples have raised the state to, apart from other causes: `safe` at the beginning.
  var level = SafetyState.safe
  /// The window that the first flagged sample was judged by. For as long as the anomaly itself sits in
  /// the sliding window and hides its own continuation, samples are held against this one as well.
  var reference: WindowSums
  var referenceUntil: Int64

  /// What a sample does to the state.
  enum Step: Equatable {
    case none
    case raise(to: SafetyState)
    case lower(to: SafetyState)
  }

  /// Takes an abnormal sample at `time`.
  mutating func abnormal(at time: Int64, rules: StatusRules) -> Step {
    quietSince = nil
    // Late samples are put in their place: times stay sorted.
    let place = abnormalTimes.lastIndex { $0 <= time }.map { $0 + 1 } ?? 0
    abnormalTimes.insert(time, at: place)
    let newest = abnormalTimes[abnormalTimes.count - 1]
    abnormalTimes.removeAll { $0 <= newest - rules.raiseWithin }
    if abnormalTimes.count > rules.raiseCount {
      abnormalTimes.removeFirst(abnormalTimes.count - rules.raiseCount)
    }
    if level != .danger, abnormalTimes.count >= rules.raiseCount {
      level = .danger
      return .raise(to: .danger)
    }
    if level == .safe {
      level = .warning
      return .raise(to: .warning)
    }
    return .none
  }

  /// Takes a normal sample at `time`, not older than any sample before it.
  mutating func normal(at time: Int64, rules: StatusRules) -> Step {
    guard let quiet = quietSince else {
      quietSince = time
      return .none
    }
    guard time - quiet >= rules.clearAfter else { return .none }
    quietSince = time
    switch level {
    case .danger: level = .warning
    case .warning: level = .safe
    default: return .none
    }
    return .lower(to: level)
  }
}
