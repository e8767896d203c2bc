/// A value that does not change, as a stuck sensor's.
///
/// A run begins with a sample and goes on as long as its largest and its smallest value are no more than
/// `tolerance` apart; the sample that would part them further begins the next run.
///
///     score = (time since the run began) / duration
///
/// held to 1 at most while the run has fewer than `minSamples` samples: a few equal numbers with long gaps
/// between them are no stuck sensor. Odd above 1, that is once the run lasts longer than `duration`. Never
/// `nil`.
///
/// Source: the flat-line test of oceanographic quality control (U.S. IOOS QARTOD, “Manual for Real-Time Quality
/// Control of In-situ Temperature and Salinity Data”, test 8), with a run of any length.
///
/// Memory: 56 bytes. Cost: O(1).
public struct FlatlineDetector: SeriesDetector {
  private let rules: FlatlineRules
  private var count = 0
  private var began: Int64 = 0
  private var smallest = 0.0
  private var largest = 0.0

  public init(_ rules: FlatlineRules) { self.rules = rules }

  public mutating func score(_ point: SeriesPoint) -> Double? {
    let low = min(smallest, point.value)
    let high = max(largest, point.value)
    guard count > 0, high - low <= rules.tolerance else {
      count = 1
      began = point.time
      smallest = point.value
      largest = point.value
      return 0
    }
    smallest = low
    largest = high
    count = min(count &+ 1, Moments.greatestCount)
    let share = Double(point.time &- began) / Double(rules.duration)
    return SeriesScore.bounded(count < rules.minSamples ? min(share, 1) : share)
  }

  public func save(to state: inout DetectorStateWriter) {
    state.write(count)
    state.write(began)
    state.write(smallest)
    state.write(largest)
  }

  public init?(_ rules: FlatlineRules, from state: inout DetectorStateReader) {
    guard let count = state.count(limit: Moments.greatestCount), let began = state.time(),
      let smallest = state.value(), let largest = state.value(), smallest <= largest
    else { return nil }
    self.rules = rules
    self.count = count
    self.began = began
    self.smallest = smallest
    self.largest = largest
  }
}
