/// A time in milliseconds since 1970, in six bytes: `Int64.min`, or from the year 1412 to 10332; times of
/// records end in 9999 (``Sample/maxTime``). What lies beyond is cut to these bounds.
struct ShortTime {
  private var low: UInt32
  private var high: UInt16

  /// What a stored 0 means, which stands for `Int64.min`; and the last time there is.
  private static let origin: Int64 = -(1 << 44)
  private static let last = origin + (1 << 48 - 1)

  @inline(__always)
  init(_ time: Int64) {
    let bits = UInt64(bitPattern: min(max(time, Self.origin), Self.last) &- Self.origin)
    low = UInt32(truncatingIfNeeded: bits)
    high = UInt16(truncatingIfNeeded: bits >> 32)
  }

  @inline(__always) var value: Int64 {
    let bits = UInt64(high) << 32 | UInt64(low)
    return bits == 0 ? .min : Self.origin &+ Int64(bits)
  }
}
