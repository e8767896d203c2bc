/// How far a value of one channel lies outside of those before it, as a share of their range: 0 … 1.
struct RangeNovelty: Equatable, Sendable {
  /// Ranges below this share of the values at hand are noise of the arithmetic.
  static let noise = 1e-9

  private var known = SlidingRange()

  init() {}

  /// - Parameters:
  ///   - magnitude: how large the numbers are that `value` was computed of.
  ///   - index: greater than the one before.
  mutating func next(_ value: Double, magnitude: Double, at index: Int, window: Int) -> Double {
    defer { known.append(value, at: index, window: window) }
    guard let bounds = known.bounds else { return 0 }
    let excess = max(value - bounds.upperBound, bounds.lowerBound - value)
    guard excess > 0 else { return 0 }
    let range = max(
      bounds.upperBound - bounds.lowerBound, Self.noise * magnitude, .leastNormalMagnitude)
    return min(excess / range, 1)
  }

  func save(to state: inout DetectorStateWriter) { known.save(to: &state) }

  init?(from state: inout DetectorStateReader, indices: Range<Int>) {
    guard let known = SlidingRange(from: &state, indices: indices) else { return nil }
    self.known = known
  }
}

/// How far the mean of the last surprises lies above all such means before it, as a share of the largest.
///
/// A surprise is at least 0, so the range it has been in begins there.
struct SurpriseNovelty: Equatable, Sendable {
  private let length: Int
  private var mean: RunningMean
  private var known = SlidingMaximum()

  init(length: Int) {
    self.length = length
    mean = RunningMean(length: length)
  }

  /// 0 until there are enough surprises for a mean.
  mutating func next(_ surprise: Double, at index: Int, window: Int) -> Double {
    let value = mean.append(surprise)
    guard mean.isFull else { return 0 }
    defer { known.append(value, at: index, window: window) }
    guard let largest = known.value, value > largest else { return 0 }
    return min((value - largest) / max(largest, RangeNovelty.noise), 1)
  }

  func save(to state: inout DetectorStateWriter) {
    mean.save(to: &state)
    known.save(to: &state)
  }

  init?(length: Int, from state: inout DetectorStateReader, indices: Range<Int>) {
    guard let mean = RunningMean(length: length, from: &state),
      let known = SlidingMaximum(from: &state, indices: indices)
    else { return nil }
    self.length = length
    self.mean = mean
    self.known = known
  }
}
