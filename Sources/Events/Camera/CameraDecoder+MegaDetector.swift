/// MegaDetector's batch results: a frame for each image.
extension CameraDecoder {
  func decodeMegaDetector(
    _ cursor: inout JSONCursor, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) {
    let own = try readIDs(cursor, members)
    guard members & FieldName.images.bit != 0 else { throw missing(.images, message) }
    categories[0].removeAll()
    categories[1].removeAll()
    try value(of: .images, cursor) { (cursor) throws(InvalidRecord) in
      guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
      var walk = ArrayWalk(cursor)
      while try walk.next() {
        guard draft.pointee.frames.count < format.maxFrames else {
          throw walk.cursor.fault(.tooManyFrames)
        }
        try readFile(&walk.cursor, own, members, message)
      }
      cursor = walk.cursor
    }
  }

  private func readFile(
    _ cursor: inout JSONCursor, _ own: TagDraft, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) {
    let found = try scanObject(&cursor, tables.file, depth: 3)
    guard found & FieldName.file.bit != 0 else {
      throw InvalidRecord(.missingField, field: .file, offset: cursor.offset)
    }
    let file = try value(of: .file, cursor) { (cursor) throws(InvalidRecord) in
      try readKeptString(&cursor)
    }
    let camera = try settle(own, folders: try folders(of: file, cursor), message)
    let taken = try fileTime(cursor, found, camera)
    let time = try settleTime(taken, orIn: members, cursor, camera, message)
    let image = try fileImage(cursor, found, file, camera, message)
    var isUnreadable = false
    if found & FieldName.failure.bit != 0 {
      isUnreadable = try value(of: .failure, cursor) { (cursor) throws(InvalidRecord) in
        if try cursor.passNull() { return false }
        _ = try readBriefString(&cursor)
        return true
      }
    }
    let first = draft.pointee.objects.count
    if found & FieldName.detections.bit != 0 {
      try value(of: .detections, cursor) { (cursor) throws(InvalidRecord) in
        // What could not be read has none, or `null`.
        if isUnreadable, try cursor.passNull() { return }
        try readDetections(&cursor, members, message)
      }
    } else if !isUnreadable {
      throw InvalidRecord(.missingField, field: .detections, offset: cursor.offset)
    }
    publish(
      camera, time: time, isUnreadable: isUnreadable, image: image, firstObject: first)
  }

  /// The user and the device by the last two folders of a file's path; with one folder the device.
  private func folders(
    of file: UnsafeRawBufferPointer, _ cursor: JSONCursor
  ) throws(InvalidRecord) -> TagDraft {
    func isSeparator(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }
    /// The folder that ends before `end`, and where it begins.
    func folder(before end: Int) throws(InvalidRecord) -> (UnsafeRawBufferPointer, start: Int) {
      let last = file[..<max(0, end)]
      let start = last.lastIndex(where: isSeparator).map { $0 + 1 } ?? 0
      let name = UnsafeRawBufferPointer(rebasing: last[start...])
      guard name.count <= ValueReader.maxIDBytes else {
        throw InvalidRecord(.userTooLong, field: .file, offset: offset(.file, cursor))
      }
      return (name, start)
    }
    var tags = TagDraft()
    guard let end = file.lastIndex(where: isSeparator) else { return tags }
    let device = try folder(before: end)
    tags.device = device.0
    if device.start > 0 { tags.user = try folder(before: device.start - 1).0 }
    return tags
  }

  /// When the image was taken; −1, if the file's entry does not say.
  private func fileTime(
    _ cursor: JSONCursor, _ found: UInt64, _ camera: SettledCamera
  ) throws(InvalidRecord) -> Int64 {
    guard found & FieldName.datetime.bit != 0 else { return -1 }
    return try value(of: .datetime, cursor) { (cursor) throws(InvalidRecord) in
      if try cursor.passNull() { return -1 }
      let offset = cursor.offset
      let (text, count) = values.plainText(try string(&cursor))
      if let local = RecordTime.localMilliseconds(text, count: count) {
        let time = timeZones.offsets(camera.timeZone).utc(ofLocal: local)
        if 0...Sample.maxTime ~= time { return time }
      } else if let time = RecordTime.milliseconds(text, count: count) {
        return time
      }
      throw InvalidRecord(.badTime, offset: offset)
    }
  }

  private func string(_ cursor: inout JSONCursor) throws(InvalidRecord) -> JSONString {
    guard try cursor.peekToken() == UInt8(ascii: "\"") else { throw try cursor.wrongType() }
    return try cursor.scanString()
  }

