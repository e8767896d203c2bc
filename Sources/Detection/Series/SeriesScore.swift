/// What all detectors hold their scores to.
enum SeriesScore {
  /// No score is above it: a value off a constant series has no measure, but it must have an order.
  static let greatest = 1e9

  /// `score`, held below ``greatest``.
  @inline(__always)
  static func bounded(_ score: Double) -> Double { score < greatest ? score : greatest }

  /// A distance in units of `scale`; of a scale of zero, 0 or ``greatest``.
  @inline(__always)
  static func of(distance: Double, scale: Double) -> Double {
    distance == 0 ? 0 : bounded(distance / scale)
  }
}

extension SeriesPoint {
  /// What detectors can do with: their sums of squares stay finite and the differences of times do not
  /// overflow. A stream's samples are far within (|value| ≤ 2³⁰).
  static let greatestValue = 1e12
  static let greatestTime: Int64 = 1 << 60

  @inline(__always)
  var isUsable: Bool {
    value.magnitude <= Self.greatestValue && time.magnitude <= UInt64(Self.greatestTime)
  }
}

extension DetectorStateReader {
  /// A number of the series, or one derived from it that is no greater.
  mutating func value() -> Double? {
    guard let value = number(), value.magnitude <= SeriesPoint.greatestValue else { return nil }
    return value
  }

  /// A number of at least 0.
  mutating func magnitude() -> Double? {
    guard let number = number(), number >= 0 else { return nil }
    return number
  }

  mutating func time() -> Int64? {
    guard let time = integer(), time.magnitude <= UInt64(SeriesPoint.greatestTime) else {
      return nil
    }
    return time
  }
}
