/// Novelty of range: how far several channels made of the series lie outside of all that they have been.
///
/// Lengths are numbers of samples, whatever the time between them. A scale is the novelty of its channel at
/// which the score is 1, were the window full; 0 takes the channel away. The defaults are one set for series
/// of all kinds, see ``NoveltyDetector``.
public struct NoveltyRules: Equatable, Sendable {
  /// A sample is odd if its score is above it. With the defaults, 1 is where the Numenta Anomaly
  /// Benchmark's standard profile is best; there about one sample in 900 is odd.
  public var threshold: Double
  /// Samples whose range is the known one. 2 … 1,000,000.
  public var window: Int
  /// Samples before any is judged: their range, widened on each side by its width, is cut into bins.
  /// 2 … 10,000, less than `window`.
  public var warmUp: Int
  /// While only t samples are known, scores are multiplied by (t / window) to this power: a short past is
  /// easily left. 0 … 4.
  public var caution: Double
  /// A sample scores 0 unless it is odder than each of so many before it. 1 … 1,000,000.
  public var quiet: Int

  public var deviation: Deviation
  public var transition: Transition
  public var week: Week
  public var hour: Hour

  /// The distance from the mean of the last samples.
  public struct Deviation: Equatable, Sendable {
    public var scale: Double
    /// The mean is of so many, the sample itself among them. 2 … 100,000.
    public var length: Int

    public init(scale: Double = 0.0236, length: Int = 140) {
      self.scale = scale
      self.length = length
    }
  }

  /// How surprising it is to go from the last sample's bin to this one's, as a mean over some samples.
  public struct Transition: Equatable, Sendable {
    public var scale: Double
    /// The mean is over so many. 1 … 100,000.
    public var length: Int
    /// 2 … 256.
    public var bins: Int

    public init(scale: Double = 0.0236, length: Int = 20, bins: Int = 40) {
      self.scale = scale
      self.length = length
      self.bins = bins
    }
  }

  /// The distance from what is usual at this time of the week (UTC).
  public struct Week: Equatable, Sendable {
    public var scale: Double
    /// Parts of the week, each with a mean of its own. 1 … 10,080.
    public var parts: Int
    /// The weight of a new sample in the mean, once there are more than 1/weight. Above 0, at most 1.
    public var learning: Double

    public init(scale: Double = 0.059, parts: Int = 336, learning: Double = 0.05) {
      self.scale = scale
      self.parts = parts
      self.learning = learning
    }
  }

  /// How surprising the sample's bin is at this time of the day (UTC), as means over some samples and over
  /// more of them: two channels.
  public struct Hour: Equatable, Sendable {
    public var shortScale: Double
    public var longScale: Double
    /// 1 … 100,000 each.
    public var short: Int
    public var long: Int
    /// 2 … 256.
    public var bins: Int
    /// Parts of the day. 1 … 1,440.
    public var parts: Int

    public init(
      shortScale: Double = 0.0118, longScale: Double = 0.0177, short: Int = 10, long: Int = 50,
      bins: Int = 10, parts: Int = 24
    ) {
      self.shortScale = shortScale
      self.longScale = longScale
      self.short = short
      self.long = long
      self.bins = bins
      self.parts = parts
    }
  }

  public init(
    threshold: Double = 1, window: Int = 8_000, warmUp: Int = 200, caution: Double = 0.35,
    quiet: Int = 85, deviation: Deviation = Deviation(), transition: Transition = Transition(),
    week: Week = Week(), hour: Hour = Hour()
  ) {
    self.threshold = threshold
    self.window = window
    self.warmUp = warmUp
    self.caution = caution
    self.quiet = quiet
    self.deviation = deviation
    self.transition = transition
    self.week = week
    self.hour = hour
  }
}
