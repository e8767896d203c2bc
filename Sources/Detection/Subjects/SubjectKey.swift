/// What a record says of whom it comes from, with the hash of it.
///
/// Its bytes are lent: they have to outlive it.
public struct SubjectKey {
  let stream: UInt8
  let user: UnsafeRawBufferPointer
  let device: UnsafeRawBufferPointer
  let hash: UInt64

  /// - Parameters:
  ///   - stream: the stream's place in the list that the engine was made with.
  ///   - user: the user's id, 1 to 256 bytes of UTF-8.
  ///   - device: the device's id, up to 256 bytes; empty if the record has none.
  @inline(__always)
  public init(stream: Int, user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer) {
    self.init(stream: UInt8(stream), user: user, device: device)
  }

  @inline(__always)
  init(stream: UInt8, user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer) {
    self.stream = stream
    self.user = user
    self.device = device
    hash = Self.hash(stream, user, device)
  }

  /// A multiply-and-fold hash over eight bytes at a time, seeded by the lengths and the stream.
  @inline(__always)
  private static func hash(
    _ stream: UInt8, _ user: UnsafeRawBufferPointer, _ device: UnsafeRawBufferPointer
  ) -> UInt64 {
    var state =
      0x9e37_79b9_7f4a_7c15 ^ UInt64(stream) << 48 ^ UInt64(user.count) << 24
      ^ UInt64(device.count)
    state = mix(state, user)
    state = mix(state, device)
    let (high, low) = state.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return high ^ low
  }

  @inline(__always)
  private static func mix(_ seed: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var state = seed
    guard let base = bytes.baseAddress else { return state }
    let count = min(bytes.count, 0xffff)
    var offset = 0
    while offset + 8 <= count {
      let word = base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let (high, low) = (state ^ word).multipliedFullWidth(by: 0xa076_1d64_78bd_642f)
      state = high ^ low
      offset += 8
    }
    if offset < count {
      var word: UInt64 = 0
      while offset < count {
        word = word << 8 | UInt64(base.load(fromByteOffset: offset, as: UInt8.self))
        offset += 1
      }
      let (high, low) = (state ^ word).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
      state = high ^ low
    }
    return state
  }
}
