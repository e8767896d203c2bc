/// Results of TensorFlow's object-detection API as a model server answers them
/// (https://www.tensorflow.org/tfx/serving/api_rest): parallel arrays, bare, for each of `predictions`,
/// or in `outputs`. A frame for each.
extension CameraDecoder {
  func decodeTensorFlow(
    _ cursor: inout JSONCursor, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) {
    let wrappers = members & (FieldName.predictions.bit | FieldName.outputs.bit)
    let isBare = members & FieldName.detectionScores.bit != 0
    guard wrappers.nonzeroBitCount + (isBare ? 1 : 0) <= 1 else {
      throw InvalidRecord(.ambiguousShape, offset: message.end)
    }
    guard wrappers != 0 else {
      try readPrediction(cursor, members, outer: nil, message)
      return
    }
    var outer = OuterTags(tags: try readIDs(cursor, members))
    if members & FieldName.time.bit != 0 {
      outer.tags.time = try value(of: .time, cursor) { (cursor) throws(InvalidRecord) in
        try values.readTime(&cursor)
      }
    }
    if members & FieldName.image.bit != 0 { outer.image = places[Int(FieldName.image.rawValue)] }
    // Whose record it is must be settled before its predictions are read, if it says so itself.
    if !outer.tags.user.isEmpty, !outer.tags.device.isEmpty {
      _ = try gate.admit(user: outer.tags.user, device: outer.tags.device)
    }
    let field: FieldName = wrappers == FieldName.outputs.bit ? .outputs : .predictions
    try value(of: field, cursor) { (cursor) throws(InvalidRecord) in
      if field == .outputs {
        let inner = try scanObject(&cursor, tables.record, depth: 2)
        try readPrediction(cursor, inner, outer: outer, message)
        return
      }
      guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
      var walk = ArrayWalk(cursor)
      while try walk.next() {
        guard draft.pointee.frames.count < format.maxFrames else {
          throw walk.cursor.fault(.tooManyFrames)
        }
        let inner = try scanObject(&walk.cursor, tables.record, depth: 3)
        try readPrediction(walk.cursor, inner, outer: outer, message)
      }
    }
  }

  /// What the top level says for all predictions.
  struct OuterTags {
    var tags: TagDraft
    var image: UnsafePointer<UInt8>?
  }

  private func readPrediction(
    _ cursor: JSONCursor, _ members: UInt64, outer: OuterTags?, _ message: CameraMessage
  ) throws(InvalidRecord) {
    var members = members
    var own = try readIDs(cursor, members)
    var time: Int64 = -1
    if let outer {
      if own.user.isEmpty { own.user = outer.tags.user }
      if own.device.isEmpty { own.device = outer.tags.device }
      if own.site.isEmpty { own.site = outer.tags.site }
      if own.timeZone.isEmpty { own.timeZone = outer.tags.timeZone }
      if own.location == nil { own.location = outer.tags.location }
      if members & FieldName.time.bit == 0 { time = outer.tags.time }
      if members & FieldName.image.bit == 0, let image = outer.image {
        places[Int(FieldName.image.rawValue)] = image
        members |= FieldName.image.bit
      }
    }
    let camera = try settle(own, message)
    time = try settleTime(time, orIn: members, cursor, camera, message)
    let image = try readImage(cursor, members, camera.limits, message)
    let first = draft.pointee.objects.count
    try readArrays(cursor, members, message)
    publish(camera, time: time, image: image, firstObject: first)
  }

  /// Reads the arrays side by side.
  private func readArrays(
    _ cursor: JSONCursor, _ members: UInt64, _ message: CameraMessage
  ) throws(InvalidRecord) {
    guard members & FieldName.detectionScores.bit != 0 else {
      throw missing(.detectionScores, message)
    }
    let isBatched = try holdsArrays(.detectionScores, cursor)
    var scores = try open(.detectionScores, cursor, isBatched)
    // The names that the model gives count before the numbers.
    var classField = FieldName.detectionClasses
    for field in [FieldName.detectionClassEntities, .detectionClassNames]
    where members & field.bit != 0 {
      classField = field
    }
    guard members & classField.bit != 0 else { throw missing(classField, message) }
    var classes = try open(classField, cursor, isBatched)
    let hasBoxes = members & FieldName.detectionBoxes.bit != 0
    var boxes = hasBoxes ? try open(.detectionBoxes, cursor, isBatched) : nil
    let limit = try detectionCount(cursor, members, isBatched)
    var count = 0
    while try scores.next() {
      guard try classes.next() else { throw mismatch(classField, classes) }
      if try boxes?.next() == false { throw mismatch(.detectionBoxes, scores) }
      if count < limit {
        guard count < format.maxObjects else { throw scores.cursor.fault(.tooManyObjects) }
        try readOneDetection(&scores.cursor, &classes.cursor, classField, &boxes)
      } else {
        try scores.cursor.skipValue(depth: 4)
        try classes.cursor.skipValue(depth: 4)
        try boxes?.cursor.skipValue(depth: 4)
      }
      count += 1
    }
    guard try !classes.next() else { throw mismatch(classField, classes) }
    if try boxes?.next() == true { throw mismatch(.detectionBoxes, scores) }
    guard limit == .max || limit <= count else { throw mismatch(.numDetections, scores) }
    if isBatched {
      try close(scores, .detectionScores)
      try close(classes, classField)
      if let boxes { try close(boxes, .detectionBoxes) }
    }
  }

