/// The last frames of a camera in order of their time, and for each rule in which of them it was
/// satisfied: the memory of "N of the last M frames".
///
/// Holds the newest `capacity` frames of all that came, whatever their order: so it is a function of the
/// set of frames. A frame of the same time as another goes behind it.
struct FrameRing {
  /// A power of two, at most 64; 0 for no memory at all.
  let capacity: Int
  private let rules: Int
  /// A ring of `capacity` times, then a word for each rule, of which bit i stands for the i-th newest
  /// frame. One block: with many cameras, each block is a miss of the cache.
  private var words: [Int64]
  private var head = 0
  private(set) var count = 0
  /// Whether any bit may be set: spares the quiet cameras the shifting.
  private var isMarked = false

  init(capacity: Int, rules: Int) {
    var size = capacity == 0 ? 0 : 1
    while size < min(capacity, 64) { size *= 2 }
    self.capacity = size
    self.rules = rules
    words = size == 0 ? [] : Array(repeating: 0, count: size + rules)
  }

  @inline(__always)
  private func slot(_ place: Int) -> Int { (head &- place) & (capacity - 1) }

  @inline(__always)
  private func time(_ place: Int) -> Int64 { words[slot(place)] }

  @inline(__always)
  private func satisfied(_ rule: Int) -> UInt64 { UInt64(bitPattern: words[capacity + rule]) }

  /// Takes up a frame and returns its place, 0 for the newest; −1 if it is older than all that are kept.
  @inline(__always)
  mutating func insert(_ time: Int64) -> Int {
    if capacity == 0 { return -1 }
    if count > 0, time < self.time(0) { return insertLate(time) }
    advance()
    words[head] = time
    if isMarked {
      var any: Int64 = 0
      for word in capacity..<capacity + rules {
        words[word] <<= 1
        any |= words[word]
      }
      isMarked = any != 0
    }
    return 0
  }

  @inline(__always)
  private mutating func advance() {
    head = (head &+ 1) & (capacity - 1)
    if count < capacity { count &+= 1 }
  }

  private mutating func insertLate(_ time: Int64) -> Int {
    var place = 1
    while place < count, self.time(place) > time { place += 1 }
    if place == capacity { return -1 }
    advance()
    for newer in 0..<place { words[slot(newer)] = self.time(newer + 1) }
    words[slot(place)] = time
    let newer: UInt64 = 1 << UInt64(place) - 1
    for rule in 0..<rules {
      let bits = satisfied(rule)
      words[capacity + rule] = Int64(bitPattern: bits & newer | (bits & ~newer) << 1)
    }
    return place
  }

  /// Says that the rule was satisfied in the frame at `place`.
  mutating func mark(rule: Int, place: Int) {
    if place < 0 { return }
    words[capacity + rule] |= 1 << Int64(place)
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
    return (satisfied(rule) >> UInt64(end) & mask).nonzeroBitCount
  }

  /// The same frames for other rules: `sources` has for each of them the rule whose past it takes over,
  /// or −1.
  func adapted(capacity: Int, sources: [Int]) -> FrameRing {
    var ring = FrameRing(capacity: capacity, rules: sources.count)
    if ring.capacity == 0 || self.capacity == 0 { return ring }
    ring.count = min(count, ring.capacity)
    for place in 0..<ring.count { ring.words[ring.slot(place)] = time(place) }
    for (rule, source) in sources.enumerated() where source >= 0 {
      ring.words[ring.capacity + rule] = words[self.capacity + source]
      ring.isMarked = ring.isMarked || satisfied(source) != 0
    }
    return ring
  }
}
