/// The known members of a record's top level, whose values begin at the decoder's `places`.
struct TopLevel {
  /// Those of a bare record, a ``FieldName/bit`` each.
  var members: UInt64 = 0
  /// Those of a CloudEvent.
  var attributes: UInt64 = 0
  /// The first member that occurs twice, if the record is bare or a CloudEvent.
  var duplicate: InvalidRecord?
  var duplicateAttribute: InvalidRecord?

  /// Whether the record is a CloudEvent in structured mode.
  @inline(__always)
  var isEvent: Bool {
    attributes & FieldName.specversion.bit != 0
      && attributes & (FieldName.data.bit | FieldName.dataBase64.bit) != 0
  }
}

extension CameraDecoder {
  /// Passes the record and finds its members.
  @inline(__always)
  func scanTop(_ cursor: inout JSONCursor) throws(InvalidRecord) -> TopLevel {
    var top = TopLevel()
    try cursor.walkObject(tables.top, scratch: scratch) {
      (cursor, member, name) throws(InvalidRecord) in
      if let field = member.bare {
        places[Int(field.rawValue)] = cursor.next
        if top.members & field.bit != 0, top.duplicate == nil {
          top.duplicate = InvalidRecord(.duplicateField, field: field, offset: name)
        }
        top.members |= field.bit
      }
      if let field = member.event {
        places[Int(field.rawValue)] = cursor.next
        if top.attributes & field.bit != 0, top.duplicateAttribute == nil {
          top.duplicateAttribute = InvalidRecord(.duplicateField, field: field, offset: name)
        }
        top.attributes |= field.bit
      }
      try cursor.skipValue(depth: 1)
    }
    return top
  }

  /// Passes an object and returns which members it has; their values begin at `places`.
  ///
  /// - Throws: also `wrongType`, if the next value is no object.
  func scanObject(
    _ cursor: inout JSONCursor, _ table: FieldTable<FieldName>, depth: Int
  ) throws(InvalidRecord) -> UInt64 {
    guard try cursor.peekToken() == UInt8(ascii: "{") else { throw try cursor.wrongType() }
    var members: UInt64 = 0
    try cursor.walkObject(table, scratch: scratch, depth: depth) {
      (cursor, field, name) throws(InvalidRecord) in
      guard members & field.bit == 0 else {
        throw InvalidRecord(.duplicateField, field: field, offset: name)
      }
      members |= field.bit
      places[Int(field.rawValue)] = cursor.next
      try cursor.skipValue(depth: depth)
    }
    return members
  }

  /// Passes an object; `read` must pass the value of each known member.
  @inline(__always)
  func readObject(
    _ cursor: inout JSONCursor, _ table: FieldTable<FieldName>,
    _ read: (inout JSONCursor, FieldName) throws(InvalidRecord) -> Void
  ) throws(InvalidRecord) -> UInt64 {
    guard try cursor.peekToken() == UInt8(ascii: "{") else { throw try cursor.wrongType() }
    var members: UInt64 = 0
    try cursor.walkObject(table, scratch: scratch) {
      (cursor, field, name) throws(InvalidRecord) in
      guard members & field.bit == 0 else {
        throw InvalidRecord(.duplicateField, field: field, offset: name)
      }
      members |= field.bit
      do throws(InvalidRecord) {
        try read(&cursor, field)
      } catch {
        throw InvalidRecord(error.reason, field: error.field ?? field, offset: error.offset)
      }
    }
    return members
  }

  /// Reads the value of a member that has been found before.
  @inline(__always)
  func value<Value>(
    of field: FieldName, _ cursor: JSONCursor,
    _ read: (inout JSONCursor) throws(InvalidRecord) -> Value
  ) throws(InvalidRecord) -> Value {
    var cursor = cursor
    cursor.next = places[Int(field.rawValue)]
    do {
      return try read(&cursor)
    } catch {
      throw InvalidRecord(error.reason, field: error.field ?? field, offset: error.offset)
    }
  }

  /// An id whose unescaped text stays until the next record; empty for `null`, if that is allowed.
  @inline(__always)
  func readKeptID(
    _ cursor: inout JSONCursor, allowsNull: Bool = true
  ) throws(InvalidRecord) -> UnsafeRawBufferPointer {
    if allowsNull, try cursor.passNull() { return UnsafeRawBufferPointer(start: nil, count: 0) }
    let used = draft.pointee.textUsed
    guard used + ValueReader.maxIDBytes <= textCapacity else { throw cursor.fault(.recordTooLarge) }
    let id = try values.readID(&cursor, unescapedInto: text + used)
    if id.baseAddress == UnsafeRawPointer(text + used) { draft.pointee.textUsed += id.count }
    return id
  }

  /// A string whose unescaped text stays until the next record.
  @inline(__always)
  func readKeptString(
    _ cursor: inout JSONCursor
  ) throws(InvalidRecord) -> UnsafeRawBufferPointer {
    guard try cursor.peekToken() == UInt8(ascii: "\"") else { throw try cursor.wrongType() }
    let string = try cursor.scanString()
    guard string.hasEscapes else {
      return UnsafeRawBufferPointer(start: string.start, count: string.count)
    }
    let used = draft.pointee.textUsed
    guard used + string.count <= textCapacity else { throw cursor.fault(.recordTooLarge) }
    let count = JSONCursor.unescape(string, to: text + used)
    draft.pointee.textUsed += count
    return UnsafeRawBufferPointer(start: text + used, count: count)
  }

  /// A string's bytes, valid until the next string is read.
  @inline(__always)
  func readBriefString(
    _ cursor: inout JSONCursor
  ) throws(InvalidRecord) -> UnsafeRawBufferPointer {
    guard try cursor.peekToken() == UInt8(ascii: "\"") else { throw try cursor.wrongType() }
    let (text, count) = values.plainText(try cursor.scanString())
    return UnsafeRawBufferPointer(start: text, count: count)
  }

  /// The fault of a member that is not there.
  @inline(never)
  func missing(_ field: FieldName, _ message: CameraMessage) -> InvalidRecord {
    InvalidRecord(.missingField, field: field, offset: message.end)
  }
}
