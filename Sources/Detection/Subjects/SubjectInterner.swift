import CBytes

/// Gives each (stream, user, device) a dense index, without making a `String` of it.
///
/// An open-addressing table of 64-bit words (the hash's upper half, the index) over an arena of keys;
/// linear probing, at most three quarters full, doubling. Keys are laid out as two 16-bit lengths, the
/// stream, the user's and the device's bytes.
struct SubjectInterner: ~Copyable {
  private static let empty: UInt64 = .max
  private static let headerBytes = 5
  private var table: UnsafeMutablePointer<UInt64>
  private var mask: Int
  private(set) var count = 0
  private var arena: UnsafeMutableRawPointer
  private var arenaCapacity: Int
  private var arenaUsed = 0
  /// Where each key lies is kept with the subject; the table needs it for comparing and rehashing.
  private var places: UnsafeMutablePointer<UInt32>
  private var placeCapacity: Int

  init(capacity: Int = 1024) {
    table = .allocate(capacity: capacity)
    table.initialize(repeating: Self.empty, count: capacity)
    mask = capacity - 1
    arenaCapacity = 16 * capacity
    arena = .allocate(byteCount: arenaCapacity, alignment: 8)
    placeCapacity = capacity
    places = .allocate(capacity: capacity)
  }

  deinit {
    table.deallocate()
    arena.deallocate()
    places.deallocate()
  }

  var bytes: Int { (mask + 1) * 8 + arenaCapacity + placeCapacity * 4 }

  /// The index of a key, and whether it is new. Lengths are below 2¹⁶ by the decoder's limits; longer
  /// keys are told apart by their first 65,535 bytes.
  @inline(__always)
  mutating func intern(_ key: SubjectKey) -> (index: UInt32, isNew: Bool) {
    if let index = lookUp(key.stream, key.user, key.device, hash: key.hash) {
      return (index, false)
    }
    return (insert(key.stream, key.user, key.device, hash: key.hash), true)
  }

  /// The index of a key, if it has one.
  func find(_ key: SubjectKey) -> UInt32? {
    lookUp(key.stream, key.user, key.device, hash: key.hash)
  }

  /// The way to a key's index through memory, step by step: each brings what the next one reads into the
  /// processor's cache, without waiting for it.
  @inline(__always)
  func prefetchSlot(_ key: SubjectKey) {
    cbytes_prefetch(table + (Int(truncatingIfNeeded: key.hash) & mask))
  }

  /// The index that `find` will most likely come to.
  @inline(__always)
  func guess(_ key: SubjectKey) -> UInt32? {
    let word = table[Int(truncatingIfNeeded: key.hash) & mask]
    guard word != Self.empty else { return nil }
    let index = UInt32(truncatingIfNeeded: word)
    cbytes_prefetch(places + Int(index))
    return index
  }

  @inline(__always)
  func prefetchKey(of index: UInt32) {
    cbytes_prefetch(arena + Int(places[Int(index)]))
  }

