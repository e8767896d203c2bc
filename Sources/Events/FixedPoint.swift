/// Exact conversion of decimal texts to a stream's fixed point, with integers only.
///
/// Rounding is half away from zero, once, of the number as written. Why the nineteen digits of
/// ``DecimalText`` suffice: the numbers at which the rounding changes lie on the grid 10^−(digits+1)
/// without conversion, and on (n + ½)·9.80665·10^−digits, thus on the grid 10^−(digits+6), with it. A
/// number within bounds has at most ten digits before its last unit (eleven in m/s²), so nineteen
/// reach beyond that grid, and cutting off what lies between two of its points changes nothing.
struct FixedPoint {
  let digits: Int
  let isMetric: Bool
  /// 10^0 … 10^19.
  private let powers: UnsafePointer<UInt64>

  private static let limit = UInt64(Sample.maxMagnitude)
  /// Standard gravity in units of 10^−5 m/s².
  private static let gravity: UInt64 = 980_665

  /// `powers` must hold 10^0 … 10^19 for as long as the value is used.
  init(_ format: RecordFormat, powers: UnsafePointer<UInt64>) {
    digits = format.digits
    isMetric = format.unit == .metresPerSecondSquared
    self.powers = powers
  }

  /// The number in units of the resolution, or `nil` if it is beyond ``Sample/maxMagnitude``.
  @inline(__always)
  func units(_ number: DecimalText) -> Int32? {
    let magnitude = isMetric ? metricMagnitude(number) : magnitude(number)
    guard magnitude <= Self.limit else { return nil }
    let value = Int32(truncatingIfNeeded: magnitude)
    return number.isNegative ? -value : value
  }

  /// |number|·10^digits, rounded; above `limit` if it is out of bounds.
  @inline(__always)
  private func magnitude(_ number: DecimalText) -> UInt64 {
    let scale = number.exponent &+ digits
    if scale >= 0 { return scaledUp(number.mantissa, scale, limit: Self.limit) }
    // mantissa < 10^19, so from 10^20 on the quotient is below one tenth.
    if scale < -19 { return 0 }
    // The sum is below 1.5·10^19 < 2^64.
    let divisor = powers[-scale]
    return (number.mantissa &+ divisor / 2) / divisor
  }

  /// |number|·10^digits / 9.80665, rounded; above `limit` if it is out of bounds.
  private func metricMagnitude(_ number: DecimalText) -> UInt64 {
    let scale = number.exponent &+ digits &+ 5
    let dividend: UInt64
    var divisor = Self.gravity
    if scale >= 0 {
      dividend = scaledUp(number.mantissa, scale, limit: (Self.limit + 1) * Self.gravity)
    } else {
      // mantissa < 10^19, and 980665·10^14 is nine times that. 980665·10^13 still fits.
      if scale < -13 { return 0 }
      dividend = number.mantissa
      divisor *= powers[-scale]
    }
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder >= divisor - remainder ? quotient + 1 : quotient
  }

  /// mantissa·10^scale, or a number above `limit` if it is more than that.
  @inline(__always)
  private func scaledUp(_ mantissa: UInt64, _ scale: Int, limit: UInt64) -> UInt64 {
    if mantissa == 0 { return 0 }
    // limit < 2^51, so mantissa·10^scale could only be wrong where it is above the limit anyway.
    guard scale <= 15 else { return limit + 1 }
    let (product, isOverflow) = mantissa.multipliedReportingOverflow(by: powers[scale])
    return isOverflow || product > limit ? limit + 1 : product
  }

  /// √(x² + y² + z²), rounded to the nearest unit; `nil` if it is beyond ``Sample/maxMagnitude``.
  @inline(__always)
  static func magnitude(_ x: Int32, _ y: Int32, _ z: Int32) -> Int32? {
    func square(_ value: Int32) -> UInt64 {
      let wide = Int64(value)
      return UInt64(bitPattern: wide &* wide)
    }
    // Below 3·2^60.
    let sum = square(x) &+ square(y) &+ square(z)
    // Up to here the root in floating point is on the right side of every half: with m < 2^24 an integer is
    // ¼ or more away from (m + ½)², so its root is 2^−27 away from m + ½, and neighbours are 2^−29 apart.
    // Adding 1.5·2^52 rounds to the nearest integer, which is left in the lowest bits.
    if sum < 1 << 48 {
      let root = Double(Int64(bitPattern: sum)).squareRoot()
      return Int32(truncatingIfNeeded: (root + 0x1.8p52).bitPattern)
    }
    // The root in floating point is off by at most one: make it ⌊√sum⌋.
    var root = UInt64(Double(sum).squareRoot())
    while root &* root > sum { root &-= 1 }
    while (root &+ 1) &* (root &+ 1) <= sum { root &+= 1 }
    // (root + ½)² = root² + root + ¼ is not an integer: there are no ties.
    if sum > root &* root &+ root { root &+= 1 }
    return root <= limit ? Int32(truncatingIfNeeded: root) : nil
  }
}
