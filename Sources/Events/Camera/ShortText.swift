/// A text of up to 24 bytes as three words, equal if and only if the texts are: the memory of what has
/// been looked up before is compared in these.
struct ShortText: Equatable {
  /// −1 for a slot in which there is no text.
  private(set) var length: Int32 = -1
  private var first: UInt64 = 0
  private var middle: UInt64 = 0
  private var last: UInt64 = 0

  /// A text that equals none.
  init() {}

  /// `nil` for a longer text.
  @inline(__always)
  init?(_ text: UnsafeRawBufferPointer) {
    let count = text.count
    guard count <= 24, let start = text.baseAddress else { return nil }
    length = Int32(truncatingIfNeeded: count)
    if count >= 8 {
      // The words overlap where they must: together with the length they hold every byte.
      first = start.loadUnaligned(as: UInt64.self)
      if count > 16 { middle = (start + 8).loadUnaligned(as: UInt64.self) }
      last = (start + count - 8).loadUnaligned(as: UInt64.self)
    } else if count >= 4 {
      first = UInt64(start.loadUnaligned(as: UInt32.self))
      last = UInt64((start + count - 4).loadUnaligned(as: UInt32.self))
    } else if count > 0 {
      first = UInt64(text[0])
      middle = UInt64(text[count / 2])
      last = UInt64(text[count - 1])
    }
  }

  /// Which slot of 2^`bits` it belongs in.
  @inline(__always)
  func slot(bits: UInt64, _ seed: UInt64 = 0) -> Int {
    Int(truncatingIfNeeded: mixed(seed) >> (64 - bits))
  }

  /// Multiplicative hashing, whose high bits depend on every bit of the text.
  @inline(__always)
  func mixed(_ seed: UInt64) -> UInt64 {
    var hash = seed ^ first &+ UInt64(truncatingIfNeeded: length)
    hash = (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15 ^ middle
    hash = (hash ^ hash >> 32) &* 0xBF58_476D_1CE4_E5B9 ^ last
    return (hash ^ hash >> 29) &* 0x94D0_49BB_1331_11EB
  }
}

/// Numbers of names that have been looked up before: a direct-mapped cache over a vocabulary, without
/// reference counting. Whoever makes one must `deallocate` it.
struct NameCache {
  private struct Entry {
    var text = ShortText()
    var number: Int32 = 0
  }

  private let entries: UnsafeMutablePointer<Entry>
  private static let bits: UInt64 = 9

  init() {
    entries = .allocate(capacity: 1 << Int(Self.bits))
    entries.initialize(repeating: Entry(), count: 1 << Int(Self.bits))
  }

  func deallocate() { entries.deallocate() }

  /// The number of a name: what it was before, or what `find` says.
  @inline(__always)
  func number(
    _ name: UnsafeRawBufferPointer, otherwise find: (UnsafeRawBufferPointer) -> Int32?
  ) -> Int32? {
    guard let text = ShortText(name) else { return find(name) }
    let entry = entries + text.slot(bits: Self.bits)
    if entry.pointee.text == text { return entry.pointee.number }
    guard let number = find(name) else { return nil }
    entry.pointee = Entry(text: text, number: number)
    return number
  }
}
