import Events

/// Samples in order of time, addressed by place.
protocol TimedSamples {
  var count: Int { get }
  func time(at place: Int) -> Int64
  func value(at place: Int) -> Int32
}

/// The samples of one ring, oldest first; valid until the ring changes.
struct RingView: TimedSamples {
  let slots: UnsafeMutablePointer<RingSlab.Slot>
  let head: Int
  let capacity: Int
  let count: Int
  let lastTime: Int64

  @inline(__always)
  func slot(at place: Int) -> UnsafeMutablePointer<RingSlab.Slot> {
    let position = head &+ place
    return slots + (position >= capacity ? position &- capacity : position)
  }

  @inline(__always)
  func time(at place: Int) -> Int64 { time(of: slot(at: place).pointee) }

  @inline(__always)
  func time(of slot: RingSlab.Slot) -> Int64 {
    lastTime
      &- Int64(Int32(truncatingIfNeeded: UInt32(truncatingIfNeeded: lastTime) &- slot.time))
  }

  @inline(__always)
  func value(at place: Int) -> Int32 { slot(at: place).pointee.value }

  /// The first place from `first` on whose time is `time` or later; `count` if there is none.
  func firstPlace(from first: Int, notBefore time: Int64) -> Int {
    var (lower, upper) = (first, count)
    while lower < upper {
      let middle = (lower &+ upper) / 2
      if self.time(at: middle) < time { lower = middle &+ 1 } else { upper = middle }
    }
    return lower
  }
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

extension Engine {
  /// The samples of a ring that is not empty.
  func ring(_ subject: UnsafeMutablePointer<Subject>) -> RingView {
    RingView(
      slots: slab.slots(of: subject.pointee.block), head: Int(subject.pointee.head),
      capacity: RingSlab.capacity(ofClass: Int(subject.pointee.blockClass)),
      count: Int(subject.pointee.count), lastTime: subject.pointee.lastTime)
  }
}