  private func mismatch(_ field: FieldName, _ walk: ArrayWalk) -> InvalidRecord {
    InvalidRecord(.lengthMismatch, field: field, offset: walk.cursor.offset)
  }

  private func readOneDetection(
    _ scores: inout JSONCursor, _ classes: inout JSONCursor, _ classField: FieldName,
    _ boxes: inout ArrayWalk?
  ) throws(InvalidRecord) {
    var field = FieldName.detectionScores
    do throws(InvalidRecord) {
      var object = DetectedObject(classID: 0, probability: 0)
      object.probability = try readFraction(&scores, otherwise: .badProbability)
      field = classField
      object.classID =
        classField == .detectionClasses ? try readLabel(&classes) : try readClass(&classes)
      field = .detectionBoxes
      if try readCorners(&boxes, &object.box) { object.flags.insert(.hasBox) }
      draft.pointee.objects.append(object)
    } catch {
      throw InvalidRecord(error.reason, field: field, offset: error.offset)
    }
  }

  /// Reads `[ymin, xmin, ymax, xmax]` in fractions of the image, if there are boxes.
  private func readCorners(
    _ boxes: inout ArrayWalk?, _ box: inout Box
  ) throws(InvalidRecord) -> Bool {
    guard var walk = boxes else { return false }
    let edges = try readBoxNumbers(&walk.cursor)
    guard
      let found = Box(
        left: edges.second, top: edges.first, right: edges.fourth, bottom: edges.third)
    else { throw walk.cursor.fault(.badBox) }
    box = found
    boxes = walk
    return true
  }

  /// The class of a number, which models write as `1.0`.
  private func readLabel(_ cursor: inout JSONCursor) throws(InvalidRecord) -> UInt16 {
    guard let number = try values.readWhole(&cursor, limit: Int64(CameraFormat.maxLabel)),
      Int(number) < labelClasses.count, labelClasses[Int(number)] >= 0
    else { throw cursor.fault(.unknownLabel) }
    return UInt16(truncatingIfNeeded: labelClasses[Int(number)])
  }

  // MARK: Batches of one

  /// Whether an array's first element is one as well: the model server was asked with a batch of images.
  private func holdsArrays(
    _ field: FieldName, _ cursor: JSONCursor
  ) throws(InvalidRecord) -> Bool {
    try value(of: field, cursor) { (cursor) throws(InvalidRecord) in
      guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
      cursor.next += 1
      return try cursor.peekToken() == UInt8(ascii: "[")
    }
  }

  /// A way through an array, or through the only one in it.
  private func open(
    _ field: FieldName, _ cursor: JSONCursor, _ isBatched: Bool
  ) throws(InvalidRecord) -> ArrayWalk {
    try value(of: field, cursor) { (cursor) throws(InvalidRecord) in
      for _ in 0..<(isBatched ? 2 : 1) {
        guard try cursor.peekToken() == UInt8(ascii: "[") else { throw try cursor.wrongType() }
        cursor.next += 1
      }
      cursor.next -= 1
      return ArrayWalk(cursor)
    }
  }

  /// Checks that no second image follows: arrays of several belong into `predictions`.
  private func close(_ walk: ArrayWalk, _ field: FieldName) throws(InvalidRecord) {
    var cursor = walk.cursor
    guard try cursor.passSeparator(orClose: UInt8(ascii: "]")) else {
      throw InvalidRecord(.tooManyFrames, field: field, offset: cursor.offset)
    }
  }

  /// How many elements count: the arrays of many models are padded.
  private func detectionCount(
    _ cursor: JSONCursor, _ members: UInt64, _ isBatched: Bool
  ) throws(InvalidRecord) -> Int {
    guard members & FieldName.numDetections.bit != 0 else { return .max }
    return try value(of: .numDetections, cursor) { (cursor) throws(InvalidRecord) in
      let isArray = try cursor.peekToken() == UInt8(ascii: "[")
      if isArray { cursor.next += 1 }
      guard let count = try values.readWhole(&cursor, limit: 1 << 40) else {
        throw cursor.fault(.wrongType)
      }
      if isArray {
        guard try cursor.passSeparator(orClose: UInt8(ascii: "]")) else {
          throw cursor.fault(.tooManyFrames)
        }
      }
      return Int(count)
    }
  }
}
