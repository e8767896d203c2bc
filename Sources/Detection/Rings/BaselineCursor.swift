/// Samples in order of time, addressed by place.
protocol TimedSamples {
  var count: Int { get }
  func time(at place: Int) -> Int64
  func value(at place: Int) -> Int32
}

/// Walks through samples in order and keeps the sums of the window before each: of those in
/// `t − length ..< t`. Two pointers, each sample added and removed once.
struct BaselineCursor {
  let length: Int64
  private(set) var sums = WindowSums()
  private var first = 0
  private var end = 0

  init(length: Int64) { self.length = length }

  /// Stands on `time`, coming from nowhere.
  mutating func begin(before time: Int64, of samples: some TimedSamples) {
    // The window lies near the end more often than not.
    first = samples.count
    while first > 0, samples.time(at: first - 1) >= time - length { first -= 1 }
    end = first
    sums = WindowSums()
    advance(to: time, of: samples)
  }

  /// Moves on to a later time.
  mutating func advance(to time: Int64, of samples: some TimedSamples) {
    while end < samples.count, samples.time(at: end) < time {
      sums.add(samples.value(at: end))
      end += 1
    }
    while first < end, samples.time(at: first) < time - length {
      sums.remove(samples.value(at: first))
      first += 1
    }
  }
}
