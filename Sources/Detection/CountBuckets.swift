import Events

/// Counts the detections of one camera by class in buckets of event time.
///
/// A bucket is told once the camera's watermark has passed its end: for each class that was counted
/// within the last window, its count, zero included. So what comes out is a function of the last two
/// windows: a class is known as long as its last count is no older than one window, and whoever reads
/// two windows again knows the same classes (see ``reach(_:lateness:)``).
struct CountBuckets {
  /// One class that is being counted.
  struct Series {
    var classID: UInt16
    /// The start of the last bucket with a count.
    var lastCounted: Int64
    /// The engine's index of the series' subject, once it has one.
    var subject: UInt32?
  }

  private struct Bucket {
    var start: Int64
    var counts: [(classID: UInt16, count: Int32)] = []
  }

  private(set) var series: [Series] = []
  /// The open buckets, oldest first, without gaps in memory only: a bucket without counts has no entry.
  private var buckets: [Bucket] = []
  /// The start of the oldest bucket that has not been told; what is older is too late.
  private var open: Int64 = .min

  /// More classes than this are not watched: a detector that invents names must not eat the memory.
  static let maxSeries = 64

  /// How far back in event time a restart must read so that the buckets come out the same.
  static func reach(_ rules: CountRules, lateness: Int64) -> Int64 {
    2 * rules.window.length + 2 * rules.bucket + lateness
  }

  /// Counts one detection in the frame at `time`.
  mutating func add(_ classID: UInt16, at time: Int64, _ rules: CountRules) {
    let start = HotRules.floor(time, to: rules.bucket)
    guard start >= open else { return }
    let place: Int
    if let last = buckets.lastIndex(where: { $0.start <= start }) {
      if buckets[last].start == start {
        place = last
      } else {
        place = last + 1
        buckets.insert(Bucket(start: start), at: place)
      }
    } else {
      place = 0
      buckets.insert(Bucket(start: start), at: 0)
    }
    if let entry = buckets[place].counts.firstIndex(where: { $0.classID == classID }) {
      buckets[place].counts[entry].count &+= 1
    } else if buckets[place].counts.count < Self.maxSeries {
      buckets[place].counts.append((classID, 1))
    }
  }

  /// What ``close(watermark:_:tell:)`` says of one series.
  enum Told {
    /// The count in the bucket that begins at a time.
    case count(bucket: Int64, count: Int32)
    /// Nothing was counted for a window: the series is over.
    case ended
  }

  /// Tells all buckets that end at or before `watermark`. The first bucket after the beginning is cut
  /// short and not told. `tell` answers with the series' subject.
  mutating func close(
    watermark: Int64, _ rules: CountRules, tell: (inout Series, Told) -> Void
  ) {
    guard open != .min else {
      // The bucket in which the camera began is a part only.
      open = HotRules.floor(watermark, to: rules.bucket) + rules.bucket
      buckets.removeAll { $0.start < open }
      return
    }
    guard open + rules.bucket <= watermark else { return }
    if watermark - open > rules.window.length + rules.bucket {
      // After so long a gap nothing of the past counts any more.
      for place in series.indices { tell(&series[place], .ended) }
      self = CountBuckets()
      return close(watermark: watermark, rules, tell: tell)
    }
    while open + rules.bucket <= watermark {
      let counts = buckets.first?.start == open ? buckets.removeFirst().counts : []
      for entry in counts {
        if let place = series.firstIndex(where: { $0.classID == entry.classID }) {
          series[place].lastCounted = open
        } else if series.count < Self.maxSeries {
          series.append(Series(classID: entry.classID, lastCounted: open))
        }
      }
      for place in series.indices.reversed() {
        if open - series[place].lastCounted > rules.window.length {
          tell(&series[place], .ended)
          series.remove(at: place)
        } else {
          let count = counts.first { $0.classID == series[place].classID }?.count ?? 0
          tell(&series[place], .count(bucket: open, count: count))
        }
      }
      open += rules.bucket
    }
  }

  /// Ends all series, as the camera falls silent.
  mutating func end(tell: (inout Series, Told) -> Void) {
    for place in series.indices { tell(&series[place], .ended) }
    self = CountBuckets()
  }
}
