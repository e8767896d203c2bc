/// Small shifts that last: sums, in either direction, of what the values exceed a reference by.
///
///     z = (x − μ) / max(σ, minStd),   S⁺ = max(0, S⁺ + z − drift),   S⁻ = max(0, S⁻ − z − drift)
///     score = max(S⁺, S⁻)
///
/// Once the score is above `threshold` (h) both sums begin again at 0. A shift of δ standard deviations is
/// found after about h / (δ − drift) samples.
///
/// - `initial`: μ and σ (sample standard deviation) are those of the first `minSamples` samples, for good.
/// - `running`: those of all samples before this one, since the beginning or since the sample after which
///   the sums began again (Page-Hinkley): so a new level is learned once it has been told.
///
/// `nil` while fewer than `minSamples` have made the reference.
///
/// Source: Page 1954, “Continuous inspection schemes” (NIST/SEMATECH e-Handbook, section 6.3.2.3, the tabular
/// CUSUM); Hinkley 1971, “Inference about the change-point from cumulative sum tests”. With drift 0.5 and
/// threshold 5, independent normal values exceed it once in about 470 samples; with 8, once in about 10,000.
///
/// Memory: 88 bytes. Cost: O(1).
public struct CUSUMDetector: SeriesDetector {
  private let rules: CUSUMRules
  private var reference = Moments()
  private var high = 0.0
  private var low = 0.0
  /// σ of the initial reference, or 0: not state, it follows from `reference`.
  private var scale = 0.0

  public init(_ rules: CUSUMRules) { self.rules = rules }

  public mutating func score(_ point: SeriesPoint) -> Double? {
    guard reference.count >= max(2, rules.minSamples) else {
      reference.add(point.value)
      return nil
    }
    if rules.reference == .running || scale == 0 {
      scale = max(reference.sampleVariance.squareRoot(), rules.minStd)
    }
    let distance = point.value - reference.mean
    let size = SeriesScore.of(distance: distance.magnitude, scale: scale)
    let z = distance < 0 ? -size : size
    high = max(0, high + z - rules.drift)
    low = max(0, low - z - rules.drift)
    let score = SeriesScore.bounded(max(high, low))
    if rules.reference == .running { reference.add(point.value) }
    if score > rules.threshold {
      high = 0
      low = 0
      if rules.reference == .running { reference = Moments() }
    }
    return score
  }

  public func save(to state: inout DetectorStateWriter) {
    reference.save(to: &state)
    state.write(high)
    state.write(low)
  }

  public init?(_ rules: CUSUMRules, from state: inout DetectorStateReader) {
    guard let reference = Moments(from: &state), let high = state.magnitude(),
      let low = state.magnitude()
    else { return nil }
    self.rules = rules
    self.reference = reference
    self.high = high
    self.low = low
  }
}
