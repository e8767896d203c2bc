/// Our own format: one frame with its objects.
extension CameraDecoder {
  @inline(__always)
  func decodeAcalert(
    _ cursor: inout JSONCursor, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) {
    let camera = try settle(try readIDs(cursor, members), message)
    let time = try settleTime(-1, orIn: members, cursor, camera, message, mayArrive: false)
    let image = try readImage(cursor, members, camera.limits, message)
    guard members & FieldName.objects.bit != 0 else { throw missing(.objects, message) }
    let first = draft.pointee.objects.count
    try value(of: .objects, cursor) { (cursor) throws(InvalidRecord) in
      try readObjects(&cursor, image)
    }
    publish(camera, time: time, image: image, firstObject: first)
  }

  /// Makes the objects read since `firstObject` a frame.
  @inline(__always)
  func publish(
    _ camera: SettledCamera, time: Int64, isUnreadable: Bool = false, isWhole: Bool = true,
    image: ImageFacts, firstObject: Int
  ) {
    draft.pointee.frames.append(
      CameraFrame(
        user: camera.user, device: camera.device, site: camera.site, time: time,
        timeZone: camera.timeZone, isUnreadable: isUnreadable, isWhole: isWhole, image: image,
        objects: firstObject..<draft.pointee.objects.count, timeZoneName: camera.timeZoneName,
        location: camera.location))
  }

  @inline(__always)
  private func readObjects(
    _ cursor: inout JSONCursor, _ image: ImageFacts
  ) throws(InvalidRecord) {
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
    var walk = ArrayWalk(cursor)
    var count = 0
    while try walk.next() {
      guard count < format.maxObjects else { throw walk.cursor.fault(.tooManyObjects) }
      count += 1
      try readOneObject(&walk.cursor, image)
    }
    cursor = walk.cursor
  }

  @inline(__always)
  private func readOneObject(
    _ cursor: inout JSONCursor, _ image: ImageFacts
  ) throws(InvalidRecord) {
    let firstZone = draft.pointee.zoneIDs.count
    var object = DetectedObject(classID: 0, probability: 0)
    let found = try readObject(&cursor, tables.object) { (cursor, field) throws(InvalidRecord) in
      switch field {
      case .objectClass: object.classID = try readClass(&cursor)
      case .probability: object.probability = try readFraction(&cursor, otherwise: .badProbability)
      case .box:
        if try cursor.passNull() { return }
        object.box = try box(try readBoxNumbers(&cursor), image, cursor)
        object.flags.insert(.hasBox)
      case .track: object.track = try readTrack(&cursor)
      case .zones: try readZones(&cursor, first: firstZone)
      default: if try values.readBool(&cursor) { object.flags.insert(.stationary) }
      }
    }
    guard found & FieldName.objectClass.bit != 0 else {
      throw InvalidRecord(.missingField, field: .objectClass, offset: cursor.offset)
    }
    guard found & FieldName.probability.bit != 0 else {
      throw InvalidRecord(.missingField, field: .probability, offset: cursor.offset)
    }
    object.zones = zoneRange(from: firstZone)
    draft.pointee.objects.append(object)
  }

  /// `[x, y, width, height]` in fractions of the image, or in pixels if one of them is above 1.
  @inline(__always)
  private func box(
    _ numbers: BoxNumbers, _ image: ImageFacts, _ cursor: JSONCursor
  ) throws(InvalidRecord) -> Box {
    let right = numbers.first + numbers.third
    let bottom = numbers.second + numbers.fourth
    let largest = max(numbers.first, numbers.second, numbers.third, numbers.fourth)
    var box: Box?
    if largest <= 1_000_000 {
      box = Box(left: numbers.first, top: numbers.second, right: right, bottom: bottom)
    } else if let (width, height) = frameSize(image) {
      box = Box(
        left: numbers.first, top: numbers.second, right: right, bottom: bottom, ofWidth: width,
        height: height)
    }
    guard let box else { throw cursor.fault(.badBox) }
    return box
  }

  /// The size that boxes in pixels refer to.
  func frameSize(_ image: ImageFacts) -> (width: Int32, height: Int32)? {
    if image.width > 0, image.height > 0 { return (image.width, image.height) }
    guard let width = format.frameWidth, let height = format.frameHeight, width > 0, height > 0
    else { return nil }
    return (Int32(clamping: width), Int32(clamping: height))
  }

  // MARK: Parts of an object

  @inline(__always)
  func readClass(_ cursor: inout JSONCursor) throws(InvalidRecord) -> UInt16 {
    let offset = cursor.offset
    let name = try readBriefString(&cursor)
    guard
      let id = classNumbers.number(name, otherwise: { names.classes.intern($0).map(Int32.init) })
    else { throw InvalidRecord(.badClass, offset: offset) }
    return UInt16(truncatingIfNeeded: id)
  }

  /// The hash of a track's id: a string or a whole number; 0 for none.
  @inline(__always)
  func readTrack(_ cursor: inout JSONCursor) throws(InvalidRecord) -> UInt64 {
    if try cursor.passNull() { return 0 }
    let id = try values.readID(&cursor, unescapedInto: trackText)
    return id.isEmpty ? 0 : DetectedObject.track(ofID: id)
  }

  /// Adds an array of zones' names to those from `first` on, each once.
  func readZones(_ cursor: inout JSONCursor, first: Int) throws(InvalidRecord) {
    if try cursor.passNull() { return }
    guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
    var walk = ArrayWalk(cursor)
    while try walk.next() {
      let offset = walk.cursor.offset
      let name = try readBriefString(&walk.cursor)
      guard
        let id = zoneNumbers.number(name, otherwise: { names.zones.intern($0).map(Int32.init) })
      else { throw InvalidRecord(.badZone, offset: offset) }
      let zone = UInt16(truncatingIfNeeded: id)
      guard !draft.pointee.zoneIDs.elements[first...].contains(zone) else { continue }
      guard draft.pointee.zoneIDs.count - first < CameraFormat.maxZones else {
        throw InvalidRecord(.tooManyZones, offset: offset)
      }
      draft.pointee.zoneIDs.append(zone)
    }
    cursor = walk.cursor
  }

  @inline(__always)
  func zoneRange(from first: Int) -> Range<Int32> {
    let last = draft.pointee.zoneIDs.count
    return first == last ? 0..<0 : Int32(first)..<Int32(last)
  }
}
