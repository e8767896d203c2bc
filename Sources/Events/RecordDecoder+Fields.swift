extension RecordDecoder {
  /// Reads the value of a known field.
  @inline(__always)
  func read(
    _ field: RecordField, _ cursor: inout JSONCursor, _ draft: inout RecordDraft
  ) throws(InvalidRecord) {
    switch field {
    case .user:
      draft.user = try values.readID(&cursor, unescapedInto: idText)
      guard !draft.user.isEmpty else { throw cursor.fault(.emptyUser) }
    case .device:
      if try cursor.peekToken() == UInt8(ascii: "n") {
        try cursor.passLiteral("null")
      } else {
        draft.device = try values.readID(&cursor, unescapedInto: idText + Self.maxIDBytes)
      }
    case .time: draft.time = try values.readTime(&cursor)
    case .value: draft.value = try readUnits(&cursor)
    case .x: draft.x = try readUnits(&cursor)
    case .y: draft.y = try readUnits(&cursor)
    case .z: draft.z = try readUnits(&cursor)
    case .burstStart: draft.burstStart = try values.readTime(&cursor)
    case .rate: draft.rate = try readRate(&cursor)
    case .samples: try readSamples(&cursor, &draft)
    case .latitude, .longitude, .timezone, .site:
      try readPlace(field, &cursor, seen: draft.seen)
    }
  }

  // MARK: Numbers

  /// A number in units of the stream's resolution.
  @inline(__always)
  func readUnits(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int32 {
    let number = try values.readNumber(&cursor)
    guard let units = fixedPoint.units(number) else {
      throw cursor.fault(number.fitsDouble ? .outOfBounds : .notFinite)
    }
    return units
  }

  private func readRate(_ cursor: inout JSONCursor) throws(InvalidRecord) -> BurstRate {
    let number = try values.readNumber(&cursor)
    guard let rate = BurstRate(number, powers: powers) else {
      throw cursor.fault(number.fitsDouble ? .badRate : .notFinite)
    }
    return rate
  }

  // MARK: Bursts

  /// Reads a burst's values into the decoder's memory.
  private func readSamples(
    _ cursor: inout JSONCursor, _ draft: inout RecordDraft
  ) throws(InvalidRecord) {
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
    cursor.next += 1
    let first = try cursor.peekToken()
    guard first != UInt8(ascii: "]") else { throw cursor.fault(.emptyBurst) }
    let isVector = first == UInt8(ascii: "[")
    var count = 0
    repeat {
      guard count < maxBurstSamples else { throw cursor.fault(.burstTooLong) }
      let value = isVector ? try readVector(&cursor, count) : try readUnits(&cursor)
      sampleStorage[count] = Sample(time: 0, value: value)
      count += 1
    } while try !cursor.passSeparator(orClose: UInt8(ascii: "]"))
    draft.sampleCount = count
    if isVector, keepsAxes {
      axisScale.convert(axisUnits, to: axisStorage, count: count)
      draft.axisCount = count
    }
  }

  /// The magnitude of `[x, y, z]`; the axes go to place `place` in the decoder's memory.
  @inline(__always)
  private func readVector(
    _ cursor: inout JSONCursor, _ place: Int
  ) throws(InvalidRecord) -> Int32 {
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
    cursor.next += 1
    let x = try readUnits(&cursor)
    try passInVector(&cursor, UInt8(ascii: ","))
    let y = try readUnits(&cursor)
    try passInVector(&cursor, UInt8(ascii: ","))
    let z = try readUnits(&cursor)
    try passInVector(&cursor, UInt8(ascii: "]"))
    guard let magnitude = FixedPoint.magnitude(x, y, z) else { throw cursor.fault(.outOfBounds) }
    axisUnits[3 * place] = x
    axisUnits[3 * place + 1] = y
    axisUnits[3 * place + 2] = z
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
