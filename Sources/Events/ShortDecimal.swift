import CBytes

/// Numbers as sensors write them, all of their bytes at a time: perhaps a minus sign, one digit, a point, and
/// at least one but no more digits than the stream's resolution has. So the result is exact, without
/// rounding. Whatever else JSON allows is left to ``ValueReader``.
struct ShortDecimal {
  /// Bytes that must be readable where a vector may begin: three numbers of at most twelve bytes each, the
  /// brackets, spaces and commas, and what is looked through beyond.
  static let vectorRoom = 72

  private let digits: UInt64
  /// Times this the first digit behind the point comes to its place among eight bytes, of which the last
  /// is 10^0; and the digit before the point to the place before that. (A factor takes one instruction less
  /// than a shift that is not known beforehand.)
  private let fractionFactor: UInt64
  private let wholeFactor: UInt64

  /// `nil` if the stream's numbers need rounding always, or have too many digits: those in m/s², and
  /// resolutions of 0, 8 and 9 digits.
  init?(_ fixedPoint: FixedPoint) {
    guard !fixedPoint.isMetric, 1...7 ~= fixedPoint.digits else { return nil }
    digits = UInt64(fixedPoint.digits)
    fractionFactor = 1 << (8 * (8 - digits))
    wholeFactor = 1 << (8 * (7 - digits))
  }

  /// Reads `[x,y,z]`, or the same with a space before a bracket or a number as Python writes it.
  ///
  /// Where the numbers end is found at once, by their commas and the bracket; then none waits for the one
  /// before it, and the next vector only for the bracket.
  ///
  /// - Precondition: ``vectorRoom`` bytes are readable at `next`, and six before it.
  /// - Returns: the three in units of the resolution, with `next` behind them; `nil` if it is written otherwise.
  @inline(__always)
  func readVector(_ next: inout UnsafePointer<UInt8>) -> (x: Int32, y: Int32, z: Int32)? {
    var first = next
    if first.pointee == UInt8(ascii: " ") { first += 1 }
    // All is read before it is asked whether it was as it should be.
    var isOther = UInt64(first.pointee ^ UInt8(ascii: "["))
    first += 1
    var commas = cbytes_equal32(first, UInt8(ascii: ","))
    var brackets = cbytes_equal32(first, UInt8(ascii: "]"))
    if brackets == 0 {
      commas |= cbytes_equal16(first + 32, UInt8(ascii: ",")) << 32
      brackets = cbytes_equal16(first + 32, UInt8(ascii: "]")) << 32
    }
    let second = commas & (commas &- 1)
    let ends = (
      first + commas.trailingZeroBitCount, first + second.trailingZeroBitCount,
      first + brackets.trailingZeroBitCount
    )
    // No number is shorter than three bytes, so the eight before its end are the record's.
    guard ends.0 >= first + 3, second != 0, ends.1 < ends.2 else { return nil }
    let x = readNumber(first, ends.0, &isOther)
    let y = readNumber(ends.0 + 1, ends.1, &isOther)
    let z = readNumber(ends.1 + 1, ends.2, &isOther)
    guard isOther == 0 else { return nil }
    next = ends.2 + 1
    return (x, y, z)
  }

  /// Reads the number that ends before `end`; `isOther` becomes more than 0 if it is written otherwise.
  @inline(__always)
  private func readNumber(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, _ isOther: inout UInt64
  ) -> Int32 {
    var start = start
    start += start.pointee == UInt8(ascii: " ") ? 1 : 0
    let sign: Int64 = start.pointee == UInt8(ascii: "-") ? 1 : 0
    start += Int(sign)
    // Of a digit the lower half is its value and the upper half gone, of the point nothing is left.
    let whole = UInt64(start[0] ^ 0x30)
    isOther |= UInt64(start[1] ^ UInt8(ascii: "."))
    let count = UInt64(bitPattern: Int64(end - start)) &- 2
    isOther |= count &- 1 >= digits ? 1 : 0
    // The fraction is the last of these bytes; those before it go.
    let fraction = (EightBytes.load(end - 8) ^ 0x3030_3030_3030_3030) &>> (64 &- 8 &* count)
    let places = fraction &* fractionFactor | whole &* wholeFactor
    isOther |= EightBytes.beyondNine(places)
    let units = Int64(truncatingIfNeeded: EightBytes.number(digits: places))
    return Int32(truncatingIfNeeded: (units ^ (0 &- sign)) &+ sign)
  }
}
