/// CloudEvents 1.0: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md, as JSON
/// (`formats/json-format.md`) and in Kafka's headers (`bindings/kafka-protocol-binding.md`).
extension CameraDecoder {
  /// Reads a structured event's attributes and finds the members of its data.
  @inline(never)
  func openEnvelope(
    _ cursor: inout JSONCursor, _ top: TopLevel, _ message: inout CameraMessage
  ) throws(InvalidRecord) -> UInt64 {
    if let duplicate = top.duplicateAttribute { throw duplicate }
    let version = try value(of: .specversion, cursor, readBriefString)
    guard Self.isSupported(version) else {
      throw InvalidRecord(.badEnvelope, field: .specversion, offset: offset(.specversion, cursor))
    }
    guard top.attributes & FieldName.dataBase64.bit == 0 else {
      throw InvalidRecord(.badEnvelope, field: .dataBase64, offset: offset(.dataBase64, cursor))
    }
    func id(_ field: FieldName) throws(InvalidRecord) -> UnsafeRawBufferPointer {
      guard top.attributes & field.bit != 0 else {
        return UnsafeRawBufferPointer(start: nil, count: 0)
      }
      return try value(of: field, cursor) { (cursor) throws(InvalidRecord) in
        try readKeptID(&cursor)
      }
    }
    var tags = TagDraft()
    tags.user = try id(.eventUser)
    tags.device = try id(.eventDevice)
    tags.site = try id(.eventSite)
    tags.timeZone = try id(.eventTimezone)
    if top.attributes & FieldName.eventTime.bit != 0 {
      tags.time = try value(of: .eventTime, cursor) { (cursor) throws(InvalidRecord) in
        try cursor.passNull() ? -1 : try values.readTime(&cursor)
      }
    }
    if top.attributes & FieldName.eventSubject.bit != 0, tags.user.isEmpty || tags.device.isEmpty {
      let subject = try value(of: .eventSubject, cursor) { (cursor) throws(InvalidRecord) in
        try cursor.passNull()
          ? UnsafeRawBufferPointer(start: nil, count: 0) : try readKeptString(&cursor)
      }
      Self.add(subject: subject, to: &tags)
    }
    message.envelope = tags
    return try value(of: .data, cursor) { (cursor) throws(InvalidRecord) in
      try scanObject(&cursor, tables.record, depth: 2)
    }
  }

  /// Reads the attributes of an event in binary mode, whose data is the record.
  @inline(never)
  func readHeaders(
    version: UnsafeRawBufferPointer, _ header: (String) -> UnsafeRawBufferPointer?,
    _ message: inout CameraMessage
  ) throws(InvalidRecord) {
    guard Self.isSupported(version) else {
      throw InvalidRecord(.badEnvelope, field: .specversion, offset: 0)
    }
    func id(_ field: FieldName) throws(InvalidRecord) -> UnsafeRawBufferPointer {
      guard let id = header(field.name), !id.isEmpty else {
        return UnsafeRawBufferPointer(start: nil, count: 0)
      }
      guard id.count <= ValueReader.maxIDBytes else {
        throw InvalidRecord(.userTooLong, field: field, offset: 0)
      }
      guard Self.isUTF8(id) else { throw InvalidRecord(.badUTF8, field: field, offset: 0) }
      return id
    }
    var tags = TagDraft()
    tags.user = try id(.eventUser)
    tags.device = try id(.eventDevice)
    tags.site = try id(.eventSite)
    tags.timeZone = try id(.eventTimezone)
    if let text = header(FieldName.eventTime.name), let start = text.baseAddress, !text.isEmpty {
      let bytes = start.assumingMemoryBound(to: UInt8.self)
      guard let time = RecordTime.milliseconds(bytes, count: text.count) else {
        throw InvalidRecord(.badTime, field: .eventTime, offset: 0)
      }
      tags.time = time
    }
    if tags.user.isEmpty || tags.device.isEmpty, let subject = header(FieldName.eventSubject.name),
      Self.isUTF8(subject)
    {
      Self.add(subject: subject, to: &tags)
    }
    message.envelope = tags
  }

  /// Takes the user and the device that are not known yet from a text of the form `user/device`: one
  /// slash, both sides 1 to 256 bytes. Any other text says nothing.
  static func add(subject: UnsafeRawBufferPointer, to tags: inout TagDraft) {
    guard let slash = subject.firstIndex(of: UInt8(ascii: "/")) else { return }
    let user = UnsafeRawBufferPointer(rebasing: subject[..<slash])
    let device = UnsafeRawBufferPointer(rebasing: subject[(slash + 1)...])
    guard 1...ValueReader.maxIDBytes ~= user.count, 1...ValueReader.maxIDBytes ~= device.count,
      !device.contains(UInt8(ascii: "/"))
    else { return }
    if tags.user.isEmpty { tags.user = user }
    if tags.device.isEmpty { tags.device = device }
  }

  static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    var cursor = JSONCursor(start.assumingMemoryBound(to: UInt8.self), count: bytes.count)
    return cursor.isUTF8()
  }

  private static func isSupported(_ version: UnsafeRawBufferPointer) -> Bool {
    version.elementsEqual("1.0".utf8)
  }

  /// Where a member found before begins.
  func offset(_ field: FieldName, _ cursor: JSONCursor) -> Int {
    places[Int(field.rawValue)] - cursor.start
  }
}