  @inline(__always)
  private func lookUp(
    _ stream: UInt8, _ user: UnsafeRawBufferPointer, _ device: UnsafeRawBufferPointer, hash: UInt64
  ) -> UInt32? {
    let upper = hash & 0xffff_ffff_0000_0000
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let word = table[slot]
      if word == Self.empty { return nil }
      if word & 0xffff_ffff_0000_0000 == upper {
        let index = UInt32(truncatingIfNeeded: word)
        if matches(index, stream, user, device) { return index }
      }
      slot = (slot + 1) & mask
    }
  }

  /// The key of an index.
  func key(of index: UInt32) -> (stream: UInt8, user: String, device: String) {
    let base = UnsafeRawPointer(arena + Int(places[Int(index)]))
    let userCount = Int(base.loadUnaligned(as: UInt16.self))
    let deviceCount = Int(base.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
    let bytes = base + Self.headerBytes
    return (
      base.load(fromByteOffset: 4, as: UInt8.self),
      String(decoding: UnsafeRawBufferPointer(start: bytes, count: userCount), as: UTF8.self),
      String(
        decoding: UnsafeRawBufferPointer(start: bytes + userCount, count: deviceCount),
        as: UTF8.self)
    )
  }

  @inline(__always)
  private func matches(
    _ index: UInt32, _ stream: UInt8, _ user: UnsafeRawBufferPointer,
    _ device: UnsafeRawBufferPointer
  ) -> Bool {
    let base = UnsafeRawPointer(arena + Int(places[Int(index)]))
    let bytes = base + Self.headerBytes
    return Int(base.loadUnaligned(as: UInt16.self)) == min(user.count, 0xffff)
      && Int(base.loadUnaligned(fromByteOffset: 2, as: UInt16.self)) == min(device.count, 0xffff)
      && base.load(fromByteOffset: 4, as: UInt8.self) == stream
      && Self.equal(bytes, user) && Self.equal(bytes + min(user.count, 0xffff), device)
  }

  @inline(__always)
  private static func equal(_ stored: UnsafeRawPointer, _ key: UnsafeRawBufferPointer) -> Bool {
    let count = min(key.count, 0xffff)
    guard let base = key.baseAddress else { return true }
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
  private mutating func insert(
    _ stream: UInt8, _ user: UnsafeRawBufferPointer, _ device: UnsafeRawBufferPointer, hash: UInt64
  ) -> UInt32 {
    if count * 4 >= (mask + 1) * 3 { grow(to: (mask + 1) * 2) }
    let userCount = min(user.count, 0xffff)
    let deviceCount = min(device.count, 0xffff)
    let size = Self.headerBytes + userCount + deviceCount
    reserve(size)
    let base = arena + arenaUsed
    base.storeBytes(of: UInt16(userCount), as: UInt16.self)
    base.storeBytes(of: UInt16(deviceCount), toByteOffset: 2, as: UInt16.self)
    base.storeBytes(of: stream, toByteOffset: 4, as: UInt8.self)
    if let source = user.baseAddress {
      (base + Self.headerBytes).copyMemory(from: source, byteCount: userCount)
    }
    if let source = device.baseAddress {
      (base + Self.headerBytes + userCount).copyMemory(from: source, byteCount: deviceCount)
    }
    let index = UInt32(count)
    places[count] = UInt32(arenaUsed)
    arenaUsed += size
    count += 1
    place(index, hash: hash)
    return index
  }

  private mutating func place(_ index: UInt32, hash: UInt64) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while table[slot] != Self.empty { slot = (slot + 1) & mask }
    table[slot] = hash & 0xffff_ffff_0000_0000 | UInt64(index)
  }

  /// Makes room for so many keys in all.
  mutating func reserve(keys: Int) {
    var capacity = mask + 1
    while keys * 4 >= capacity * 3 { capacity *= 2 }
    if capacity > mask + 1 { grow(to: capacity) }
    if keys > placeCapacity { growPlaces(to: keys) }
    let bytes = keys * Self.usualBytes
    if bytes > arenaCapacity { growArena(to: bytes) }
  }

  /// What a key takes, about.
  private static let usualBytes = 24

  private mutating func grow(to capacity: Int) {
    table.deallocate()
    table = .allocate(capacity: capacity)
    table.initialize(repeating: Self.empty, count: capacity)
    mask = capacity - 1
    for index in 0..<count {
      let base = UnsafeRawPointer(arena + Int(places[index]))
      let userCount = Int(base.loadUnaligned(as: UInt16.self))
      let deviceCount = Int(base.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
      let bytes = base + Self.headerBytes
      let key = SubjectKey(
        stream: base.load(fromByteOffset: 4, as: UInt8.self),
        user: UnsafeRawBufferPointer(start: bytes, count: userCount),
        device: UnsafeRawBufferPointer(start: bytes + userCount, count: deviceCount))
      place(UInt32(index), hash: key.hash)
    }
  }

  private mutating func reserve(_ size: Int) {
    if arenaUsed + size > arenaCapacity {
      growArena(to: max(arenaCapacity + arenaCapacity / 2, arenaUsed + size))
    }
    if count == placeCapacity { growPlaces(to: placeCapacity + placeCapacity / 2) }
  }

  private mutating func growArena(to capacity: Int) {
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
    larger.copyMemory(from: arena, byteCount: arenaUsed)
    arena.deallocate()
    arena = larger
    arenaCapacity = capacity
  }

  private mutating func growPlaces(to capacity: Int) {
    let larger = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
    larger.moveInitialize(from: places, count: count)
    places.deallocate()
    places = larger
    placeCapacity = capacity
  }
}
