/// Mean and variance of numbers that only come, never leave; 24 bytes.
///
/// Welford's update: no difference of large sums, so nothing cancels (Welford 1962, “Note on a method for
/// calculating corrected sums of squares and products”; merging: Chan, Golub, LeVeque 1979).
struct Moments: Equatable, Sendable {
  /// No detector counts further; the statistics are then those of a mean that has long settled.
  static let greatestCount = 1 << 40

  private(set) var count = 0
  private(set) var mean = 0.0
  /// Σ(x − mean)².
  private(set) var squares = 0.0

  init() {}

  @inline(__always)
  mutating func add(_ value: Double) {
    count = min(count &+ 1, Self.greatestCount)
    let delta = value - mean
    mean += delta / Double(count)
    squares += delta * (value - mean)
  }

  @inline(__always)
  mutating func merge(_ other: Moments) {
    guard other.count > 0 else { return }
    let total = min(count + other.count, Self.greatestCount)
    let share = Double(other.count) / Double(total)
    let delta = other.mean - mean
    squares += other.squares + delta * delta * share * Double(count)
    mean += delta * share
    count = total
  }

  /// With n − 1 in the denominator; 0 of fewer than two numbers.
  var sampleVariance: Double { count > 1 ? squares / Double(count - 1) : 0 }
  /// With n in the denominator; 0 of none.
  var variance: Double { count > 0 ? squares / Double(count) : 0 }

  func save(to state: inout DetectorStateWriter) {
    state.write(count)
    state.write(mean)
    state.write(squares)
  }

  init?(from state: inout DetectorStateReader) {
    guard let count = state.count(limit: Self.greatestCount), let mean = state.value(),
      let squares = state.magnitude()
    else { return nil }
    self.count = count
    self.mean = mean
    self.squares = squares
  }
}
