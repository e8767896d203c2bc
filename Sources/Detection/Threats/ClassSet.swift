import Events

/// A set of classes by their numbers: one bit each.
struct ClassSet: Equatable {
  /// Numbers below 64, which is nearly all that detectors know, are kept in place.
  private var low: UInt64 = 0
  private var words: [UInt64] = []

  init() {}

  init(_ ids: some Sequence<UInt16>) {
    for id in ids { insert(id) }
  }

  @inline(__always)
  func contains(_ id: UInt16) -> Bool {
    id < 64 ? low >> UInt64(id) & 1 == 1 : containsHigh(id)
  }

  private func containsHigh(_ id: UInt16) -> Bool {
    let word = Int(id >> 6) - 1
    return word < words.count && words[word] >> UInt64(id & 63) & 1 == 1
  }

  mutating func insert(_ id: UInt16) {
    if id < 64 {
      low |= 1 << UInt64(id)
      return
    }
    let word = Int(id >> 6) - 1
    while words.count <= word { words.append(0) }
    words[word] |= 1 << UInt64(id & 63)
  }

  mutating func formUnion(_ other: ClassSet) {
    low |= other.low
    while words.count < other.words.count { words.append(0) }
    for word in other.words.indices { words[word] |= other.words[word] }
  }

  /// Whether any object that is really there is of one of the classes.
  @inline(__always)
  func containsAny(_ objects: UnsafeBufferPointer<DetectedObject>) -> Bool {
    for object in objects where contains(object.classID) && object.isThere { return true }
    return false
  }
}

extension DetectedObject {
  /// Whether it was really seen in the frame.
  @inline(__always)
  var isThere: Bool { flags.isDisjoint(with: [.ended, .falsePositive]) }
}
