extension FixedPoint {
  /// Passes a number of the most common shape, one digit, a point and one to five decimals, either in quotes
  /// or with a comma or a bracket behind it, and returns it in units of the resolution. Of anything else it
  /// passes nothing and returns `nil`: that is for ``ValueReader``, which knows the whole grammar.
  ///
  /// Nothing is rounded, so it must give what the long way gives; the tests hold one against the other.
  @inline(__always)
  func passShort(_ cursor: inout JSONCursor) -> Int32? {
    // A quote, a sign, and a word of eight bytes.
    guard !isMetric, cursor.end - cursor.next >= 10 else { return nil }
    var first = cursor.next
    let isQuoted = first.pointee == UInt8(ascii: "\"")
    if isQuoted { first += 1 }
    let isNegative = first.pointee == UInt8(ascii: "-")
    if isNegative { first += 1 }
    let word = EightBytes.load(first)
    // "d." in the lowest two bytes.
    let whole = (word & 0xFF) &- 0x30
    guard whole < 10, word & 0xFF00 == 0x2E00 else { return nil }
    let stops = EightBytes.nonDigits(word) & ~0xFFFF
    guard stops != 0 else { return nil }
    let length = stops.trailingZeroBitCount >> 3
    let decimals = length &- 2
    let stop = first[length]
    let isAtEnd =
      isQuoted
      ? stop == UInt8(ascii: "\"")
      : stop == UInt8(ascii: ",") || stop == UInt8(ascii: "]") || stop == UInt8(ascii: "}")
    guard isAtEnd, decimals > 0, decimals <= digits else { return nil }
    // The decimals moved to the upper end: zero bytes before them count as zeros.
    let fraction = EightBytes.number((word >> 16) &<< UInt64(8 &* (8 &- decimals)))
    let magnitude = (whole &* powers[decimals] &+ fraction) &* powers[digits &- decimals]
    guard magnitude <= Self.limit else { return nil }
    cursor.next = first + length + (isQuoted ? 1 : 0)
    let value = Int32(truncatingIfNeeded: magnitude)
    return isNegative ? -value : value
  }
}
