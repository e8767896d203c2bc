/// Numbers as sensors write them, read eight bytes at a time: perhaps a minus sign, one digit, a point, and
/// at least one but no more digits than the stream's resolution has. So the result is exact, without
/// rounding. Whatever else JSON allows is left to ``ValueReader``.
struct ShortDecimal {
  /// Bytes that must be readable where a vector may begin: three numbers of at most twelve bytes each, the
  /// brackets, spaces and commas, and what the last load of eight reads beyond.
  static let vectorRoom = 64

  private let digits: UInt64
  /// 10^digits.
  private let one: UInt64
  /// Moves the first digits behind the point to the last of eight places.
  private let shift: UInt64

  /// `nil` if the stream's numbers need rounding always, or have too many digits: those in m/s², and
  /// resolutions of 0, 8 and 9 digits.
  init?(_ fixedPoint: FixedPoint) {
    guard !fixedPoint.isMetric, 1...7 ~= fixedPoint.digits else { return nil }
    digits = UInt64(fixedPoint.digits)
    one = (0..<fixedPoint.digits).reduce(1) { power, _ in power * 10 }
    shift = 8 * (8 - digits)
  }

  /// Reads `[x,y,z]`, or the same with a space before a bracket or a number as Python writes it.
  ///
  /// - Precondition: ``vectorRoom`` bytes are readable at `next`.
  /// - Returns: the three in units of the resolution, with `next` behind them; `nil` if it is written otherwise.
  @inline(__always)
  func readVector(_ next: inout UnsafePointer<UInt8>) -> (x: Int32, y: Int32, z: Int32)? {
    var place = next
    if place.pointee == UInt8(ascii: " ") { place += 1 }
    // All is read before it is asked whether it was as it should be, so that nothing waits for the answers.
    // A number that is none is passed over, too, by twelve bytes at most.
    var isOther = place.pointee ^ UInt8(ascii: "[")
    place += 1
    let x = readNumber(&place, &isOther)
    isOther |= place.pointee ^ UInt8(ascii: ",")
    place += 1
    let y = readNumber(&place, &isOther)
    isOther |= place.pointee ^ UInt8(ascii: ",")
    place += 1
    let z = readNumber(&place, &isOther)
    isOther |= place.pointee ^ UInt8(ascii: "]")
    guard isOther == 0 else { return nil }
    next = place + 1
    return (x, y, z)
  }

  @inline(__always)
  private func readNumber(
    _ place: inout UnsafePointer<UInt8>, _ isOther: inout UInt8
  ) -> Int32 {
    if place.pointee == UInt8(ascii: " ") { place += 1 }
    let isNegative = place.pointee == UInt8(ascii: "-")
    // Where the next number begins depends on this one's length: so what lies on that way is short, and
    // both places where the fraction may be are read before it is known which.
    let unsigned = EightBytes.load(place + 2)
    let signed = EightBytes.load(place + 3)
    let fraction = (isNegative ? signed : unsigned) ^ 0x3030_3030_3030_3030
    let sign: Int64 = isNegative ? 1 : 0
    place += Int(sign)
    // Of a digit the lower half is its value and the upper half gone.
    let whole = place.pointee ^ 0x30
    isOther |= place[1] ^ UInt8(ascii: ".")
    let stops = EightBytes.beyondNine(fraction)
    // 8 if all are digits.
    let count = UInt64(stops.trailingZeroBitCount) >> 3
    isOther |= whole > 9 || count &- 1 >= digits ? 1 : 0
    let kept = fraction & ((1 &<< (8 &* count)) &- 1)
    let units = Int64(
      truncatingIfNeeded: UInt64(whole) &* one &+ EightBytes.number(kept &<< shift))
    place += 2 + Int(truncatingIfNeeded: count)
    return Int32(truncatingIfNeeded: (units ^ (0 &- sign)) &+ sign)
  }
}
