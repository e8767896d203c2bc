extension CameraDecoder {
  /// Reads a category, a string or a whole number, and returns the class that the record says it is.
  ///
  /// - Parameter list: which of the record's two lists says so.
  func categoryClass(
    _ cursor: inout JSONCursor, _ list: FieldName, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) -> UInt16 {
    let table = categories + (list == .detectionCategories ? 0 : 1)
    if !table.pointee.isRead { try readCategories(into: table, cursor, list, members, message) }
    let offset = cursor.offset
    let key = try values.readID(&cursor, unescapedInto: trackText)
    guard let entry = table.pointee.find(key) else {
      throw InvalidRecord(.unknownLabel, offset: offset)
    }
    if entry.pointee.classID >= 0 { return UInt16(entry.pointee.classID) }
    guard let id = names.classes.intern(entry.pointee.name) else {
      throw InvalidRecord(.badClass, field: list, offset: offset)
    }
    entry.pointee.classID = Int32(id)
    return id
  }

  /// Reads a list of categories, `{"1": "animal", …}`, which may stand behind the images.
  private func readCategories(
    into table: UnsafeMutablePointer<CategoryTable>, _ cursor: JSONCursor, _ list: FieldName,
    _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) {
    guard members & list.bit != 0 else { throw missing(list, message) }
    try value(of: list, cursor) { (cursor) throws(InvalidRecord) in
      guard try cursor.peekToken() == UInt8(ascii: "{") else { throw try cursor.wrongType() }
      table.pointee.begin()
      cursor.next += 1
      if try cursor.peekToken() == UInt8(ascii: "}") { return }
      repeat {
        _ = try cursor.peekToken()
        let offset = cursor.offset
        let key = try readKeptString(&cursor)
        try cursor.expect(UInt8(ascii: ":"))
        let name = try readKeptString(&cursor)
        guard table.pointee.count < CameraFormat.maxCategories else {
          throw InvalidRecord(.badClass, offset: offset)
        }
        guard table.pointee.add(key, name) else {
          throw InvalidRecord(.duplicateField, offset: offset)
        }
      } while try !cursor.passSeparator(orClose: UInt8(ascii: "}"))
    }
  }
}
