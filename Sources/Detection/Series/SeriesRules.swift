/// The detectors that judge a stream's samples beside the z-score, and how their findings are combined.
///
/// Times are in milliseconds, values in the stream's unit. A detector finds a sample odd if its score is
/// above its threshold.
public struct SeriesRules: Equatable, Sendable {
  /// No two of one name.
  public var detectors: [SeriesDetectorRules]
  public var combination: CombinationRules

  public init(
    detectors: [SeriesDetectorRules] = [], combination: CombinationRules = CombinationRules()
  ) {
    self.detectors = detectors
    self.combination = combination
  }

  /// The name of the z-score among the detectors.
  public static let zscoreName = "zscore"

  /// Whether the z-score alone decides, sample by sample: then no ``DetectorBank`` is needed.
  public var leavesAllToZScore: Bool { detectors.isEmpty && combination == CombinationRules() }
}

/// One detector with its rules.
public enum SeriesDetectorRules: Equatable, Sendable {
  case robust(RobustRules)
  case ewma(EWMARules)
  case cusum(CUSUMRules)
  case likelihood(LikelihoodRules)
  case seasonal(SeasonalRules)
  case rate(RateRules)
  case flatline(FlatlineRules)
  case range(RangeRules)
  case novelty(NoveltyRules)

  /// The name used in the configuration, the database and texts.
  public var name: String {
    switch self {
    case .robust: "robust"
    case .ewma: "ewma"
    case .cusum: "cusum"
    case .likelihood: "likelihood"
    case .seasonal: "seasonal"
    case .rate: "rate"
    case .flatline: "flatline"
    case .range: "range"
    case .novelty: "novelty"
    }
  }

  /// A score above it is a finding. In the detector's own measure; of those without a setting for it, what
  /// their score is made for.
  public var threshold: Double {
    switch self {
    case .robust(let rules): rules.threshold
    case .ewma(let rules): rules.threshold
    case .cusum(let rules): rules.threshold
    case .likelihood(let rules): rules.threshold
    case .seasonal(let rules): rules.threshold
    case .rate, .range: 0
    case .flatline: 1
    case .novelty(let rules): rules.threshold
    }
  }
}

/// When the findings of a stream's detectors, the z-score among them, make a sample abnormal.
public struct CombinationRules: Equatable, Sendable {
  public enum Need: Equatable, Sendable {
    /// One detector is enough.
    case any
    /// All that have a voice; one that cannot judge does not agree.
    case all
    /// Detectors whose weights sum up to so much. Above 0, at most the sum of all weights.
    case atLeast(Double)
  }

  public var need: Need
  /// By the detectors' names, `zscore` among them; 1 for those that are not in it. 0 takes the detector's
  /// voice away. 0 … 1,000.
  public var weights: [String: Double]
  /// A detector's finding counts for so long after its sample, so that detectors which find the same thing
  /// one after the other agree. Milliseconds, 0 … 24 h.
  public var hold: Int64
  /// After an abnormal sample the next ones count as normal for so long. Milliseconds, 0 … 24 h.
  public var refractory: Int64

  public init(
    need: Need = .any, weights: [String: Double] = [:], hold: Int64 = 0, refractory: Int64 = 0
  ) {
    self.need = need
    self.weights = weights
    self.hold = hold
    self.refractory = refractory
  }
}

/// Distance from the median of the window, in units of 1.4826 times the median absolute deviation
/// (``RobustDetector``).
public struct RobustRules: Equatable, Sendable {
  /// In robust standard deviations. Above 0, at most 1,000,000.
  public var threshold: Double
  /// Samples in `t − window ..< t` are compared with, at most the newest 4,096. Milliseconds,
  /// 100 ms … 24 h.
  public var window: Int64
  /// Fewer samples than this in the window: no judgement. 3 … 4,096.
  public var minSamples: Int
  /// The floor under the deviation, in the stream's unit. 0 … 10⁹.
  public var minDeviation: Double

  public init(
    threshold: Double = 6, window: Int64 = 60_000, minSamples: Int = 10, minDeviation: Double = 0.1
  ) {
    self.threshold = threshold
    self.window = window
    self.minSamples = minSamples
    self.minDeviation = minDeviation
  }
}

/// Distance from an exponentially weighted mean, in standard deviations weighted likewise
/// (``EWMADetector``).
public struct EWMARules: Equatable, Sendable {
  /// In standard deviations. Above 0, at most 1,000,000.
  public var threshold: Double
  /// A sample so long ago weighs half. Milliseconds, 10 ms … 366 d.
  public var halfLife: Int64
  /// A smaller effective number of samples: no judgement. 2 … 1,000,000.
  public var minSamples: Int
  /// The floor under the standard deviation, in the stream's unit. 0 … 10⁹.
  public var minStd: Double

  public init(
    threshold: Double = 5, halfLife: Int64 = 30_000, minSamples: Int = 10, minStd: Double = 0.1
  ) {
    self.threshold = threshold
    self.halfLife = halfLife
    self.minSamples = minSamples
    self.minStd = minStd
  }
}

