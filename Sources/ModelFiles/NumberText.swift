/// Decimal numbers of text files, read to the nearest 64-bit number.
enum NumberText {
  /// Powers that are exact.
  private static let powers: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Reads the number at `next` and moves `next` behind it; `nil` if there is none.
  ///
  /// What a number is says RFC 8259, and zeros before it are let through. A number too large is infinite.
  static func parse(_ bytes: UnsafeBufferPointer<UInt8>, _ next: inout Int) -> Double? {
    let first = next
    func peek(_ character: Unicode.Scalar) -> Bool {
      next < bytes.count && bytes[next] == UInt8(ascii: character)
    }
    let isNegative = peek("-")
    if isNegative { next += 1 }
    var mantissa: UInt64 = 0
    // Digits in the mantissa, which holds 19 of them at least.
    var significant = 0
    func digits() -> Int {
      let start = next
      while next < bytes.count {
        let digit = bytes[next] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        if significant > 0 || digit > 0 { significant += 1 }
        if significant <= 19 { mantissa = mantissa &* 10 &+ UInt64(digit) }
        next += 1
      }
      return next - start
    }
    guard digits() > 0 else { return nil }
    var exponent = 0
    if peek(".") {
      next += 1
      let count = digits()
      guard count > 0 else { return nil }
      exponent = -count
    }
    if peek("e") || peek("E") {
      next += 1
      let isDown = peek("-")
      if isDown || peek("+") { next += 1 }
      let start = next
      var value = 0
      while next < bytes.count, case let digit = bytes[next] &- UInt8(ascii: "0"), digit < 10 {
        value = min(value * 10 + Int(digit), 100_000)
        next += 1
      }
      guard next > start else { return nil }
      exponent += isDown ? -value : value
    }
    // Both are exact, so that the one operation rounds rightly (Clinger 1990).
    if significant <= 19, mantissa < 1 << 53, abs(exponent) < powers.count {
      let power = powers[abs(exponent)]
      let magnitude = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
      return isNegative ? -magnitude : magnitude
    }
    return Double(String(decoding: bytes[first..<next], as: UTF8.self))
  }
}
