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
