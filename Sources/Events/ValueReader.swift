/// Reads the kinds of values that all records share: ids, numbers and times.
///
/// It holds no memory of its own: whoever makes one keeps `powers` and `scratch` for as long.
struct ValueReader {
  /// 10^0 … 10^19.
  let powers: UnsafePointer<UInt64>
  /// For unescaped strings. Unescaping never lengthens, so a record's size is room enough.
  let scratch: UnsafeMutablePointer<UInt8>

  /// The longest id of a user or a device, in bytes.
  static let maxIDBytes = 256

  @inline(__always)
  init(powers: UnsafePointer<UInt64>, scratch: UnsafeMutablePointer<UInt8>) {
    self.powers = powers
    self.scratch = scratch
  }

  /// A string's bytes with its escapes resolved: in the record itself, or in `scratch` if it has any.
  @inline(__always)
  func plainText(_ string: JSONString) -> (text: UnsafePointer<UInt8>, count: Int) {
    guard string.hasEscapes else { return (string.start, string.count) }
    return (UnsafePointer(scratch), JSONCursor.unescape(string, to: scratch))
  }

  // MARK: Ids

  @inline(__always)
  func readID(
    _ cursor: inout JSONCursor, unescapedInto target: UnsafeMutablePointer<UInt8>
  ) throws(InvalidRecord) -> UnsafeRawBufferPointer {
    guard try cursor.peekToken() == UInt8(ascii: "\"") else { return try readIntegerID(&cursor) }
    let offset = cursor.offset
    let string = try cursor.scanString()
    if string.hasEscapes { return try unescapedID(string, target, offset) }
    guard string.count <= Self.maxIDBytes else {
      throw InvalidRecord(.userTooLong, offset: offset)
    }
    return UnsafeRawBufferPointer(start: string.start, count: string.count)
  }

  @inline(never)
  private func unescapedID(
    _ string: JSONString, _ target: UnsafeMutablePointer<UInt8>, _ offset: Int
  ) throws(InvalidRecord) -> UnsafeRawBufferPointer {
    let (text, count) = plainText(string)
    guard count <= Self.maxIDBytes else { throw InvalidRecord(.userTooLong, offset: offset) }
    target.update(from: text, count: count)
    return UnsafeRawBufferPointer(start: target, count: count)
  }

  /// An integer of at most 19 digits as its text. `-0` is refused: other readers would make it `0`.
  @inline(never)
  private func readIntegerID(
    _ cursor: inout JSONCursor
  ) throws(InvalidRecord) -> UnsafeRawBufferPointer {
    let first = cursor.next
    let offset = cursor.offset
    let isNegative = first.pointee == UInt8(ascii: "-")
    guard isNegative || 0x30...0x39 ~= first.pointee else { throw try cursor.wrongType() }
    var number = DecimalText()
    try cursor.scanNumber(&number)
    let digits = first + (isNegative ? 1 : 0)
    let isInteger = UnsafeBufferPointer(start: digits, count: cursor.next - digits)
      .allSatisfy { 0x30...0x39 ~= $0 }
    guard isInteger, cursor.next - digits <= 19, !(isNegative && number.mantissa == 0) else {
      throw InvalidRecord(.wrongType, offset: offset)
    }
    return UnsafeRawBufferPointer(start: first, count: cursor.next - first)
  }

  // MARK: Numbers

  /// A number, quoted or not.
  @inline(__always)
  func readNumber(_ cursor: inout JSONCursor) throws(InvalidRecord) -> DecimalText {
    let token = try cursor.peekToken()
    var number = DecimalText()
    if token == UInt8(ascii: "\"") {
      let opening = cursor.next
      cursor.next += 1
      if cursor.passNumber(&number), !cursor.isAtEnd, cursor.next.pointee == token {
        cursor.next += 1
        guard !number.mayUnderflow || number.fitsDouble else { throw cursor.fault(.notFinite) }
        return number
      }
      cursor.next = opening
      return try readUnusualNumber(&cursor, otherwise: .wrongType)
    }
    guard token &- 0x30 < 10 || token == UInt8(ascii: "-") else { throw try cursor.wrongType() }
    try cursor.scanNumber(&number)
    guard !number.mayUnderflow || number.fitsDouble else { throw cursor.fault(.notFinite) }
    return number
  }

  /// A number in a string that may have escapes, or be no number at all.
  @inline(never)
  private func readUnusualNumber(
    _ cursor: inout JSONCursor, otherwise reason: InvalidReason
  ) throws(InvalidRecord) -> DecimalText {
    let offset = cursor.offset
    let (text, count) = plainText(try cursor.scanString())
    return try number(text, count: count, otherwise: InvalidRecord(reason, offset: offset))
  }