/// Sums of small shifts in one direction (``CUSUMDetector``): CUSUM against a reference learned at the
/// beginning, or Page-Hinkley against the running mean.
public struct CUSUMRules: Equatable, Sendable {
  public enum Reference: String, Equatable, Sendable, CaseIterable {
    /// Mean and standard deviation of the first `minSamples`.
    case initial
    /// Those of all samples since the last finding (Page-Hinkley).
    case running
  }

  /// The decision limit h, in standard deviations. Above 0, at most 1,000,000.
  public var threshold: Double
  /// The allowance k, in standard deviations: smaller shifts are not summed up. Half of the shift to be
  /// found quickest. 0 … 1,000.
  public var drift: Double
  public var reference: Reference
  /// Samples that make the reference; before them no judgement. 2 … 1,000,000.
  public var minSamples: Int
  /// The floor under the standard deviation, in the stream's unit. 0 … 10⁹.
  public var minStd: Double

  public init(
    threshold: Double = 16, drift: Double = 1, reference: Reference = .running,
    minSamples: Int = 50, minStd: Double = 0.1
  ) {
    self.threshold = threshold
    self.drift = drift
    self.reference = reference
    self.minSamples = minSamples
    self.minStd = minStd
  }
}

/// How improbable the mean of a short window is by a Gaussian fitted to such means before
/// (``LikelihoodDetector``).
public struct LikelihoodRules: Equatable, Sendable {
  /// Of −log₁₀ of the two-sided tail probability. Above 0, at most 1,000,000.
  public var threshold: Double
  /// Samples in the short window. 1 … 1,000.
  public var short: Int
  /// Means of the short window that the Gaussian is fitted to. 10 … 1,000,000.
  public var long: Int
  /// Fewer of them: no judgement. 2 … `long`.
  public var minSamples: Int
  /// The floor under the standard deviation of the means, in the stream's unit. 0 … 10⁹.
  public var minStd: Double

  public init(
    threshold: Double = 5, short: Int = 10, long: Int = 1_000, minSamples: Int = 100,
    minStd: Double = 0.1
  ) {
    self.threshold = threshold
    self.short = short
    self.long = long
    self.minSamples = minSamples
    self.minStd = minStd
  }
}

/// Distance from what is usual at the same time of the day or the week, in UTC (``SeasonalDetector``).
public struct SeasonalRules: Equatable, Sendable {
  public enum Period: String, Equatable, Sendable, CaseIterable { case day, week }

  /// In standard deviations. Above 0, at most 1,000,000.
  public var threshold: Double
  public var period: Period
  /// Equal parts of the period, each with a profile of its own. 1 … 2,016 (five minutes of a week).
  public var buckets: Int
  /// Periods that a bucket must have seen before it is judged by. 1 … 1,000.
  public var minPeriods: Int
  /// The weight of the newest period in a bucket's profile, once there are more than 1/weight. Above 0, at
  /// most 1.
  public var learning: Double
  /// The floor under the standard deviation, in the stream's unit. 0 … 10⁹.
  public var minStd: Double

  public init(
    threshold: Double = 5, period: Period = .week, buckets: Int = 168, minPeriods: Int = 2,
    learning: Double = 0.1, minStd: Double = 0.1
  ) {
    self.threshold = threshold
    self.period = period
    self.buckets = buckets
    self.minPeriods = minPeriods
    self.learning = learning
    self.minStd = minStd
  }
}

/// Too few or too many samples in a window (``RateDetector``). The score is how far outside the bounds their
/// number lies, as a share of the bound: odd above 0.
public struct RateRules: Equatable, Sendable {
  /// Cut into sixteen panes; the number of samples is looked at once a pane. Milliseconds, 1 s … 7 d.
  public var window: Int64
  /// Samples a second. 0 … 10⁹ and no more than `max`.
  public var min: Double
  /// Samples a second. Above 0.
  public var max: Double

  public init(window: Int64 = 60_000, min: Double = 0, max: Double = .greatestFiniteMagnitude) {
    self.window = window
    self.min = min
    self.max = max
  }
}

/// A value that does not change, as a stuck sensor's (``FlatlineDetector``): odd once it has stayed within
/// `tolerance` for longer than `duration`. The score is the time it has stayed, as a share of `duration`: odd
/// above 1.
public struct FlatlineRules: Equatable, Sendable {
  /// Milliseconds, 100 ms … 366 d.
  public var duration: Int64
  /// The largest difference between two values that counts as none, in the stream's unit. 0 … 10⁹.
  public var tolerance: Double
  /// Fewer samples than this do not make a flat line, however long it takes them. 2 … 1,000,000.
  public var minSamples: Int

  public init(duration: Int64 = 60_000, tolerance: Double = 0, minSamples: Int = 10) {
    self.duration = duration
    self.tolerance = tolerance
    self.minSamples = minSamples
  }
}

/// Physical limits (``RangeDetector``). The score is how far outside a value lies, in the stream's unit: odd
/// above 0.
public struct RangeRules: Equatable, Sendable {
  /// The least and the greatest value that can be, in the stream's unit; both inclusive.
  public var min: Double
  public var max: Double

  public init(
    min: Double = -.greatestFiniteMagnitude, max: Double = .greatestFiniteMagnitude
  ) {
    self.min = min
    self.max = max
  }
}
