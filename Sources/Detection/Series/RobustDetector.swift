/// Distance from the median of the recent past, in robust standard deviations: up to half of the past may
/// be outliers without hiding the next one.
///
///     score = |x − median| / max(1.4826 · MAD, minDeviation),  MAD = median |xᵢ − median|
///
/// over the samples xᵢ in `t − window ..< t`, of which the newest 4,096 are kept. Of an even number the
/// median is the mean of the two middle ones.
///
/// Median and MAD are those of the window as it was at the last *computation*. They are computed anew before
/// a sample is judged if ever so many samples have come and gone since, together, as make a quarter of the
/// window at the last computation (an eighth of it replaced), and if there has been none. `nil` while fewer
/// than `minSamples` are in the window; nothing is computed then.
///
/// Source: Iglewicz and Hoaglin 1993, “How to Detect and Handle Outliers”, the modified z-score (NIST/SEMATECH
/// e-Handbook, section 1.3.5.17); 1.4826 makes the MAD of a normal distribution its standard deviation.
///
/// Memory: 96 bytes and 16 a sample of the window, at most 64 KiB. Cost: O(1) amortised, as a computation
/// takes time in proportion to the samples that came since the last one; up to 32 KiB of stack during it.
public struct RobustDetector: SeriesDetector {
  private let rules: RobustRules
  private var ring = PointRing()
  private var median = 0.0
  private var deviation = 0.0
  /// Samples in the window at the last computation, and how many came and went since.
  private var countThen = 0
  private var changes = 0

  public init(_ rules: RobustRules) { self.rules = rules }

  public mutating func score(_ point: SeriesPoint) -> Double? {
    changes &+= ring.remove(before: point.time &- rules.window)
    var score: Double?
    if ring.count >= max(1, rules.minSamples) {
      if changes &* 4 >= countThen { compute() }
      score = SeriesScore.of(
        distance: (point.value - median).magnitude,
        scale: max(1.4826 * deviation, rules.minDeviation))
    }
    changes &+= ring.append(point) ? 2 : 1
    return score
  }

  private mutating func compute() {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: ring.count) { values in
      values.initialize(repeating: 0)
      ring.copyValues(into: values)
      median = Selection.median(values)
      for index in values.indices { values[index] = (values[index] - median).magnitude }
      deviation = Selection.median(values)
    }
    countThen = ring.count
    changes = 0
  }

  public func save(to state: inout DetectorStateWriter) {
    ring.save(to: &state)
    state.write(median)
    state.write(deviation)
    state.write(countThen)
    state.write(changes)
  }

  public init?(_ rules: RobustRules, from state: inout DetectorStateReader) {
    guard let ring = PointRing(from: &state), let median = state.value(),
      let deviation = state.magnitude(),
      let countThen = state.count(limit: PointRing.capacity),
      let changes = state.count(limit: 1 << 40)
    else { return nil }
    self.rules = rules
    self.ring = ring
    self.median = median
    self.deviation = deviation
    self.countThen = countThen
    self.changes = changes
  }
}
