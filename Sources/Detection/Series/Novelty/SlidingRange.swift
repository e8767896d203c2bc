/// The smallest and the largest of the last values of a series.
///
/// Two monotone deques (Lemire 2006): one holds the values that no later one is below of, the other those
/// that no later one is above of. Only the newest value can be in both, so they hold at most one more than
/// the window together. Adding a value costs O(1), amortised.
struct SlidingRange: Equatable, Sendable {
  private var minima = MonotoneDeque()
  private var maxima = MonotoneDeque()

  /// `nil` before the first value.
  var bounds: ClosedRange<Double>? {
    guard let low = minima.first, let high = maxima.first else { return nil }
    return low...high
  }

  /// Adds the value at place `index`, and forgets those at `index − window` and before.
  ///
  /// - Parameter index: greater than the last one; places between them are without a value.
  mutating func append(_ value: Double, at index: Int, window: Int) {
    while let last = minima.last, last >= value { minima.removeLast() }
    minima.append(value, at: index)
    minima.drop(through: index - window)
    while let last = maxima.last, last <= value { maxima.removeLast() }
    maxima.append(value, at: index)
    maxima.drop(through: index - window)
  }

  func save(to state: inout DetectorStateWriter) {
    minima.save(to: &state)
    maxima.save(to: &state)
  }

  init() {}

  /// - Parameter indices: in which all places must lie.
  init?(from state: inout DetectorStateReader, indices: Range<Int>) {
    guard let minima = MonotoneDeque(from: &state, indices: indices, isRising: true),
      let maxima = MonotoneDeque(from: &state, indices: indices, isRising: false)
    else { return nil }
    self.minima = minima
    self.maxima = maxima
  }
}

/// The largest of the last values alone.
struct SlidingMaximum: Equatable, Sendable {
  private var maxima = MonotoneDeque()

  var value: Double? { maxima.first }

  mutating func append(_ value: Double, at index: Int, window: Int) {
    while let last = maxima.last, last <= value { maxima.removeLast() }
    maxima.append(value, at: index)
    maxima.drop(through: index - window)
  }

  func save(to state: inout DetectorStateWriter) { maxima.save(to: &state) }

  init() {}

  init?(from state: inout DetectorStateReader, indices: Range<Int>) {
    guard let maxima = MonotoneDeque(from: &state, indices: indices, isRising: false) else {
      return nil
    }
    self.maxima = maxima
  }
}
