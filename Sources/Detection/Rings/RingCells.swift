/// The samples of a block, by their position in it.
///
/// Times are given back in their low 32 bits. `newest` is those of the time that all samples of the ring lie
/// within the stream's retention of.
protocol RingCells {
  func time(_ position: Int, newest: UInt32) -> UInt32
  func value(_ position: Int) -> Int32
  /// Whether a sample of this value can be put here.
  func canHold(_ value: Int32) -> Bool
  func put(_ position: Int, time: UInt32, value: Int32, isFlagged: Bool)
}

/// Eight bytes a sample.
struct WideCells: RingCells {
  let samples: UnsafeMutablePointer<RingSample>

  @inline(__always)
  func time(_ position: Int, newest: UInt32) -> UInt32 { samples[position].time }

  @inline(__always)
  func value(_ position: Int) -> Int32 { samples[position].value }

  @inline(__always)
  func canHold(_ value: Int32) -> Bool { true }

  @inline(__always)
  func put(_ position: Int, time: UInt32, value: Int32, isFlagged: Bool) {
    samples[position] = RingSample(time: time, value: value, isFlagged: isFlagged)
  }
}

/// Four bytes a sample: from the lowest bit on the flag, as many bits of the time as the stream's retention
/// takes, and the value in units of the ring.
struct NarrowCells: RingCells {
  let words: UnsafeMutablePointer<UInt32>
  /// Bits of a time: 2^timeBits ms are more than the retention.
  let timeBits: UInt32
  /// What a value is a multiple of.
  let unit: Int32

  /// Of the 31 bits that time and value share: with more of them for times hardly a value fits.
  private static let maxTimeBits: UInt32 = 19

  /// The bits of a time for a stream of this retention; 0 if that is too long.
  static func timeBits(retention: Int64) -> UInt32 {
    let bits = UInt32(Int64.bitWidth - retention.leadingZeroBitCount)
    return bits <= maxTimeBits ? bits : 0
  }

  @inline(__always) private var timeMask: UInt32 { 1 &<< timeBits &- 1 }

  @inline(__always)
  func time(_ position: Int, newest: UInt32) -> UInt32 {
    newest &- (newest &- (words[position] &>> 1)) & timeMask
  }

  @inline(__always)
  func value(_ position: Int) -> Int32 {
    (Int32(bitPattern: words[position]) &>> Int32(bitPattern: timeBits &+ 1)) &* unit
  }

  @inline(__always)
  func isFlagged(_ position: Int) -> Bool { words[position] & 1 == 1 }

  @inline(__always)
  func canHold(_ value: Int32) -> Bool {
    let (count, rest) = value.quotientAndRemainder(dividingBy: unit)
    return rest == 0 && Self.holds(count, timeBits)
  }

  @inline(__always)
  func put(_ position: Int, time: UInt32, value: Int32, isFlagged: Bool) {
    let count = UInt32(bitPattern: value / unit)
    words[position] =
      count &<< (timeBits &+ 1) | (time & timeMask) &<< 1 | (isFlagged ? 1 : 0)
  }

  /// Whether a value of so many units fits beside a time of so many bits.
  @inline(__always)
  static func holds(_ count: Int32, _ timeBits: UInt32) -> Bool {
    let spare = Int32(bitPattern: timeBits &+ 1)
    return (count &<< spare) &>> spare == count
  }
}
