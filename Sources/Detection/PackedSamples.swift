/// The compact form in which a window's samples are kept, sorted by time: two to three bits a sample for
/// noise of one unit, one more each time the noise doubles, and next to nothing for the times of a steady
/// stream.
///
/// Layout, where a varint is LEB128 and zigzag maps 0, −1, 1, −2, … to 0, 1, 2, 3, …:
///
/// 1. a zero byte; then the values' exponent e: all of them are multiples of 10^e; then the number of
///    samples, a varint;
/// 2. the times, as varints: `run << 1 | 1` for so many samples that are not flagged and whose step in time
///    is that of the sample before, or `(zigzag(Δ²time) << 1 | flagged) << 1` for one sample, where Δ²time
///    is the difference between its step and the step before it. The first step is counted from the
///    window's start, the step before that is zero;
/// 3. unless there are no samples: the first value divided by 10^e, zigzag, a varint; then a byte k and for
///    each further sample z = zigzag(Δvalue / 10^e) in a Rice code (R. F. Rice, 1979): z >> k ones, a zero,
///    the k lowest bits of z; or, where z >> k is 24 or more, 24 ones and all 32 bits of z. Bits fill bytes
///    from the lowest, the rest of the last byte is zero.
///
/// Packs of the first kind, in databases written before this one, begin with the number of samples and go on
/// with a pair of varints each: `zigzag(Δ²time) << 1 | flagged` and `zigzag(Δvalue)`, the first value's
/// difference counted from zero. None has a zero first and anything behind it.
public enum PackedSamples {
  /// One sample as the pack keeps it.
  public struct Element: Equatable, Sendable {
    public var time: Int64
    public var value: Int32
    public var isFlagged: Bool

    public init(time: Int64, value: Int32, isFlagged: Bool) {
      self.time = time
      self.value = value
      self.isFlagged = isFlagged
    }
  }

  /// The greatest e.
  static let largestExponent = 9
  /// So many ones stand for a value that is written out.
  static let longestRun: UInt64 = 24

  /// Appends the pack of a window's samples to `bytes`.
  ///
  /// - Parameters:
  ///   - samples: In the order of time.
  ///   - start: The window's; no sample is older.
  public static func pack(
    _ samples: some Collection<Element>, start: Int64, into bytes: inout [UInt8]
  ) {
    Packer.withPacker(start: start, count: samples.count) { packer in
      for sample in samples {
        packer.append(time: sample.time, value: sample.value, isFlagged: sample.isFlagged)
      }
      bytes.append(contentsOf: packer.finish())
    }
  }

  @inline(__always)
  static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }

  @inline(__always)
  static func unzigzag(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}
