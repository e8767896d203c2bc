/// What a search is after: the largest goal within the limits on false alarms.
///
/// Sets are compared by these figures of their tally, in this order; only if all are equal does the set
/// that comes first win (the configuration as it is comes before all others):
/// 1. the smaller excess over the limits,
/// 2. the larger goal,
/// 3. the larger sensitivity,
/// 4. the fewer false alarms an hour,
/// 5. the larger specificity,
/// 6. the smaller mean delay.
///
/// The excess is 0 within the limits, else max(0, a/A − 1) + max(0, (1 − s)/(1 − S) − 1) with a false alarms
/// an hour of at most A and a specificity s of at least S: each limit's excess as a share of what it allows.
/// If a limit allows nothing (A = 0, S = 1), its term is a or 1 − s. A tally without quiet trials keeps to
/// every limit; one without events has the sensitivity 0.
public struct Objective: Equatable, Sendable {
  public enum Goal: Equatable, Sendable {
    /// Share of events that were told.
    case sensitivity
    /// (1 + β²)·d / ((1 + β²)·d + β²·m + a) of d events told, m missed and a false alarms (van Rijsbergen's
    /// effectiveness); 0 without events. β above 1 weighs missed events more than false alarms.
    case fBeta(Double)
    /// Sensitivity + specificity − 1 (Youden 1950).
    case youden
  }

  public var goal: Goal
  /// 0 and up.
  public var maxFalseAlarmsPerHour: Double?
  /// 0 … 1.
  public var minSpecificity: Double?

  public init(
    _ goal: Goal = .sensitivity, maxFalseAlarmsPerHour: Double? = nil, minSpecificity: Double? = nil
  ) {
    self.goal = goal
    self.maxFalseAlarmsPerHour = maxFalseAlarmsPerHour
    self.minSpecificity = minSpecificity
  }

  var hasLimits: Bool { maxFalseAlarmsPerHour != nil || minSpecificity != nil }

  /// How good a tally is.
  public struct Score: Comparable, Sendable {
    /// 0 within the limits.
    public var excess: Double
    public var goal: Double
    fileprivate var sensitivity: Double
    fileprivate var falseAlarmsPerHour: Double
    fileprivate var specificity: Double
    fileprivate var meanDelay: Double

    public var isWithinLimits: Bool { excess == 0 }

    /// All figures, the more the better.
    private var figures: [Double] {
      [-excess, goal, sensitivity, -falseAlarmsPerHour, specificity, -meanDelay]
    }

    public static func < (left: Score, right: Score) -> Bool {
      left.figures.lexicographicallyPrecedes(right.figures)
    }
  }

  public func score(_ tally: Tally) -> Score {
    let sensitivity = tally.sensitivity ?? 0
    let specificity = tally.specificity ?? 1
    let rate = tally.falseAlarmsPerHour ?? 0
    var excess = 0.0
    if let limit = maxFalseAlarmsPerHour {
      excess += max(0, limit > 0 ? rate / limit - 1 : rate)
    }
    if let limit = minSpecificity, specificity < limit {
      excess += limit < 1 ? (1 - specificity) / (1 - limit) - 1 : 1 - specificity
    }
    let delays = tally.delays.reduce(0, +)
    return Score(
      excess: excess, goal: value(tally, sensitivity, specificity), sensitivity: sensitivity,
      falseAlarmsPerHour: rate, specificity: specificity,
      meanDelay: tally.delays.isEmpty ? 0 : Double(delays) / Double(tally.delays.count))
  }

  private func value(_ tally: Tally, _ sensitivity: Double, _ specificity: Double) -> Double {
    switch goal {
    case .sensitivity: return sensitivity
    case .youden: return sensitivity + specificity - 1
    case .fBeta(let beta):
      guard tally.events > 0 else { return 0 }
      let square = beta * beta
      let told = (1 + square) * Double(tally.detected)
      let missed = square * Double(tally.events - tally.detected)
      let all = told + missed + Double(tally.falseAlarms)
      return all > 0 ? told / all : 0
    }
  }
}

extension Objective.Goal: CustomStringConvertible {
  /// `sensitivity`, `youden`, or `f` and a β from 0.01 to 100: `f1`, `f2`, `f0.5`.
  public init?(_ text: String) {
    switch text {
    case "sensitivity": self = .sensitivity
    case "youden": self = .youden
    case _ where text.first == "f":
      guard text.dropFirst().allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
        let beta = Double(text.dropFirst()), (0.01...100).contains(beta)
      else { return nil }
      self = .fBeta(beta)
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .sensitivity: "sensitivity"
    case .youden: "youden"
    case .fBeta(let beta): beta == beta.rounded() ? "f\(Int(beta))" : "f\(beta)"
    }
  }
}

extension Objective: CustomStringConvertible {
  /// `sensitivity, at most 1 false alarms/h, specificity at least 0.99`
  public var description: String {
    var parts = ["\(goal)"]
    if let limit = maxFalseAlarmsPerHour {
      parts.append("at most \(limit.shortText) false alarms/h")
    }
    if let limit = minSpecificity { parts.append("specificity at least \(limit.shortText)") }
    return parts.joined(separator: ", ")
  }
}

extension Double {
  /// Without `.0`.
  var shortText: String {
    self == rounded() && magnitude < 1e15 ? "\(Int64(self))" : "\(self)"
  }
}
