/// How one stream of samples is windowed and judged.
///
/// Times are in milliseconds. The defaults are those of the service.
public struct StreamRules: Equatable, Sendable {
  /// The kind of its subjects, e.g. `wearer`. No two streams of one engine share a kind.
  public var kind: String
  /// The unit of its values, for texts: `g`, `bpm`, … May be empty.
  public var unit: String
  /// Decimal digits of the fixed point: a stored 1 means 10^−digits. 0 … 9.
  public var digits: Int
  public var window: WindowRules
  public var zscore: ZScoreRules
  /// The detectors beside the z-score.
  public var series: SeriesRules
  /// Set for a stream of accelerometers whose falls are to be told.
  public var falls: FallRules?
  public var status: StatusRules
  /// Other rules for some of the stream's subjects; the first entry that fits holds.
  public var overrides: [RulesOverride]
  /// Set for a stream of camera frames: its subjects are judged by threat rules, and `zscore` is not
  /// used; a sample is the largest probability of an unsafe class in a frame.
  public var cameras: CameraRules?

  public init(
    kind: String = "wearer", unit: String = "g", digits: Int = 6,
    window: WindowRules = WindowRules(), zscore: ZScoreRules = ZScoreRules(),
    series: SeriesRules = SeriesRules(), falls: FallRules? = nil,
    status: StatusRules = StatusRules(), overrides: [RulesOverride] = [],
    cameras: CameraRules? = nil
  ) {
    self.kind = kind
    self.unit = unit
    self.digits = digits
    self.window = window
    self.zscore = zscore
    self.series = series
    self.falls = falls
    self.overrides = overrides
    self.status = status
    self.cameras = cameras
  }

  /// How far back of its newest sample a subject's ring reaches: a sample that comes as late as is
  /// allowed still finds its whole window, and no window is forgotten before it has closed.
  var retention: Int64 {
    window.allowedLateness
      + max(window.length, window.aggregate, falls.map(FallJudge.reach) ?? 0)
  }
}

/// The window of a subject's recent past.
public struct WindowRules: Equatable, Sendable {
  /// A sample at time t is compared with those in `t − length ..< t`.
  public var length: Int64
  /// Length of the tumbling windows that go to the history; they begin at multiples of it.
  public var aggregate: Int64
  /// How far a sample may come behind its subject's newest one and still count.
  public var allowedLateness: Int64
  /// The most samples kept of one subject; beyond it the oldest leave early. At most 65,536 (of which a ring
  /// keeps 65,535), and rounded up to a size of block (at most a quarter more, see `RingClass`).
  public var maxSamples: Int

  public init(
    length: Int64 = 10_000, aggregate: Int64 = 10_000, allowedLateness: Int64 = 5_000,
    maxSamples: Int = 8_192
  ) {
    self.length = length
    self.aggregate = aggregate
    self.allowedLateness = allowedLateness
    self.maxSamples = maxSamples
  }
}

/// The z-score detector: a sample is flagged if |x − mean| > k · max(s, minStd), with the mean and the
/// sample standard deviation s of the window before it.
public struct ZScoreRules: Equatable, Sendable {
  /// On which side of the mean a sample is odd.
  public enum Sides: String, Equatable, Sendable, CaseIterable {
    case both, high, low
  }

  /// Whether it has a voice; if not, it only says what is usual.
  public var isEnabled: Bool

  /// k in thousandths, so that the comparison stays in whole numbers. 1 … 1,000,000.
  public var thousandthsOfK: Int64
  /// Fewer samples than this in the window: no judgement. At least 2.
  public var minSamples: Int
  /// The floor under s, in units of the stream's resolution. 0 … `Sample.maxMagnitude`.
  public var minStd: Int64
  public var sides: Sides

  public var k: Double { Double(thousandthsOfK) / 1000 }

  public init(
    thousandthsOfK: Int64 = 4_000, minSamples: Int = 5, minStd: Int64 = 100_000,
    sides: Sides = .both, isEnabled: Bool = true
  ) {
    self.isEnabled = isEnabled
    self.thousandthsOfK = thousandthsOfK
    self.minSamples = minSamples
    self.minStd = minStd
    self.sides = sides
  }
}

/// When a subject's state is raised, cleared and declared stale.
public struct StatusRules: Equatable, Sendable {
  /// So many abnormal samples within `raiseWithin` make a danger of a warning.
  public var raiseCount: Int
  public var raiseWithin: Int64
  /// Normal samples for so long step the state down by one.
  public var clearAfter: Int64
  /// No record for so long makes the subject stale.
  public var staleAfter: Int64

  public init(
    raiseCount: Int = 3, raiseWithin: Int64 = 5_000, clearAfter: Int64 = 10_000,
    staleAfter: Int64 = 60_000
  ) {
    self.raiseCount = raiseCount
    self.raiseWithin = raiseWithin
    self.clearAfter = clearAfter
    self.staleAfter = staleAfter
  }
}
