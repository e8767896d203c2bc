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
}

/// When the findings of a stream's detectors, the z-score among them, make a sample abnormal.
public struct CombinationRules: Equatable, Sendable {
  public enum Need: Equatable, Sendable {
    /// One detector is enough.
    case any
    /// All of them.
    case all
    /// Detectors whose weights sum up to so much.
    case atLeast(Double)
  }

  public var need: Need
  /// By the detectors' names; 1 for those that are not in it. 0 takes the detector's voice away.
  public var weights: [String: Double]
  /// A detector's finding counts for so long after its sample.
  public var hold: Int64
  /// After an abnormal sample the next ones count as normal for so long.
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

/// Distance from the median of the window, in units of 1.4826 times the median absolute deviation.
public struct RobustRules: Equatable, Sendable {
  public var threshold: Double
  /// Samples in `t − window ..< t` are compared with.
  public var window: Int64
  public var minSamples: Int
  /// The floor under the deviation.
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

/// Distance from an exponentially weighted mean, in standard deviations weighted likewise.
public struct EWMARules: Equatable, Sendable {
  public var threshold: Double
  /// A sample so long ago weighs half.
  public var halfLife: Int64
  public var minSamples: Int
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

/// Sums of small shifts in one direction (Page 1954): CUSUM against a reference learned at the beginning,
/// or Page-Hinkley against the running mean.
public struct CUSUMRules: Equatable, Sendable {
  public enum Reference: String, Equatable, Sendable, CaseIterable {
    /// Mean and standard deviation of the first `minSamples`.
    case initial
    /// The mean of all samples so far (Page-Hinkley).
    case running
  }

  /// The decision limit h, in standard deviations.
  public var threshold: Double
  /// The allowance k, in standard deviations: smaller shifts are not summed up.
  public var drift: Double
  public var reference: Reference
  public var minSamples: Int
  public var minStd: Double

  public init(
    threshold: Double = 8, drift: Double = 0.5, reference: Reference = .initial,
    minSamples: Int = 50, minStd: Double = 0.1
  ) {
    self.threshold = threshold
    self.drift = drift
    self.reference = reference
    self.minSamples = minSamples
    self.minStd = minStd
  }
}

/// How improbable the mean of a short window is by a Gaussian fitted to a long one before it.
public struct LikelihoodRules: Equatable, Sendable {
  /// Of −log₁₀ of the two-sided tail probability.
  public var threshold: Double
  /// Samples in the short and in the long window.
  public var short: Int
  public var long: Int
  public var minSamples: Int
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

/// Distance from what is usual at the same time of the day or the week (in UTC).
public struct SeasonalRules: Equatable, Sendable {
  public enum Period: String, Equatable, Sendable, CaseIterable { case day, week }

  public var threshold: Double
  public var period: Period
  /// Parts of the period, each with a profile of its own.
  public var buckets: Int
  /// Periods that a bucket must have seen before it is judged by.
  public var minPeriods: Int
  /// The weight of the newest period in a bucket's profile, once there are more than 1/weight.
  public var learning: Double
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

/// Too few or too many samples in a window. The score is how far outside the bounds their number lies, as a
/// share of the bound: odd above 0.
public struct RateRules: Equatable, Sendable {
  public var window: Int64
  /// Samples a second.
  public var min: Double
  public var max: Double

  public init(window: Int64 = 60_000, min: Double = 0, max: Double = .greatestFiniteMagnitude) {
    self.window = window
    self.min = min
    self.max = max
  }
}

/// A value that does not change, as a stuck sensor's: odd once it has stayed within `tolerance` for longer
/// than `duration`. The score is the time it has stayed, as a share of `duration`: odd above 1.
public struct FlatlineRules: Equatable, Sendable {
  public var duration: Int64
  public var tolerance: Double

  public init(duration: Int64 = 60_000, tolerance: Double = 0) {
    self.duration = duration
    self.tolerance = tolerance
  }
}

/// Physical limits. The score is how far outside a value lies, in the stream's unit: odd above 0.
public struct RangeRules: Equatable, Sendable {
  public var min: Double
  public var max: Double

  public init(
    min: Double = -.greatestFiniteMagnitude, max: Double = .greatestFiniteMagnitude
  ) {
    self.min = min
    self.max = max
  }
}
