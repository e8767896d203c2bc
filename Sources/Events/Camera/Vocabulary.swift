/// Names as small numbers: each name that comes gets the next number and keeps it.
///
/// Names are compared without regard to the case of ASCII letters, and kept in lower case. Belongs to
/// one thread. Bounded: once `limit` names are known, no further one is taken.
public final class Vocabulary {
  /// The most names.
  public static let limit = 65_535
  /// The longest name, in bytes.
  public static let maxNameBytes = 128

  public private(set) var names: [String] = []
  private var lengths: [Int] = []
  private var starts: [Int] = []
  private var text: [UInt8] = []
  /// Open addressing: a number + 1, 0 for an empty slot; at most half full.
  private var slots: [UInt32]
  private var hashes: [UInt64] = []

  public init(_ names: [String] = []) {
    slots = Array(repeating: 0, count: 256)
    for name in names { _ = intern(name) }
  }

  /// The name of a number given out.
  public func name(_ id: UInt16) -> String {
    Int(id) < names.count ? names[Int(id)] : ""
  }

  /// The number of a name, which is taken up if it is new; `nil` if it is empty, too long, not UTF-8,
  /// or the vocabulary is full.
  public func intern(_ bytes: UnsafeRawBufferPointer) -> UInt16? {
    guard !bytes.isEmpty, bytes.count <= Self.maxNameBytes else { return nil }
    let hash = Self.hash(bytes)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let id = Int(slots[slot]) - 1
      if hashes[id] == hash, isEqual(bytes, id) { return UInt16(id) }
      slot = (slot + 1) & (slots.count - 1)
    }
    return add(bytes, hash: hash)
  }

  public func intern(_ name: String) -> UInt16? {
    var name = name
    return name.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
  }

  private func add(_ bytes: UnsafeRawBufferPointer, hash: UInt64) -> UInt16? {
    let lower = bytes.map(Self.lower)
    guard names.count < Self.limit, let name = String(validating: lower, as: UTF8.self) else {
      return nil
    }
    starts.append(text.count)
    lengths.append(lower.count)
    text.append(contentsOf: lower)
    names.append(name)
    hashes.append(hash)
    if 2 * names.count > slots.count {
      slots = Array(repeating: 0, count: 2 * slots.count)
      for id in names.indices { place(id) }
    } else {
      place(names.count - 1)
    }
    return UInt16(names.count - 1)
  }

  private func place(_ id: Int) {
    var slot = Int(truncatingIfNeeded: hashes[id]) & (slots.count - 1)
    while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt32(id + 1)
  }

  private func isEqual(_ bytes: UnsafeRawBufferPointer, _ id: Int) -> Bool {
    guard lengths[id] == bytes.count else { return false }
    let start = starts[id]
    for place in 0..<bytes.count where text[start + place] != Self.lower(bytes[place]) {
      return false
    }
    return true
  }

  @inline(__always)
  private static func lower(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(lower(byte))) &* 0x100_0000_01b3 }
    return hash ^ hash >> 32
  }
}

/// The names that frames speak in: one set for all camera streams of one engine.
public final class FrameNames {
  /// Classes of objects: `person`, `dog`, …
  public let classes = Vocabulary()
  /// Zones that detectors name.
  public let zones = Vocabulary()

  public init() {}
}
