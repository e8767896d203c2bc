/// What the z-score said of a sample.
public struct ZScoreFinding: Equatable, Sendable {
  /// |x − mean| / s, at least 0; may be infinite.
  public var score: Double
  /// k.
  public var threshold: Double
  /// Decided exactly, see ``ZScoreRules``: it counts, also where `score` has been rounded.
  public var isFlagged: Bool

  public init(score: Double, threshold: Double, isFlagged: Bool) {
    self.score = score
    self.threshold = threshold
    self.isFlagged = isFlagged
  }
}

/// What a subject's detectors together said of a sample.
public struct BankFinding: Equatable, Sendable {
  /// Whether the detectors find it abnormal, and it is not in the refractory time of another.
  public var isAbnormal: Bool
  /// By the combination, as a multiple of the thresholds; abnormal above 1. `nil` if no detector could
  /// judge.
  public var ratio: Double?
  /// The detector on whose finding it turned: the one whose ratio `ratio` is. Empty if `ratio` is `nil`.
  public var detector: String
  /// What that detector said, in its own measure, of this sample or of the one that its finding is held
  /// of; and its threshold. 0 if `ratio` is `nil`.
  public var score: Double
  public var threshold: Double

  public init(
    isAbnormal: Bool, ratio: Double?, detector: String, score: Double, threshold: Double
  ) {
    self.isAbnormal = isAbnormal
    self.ratio = ratio
    self.detector = detector
    self.score = score
    self.threshold = threshold
  }

  static let none = BankFinding(
    isAbnormal: false, ratio: nil, detector: "", score: 0, threshold: 0)
}
