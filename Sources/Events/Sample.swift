/// One measured value at one moment, as the engine judges it.
public struct Sample: Equatable, Hashable, Sendable {
  /// Event time: milliseconds since 1970-01-01T00:00:00Z, in `0 ... Sample.maxTime`.
  public var time: Int64
  /// The value in units of the stream's resolution (by default one millionth of a g), in
  /// `-Sample.maxMagnitude ... Sample.maxMagnitude`.
  public var value: Int32

  public init(time: Int64, value: Int32) {
    self.time = time
    self.value = value
  }

  /// The largest absolute value a sample may have: 2³⁰ − 1 units.
  ///
  /// The bound leaves one bit of the packed sample for its flag, keeps a squared value below 2⁶⁰ and
  /// the sum of 2¹⁶ squares below 2⁷⁶; `Detection` proves from it that nothing overflows.
  public static let maxMagnitude: Int32 = (1 << 30) - 1

  /// 9999-12-31T23:59:59.999Z, the last moment that RFC 3339 can write.
  public static let maxTime: Int64 = 253_402_300_799_999
}
