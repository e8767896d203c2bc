/// Times in steps of a tenth of a millisecond, up to twenty seconds; adding one allocates nothing.
struct Histogram {
  private static let stepsPerMillisecond = 10.0
  private var counts = [Int](repeating: 0, count: 200_001)
  private(set) var count = 0
  /// In milliseconds.
  private(set) var largest = 0.0

  /// Negative times count as none: clocks are read on both sides in whole steps.
  mutating func add(milliseconds: Double) {
    let step = Int(min(max(milliseconds, 0) * Self.stepsPerMillisecond, 200_000))
    counts[step] += 1
    count += 1
    largest = max(largest, milliseconds)
  }

  /// The time that such a part of all does not exceed, in milliseconds, at most a step too high.
  ///
  /// - Parameter part: 0 … 1.
  func quantile(_ part: Double) -> Double {
    let rank = max(1, Int((part * Double(count)).rounded(.up)))
    var seen = 0
    for (step, count) in counts.enumerated() where count > 0 {
      seen += count
      if seen >= rank { return min(Double(step + 1) / Self.stepsPerMillisecond, largest) }
    }
    return 0
  }

  /// What is told of it.
  var summary: Summary {
    Summary(count: count, median: quantile(0.5), p99: quantile(0.99), largest: largest)
  }

  /// Milliseconds.
  struct Summary: Codable {
    var count: Int
    var median: Double
    var p99: Double
    var largest: Double
  }
}
