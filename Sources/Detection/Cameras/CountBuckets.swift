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

  /// What was counted in a bucket that has not been told, of one class.
  private struct Entry {
    var start: Int64
    var classID: UInt16
    var count: Int32
  }

  private(set) var series: [Series] = []
  /// In no order: few classes in one or two buckets.
  private var entries: [Entry] = []
  /// The start of the oldest bucket that has not been told; what is older is too late.
  private var open: Int64 = .min

  /// More classes than this are not watched: a detector that invents names must not eat the memory.
  static let maxSeries = 64

  /// How far back in event time a restart must read so that the buckets come out the same.
  static func reach(_ rules: CountRules, lateness: Int64) -> Int64 {
    2 * rules.window.length + 2 * rules.bucket + lateness
  }

  /// Counts one detection in the frame at `time`.
  @inline(__always)
  mutating func add(_ classID: UInt16, at time: Int64, bucket length: Int64) {
    let start = HotRules.floor(time, to: length)
    guard start >= open else { return }
    for place in entries.indices
    where entries[place].classID == classID && entries[place].start == start {
      entries[place].count &+= 1
      return
    }
    if entries.count < 2 * Self.maxSeries {
      entries.append(Entry(start: start, classID: classID, count: 1))
    }
  }

  /// What ``close(watermark:_:tell:)`` says of one series.
  enum Told {
    /// The count in the bucket that begins at a time.
    case count(bucket: Int64, count: Int32)
    /// Nothing was counted for a window: the series is over.
    case ended
  }

  /// Whether a bucket ends at or before `watermark`, or none has begun.
  @inline(__always)
  func isDue(watermark: Int64, bucket: Int64) -> Bool {
    open == .min || open &+ bucket <= watermark
  }

  /// Tells all buckets that end at or before `watermark`. The first bucket after the beginning is cut
  /// short and not told. `tell` answers with the series' subject.
  mutating func close(
    watermark: Int64, _ rules: CountRules, tell: (inout Series, Told) -> Void
  ) {
    guard open != .min else {
      // The bucket in which the camera began is a part only.
      open = HotRules.floor(watermark, to: rules.bucket) + rules.bucket
      entries.removeAll { $0.start < open }
      return
    }
    guard open + rules.bucket <= watermark else { return }
    if watermark - open > rules.window.length + rules.bucket {
      // After so long a gap nothing of the past counts any more.
      end(tell: tell)
      return close(watermark: watermark, rules, tell: tell)
    }
    while open + rules.bucket <= watermark {
      let counts = entries.filter { $0.start == open }
      entries.removeAll { $0.start == open }
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

  /// Ends all series, and begins anew.
  mutating func end(tell: (inout Series, Told) -> Void) {
    for place in series.indices { tell(&series[place], .ended) }
    self = CountBuckets()
  }
}
