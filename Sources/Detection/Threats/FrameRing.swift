/// The last frames of a camera in order of their time, and for each rule in which of them it was
/// satisfied: the memory of "N of the last M frames".
///
/// Holds the newest `capacity` frames of all that came, whatever their order: so it is a function of the
/// set of frames. A frame of the same time as another goes behind it.
struct FrameRing {
  /// A power of two, at most 64; 0 for no memory at all.
  let capacity: Int
  private var times: [Int64]
  private var head = 0
  private(set) var count = 0
  /// One a rule: bit i stands for the i-th newest frame, bit 0 for the newest.
  private var satisfied: [UInt64]
  /// Whether any bit may be set: spares the quiet cameras the shifting.
  private var isMarked = false

  init(capacity: Int, rules: Int) {
    var size = capacity == 0 ? 0 : 1
    while size < min(capacity, 64) { size *= 2 }
    self.capacity = size
    times = Array(repeating: 0, count: size)
    satisfied = size == 0 ? [] : Array(repeating: 0, count: rules)
  }

  @inline(__always)
  private func time(_ place: Int) -> Int64 { times[(head &- place) & (capacity - 1)] }

  /// Takes up a frame and returns its place, 0 for the newest; −1 if it is older than all that are kept.
  @inline(__always)
  mutating func insert(_ time: Int64) -> Int {
    if capacity == 0 { return -1 }
    if count == 0 || time >= self.time(0) {
      head = (head &+ 1) & (capacity - 1)
      times[head] = time
      count = min(count + 1, capacity)
      if isMarked { shift() }
      return 0
    }
    return insertLate(time)
  }

  private mutating func shift() {
    var any: UInt64 = 0
    for rule in satisfied.indices {
      satisfied[rule] <<= 1
      any |= satisfied[rule]
    }
    isMarked = any != 0
  }

  private mutating func insertLate(_ time: Int64) -> Int {
    var place = 1
    while place < count, self.time(place) > time { place += 1 }
    if place == capacity { return -1 }
    head = (head &+ 1) & (capacity - 1)
    count = min(count + 1, capacity)
    for newer in 0..<place {
      times[(head &- newer) & (capacity - 1)] = self.time(newer + 1)
    }
    times[(head &- place) & (capacity - 1)] = time
    let newer: UInt64 = 1 << UInt64(place) - 1
    for rule in satisfied.indices {
      let bits = satisfied[rule]
      satisfied[rule] = bits & newer | (bits & ~newer) << 1
    }
    return place
  }

  /// Says that the rule was satisfied in the frame at `place`.
  mutating func mark(rule: Int, place: Int) {
    if place < 0 { return }
    satisfied[rule] |= 1 << UInt64(place)
    isMarked = true
  }

  /// In how many of `of` successive frames, all within `within` of the last of them, the rule was
  /// satisfied: for the newest frame, those that end with it; for a late one, the best that it belongs
  /// to, since it may complete what frames after it have begun. A frame later than `within` behind the
  /// newest stands alone.
  func frames(rule: Int, place: Int, of: Int, within: Int64) -> Int {
    guard place >= 0, of > 1, time(0) - time(place) <= within else { return 1 }
    var best = 1
    var end = place
    while end >= 0, place - end < of, time(end) - time(place) <= within {
      best = max(best, framesEnding(at: end, rule: rule, of: of, within: within))
      end -= 1
    }
    return best
  }

  private func framesEnding(at end: Int, rule: Int, of: Int, within: Int64) -> Int {
    let oldest = time(end) - within
    var length = 1
    while length < of, end + length < count, time(end + length) >= oldest { length += 1 }
    let mask: UInt64 = length == 64 ? .max : 1 << UInt64(length) - 1
    return (satisfied[rule] >> UInt64(end) & mask).nonzeroBitCount
  }

  /// The same frames for other rules: `sources` has for each of them the rule whose past it takes over,
  /// or −1.
  func adapted(capacity: Int, sources: [Int]) -> FrameRing {
    var ring = FrameRing(capacity: capacity, rules: sources.count)
    if ring.capacity == 0 || self.capacity == 0 { return ring }
    ring.count = min(count, ring.capacity)
    ring.head = ring.capacity - 1
    for place in 0..<ring.count {
      ring.times[ring.head - place] = time(place)
    }
    for (rule, source) in sources.enumerated() where source >= 0 {
      ring.satisfied[rule] = satisfied[source]
      ring.isMarked = ring.isMarked || satisfied[source] != 0
    }
    return ring
  }
}
