/// A value beyond physical limits.
///
///     score = max(min − x, x − max, 0)
///
/// in the stream's unit: how far outside of `min ... max` it lies. Odd above 0. Never `nil`; it remembers
/// nothing.
///
/// Source: the gross-range test of oceanographic quality control (U.S. IOOS QARTOD, test 4).
///
/// Memory: 16 bytes. Cost: O(1).
public struct RangeDetector: SeriesDetector {
  private let rules: RangeRules

  public init(_ rules: RangeRules) { self.rules = rules }

  public mutating func score(_ point: SeriesPoint) -> Double? {
    SeriesScore.bounded(max(rules.min - point.value, point.value - rules.max, 0))
  }

  public func save(to state: inout DetectorStateWriter) {}

  public init?(_ rules: RangeRules, from state: inout DetectorStateReader) { self.rules = rules }
}