  private func number(
    _ text: UnsafePointer<UInt8>, count: Int, otherwise fault: InvalidRecord
  ) throws(InvalidRecord) -> DecimalText {
    var inner = JSONCursor(text, count: count)
    var number = DecimalText()
    let isNumber = inner.passNumber(&number) && inner.isAtEnd
    if isNumber, number.fitsDouble { return number }
    let isNotFinite =
      isNumber || Self.namesNotFinite(UnsafeBufferPointer(start: text, count: count))
    throw isNotFinite ? InvalidRecord(.notFinite, offset: fault.offset) : fault
  }

  /// Whether a string is `NaN` or an infinity as programming languages print them.
  private static func namesNotFinite(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    let hasSign = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
    let name = text.dropFirst(hasSign ? 1 : 0)
    let names: [StaticString] = ["nan", "inf", "infinity"]
    return names.contains { candidate in
      name.count == candidate.utf8CodeUnitCount
        && zip(name, 0...).allSatisfy { $0 | 0x20 == candidate.utf8Start[$1] }
    }
  }

  // MARK: Times

  /// A moment, as ``RecordTime`` describes it or as a number of milliseconds.
  @inline(__always)
  func readTime(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int64 {
    let token = try cursor.peekToken()
    if token == UInt8(ascii: "\"") { return try readTimeText(&cursor) }
    let first = cursor.next
    // Times from 2001-09-09 to 2286-11-20 have thirteen digits.
    if cursor.end - first > 13, token != UInt8(ascii: "0") {
      let head = EightBytes.load(first)
      let tail = EightBytes.load(first + 5)
      if EightBytes.areDigits(head), EightBytes.areDigits(tail) {
        switch first[13] {
        case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): break
        default:
          cursor.next = first + 13
          let time = EightBytes.number(head) &* 100_000 &+ EightBytes.number(tail) % 100_000
          return Int64(truncatingIfNeeded: time)
        }
      }
    }
    return try readTimeNumber(&cursor)
  }

  @inline(never)
  private func readTimeNumber(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int64 {
    let number = try readNumber(&cursor)
    guard let time = RecordTime.milliseconds(number, powers: powers) else {
      throw cursor.fault(number.fitsDouble ? .badTime : .notFinite)
    }
    return time
  }

  private func readTimeText(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int64 {
    let offset = cursor.offset
    let (text, count) = plainText(try cursor.scanString())
    let fault = InvalidRecord(.badTime, offset: offset)
    // A fifth byte "-" is a date's; of numbers only those like `1.5e-3` have one.
    if count > 4, text[4] == UInt8(ascii: "-"), text[3] &- 0x30 < 10 {
      guard let time = RecordTime.milliseconds(text, count: count) else { throw fault }
      return time
    }
    let number = try number(text, count: count, otherwise: fault)
    guard let time = RecordTime.milliseconds(number, powers: powers) else { throw fault }
    return time
  }

  /// A moment as a number of seconds, quoted or not.
  func readSeconds(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int64 {
    var number = try readNumber(&cursor)
    let fitsDouble = number.fitsDouble
    number.exponent += 3
    guard let time = RecordTime.milliseconds(number, powers: powers) else {
      throw cursor.fault(fitsDouble ? .badTime : .notFinite)
    }
    return time
  }

  // MARK: Small values

  /// `true` or `false`; `null` is `false`.
  func readBool(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Bool {
    switch try cursor.peekToken() {
    case UInt8(ascii: "t"):
      try cursor.passLiteral("true")
      return true
    case UInt8(ascii: "f"): try cursor.passLiteral("false")
    case UInt8(ascii: "n"): try cursor.passLiteral("null")
    default: throw try cursor.wrongType()
    }
    return false
  }

  /// A whole number from 0 to `limit`; `nil` for any other.
  func readWhole(_ cursor: inout JSONCursor, limit: Int64) throws(InvalidRecord) -> Int64? {
    let number = try readNumber(&cursor)
    guard !number.isCut, let whole = number.scaled(digits: 0, limit: UInt64(limit), powers: powers),
      whole >= 0
    else { return nil }
    if number.exponent < 0 {
      // Only zeros may stand behind the point.
      let isWhole =
        number.exponent < -19
        ? number.mantissa == 0 : number.mantissa.isMultiple(of: powers[-number.exponent])
      guard isWhole else { return nil }
    }
    return whole
  }
}
