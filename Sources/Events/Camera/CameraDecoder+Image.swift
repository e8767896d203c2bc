extension CameraDecoder {
  /// Reads what a record says of its image in the member `image`, and holds it against the limits.
  @inline(__always)
  func readImage(
    _ cursor: JSONCursor, _ members: UInt64, _ limits: UnsafePointer<ImageLimits>,
    _ message: CameraMessage
  ) throws(InvalidRecord) -> ImageFacts {
    var facts = ImageFacts()
    var found: UInt64 = 0
    if members & FieldName.image.bit != 0 {
      found = try value(of: .image, cursor) { (cursor) throws(InvalidRecord) in
        try cursor.passNull() ? 0 : try readImageObject(&cursor, &facts, limits)
      }
    }
    if limits.pointee.needsImage {
      guard found != 0 else { throw missing(.image, message) }
      try requireFacts(facts, hasFormat: found & FieldName.format.bit != 0, limits, message)
    }
    try checkImage(facts, limits, message)
    return facts
  }

  private func readImageObject(
    _ cursor: inout JSONCursor, _ facts: inout ImageFacts, _ limits: UnsafePointer<ImageLimits>
  ) throws(InvalidRecord) -> UInt64 {
    var found = FieldName.image.bit
    _ = try readObject(&cursor, tables.image) { (cursor, field) throws(InvalidRecord) in
      if try cursor.passNull() { return }
      found |= field.bit
      switch field {
      case .format:
        let format = try readBriefString(&cursor)
        if limits.pointee.needsFormat, !limits.pointee.admits(format: format) {
          throw cursor.fault(.imageFormat)
        }
      case .width: facts.width = try readPixels(&cursor)
      case .height: facts.height = try readPixels(&cursor)
      case .bytes:
        guard let bytes = try values.readWhole(&cursor, limit: CameraFormat.maxImageBytes) else {
          throw cursor.fault(.imageSize)
        }
        facts.bytes = bytes
      default: facts.contrast = try readFraction(&cursor, otherwise: .badContrast)
      }
    }
    return found
  }

  /// A width or a height: 1 to 1,000,000 pixels.
  func readPixels(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int32 {
    guard let pixels = try values.readWhole(&cursor, limit: Int64(CameraFormat.maxPixels)),
      pixels > 0
    else { throw cursor.fault(.imageResolution) }
    return Int32(truncatingIfNeeded: pixels)
  }

  /// A number from 0 to 1, in millionths.
  @inline(__always)
  func readFraction(
    _ cursor: inout JSONCursor, otherwise reason: InvalidReason
  ) throws(InvalidRecord) -> Int32 {
    let number: DecimalText
    do {
      number = try values.readNumber(&cursor)
    } catch {
      throw error.reason == .notFinite ? InvalidRecord(reason, offset: error.offset) : error
    }
    guard let value = number.scaled(digits: 6, limit: 1_000_000, powers: powers), value >= 0 else {
      throw cursor.fault(reason)
    }
    return Int32(truncatingIfNeeded: value)
  }

  /// Holds what is known of an image against its camera's limits.
  @inline(__always)
  func checkImage(
    _ facts: ImageFacts, _ limits: UnsafePointer<ImageLimits>, _ message: CameraMessage
  ) throws(InvalidRecord) {
    func refuse(_ reason: InvalidReason, _ field: FieldName) -> InvalidRecord {
      InvalidRecord(reason, field: field, offset: message.end)
    }
    if let width = limits.pointee.width, facts.width >= 0, !(width ~= facts.width) {
      throw refuse(.imageResolution, .width)
    }
    if let height = limits.pointee.height, facts.height >= 0, !(height ~= facts.height) {
      throw refuse(.imageResolution, .height)
    }
    if let bytes = limits.pointee.bytes, facts.bytes >= 0, !(bytes ~= facts.bytes) {
      throw refuse(.imageSize, .bytes)
    }
    if facts.contrast >= 0, facts.contrast < limits.pointee.minContrast {
      throw refuse(.lowContrast, .contrast)
    }
  }

  /// Every fact that has a limit must be said, where the image must.
  func requireFacts(
    _ facts: ImageFacts, hasFormat: Bool, _ limits: UnsafePointer<ImageLimits>,
    _ message: CameraMessage
  ) throws(InvalidRecord) {
    if limits.pointee.needsFormat, !hasFormat { throw missing(.format, message) }
    if limits.pointee.width != nil, facts.width < 0 { throw missing(.width, message) }
    if limits.pointee.height != nil, facts.height < 0 { throw missing(.height, message) }
    if limits.pointee.bytes != nil, facts.bytes < 0 { throw missing(.bytes, message) }
    if limits.pointee.minContrast > 0, facts.contrast < 0 { throw missing(.contrast, message) }
  }
}
