import Glibc

/// Distance from an exponentially weighted mean, in standard deviations weighted likewise.
///
///     score = |x − m| / max(s, minStd),   wᵢ = 2^(−(t − tᵢ) / halfLife),   W = Σwᵢ,  V = Σwᵢ²
///     m = Σwᵢxᵢ / W,   s² = Σwᵢ(xᵢ − m)² / (W − V / W)
///
/// over all samples before. Weights go by time, not by the number of samples, so that gaps and bursts are
/// what they are; of a very long half-life, m and s are the plain mean and sample standard deviation.
///
/// `nil` while the effective number of samples W²/V is below `minSamples`: also again after a gap that made
/// all before it weightless. At an even distance d that number settles near 2.9 · halfLife / d, so a
/// half-life must span several samples.
///
/// Source: Roberts 1959, “Control chart tests based on geometric moving averages” (NIST/SEMATECH e-Handbook,
/// section 6.3.2.4); weighted moments updated as in West 1979, “Updating mean and variance estimates”; W²/V:
/// Kish 1965, “Survey Sampling”.
///
/// Memory: 104 bytes. Cost: O(1), with one power of 2 where the distance in time changes.
public struct EWMADetector: SeriesDetector {
  private let rules: EWMARules
  private var last: Int64?
  private var weight = 0.0
  private var weightSquares = 0.0
  private var mean = 0.0
  /// Σwᵢ(xᵢ − m)².
  private var squares = 0.0
  /// Not state: the decay over the last distance, as most series are even.
  private var distance: Int64 = -1
  private var decay = 0.0

  public init(_ rules: EWMARules) { self.rules = rules }

  public mutating func score(_ point: SeriesPoint) -> Double? {
    var score: Double?
    if let last {
      if weight * weight >= Double(rules.minSamples) * weightSquares {
        let variance = squares / (weight - weightSquares / weight)
        score = SeriesScore.of(
          distance: (point.value - mean).magnitude,
          scale: max(variance > 0 ? variance.squareRoot() : 0, rules.minStd))
      }
      if point.time &- last != distance {
        distance = point.time &- last
        decay = exp2(-Double(distance) / Double(rules.halfLife))
      }
      weight *= decay
      weightSquares *= decay * decay
      squares *= decay
    }
    let past = weight
    weight += 1
    weightSquares += 1
    let delta = point.value - mean
    mean += delta / weight
    // Not delta · (x − m) of the new m: where the past is all but weightless, rounding makes that negative.
    squares += delta * delta * (past / weight)
    last = point.time
    return score
  }

  public func save(to state: inout DetectorStateWriter) {
    state.write(last != nil)
    state.write(last ?? 0)
    state.write(weight)
    state.write(weightSquares)
    state.write(mean)
    state.write(squares)
  }

  public init?(_ rules: EWMARules, from state: inout DetectorStateReader) {
    guard let hasLast = state.flag(), let last = state.time(), let weight = state.magnitude(),
      let weightSquares = state.magnitude(), let mean = state.value(),
      let squares = state.magnitude(), !hasLast || weightSquares > 0
    else { return nil }
    self.rules = rules
    self.last = hasLast ? last : nil
    self.weight = weight
    self.weightSquares = weightSquares
    self.mean = mean
    self.squares = squares
  }
}
