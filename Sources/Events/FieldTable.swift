/// Finds the field that a JSON name stands for: an open-addressed hash table over the names' bytes,
/// in memory of its own, so that a look-up costs one or two word compares and no ARC.
///
/// Whoever makes one must `deallocate` it. `Field` is a trivial type: nothing is deinitialized then.
struct FieldTable<Field> {
  private struct Entry {
    /// The first eight bytes of the name, zero-padded, little-endian.
    var word: UInt64
    /// 0 marks an empty slot: no name is empty.
    var length: Int32
    var field: Field?
    /// Where the name's bytes are in `text`.
    var offset: Int32
  }

  private let slots: UnsafeMutablePointer<Entry>
  private let shift: UInt64
  private let mask: Int
  private let text: UnsafeMutablePointer<UInt8>

  /// Of a name that is there twice the first counts; names without bytes do not.
  init(_ names: [(field: Field, name: String)]) {
    let all = names.map { ($0.field, Array($0.name.utf8)) }.filter { !$0.1.isEmpty }
    // At most a quarter full, so that an unknown name meets an empty slot at once.
    var bits: UInt64 = 4
    while 1 << bits < 4 * all.count { bits += 1 }
    mask = (1 << Int(bits)) - 1
    shift = 64 - bits
    slots = .allocate(capacity: mask + 1)
    slots.initialize(
      repeating: Entry(word: 0, length: 0, field: nil, offset: 0), count: mask + 1)
    text = .allocate(capacity: max(1, all.reduce(0) { $0 + $1.1.count }))
    var used = 0
    for (field, name) in all {
      name.withUnsafeBufferPointer { bytes in
        for index in bytes.indices { text[used + index] = bytes[index] }
      }
      let word = Self.firstWord(text + used, name.count)
      var slot = slotIndex(word, name.count)
      while slots[slot].length != 0 { slot = (slot + 1) & mask }
      slots[slot] = Entry(
        word: word, length: Int32(name.count), field: field, offset: Int32(used))
      used += name.count
    }
  }

  func deallocate() {
    slots.deallocate()
    text.deallocate()
  }

  /// The field named by `length` bytes at `name`, whose first eight are `word` (zero-padded).
  @inline(__always)
  func field(_ name: UnsafePointer<UInt8>, length: Int, word: UInt64) -> Field? {
    var slot = slotIndex(word, length)
    while true {
      let entry = slots[slot]
      if entry.length == 0 { return nil }
      if entry.word == word, Int(entry.length) == length, length <= 8 || isEqual(name, entry) {
        return entry.field
      }
      slot = (slot + 1) & mask
    }
  }

  /// The first eight of `length` bytes at `name` as a little-endian word, zero-padded.
  static func firstWord(_ name: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<min(8, length) { word |= UInt64(name[index]) << UInt64(8 * index) }
    return word
  }

  @inline(__always)
  private func slotIndex(_ word: UInt64, _ length: Int) -> Int {
    // Fibonacci hashing: the product's high bits depend on every byte of the word.
    Int(truncatingIfNeeded: ((word &+ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }

  @inline(never)
  private func isEqual(_ name: UnsafePointer<UInt8>, _ entry: Entry) -> Bool {
    let other = text + Int(entry.offset)
    for index in 8..<Int(entry.length) where name[index] != other[index] { return false }
    return true
  }
}
