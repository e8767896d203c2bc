/// What the Numenta Anomaly Benchmark counts a finding for, and against.
///
/// Source: Lavin and Ahmad, "Evaluating Real-Time Anomaly Detection Algorithms: the Numenta Anomaly
/// Benchmark" (2015), section II.C, and the weights that the benchmark publishes for its three profiles. A
/// window that is found counts at most 1.
public enum NABProfile: String, CaseIterable, Sendable {
  case standard
  case rewardLowFPRate = "reward_low_FP_rate"
  case rewardLowFNRate = "reward_low_FN_rate"

  /// Cost of a record flagged far from every window.
  public var falsePositiveWeight: Double {
    switch self {
    case .standard, .rewardLowFNRate: 0.11
    case .rewardLowFPRate: 0.22
    }
  }

  /// Cost of a window in which no record is flagged.
  public var falseNegativeWeight: Double {
    switch self {
    case .standard, .rewardLowFPRate: 1
    case .rewardLowFNRate: 2
    }
  }
}
