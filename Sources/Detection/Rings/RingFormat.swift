/// How the samples of a ring lie in its block.
///
/// Rings of a few samples are narrow where they can be, 4 bytes a sample: of a million wearers at one sample a
/// second the samples would otherwise take more memory than all else that is known of them.
struct RingFormat: Equatable {
  let rawValue: UInt8

  /// ``RingSample``: 8 bytes.
  static let wide = RingFormat(rawValue: 16)
  /// The same with axes: ``MotionCell``, 16 bytes.
  static let motion = RingFormat(rawValue: 17)

  /// 4 bytes: values are multiples of 10^exponent, see ``NarrowCells``.
  static func narrow(exponent: UInt8) -> RingFormat { RingFormat(rawValue: exponent) }

  @inline(__always) var isNarrow: Bool { rawValue < Self.wide.rawValue }

  /// What the values of a narrow ring are multiples of.
  @inline(__always) var unit: Int32 { Self.powerOfTen(rawValue) }

  /// Larger rings are wide: theirs are records of many samples, which are to be judged as fast as can be.
  static let maxNarrowSamples = 64
  /// Most digits that the values of a narrow ring may end in as zeros.
  static let maxExponent: UInt8 = 9

  @inline(__always)
  private static func powerOfTen(_ exponent: UInt8) -> Int32 {
    switch exponent {
    case 0: 1
    case 1: 10
    case 2: 100
    case 3: 1_000
    case 4: 10_000
    case 5: 100_000
    case 6: 1_000_000
    case 7: 10_000_000
    case 8: 100_000_000
    default: 1_000_000_000
    }
  }

  /// The largest power of ten, by its exponent, that `value` is a multiple of.
  static func exponent(of value: Int32) -> UInt8 {
    var exponent: UInt8 = 0
    while exponent < maxExponent, value % powerOfTen(exponent + 1) == 0 { exponent += 1 }
    return exponent
  }
}

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
