/// What the detectors said of one sample, flagged or not: for measuring them, see
/// ``Engine/tracesScores``.
public struct SampleScore: Sendable {
  public var subject: UInt32
  public var time: Int64
  public var value: Double
  /// By the combination, as a multiple of the thresholds: the sample is abnormal if it is above 1. `nil` if
  /// too little was known to judge.
  public var score: Double?

  public init(subject: UInt32, time: Int64, value: Double, score: Double?) {
    self.subject = subject
    self.time = time
    self.value = value
    self.score = score
  }
}

/// The saved state of one subject's ``SeriesDetector``s, which replaces the one before.
public struct DetectorState: Equatable, Sendable {
  public var subject: UInt32
  public var bytes: [UInt8]

  public init(subject: UInt32, bytes: [UInt8]) {
    self.subject = subject
    self.bytes = bytes
  }
}
