/// Decimal digits, two a byte, the first in the upper half: what SQL's `hex()` makes text of.
struct DigitWriter {
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  /// Digits written.
  private var count = 0

  /// Appends so many digits, which `body` writes; if they are odd, a zero behind them.
  ///
  /// - Returns: Where their bytes are.
  static func append(
    _ count: Int, to bytes: inout [UInt8], _ body: (inout DigitWriter) -> Void
  ) -> Range<Int> {
    let begin = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: (count + 1) / 2))
    bytes.withUnsafeMutableBufferPointer {
      var writer = DigitWriter(bytes: UnsafeMutableBufferPointer(rebasing: $0[begin...]))
      body(&writer)
    }
    return begin..<bytes.count
  }

  private init(bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

  /// Writes a number with as many digits as `width`, which it must not exceed.
  @inline(__always)
  mutating func put(_ number: UInt64, _ width: Int) {
    count += width
    var rest = number
    var place = count
    while place > count - width {
      place -= 1
      let (higher, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes[place >> 1] |= UInt8(truncatingIfNeeded: digit) << (place & 1 == 0 ? 4 : 0)
      rest = higher
    }
  }
}

/// Reads what ``DigitWriter`` wrote.
struct DigitReader {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The number of the next `width` digits; `nil` if there are not so many, or one is none.
  mutating func next(_ width: Int) -> Int64? {
    guard width >= 0, width <= 18, place + width <= bytes.count * 2 else { return nil }
    var number: Int64 = 0
    for _ in 0..<width {
      let digit = bytes[place >> 1] >> (place & 1 == 0 ? 4 : 0) & 15
      guard digit < 10 else { return nil }
      number = number * 10 + Int64(digit)
      place += 1
    }
    return number
  }
}
