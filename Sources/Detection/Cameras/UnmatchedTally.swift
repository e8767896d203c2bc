import Events

/// Adds up, by hour and class, the detections that no rule matched.
struct UnmatchedTally {
  private struct Sum {
    var count = 0
    var max: Int32 = 0
  }

  private static let hour: Int64 = 3_600_000
  private var sums: [UInt64: Sum] = [:]

  var isEmpty: Bool { sums.isEmpty }

  mutating func add(_ object: DetectedObject, at time: Int64) {
    // Times are not negative, and hours take 36 bits.
    let key = UInt64(time / Self.hour) << 16 | UInt64(object.classID)
    sums[key, default: Sum()].count += 1
    sums[key, default: Sum()].max = Swift.max(sums[key, default: Sum()].max, object.probability)
  }

  /// The sums by hour and class, in that order; begins anew.
  mutating func take(_ names: FrameNames) -> [UnmatchedDetections] {
    let taken = sums.sorted { $0.key < $1.key }.map { key, sum in
      UnmatchedDetections(
        hour: Int64(key >> 16) * Self.hour,
        className: names.classes.name(UInt16(truncatingIfNeeded: key)), count: sum.count,
        maxProbability: Double(sum.max) / 1_000_000)
    }
    sums.removeAll(keepingCapacity: true)
    return taken
  }
}
