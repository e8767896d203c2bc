/// What a series usually is at each part of the week (UTC).
struct WeekProfile: Equatable, Sendable {
  private static let week: Int64 = 7 * 24 * 3_600_000

  /// The weight of a new value in the mean of its part, once there are more than 1/weight.
  private let learning: Double
  private var means: [Double]
  private var counts: [Int]

  /// - Parameter parts: equal parts of the week, at least 1.
  init(parts: Int, learning: Double) {
    self.learning = learning
    means = Array(repeating: 0, count: parts)
    counts = Array(repeating: 0, count: parts)
  }

  /// How far a value lies from the mean of its part of the week before it, 0 for the first one there; then
  /// learns from it.
  mutating func residual(of point: SeriesPoint) -> Double {
    let part = dayPart(point.time, of: Self.week, parts: means.count)
    let residual = counts[part] == 0 ? 0 : point.value - means[part]
    // Beyond 1/learning the number does not matter: so it cannot overflow.
    counts[part] = min(counts[part] + 1, 1 << 32)
    means[part] += max(learning, 1 / Double(counts[part])) * (point.value - means[part])
    return residual
  }

  func save(to state: inout DetectorStateWriter) {
    state.write(means)
    for count in counts { state.write(count) }
  }

  init?(parts: Int, learning: Double, from state: inout DetectorStateReader) {
    guard let means = state.numbers(limit: parts), means.count == parts else { return nil }
    self.learning = learning
    self.means = means
    counts = []
    for _ in 0..<parts {
      guard let count = state.count(limit: 1 << 32) else { return nil }
      counts.append(count)
    }
  }
}

/// The part of its day or week (UTC) in which a moment lies.
///
/// Days begin at midnight; weeks on Thursday, as 1970 did.
func dayPart(_ time: Int64, of period: Int64, parts: Int) -> Int {
  let phase = time % period
  return Int((phase < 0 ? phase + period : phase) * Int64(parts) / period)
}