  /// The image's size as the entry has it; its format is its file's extension.
  private func fileImage(
    _ cursor: JSONCursor, _ found: UInt64, _ file: UnsafeRawBufferPointer, _ camera: SettledCamera,
    _ message: CameraMessage
  ) throws(InvalidRecord) -> ImageFacts {
    var facts = ImageFacts()
    func pixels(_ field: FieldName) throws(InvalidRecord) -> Int32 {
      guard found & field.bit != 0 else { return -1 }
      return try value(of: field, cursor) { (cursor) throws(InvalidRecord) in
        try cursor.passNull() ? -1 : try readPixels(&cursor)
      }
    }
    facts.width = try pixels(.width)
    facts.height = try pixels(.height)
    let dot = file.lastIndex(of: UInt8(ascii: "."))
    if camera.limits.pointee.needsImage {
      try requireFacts(facts, hasFormat: dot != nil, camera.limits, message)
    }
    if camera.limits.pointee.needsFormat, let dot,
      !camera.limits.pointee.admits(format: UnsafeRawBufferPointer(rebasing: file[(dot + 1)...]))
    {
      throw InvalidRecord(.imageFormat, field: .file, offset: offset(.file, cursor))
    }
    try checkImage(facts, camera.limits, message)
    return facts
  }

  private func readDetections(
    _ cursor: inout JSONCursor, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) {
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
    var walk = ArrayWalk(cursor)
    var count = 0
    while try walk.next() {
      guard count < format.maxObjects else { throw walk.cursor.fault(.tooManyObjects) }
      count += 1
      try readDetection(&walk.cursor, members, message)
    }
    cursor = walk.cursor
  }

  private func readDetection(
    _ cursor: inout JSONCursor, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) {
    var object = DetectedObject(classID: 0, probability: 0)
    var hasClass = false
    // A class of the classifier's counts, wherever it stands in the record.
    var isClassified = false
    let found = try readObject(&cursor, tables.detection) { (cursor, field) throws(InvalidRecord) in
      switch field {
      case .category:
        let id = try categoryClass(&cursor, .detectionCategories, members, message)
        if !isClassified { object.classID = id }
        hasClass = true
      case .conf: object.probability = try readFraction(&cursor, otherwise: .badProbability)
      case .bbox:
        if try cursor.passNull() { return }
        let numbers = try readBoxNumbers(&cursor)
        guard
          let box = Box(
            left: numbers.first, top: numbers.second, right: numbers.first + numbers.third,
            bottom: numbers.second + numbers.fourth)
        else { throw cursor.fault(.badBox) }
        object.box = box
        object.flags.insert(.hasBox)
      default:
        if let id = try readClassification(&cursor, members, message) {
          object.classID = id
          isClassified = true
        }
      }
    }
    guard hasClass else {
      throw InvalidRecord(.missingField, field: .category, offset: cursor.offset)
    }
    guard found & FieldName.conf.bit != 0 else {
      throw InvalidRecord(.missingField, field: .conf, offset: cursor.offset)
    }
    draft.pointee.objects.append(object)
  }

  /// The class of the first of `[[category, probability], …]`, if it is probable enough.
  private func readClassification(
    _ cursor: inout JSONCursor, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) -> UInt16? {
    if try cursor.passNull() { return nil }
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
    var walk = ArrayWalk(cursor)
    var classID: UInt16?
    var isFirst = true
    while try walk.next() {
      guard isFirst else {
        try walk.cursor.skipValue(depth: 6)
        continue
      }
      isFirst = false
      guard try walk.cursor.peekToken() == UInt8(ascii: "[") else {
        throw try walk.cursor.wrongType()
      }
      var pair = ArrayWalk(walk.cursor)
      let start = pair.cursor
      guard try pair.next() else { throw pair.cursor.fault(.wrongType) }
      try pair.cursor.skipValue(depth: 7)
      guard try pair.next() else { throw pair.cursor.fault(.wrongType) }
      let probability = try readFraction(&pair.cursor, otherwise: .badProbability)
      guard try !pair.next() else { throw pair.cursor.fault(.wrongType) }
      if probability >= CameraFormat.minClassification {
        var category = start
        classID = try categoryClass(&category, .classificationCategories, members, message)
      }
      walk.cursor = pair.cursor
    }
    cursor = walk.cursor
    return classID
  }
}
