/// Reads numbers and times that stand as texts outside of JSON records, as in files of recordings, just as
/// ``RecordDecoder`` reads those inside: to the stream's resolution, rounded once, half away from zero.
///
/// One reader serves one thread at a time.
public final class TextValues {
  public let format: RecordFormat
  private let fixedPoint: FixedPoint
  private let axisScale: AxisScale
  /// 10^0 … 10^19.
  private let powers: UnsafeMutablePointer<UInt64>

  /// A number as its text writes it, to nineteen digits: enough for any resolution.
  public struct Decimal: Equatable, Sendable {
    var mantissa: UInt64
    var exponent: Int32
    var isNegative: Bool

    var text: DecimalText {
      var text = DecimalText()
      text.mantissa = mantissa
      text.exponent = Int(exponent)
      text.isNegative = isNegative
      return text
    }
  }

  public init(format: RecordFormat = .standard) {
    self.format = format
    powers = .allocate(capacity: 20)
    var power: UInt64 = 1
    for exponent in 0..<20 {
      powers[exponent] = power
      power &*= 10
    }
    fixedPoint = FixedPoint(format, powers: powers)
    axisScale = AxisScale(digits: format.digits)
  }

  deinit { powers.deallocate() }

  // MARK: Numbers

  /// The number that a text is by the grammar of JSON (RFC 8259 §6), blanks around it aside; `nil` if it is
  /// none.
  public func decimal(_ text: UnsafeRawBufferPointer) -> Decimal? {
    guard let number = number(text) else { return nil }
    // Beyond these the number is zero, or too large, at any resolution.
    return Decimal(
      mantissa: number.mantissa, exponent: Int32(max(-1_000, min(1_000, number.exponent))),
      isNegative: number.isNegative)
  }

  /// The number in units of the format's resolution; `nil` if the text is no number or the number is beyond
  /// ``Sample/maxMagnitude``.
  public func units(_ text: UnsafeRawBufferPointer) -> Int32? {
    number(text).flatMap { fixedPoint.units($0) }
  }

  /// The same of a number that has been read.
  public func units(_ number: Decimal) -> Int32? { fixedPoint.units(number.text) }

  /// √(x² + y² + z²) of numbers in units of the resolution, rounded to the nearest unit; `nil` if it is beyond
  /// ``Sample/maxMagnitude``.
  public func magnitude(_ x: Int32, _ y: Int32, _ z: Int32) -> Int32? {
    FixedPoint.magnitude(x, y, z)
  }

  /// Accelerations in units of the resolution as thousandths of a g.
  public func axes(_ x: Int32, _ y: Int32, _ z: Int32) -> AxisSample { axisScale.sample(x, y, z) }

  private func number(_ text: UnsafeRawBufferPointer) -> DecimalText? {
    let text = Self.trimmed(text)
    guard let start = text.baseAddress else { return nil }
    var cursor = JSONCursor(start.assumingMemoryBound(to: UInt8.self), count: text.count)
    var number = DecimalText()
    guard cursor.passNumber(&number), cursor.isAtEnd, number.fitsDouble else { return nil }
    return number
  }

  // MARK: Times

  /// The moment that a text names, in milliseconds since 1970; `nil` if it names none in 1970 … 9999.
  ///
  /// Read are numbers of milliseconds, fractions rounded down; the forms of time that records may have
  /// (RFC 3339 among them); and `2014-04-01 00:05:00`, with or without a fraction, which is UTC.
  public func time(_ text: UnsafeRawBufferPointer) -> Int64? {
    if let number = number(text) { return RecordTime.milliseconds(number, powers: powers) }
    let text = Self.trimmed(text)
    guard text.count >= 19, text.count <= 64, let start = text.baseAddress else { return nil }
    let bytes = start.assumingMemoryBound(to: UInt8.self)
    if let time = RecordTime.milliseconds(bytes, count: text.count) { return time }
    // Without a zone: once more with that of UTC behind it.
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 1) { zoned in
      guard let target = zoned.baseAddress else { return nil }
      target.update(from: bytes, count: text.count)
      target[text.count] = UInt8(ascii: "Z")
      return RecordTime.milliseconds(UnsafePointer(target), count: text.count + 1)
    }
  }

  /// ``time(_:)`` of a string.
  public func time(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { time(UnsafeRawBufferPointer($0)) }
  }

  private static func trimmed(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var start = text.startIndex
    var end = text.endIndex
    while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
    while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
    return UnsafeRawBufferPointer(rebasing: text[start..<end])
  }
}

extension TextValues {
  /// The most decimal digits, 0 … 9, at which every one of some numbers is within ``Sample/maxMagnitude``;
  /// `nil` if one is not even without decimals.
  public static func finestDigits(
    holding numbers: some Sequence<Decimal>, unit: RecordFormat.Unit = .none
  ) -> Int? {
    var digits = 9
    var reader = reader(digits: digits, unit)
    for number in numbers {
      while reader?.units(number) == nil {
        digits -= 1
        guard digits >= 0 else { return nil }
        reader = self.reader(digits: digits, unit)
      }
    }
    return digits
  }

  /// `nil` only for digits that no format can have.
  private static func reader(digits: Int, _ unit: RecordFormat.Unit) -> TextValues? {
    (try? RecordFormat(unit: unit, digits: digits)).map(TextValues.init)
  }
}
