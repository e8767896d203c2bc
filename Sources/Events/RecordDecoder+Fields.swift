extension RecordDecoder {
  /// Reads the value of a known field.
  @inline(__always)
  func read(
    _ field: RecordField, _ cursor: inout JSONCursor, _ draft: inout RecordDraft
  ) throws(InvalidRecord) {
    switch field {
    case .user:
      draft.user = try readID(&cursor, unescapedInto: idText)
      guard !draft.user.isEmpty else { throw cursor.fault(.emptyUser) }
    case .device:
      if try cursor.peekToken() == UInt8(ascii: "n") {
        try cursor.passLiteral("null")
      } else {
        draft.device = try readID(&cursor, unescapedInto: idText + Self.maxIDBytes)
      }
    case .time: draft.time = try readTime(&cursor)
    case .value: draft.value = try readUnits(&cursor)
    case .x: draft.x = try readUnits(&cursor)
    case .y: draft.y = try readUnits(&cursor)
    case .z: draft.z = try readUnits(&cursor)
    case .burstStart: draft.burstStart = try readTime(&cursor)
    case .rate: draft.rate = try readRate(&cursor)
    case .samples: draft.sampleCount = try readSamples(&cursor)
    }
  }

  /// The fault of a value that is not of the kind its field needs; throws if it is not JSON either.
  @inline(never)
  func wrongType(_ cursor: inout JSONCursor, depth: Int = 1) throws(InvalidRecord) -> InvalidRecord
  {
    let offset = cursor.offset
    try cursor.skipValue(depth: depth)
    return InvalidRecord(.wrongType, offset: offset)
  }

  /// A string's bytes with its escapes resolved: in the record itself, or in `scratch` if it has any.
  @inline(__always)
  func plainText(_ string: JSONString) -> (text: UnsafePointer<UInt8>, count: Int) {
    guard string.hasEscapes else { return (string.start, string.count) }
    return (UnsafePointer(scratch), JSONCursor.unescape(string, to: scratch))
  }

  // MARK: Ids

  @inline(__always)
  private func readID(
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
    guard isNegative || 0x30...0x39 ~= first.pointee else { throw try wrongType(&cursor) }
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

  /// A number in units of the stream's resolution.
  @inline(__always)
  func readUnits(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int32 {
    let number = try readNumber(&cursor)
    guard let units = fixedPoint.units(number) else {
      throw cursor.fault(number.fitsDouble ? .outOfBounds : .notFinite)
    }
    return units
  }

  /// A number, quoted or not.
  @inline(__always)
  private func readNumber(_ cursor: inout JSONCursor) throws(InvalidRecord) -> DecimalText {
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
    guard token &- 0x30 < 10 || token == UInt8(ascii: "-") else { throw try wrongType(&cursor) }
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

  private func readRate(_ cursor: inout JSONCursor) throws(InvalidRecord) -> BurstRate {
    let number = try readNumber(&cursor)
    guard let rate = BurstRate(number, powers: powers) else {
      throw cursor.fault(number.fitsDouble ? .badRate : .notFinite)
    }
    return rate
  }

  // MARK: Times

  /// A moment, as ``RecordTime`` describes it or as a number of milliseconds.
  @inline(__always)
  private func readTime(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int64 {
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

  // MARK: Bursts

  /// Reads a burst's values into the decoder's memory and returns how many they are.
  private func readSamples(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int {
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try wrongType(&cursor) }
    cursor.next += 1
    let first = try cursor.peekToken()
    guard first != UInt8(ascii: "]") else { throw cursor.fault(.emptyBurst) }
    let isVector = first == UInt8(ascii: "[")
    var count = 0
    repeat {
      guard count < maxBurstSamples else { throw cursor.fault(.burstTooLong) }
      let value = isVector ? try readVector(&cursor) : try readUnits(&cursor)
      sampleStorage[count] = Sample(time: 0, value: value)
      count += 1
    } while try !cursor.passSeparator(orClose: UInt8(ascii: "]"))
    return count
  }

  /// The magnitude of `[x, y, z]`.
  @inline(__always)
  private func readVector(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int32 {
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try wrongType(&cursor) }
    cursor.next += 1
    let x = try readUnits(&cursor)
    try passInVector(&cursor, UInt8(ascii: ","))
    let y = try readUnits(&cursor)
    try passInVector(&cursor, UInt8(ascii: ","))
    let z = try readUnits(&cursor)
    try passInVector(&cursor, UInt8(ascii: "]"))
    guard let magnitude = FixedPoint.magnitude(x, y, z) else { throw cursor.fault(.outOfBounds) }
    return magnitude
  }

  /// Passes what must follow an axis. The other one of comma and bracket means a vector of another
  /// length than three.
  @inline(__always)
  private func passInVector(_ cursor: inout JSONCursor, _ byte: UInt8) throws(InvalidRecord) {
    let token = try cursor.peekToken()
    guard token == byte else {
      let isOther = token == UInt8(ascii: ",") || token == UInt8(ascii: "]")
      throw cursor.fault(isOther ? .wrongType : .notJSON)
    }
    cursor.next += 1
  }
}
