/// Frigate's events: https://docs.frigate.video/integrations/mqtt, topic `frigate/events`. Each is one
/// object in one frame.
extension CameraDecoder {
  func decodeFrigate(
    _ cursor: inout JSONCursor, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) {
    let own = try readIDs(cursor, members)
    guard members & FieldName.after.bit != 0 else { throw missing(.after, message) }
    let after = try value(of: .after, cursor) { (cursor) throws(InvalidRecord) in
      try scanObject(&cursor, tables.event, depth: 2)
    }
    var tags = own
    if tags.device.isEmpty, after & FieldName.camera.bit != 0 {
      tags.device = try value(of: .camera, cursor) { (cursor) throws(InvalidRecord) in
        try readKeptID(&cursor)
      }
    }
    let camera = try settle(tags, message)
    let seen = try frigateTime(cursor, after)
    let time = try settleTime(seen, orIn: members, cursor, camera, message)
    let image = try readImage(cursor, members, camera.limits, message)
    let isEnd = try frigateEnds(cursor, members, message)
    let first = draft.pointee.objects.count
    try readFrigateObject(cursor, after, image, isEnd: isEnd, message)
    publish(camera, time: time, isWhole: false, image: image, firstObject: first)
  }

  /// When the frame was taken: Unix seconds; −1, if the event does not say.
  private func frigateTime(
    _ cursor: JSONCursor, _ after: UInt64
  ) throws(InvalidRecord) -> Int64 {
    func time(_ field: FieldName) throws(InvalidRecord) -> Int64 {
      guard after & field.bit != 0 else { return -1 }
      return try value(of: field, cursor) { (cursor) throws(InvalidRecord) in
        try cursor.passNull() ? -1 : try values.readSeconds(&cursor)
      }
    }
    var seen = try time(.frameTime)
    if seen < 0 { seen = try time(.endTime) }
    if seen < 0 { seen = try time(.startTime) }
    return seen
  }

  /// Whether the event says that its object has left.
  private func frigateEnds(
    _ cursor: JSONCursor, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) -> Bool {
    guard members & FieldName.type.bit != 0 else { throw missing(.type, message) }
    return try value(of: .type, cursor) { (cursor) throws(InvalidRecord) in
      let type = try readBriefString(&cursor)
      if type.elementsEqual("end".utf8) { return true }
      guard type.elementsEqual("new".utf8) || type.elementsEqual("update".utf8) else {
        throw cursor.fault(.unknownType)
      }
      return false
    }
  }

  private func readFrigateObject(
    _ cursor: JSONCursor, _ after: UInt64, _ image: ImageFacts, isEnd: Bool,
    _ message: CameraMessage
  ) throws(InvalidRecord) {
    guard after & FieldName.label.bit != 0 else { throw missing(.label, message) }
    guard after & FieldName.score.bit != 0 else { throw missing(.score, message) }
    var object = DetectedObject(classID: 0, probability: 0, flags: isEnd ? .ended : [])
    object.classID = try value(of: .label, cursor) { (cursor) throws(InvalidRecord) in
      try readClass(&cursor)
    }
    object.probability = try value(of: .score, cursor) { (cursor) throws(InvalidRecord) in
      try readFraction(&cursor, otherwise: .badProbability)
    }
    if after & FieldName.id.bit != 0 {
      object.track = try value(of: .id, cursor) { (cursor) throws(InvalidRecord) in
        try readTrack(&cursor)
      }
    }
    if try flag(.falsePositive, cursor, after) { object.flags.insert(.falsePositive) }
    if try flag(.stationary, cursor, after) { object.flags.insert(.stationary) }
    if after & FieldName.box.bit != 0 {
      let size = frameSize(image)
      let box = try value(of: .box, cursor) { (cursor) throws(InvalidRecord) -> Box? in
        if try cursor.passNull() { return nil }
        let edges = try readBoxNumbers(&cursor)
        // Without the size of the frame nobody can say where in it the box is.
        guard let size else { return nil }
        guard
          let box = Box(
            left: edges.first, top: edges.second, right: edges.third, bottom: edges.fourth,
            ofWidth: size.width, height: size.height)
        else { throw cursor.fault(.badBox) }
        return box
      }
      if let box {
        object.box = box
        object.flags.insert(.hasBox)
      }
    }
    let firstZone = draft.pointee.zoneIDs.count
    for field in [FieldName.currentZones, .enteredZones] where after & field.bit != 0 {
      try value(of: field, cursor) { (cursor) throws(InvalidRecord) in
        try readZones(&cursor, first: firstZone)
      }
    }
    object.zones = zoneRange(from: firstZone)
    draft.pointee.objects.append(object)
  }

  private func flag(
    _ field: FieldName, _ cursor: JSONCursor, _ members: UInt64
  ) throws(InvalidRecord) -> Bool {
    guard members & field.bit != 0 else { return false }
    return try value(of: field, cursor) { (cursor) throws(InvalidRecord) in
      try values.readBool(&cursor)
    }
  }
}
