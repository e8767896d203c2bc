import Glibc

/// How improbable the mean of the newest samples is by a Gaussian fitted to such means before.
///
///     m = mean of the newest `short` samples, this one among them
///     z = |m − μ| / max(σ, minStd),   score = −log₁₀ erfc(z / √2)
///
/// erfc(z / √2) is the two-sided tail probability: a score of 5 is one in 100,000. μ and σ (sample standard
/// deviation) are those of the means as they were, sample by sample, until `short` samples ago, so the
/// windows do not overlap. As the Gaussian is fitted to means and not to samples, it is right also if
/// neighbouring samples are alike.
///
/// The long window moves on in panes of p = max(1, long / 16) means: it holds the last P = long / p whole
/// panes (16 to 31 of them) and the one that is being filled, so P·p to P·p + p − 1 means. Panes are only
/// ever merged, never subtracted, so nothing cancels after a spike has left. `nil` while it holds fewer
/// than min(`minSamples`, P·p).
///
/// Source: Ahmad, Lavin, Purdy, Agha 2017, “Unsupervised real-time anomaly detection for streaming data”
/// (the anomaly likelihood, here of the values themselves as in the Numenta Anomaly Benchmark's
/// windowedGaussian). Where erfc underflows, its asymptotic series (Abramowitz and Stegun 7.1.23).
///
/// Memory: 216 bytes, 16 a sample of `short`, 24 a pane: 1.2 KB at most by default. Cost: O(1) amortised;
/// one erfc and one logarithm for a value off the mean.
public struct LikelihoodDetector: SeriesDetector {
  private let rules: LikelihoodRules
  private let paneSize: Int
  private let paneCount: Int
  private var means: SlidingMean
  /// The newest `short` means, which are not yet part of the long window; a ring once it is full.
  private var waiting: [Double] = []
  private var next = 0
  /// Whole panes; a ring once it is full. Then all of them merged, and the one being filled.
  private var panes: [Moments] = []
  private var nextPane = 0
  private var whole = Moments()
  private var filling = Moments()

  public init(_ rules: LikelihoodRules) {
    self.rules = rules
    let long = max(1, rules.long)
    paneSize = max(1, long / 16)
    paneCount = long / paneSize
    means = SlidingMean(length: max(1, rules.short))
  }

  public mutating func score(_ point: SeriesPoint) -> Double? {
    guard let mean = means.add(point.value) else { return nil }
    learn(mean)
    var baseline = whole
    baseline.merge(filling)
    guard baseline.count >= max(2, min(rules.minSamples, paneCount * paneSize)) else { return nil }
    return Self.surprise(
      SeriesScore.of(
        distance: (mean - baseline.mean).magnitude,
        scale: max(baseline.sampleVariance.squareRoot(), rules.minStd)))
  }

  /// Takes the mean that no longer overlaps into the long window, and puts the new one in its place.
  private mutating func learn(_ mean: Double) {
    guard waiting.count == means.length else { return waiting.append(mean) }
    filling.add(waiting[next])
    waiting[next] = mean
    next = next &+ 1 == waiting.count ? 0 : next &+ 1
    guard filling.count == paneSize else { return }
    if panes.count < paneCount {
      panes.append(filling)
    } else {
      panes[nextPane] = filling
      nextPane = nextPane &+ 1 == paneCount ? 0 : nextPane &+ 1
    }
    filling = Moments()
    whole = Self.merged(panes)
  }

  private static func merged(_ panes: [Moments]) -> Moments {
    panes.reduce(into: Moments()) { $0.merge($1) }
  }

  /// −log₁₀ erfc(z / √2), for any z ≥ 0.
  static func surprise(_ z: Double) -> Double {
    let x = z * 0.5.squareRoot()
    if x < 20 { return max(0, -log10(erfc(x))) }
    // erfc(x) = e^(−x²) / (x√π) · (1 − 1/2x² + 3/4x⁴ − …); the next term is below 10⁻⁷ of it.
    let square = x * x
    let tail = 1 - 1 / (2 * square) + 3 / (4 * square * square)
    return SeriesScore.bounded(
      (square + log(x) + 0.5 * log(Double.pi) - log(tail)) / M_LN10)
  }

  public func save(to state: inout DetectorStateWriter) {
    means.save(to: &state)
    state.write(waiting)
    state.write(next)
    state.write(panes.count)
    for pane in panes { pane.save(to: &state) }
    state.write(nextPane)
    filling.save(to: &state)
  }

  public init?(_ rules: LikelihoodRules, from state: inout DetectorStateReader) {
    self.init(rules)
    guard let means = SlidingMean(length: means.length, from: &state),
      let waiting = state.numbers(limit: means.length), let next = state.count(limit: means.length),
      next < max(1, waiting.count), next == 0 || waiting.count == means.length,
      let count = state.count(limit: paneCount)
    else { return nil }
    for _ in 0..<count {
      guard let pane = Moments(from: &state), pane.count == paneSize else { return nil }
      panes.append(pane)
    }
    guard let nextPane = state.count(limit: paneCount), nextPane < max(1, count),
      nextPane == 0 || count == paneCount, let filling = Moments(from: &state),
      filling.count < paneSize
    else { return nil }
    self.means = means
    self.waiting = waiting
    self.next = next
    self.nextPane = nextPane
    self.filling = filling
    whole = Self.merged(panes)
  }
}
