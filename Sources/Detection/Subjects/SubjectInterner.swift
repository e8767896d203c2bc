import CBytes

/// Gives each (stream, user, device) a dense index, without making a `String` of it.
///
/// An open-addressing table of 32-bit words over the subjects' names: as many low bits as the table's size has
/// are the index, those above it are the upper ones of the hash. Linear probing, at most three quarters full,
/// doubling.
struct SubjectInterner: ~Copyable {
  let names = SubjectNames()
  private static let empty: UInt32 = .max
  private var table: UnsafeMutablePointer<UInt32>
  /// One less than the table's size, a power of two.
  private var mask: UInt32
  private(set) var count = 0
  /// Those of `names`, one step nearer.
  private let places: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
  private let keys: UnsafeMutablePointer<UnsafeMutableRawPointer>

  /// - Parameter capacity: a power of two.
  init(capacity: Int = 1024) {
    table = .allocate(capacity: capacity)
    table.initialize(repeating: Self.empty, count: capacity)
    mask = UInt32(capacity - 1)
    places = names.places
    keys = names.keys
  }

  deinit { table.deallocate() }

  var bytes: Int { (Int(mask) + 1) * 4 + names.bytes }

  /// The index of a key, and whether it is new. Lengths are below 2¹⁶ by the decoder's limits; longer
  /// keys are told apart by their first 65,535 bytes.
  @inline(__always)
  mutating func intern(_ key: SubjectKey) -> (index: UInt32, isNew: Bool) {
    if let index = find(key) { return (index, false) }
    return (insert(key), true)
  }

  /// The index of a key, if it has one.
  @inline(__always)
  func find(_ key: SubjectKey) -> UInt32? {
    let tag = tag(key.hash)
    var slot = UInt32(truncatingIfNeeded: key.hash) & mask
    while true {
      let word = table[Int(slot)]
      if word == Self.empty { return nil }
      if word & ~mask == tag, matches(word & mask, key) { return word & mask }
      slot = (slot &+ 1) & mask
    }
  }

  /// The way to a key's index through memory, step by step: each brings what the next one reads into the
  /// processor's cache, without waiting for it.
  @inline(__always)
  func prefetchSlot(_ key: SubjectKey) {
    cbytes_prefetch(table + Int(UInt32(truncatingIfNeeded: key.hash) & mask))
  }

  /// The index that `find` will most likely come to.
  @inline(__always)
  func guess(_ key: SubjectKey) -> UInt32? {
    let word = table[Int(UInt32(truncatingIfNeeded: key.hash) & mask)]
    guard word != Self.empty else { return nil }
    cbytes_prefetch(SubjectNames.place(of: word & mask, places))
    return word & mask
  }

  @inline(__always)
  func prefetchKey(of index: UInt32) {
    cbytes_prefetch(SubjectNames.key(of: index, places, keys))
  }

  /// The key of an index.
  func key(of index: UInt32) -> (stream: UInt8, user: String, device: String) {
    let name = names[index]
    return (
      name.stream, String(decoding: name.user, as: UTF8.self),
      String(decoding: name.device, as: UTF8.self)
    )
  }

  /// What of a hash a word keeps.
  @inline(__always)
  private func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash >> 32) & ~mask }

  @inline(__always)
  private func matches(_ index: UInt32, _ key: SubjectKey) -> Bool {
    let name = SubjectName(SubjectNames.key(of: index, places, keys))
    return name.stream == key.stream && Self.equal(name.user, key.user)
      && Self.equal(name.device, key.device)
  }

  @inline(__always)
  private static func equal(
    _ stored: UnsafeRawBufferPointer, _ key: UnsafeRawBufferPointer
  ) -> Bool {
    let count = min(key.count, 0xffff)
    guard stored.count == count else { return false }
    guard let base = key.baseAddress, let stored = stored.baseAddress else { return true }
    var offset = 0
    while offset + 8 <= count {
      if stored.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        != base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      {
        return false
      }
      offset += 8
    }
    while offset < count {
      if stored.load(fromByteOffset: offset, as: UInt8.self)
        != base.load(fromByteOffset: offset, as: UInt8.self)
      {
        return false
      }
      offset += 1
    }
    return true
  }

  @inline(never)
  private mutating func insert(_ key: SubjectKey) -> UInt32 {
    reserve(keys: count + 1)
    let index = names.append(stream: key.stream, user: key.user, device: key.device)
    count += 1
    place(index, hash: key.hash)
    return index
  }

  private mutating func place(_ index: UInt32, hash: UInt64) {
    var slot = UInt32(truncatingIfNeeded: hash) & mask
    while table[Int(slot)] != Self.empty { slot = (slot &+ 1) & mask }
    table[Int(slot)] = tag(hash) | index
  }

  /// Makes room for so many keys in all.
  mutating func reserve(keys: Int) {
    var capacity = Int(mask) + 1
    while keys * 4 > capacity * 3 { capacity *= 2 }
    if capacity > Int(mask) + 1 { grow(to: capacity) }
  }

  private mutating func grow(to capacity: Int) {
    table.deallocate()
    table = .allocate(capacity: capacity)
    table.initialize(repeating: Self.empty, count: capacity)
    mask = UInt32(capacity - 1)
    for index in 0..<UInt32(count) {
      let name = names[index]
      place(
        index,
        hash: SubjectKey(stream: name.stream, user: name.user, device: name.device).hash)
    }
  }
}
