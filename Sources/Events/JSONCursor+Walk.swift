extension JSONCursor {
  /// Passes an object, whose opening brace is the next byte; `member` must pass the value of each member
  /// that the table knows and is given the offset of its name. All others are passed over.
  ///
  /// - Parameter depth: how many arrays and objects are open, this object included.
  @inline(__always)
  mutating func walkObject<Field>(
    _ table: FieldTable<Field>, scratch: UnsafeMutablePointer<UInt8>, depth: Int = 1,
    _ member: (inout JSONCursor, Field, Int) throws(InvalidRecord) -> Void
  ) throws(InvalidRecord) {
    next += 1
    if try peekToken() == UInt8(ascii: "}") {
      next += 1
      return
    }
    repeat {
      guard try peekToken() == UInt8(ascii: "\"") else { throw fault(.notJSON) }
      let name = offset
      let field = try scanName(in: table, scratch: scratch)
      try expect(UInt8(ascii: ":"))
      if let field {
        try member(&self, field, name)
      } else {
        try skipValue(depth: depth)
      }
    } while try !passSeparator(orClose: UInt8(ascii: "}"))
  }

  /// Passes `null`, if it is the next value, and returns whether it was.
  @inline(__always)
  mutating func passNull() throws(InvalidRecord) -> Bool {
    guard try peekToken() == UInt8(ascii: "n") else { return false }
    try passLiteral("null")
    return true
  }

  /// Whether the rest of the text is UTF-8.
  mutating func isUTF8() -> Bool {
    while next < end {
      if next.pointee < 0x80 {
        next += 1
      } else {
        do { try passMultibyteCharacter() } catch { return false }
      }
    }
    return true
  }
}

/// A way through the elements of an array.
struct ArrayWalk {
  var cursor: JSONCursor
  private var isFirst = true

  /// - Parameter cursor: its next byte is the opening bracket.
  @inline(__always)
  init(_ cursor: JSONCursor) {
    self.cursor = cursor
    self.cursor.next += 1
  }

  /// Moves on to the next element, or past the closing bracket if there is none. The element before
  /// must have been passed.
  @inline(__always)
  mutating func next() throws(InvalidRecord) -> Bool {
    guard isFirst else { return try !cursor.passSeparator(orClose: UInt8(ascii: "]")) }
    isFirst = false
    guard try cursor.peekToken() == UInt8(ascii: "]") else { return true }
    cursor.next += 1
    return false
  }
}
