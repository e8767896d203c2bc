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
}
