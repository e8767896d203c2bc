/// The names of an engine's subjects, by dense index, in flat memory that never moves.
///
/// `@unchecked Sendable`: the engine's thread alone appends, and any other reads only of an index that it has been
/// told of, by decisions that were handed over under a lock or by a call; what was in place by then never
/// changes. A name takes the bytes of its user and device and nine more.
public final class SubjectNames: @unchecked Sendable {
  /// The lengths of user and device in 16 bits each, and the stream.
  private static let headerBytes = 5
  static let chunkShift = 20
  static let chunkSize = 1 << chunkShift
  private static let maxChunks = 1 << (32 - chunkShift)

  /// Where each key begins, and the keys one behind the other; none lies in two chunks.
  let places: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
  let keys: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private(set) var count = 0
  private var used = 0
  private var placeChunks = 0
  private var keyChunks = 0

  public init() {
    places = .allocate(capacity: Self.maxChunks)
    keys = .allocate(capacity: Self.maxChunks)
  }

  deinit {
    for index in 0..<placeChunks { places[index].deallocate() }
    for index in 0..<keyChunks { keys[index].deallocate() }
    places.deallocate()
    keys.deallocate()
  }

  /// Bytes in use: of a chunk the system gives no more than has been written to.
  var bytes: Int { count * MemoryLayout<UInt32>.stride + used }

  /// Adds a name and returns its index, which is the number of those before it. Of a user's and a device's id
  /// the first 65,535 bytes are kept.
  public func append(
    stream: UInt8 = 0, user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer
  ) -> UInt32 {
    let (userCount, deviceCount) = (min(user.count, 0xffff), min(device.count, 0xffff))
    let size = Self.headerBytes + userCount + deviceCount
    if used & (Self.chunkSize - 1) + size > Self.chunkSize || used == keyChunks * Self.chunkSize {
      used = keyChunks * Self.chunkSize
      precondition(keyChunks < Self.maxChunks, "the subjects' names take more than 4 GiB")
      keys[keyChunks] = .allocate(byteCount: Self.chunkSize, alignment: 8)
      keyChunks += 1
    }
    if count == placeChunks * Self.chunkSize {
      places[placeChunks] = .allocate(capacity: Self.chunkSize)
      placeChunks += 1
    }
    let index = UInt32(count)
    places[count >> Self.chunkShift][count & (Self.chunkSize - 1)] = UInt32(used)
    let base = keys[used >> Self.chunkShift] + used & (Self.chunkSize - 1)
    base.storeBytes(of: UInt16(userCount), as: UInt16.self)
    base.storeBytes(of: UInt16(deviceCount), toByteOffset: 2, as: UInt16.self)
    base.storeBytes(of: stream, toByteOffset: 4, as: UInt8.self)
    let bytes = base + Self.headerBytes
    if let source = user.baseAddress { bytes.copyMemory(from: source, byteCount: userCount) }
    if let source = device.baseAddress {
      (bytes + userCount).copyMemory(from: source, byteCount: deviceCount)
    }
    used += size
    count += 1
    return index
  }

  /// The key of an index that has been given out.
  @inline(__always)
  public subscript(index: UInt32) -> SubjectName { SubjectName(Self.key(of: index, places, keys)) }

  @inline(__always)
  static func key(
    of index: UInt32, _ places: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>,
    _ keys: UnsafeMutablePointer<UnsafeMutableRawPointer>
  ) -> UnsafeRawPointer {
    let place = Int(Self.place(of: index, places).pointee)
    return UnsafeRawPointer(keys[place >> chunkShift] + place & (chunkSize - 1))
  }

  /// Where it is written where the key of an index begins.
  @inline(__always)
  static func place(
    of index: UInt32, _ places: UnsafeMutablePointer<UnsafeMutablePointer<UInt32>>
  ) -> UnsafeMutablePointer<UInt32> {
    places[Int(index) >> chunkShift] + Int(index) & (chunkSize - 1)
  }
}

/// One of the names; valid as long as the `SubjectNames` that lent it.
public struct SubjectName {
  let stream: UInt8
  public let user: UnsafeRawBufferPointer
  public let device: UnsafeRawBufferPointer

  @inline(__always)
  init(_ key: UnsafeRawPointer) {
    let userCount = Int(key.loadUnaligned(as: UInt16.self))
    let deviceCount = Int(key.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
    stream = key.load(fromByteOffset: 4, as: UInt8.self)
    user = UnsafeRawBufferPointer(start: key + 5, count: userCount)
    device = UnsafeRawBufferPointer(start: key + 5 + userCount, count: deviceCount)
  }
}
