/// A number as its decimal text writes it: `mantissa · 10^exponent`, negated if `isNegative`.
///
/// The mantissa keeps the first nineteen significant digits. What is cut off after them never changes
/// a result: see ``FixedPoint``.
struct DecimalText {
  var isNegative = false
  var mantissa: UInt64 = 0
  var exponent = 0
  /// Whether non-zero digits were cut off.
  var isCut = false

  /// Below this, one more digit fits: (10^18 − 1)·10 + 9 < 10^19 < 2^64.
  static let roomForDigit: UInt64 = 1_000_000_000_000_000_000

  /// Whether the number is zero or of a size that a `Double` can have: 10^−323 up to 10^309. Most JSON
  /// readers refuse what is beyond, so a record must not depend on it.
  var fitsDouble: Bool {
    var digits = 0
    var rest = mantissa
    while rest > 0 {
      rest /= 10
      digits += 1
    }
    return digits == 0 || -322...309 ~= digits + exponent
  }

  /// Whether the number may be too small for a `Double`: a quick test before the exact one.
  @inline(__always)
  var mayUnderflow: Bool { exponent < -300 }

  /// The number · 10^digits, rounded half away from zero, once; `nil` if its magnitude is above `limit`.
  ///
  /// - Parameters:
  ///   - digits: 0 to 9.
  ///   - limit: at most 2⁶².
  ///   - powers: 10^0 … 10^19.
  @inline(__always)
  func scaled(digits: Int, limit: UInt64, powers: UnsafePointer<UInt64>) -> Int64? {
    let scale = exponent &+ digits
    var magnitude = mantissa
    if scale < 0 {
      // mantissa < 10^19, so from 10^20 on the quotient is below one tenth. The sum is below
      // 1.5·10^19 < 2^64. What was cut off lies below the last of nineteen digits: it changes the
      // result only of numbers above the limit.
      magnitude = scale < -19 ? 0 : (mantissa &+ powers[-scale] / 2) / powers[-scale]
    } else if scale > 0, mantissa > 0 {
      guard scale <= 19 else { return nil }
      let (product, isOverflow) = mantissa.multipliedReportingOverflow(by: powers[scale])
      guard !isOverflow else { return nil }
      magnitude = product
    }
    guard magnitude <= limit else { return nil }
    let value = Int64(truncatingIfNeeded: magnitude)
    return isNegative ? -value : value
  }

  /// Appends a digit of the number's text.
  @inline(__always)
  mutating func append(_ digit: UInt8, isFraction: Bool) {
    if mantissa < Self.roomForDigit {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      if isFraction { exponent &-= 1 }
    } else {
      if digit != 0 { isCut = true }
      if !isFraction { exponent &+= 1 }
    }
  }
}

extension JSONCursor {
  /// Passes a number whose first byte, a digit or a minus sign, is the next byte.
  @inline(__always)
  mutating func scanNumber(_ number: inout DecimalText) throws(InvalidRecord) {
    let first = next
    guard passNumber(&number) else {
      if first.pointee == UInt8(ascii: "-") {
        var literal = self
        literal.next = first
        if let fault = literal.notFiniteLiteral() { throw fault }
      }
      throw unexpected()
    }
  }

  /// Passes a number whose first byte, a digit or a minus sign, is the next byte, and forgets it.
  @inline(__always)
  mutating func skipNumber() throws(InvalidRecord) {
    let first = next
    if first.pointee == UInt8(ascii: "-") { next += 1 }
    // A zero, an exponent or a point at a place of its own: what is rare is left to `scanNumber`.
    let whole = next
    skipDigits()
    var isPlain = next > whole && (next == whole + 1 || whole.pointee != UInt8(ascii: "0"))
    if next < end, next.pointee == UInt8(ascii: ".") {
      next += 1
      let fraction = next
      skipDigits()
      isPlain = isPlain && next > fraction
    }
    if isPlain, next == end || next.pointee | 0x20 != UInt8(ascii: "e") { return }
    next = first
    var number = DecimalText()
    try scanNumber(&number)
  }

  @inline(__always)
  private mutating func skipDigits() {
    while next < end, next.pointee &- 0x30 < 10 { next += 1 }
  }

  /// Passes a number by the grammar of RFC 8259 §6 and returns whether there was one. If not, `next` is
  /// the byte that does not belong.
  @inline(__always)
  mutating func passNumber(_ number: inout DecimalText) -> Bool {
    if next < end, next.pointee == UInt8(ascii: "-") {
      number.isNegative = true
      next += 1
    }
    guard next < end else { return false }
    var digit = next.pointee &- 0x30
    guard digit < 10 else { return false }
    next += 1
    if digit != 0 {
      number.mantissa = UInt64(digit)
      while next < end {
        digit = next.pointee &- 0x30
        guard digit < 10 else { break }
        number.append(digit, isFraction: false)
        next += 1
      }
    }
    guard next < end else { return true }
    if next.pointee == UInt8(ascii: ".") {
      next += 1
      let fraction = next
      while next < end {
        digit = next.pointee &- 0x30
        guard digit < 10 else { break }
        number.append(digit, isFraction: true)
        next += 1
      }
      guard next > fraction else { return false }
      guard next < end else { return true }
    }
    if next.pointee | 0x20 == UInt8(ascii: "e") { return passExponent(&number) }
    return true
  }

  @inline(never)
  private mutating func passExponent(_ number: inout DecimalText) -> Bool {
    next += 1
    var isNegative = false
    if next < end, next.pointee == UInt8(ascii: "-") || next.pointee == UInt8(ascii: "+") {
      isNegative = next.pointee == UInt8(ascii: "-")
      next += 1
    }
    let first = next
    var exponent = 0
    while next < end {
      let digit = next.pointee &- 0x30
      guard digit < 10 else { break }
      // No record has 10^9 digits, so an exponent beyond that decides alone.
      exponent = min(exponent * 10 + Int(digit), 1_000_000_000)
      next += 1
    }
    number.exponent += isNegative ? -exponent : exponent
    return next > first
  }
}
