extension JSONCursor {
  /// Passes a name, whose opening quote is the next byte, and returns what it stands for.
  ///
  /// - Parameter scratch: room for the name if it has escapes: as much as the text has bytes.
  @inline(__always)
  mutating func scanName<Field>(
    in table: FieldTable<Field>, scratch: UnsafeMutablePointer<UInt8>
  ) throws(InvalidRecord) -> Field? {
    let first = next + 1
    if end - first >= 8 {
      // A name of at most seven bytes ends within one word, and the word is its key in the table.
      let word = EightBytes.load(first)
      let stops = EightBytes.stringStops(word)
      if stops != 0 {
        let length = stops.trailingZeroBitCount >> 3
        if first[length] == UInt8(ascii: "\"") {
          next = first + length + 1
          let mask = (1 as UInt64) &<< UInt64(8 &* length) &- 1
          return table.field(first, length: length, word: word & mask)
        }
      }
    }
    return try scanLongName(in: table, scratch: scratch)
  }

  @inline(never)
  private mutating func scanLongName<Field>(
    in table: FieldTable<Field>, scratch: UnsafeMutablePointer<UInt8>
  ) throws(InvalidRecord) -> Field? {
    let string = try scanString()
    guard string.hasEscapes else {
      return table.field(
        string.start, length: string.count,
        word: FieldTable<Field>.firstWord(string.start, string.count))
    }
    let count = Self.unescape(string, to: scratch)
    return table.field(
      scratch, length: count, word: FieldTable<Field>.firstWord(scratch, count))
  }

  /// The fault of a value that is not of the kind its field needs; throws if it is not JSON either.
  @inline(never)
  mutating func wrongType(depth: Int = 1) throws(InvalidRecord) -> InvalidRecord {
    let offset = self.offset
    try skipValue(depth: depth)
    return InvalidRecord(.wrongType, offset: offset)
  }
}
