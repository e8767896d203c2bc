/// A set of classes by their numbers: one bit each.
struct ClassSet: Equatable {
  private var words: [UInt64] = []

  init() {}

  init(_ ids: some Sequence<UInt16>) {
    for id in ids { insert(id) }
  }

  var isEmpty: Bool { words.isEmpty }

  @inline(__always)
  func contains(_ id: UInt16) -> Bool {
    let word = Int(id >> 6)
    return word < words.count && words[word] >> UInt64(id & 63) & 1 == 1
  }

  mutating func insert(_ id: UInt16) {
    let word = Int(id >> 6)
    while words.count <= word { words.append(0) }
    words[word] |= 1 << UInt64(id & 63)
  }

  mutating func formUnion(_ other: ClassSet) {
    while words.count < other.words.count { words.append(0) }
    for word in other.words.indices { words[word] |= other.words[word] }
  }
}
