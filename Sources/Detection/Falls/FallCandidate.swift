/// A peak that was looked at as a possible fall, and what was found.
public struct FallCandidate: Sendable {
  public var subject: UInt32
  /// Event time of the peak, in milliseconds since 1970.
  public var time: Int64
  /// Event time of the sample at which this was decided.
  public var decided: Int64
  /// The magnitude of the peak, in g.
  public var peak: Double
  public var outcome: Outcome
  /// One per model that was asked, and one for `impact`.
  public var scores: [FallScore]
  /// The values of ``FallFeature``, in the order of `allCases`; NaN where one is missing.
  public var features: [Double]
  /// The record at which this was decided.
  public var origin: RecordOrigin

  public enum Outcome: String, Equatable, Sendable, CaseIterable {
    /// A fall: danger.
    case fall
    /// A fall by its looks, but so soon after another that it is told as one with it.
    case repeated
    /// No fall.
    case none
  }

  public init(
    subject: UInt32, time: Int64, decided: Int64, peak: Double, outcome: Outcome,
    scores: [FallScore], features: [Double], origin: RecordOrigin
  ) {
    self.subject = subject
    self.time = time
    self.decided = decided
    self.peak = peak
    self.outcome = outcome
    self.scores = scores
    self.features = features
    self.origin = origin
  }
}

/// What one detector of falls said of a candidate.
public struct FallScore: Equatable, Sendable {
  public enum Role: String, Equatable, Sendable, CaseIterable {
    case active, early, shadow, impact
  }

  public var role: Role
  /// The model's version; empty for `impact`.
  public var model: String
  /// 0 … 1; for `impact` 0 or 1.
  public var probability: Double
  public var threshold: Double
  /// Whether it found a fall.
  public var isFall: Bool

  public init(
    role: Role, model: String, probability: Double, threshold: Double, isFall: Bool
  ) {
    self.role = role
    self.model = model
    self.probability = probability
    self.threshold = threshold
    self.isFall = isFall
  }
}
