/// How the falls of a wearer are told from the acceleration on three axes.
///
/// A candidate is a peak of the magnitude above `trigger` that no sample within `separation` of it, before or
/// after, exceeds. What is looked at lies up to three seconds before it and, by the detector, so long after
/// it. Times are in milliseconds.
public struct FallRules: Equatable, Sendable {
  /// What becomes of the findings of the other detectors while a wearer's falls can be judged, that is
  /// while there are three axes at `minRate`.
  public enum Others: String, Equatable, Sendable, CaseIterable {
    /// They are recorded, and leave the state as it is: people jump and run.
    case record
    /// They raise the state as they do without falls.
    case raise
  }

  /// In thousandths of a g.
  public var trigger: Int64
  public var separation: Int64
  /// The sequence of free fall, impact, rest and turn.
  public var impact: ImpactRules?
  /// Decides, by how a candidate looks some time after the peak.
  public var model: FallModelRules?
  /// Says early that a fall is possible: a warning, which `model` or `impact` confirms or withdraws.
  public var early: FallModelRules?
  /// Is asked and recorded beside `model`, and alerts nobody.
  public var shadow: FallModelRules?
  /// Which of `impact` and `model` it takes to call a candidate a fall; `hold` and `refractory` are not used.
  public var combination: CombinationRules
  /// After a fall candidates are no falls for so long.
  public var refractory: Int64
  public var recovery: RecoveryRules
  public var others: Others
  /// Samples a second below which falls cannot be judged.
  public var minRate: Double
  /// Candidates are recorded, with their features, from this probability on.
  public var recordFrom: Double

  public init(
    trigger: Int64 = 1_600, separation: Int64 = 600, impact: ImpactRules? = nil,
    model: FallModelRules? = nil, early: FallModelRules? = nil, shadow: FallModelRules? = nil,
    combination: CombinationRules = CombinationRules(), refractory: Int64 = 10_000,
    recovery: RecoveryRules = RecoveryRules(), others: Others = .record, minRate: Double = 15,
    recordFrom: Double = 0.2
  ) {
    self.trigger = trigger
    self.separation = separation
    self.impact = impact
    self.model = model
    self.early = early
    self.shadow = shadow
    self.combination = combination
    self.refractory = refractory
    self.recovery = recovery
    self.others = others
    self.minRate = minRate
    self.recordFrom = recordFrom
  }
}

/// The fall as a sequence with time limits: free fall, impact, then rest in another posture. An impact is a
/// warning; rest and turn make a danger of it. Accelerations in thousandths of a g, angles in degrees.
public struct ImpactRules: Equatable, Sendable {
  /// The magnitude falls below this within `freeFallWithin` before the peak; `nil`: is not asked.
  public var freeFall: Int64?
  public var freeFallWithin: Int64
  /// The magnitude of the peak, at least.
  public var peak: Int64
  /// The standard deviation of the magnitude stays below this for `restFor`, within `restWithin` after the
  /// peak; `nil`: is not asked.
  public var rest: Int64?
  public var restFor: Int64
  public var restWithin: Int64
  /// The mean acceleration at rest, or at the end of `restWithin`, is turned by so much against that of the
  /// time before the fall (3 s to 1 s before the peak); `nil`: is not asked.
  public var turn: Double?
  /// Whether an impact is a warning at once, which the rest of the sequence confirms or withdraws.
  public var warns: Bool

  public init(
    freeFall: Int64? = nil, freeFallWithin: Int64 = 1_000, peak: Int64 = 2_500, rest: Int64? = 200,
    restFor: Int64 = 1_000, restWithin: Int64 = 5_000, turn: Double? = 45,
    warns: Bool = true
  ) {
    self.warns = warns
    self.freeFall = freeFall
    self.freeFallWithin = freeFallWithin
    self.peak = peak
    self.rest = rest
    self.restFor = restFor
    self.restWithin = restWithin
    self.turn = turn
  }
}

/// A model and the probability from which on it finds a fall.
public struct FallModelRules: Equatable, Sendable {
  public var model: Model
  /// 0 … 1.
  public var threshold: Double

  public init(model: Model, threshold: Double) {
    self.model = model
    self.threshold = threshold
  }
}

/// When a fall is over: once the wearer has got up, that is, once the mean acceleration of a second has
/// been within `angle` degrees of that before the fall for `upright`; at the latest after `limit`.
public struct RecoveryRules: Equatable, Sendable {
  public var angle: Double
  public var upright: Int64
  public var limit: Int64

  public init(angle: Double = 30, upright: Int64 = 10_000, limit: Int64 = 600_000) {
    self.angle = angle
    self.upright = upright
    self.limit = limit
  }
}
