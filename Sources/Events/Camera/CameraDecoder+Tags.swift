/// A camera that is known, and its limits.
struct SettledCamera {
  var user: UnsafeRawBufferPointer
  var device: UnsafeRawBufferPointer
  var site: UnsafeRawBufferPointer
  var timeZone: Int16
  var timeZoneName: UnsafeRawBufferPointer
  var location: GeoLocation?
  var limits: UnsafePointer<ImageLimits>
}

extension CameraDecoder {
  /// Reads the ids among the members found.
  @inline(__always)
  func readIDs(_ cursor: JSONCursor, _ members: UInt64) throws(InvalidRecord) -> TagDraft {
    var tags = TagDraft()
    if members & FieldName.user.bit != 0 {
      tags.user = try value(of: .user, cursor) { (cursor) throws(InvalidRecord) in
        let id = try readKeptID(&cursor, allowsNull: false)
        guard !id.isEmpty else { throw cursor.fault(.emptyUser) }
        return id
      }
    }
    func id(_ field: FieldName) throws(InvalidRecord) -> UnsafeRawBufferPointer {
      try value(of: field, cursor) { (cursor) throws(InvalidRecord) in try readKeptID(&cursor) }
    }
    if members & FieldName.device.bit != 0 { tags.device = try id(.device) }
    if members & FieldName.site.bit != 0 { tags.site = try id(.site) }
    if members & FieldName.timezone.bit != 0 { tags.timeZone = try id(.timezone) }
    if members & (FieldName.latitude.bit | FieldName.longitude.bit) != 0 {
      tags.location = try readLocation(cursor, members)
    }
    return tags
  }

  /// Reads the place among the members found.
  @inline(never)
  private func readLocation(
    _ cursor: JSONCursor, _ members: UInt64
  ) throws(InvalidRecord) -> GeoLocation? {
    var latitude: Int32?
    var longitude: Int32?
    if members & FieldName.latitude.bit != 0 {
      latitude = try value(of: .latitude, cursor) { (cursor) throws(InvalidRecord) in
        try values.readLatitude(&cursor)
      }
    }
    if members & FieldName.longitude.bit != 0 {
      longitude = try value(of: .longitude, cursor) { (cursor) throws(InvalidRecord) in
        try values.readLongitude(&cursor)
      }
    }
    return try GeoLocation.of(latitude: latitude, longitude: longitude, offset: cursor.offset)
  }

  /// Finds out whose record it is: tag by tag from the first source that has it.
  ///
  /// - Parameters:
  ///   - own: what the record itself says.
  ///   - folders: what a file's folders say.
  /// - Throws: `missingField`, `unknownUser`, `unknownDevice`, `badTimezone`.
  @inline(__always)
  func settle(
    _ own: TagDraft, folders: TagDraft? = nil, _ message: CameraMessage
  ) throws(InvalidRecord) -> SettledCamera {
    var tags = own
    if tags.user.isEmpty || tags.device.isEmpty { completeIDs(&tags, folders, message) }
    guard !tags.user.isEmpty else { throw missing(.user, message) }
    guard !tags.device.isEmpty else { throw missing(.device, message) }
    let limits = try gate.admit(user: tags.user, device: tags.device)

    if tags.site.isEmpty { tags.site = message.envelope.site }
    if tags.site.isEmpty { tags.site = defaults.tags.site }
    guard !tags.site.isEmpty || !limits.pointee.needsSite else { throw missing(.site, message) }

    if tags.timeZone.isEmpty { tags.timeZone = message.envelope.timeZone }
    if tags.timeZone.isEmpty { tags.timeZone = defaults.tags.timeZone }
    var zone: Int16 = -1
    if !tags.timeZone.isEmpty {
      let known = timeZoneNumbers.number(tags.timeZone) {
        TimeZoneTable.canBeName($0) ? timeZones.find($0).map(Int32.init) : nil
      }
      guard let known else { throw InvalidRecord(.badTimezone, field: .timezone, offset: 0) }
      zone = Int16(truncatingIfNeeded: known)
    } else if limits.pointee.needsTimeZone {
      throw missing(.timezone, message)
    }
    if limits.pointee.needsLocation, tags.location == nil { throw missing(.latitude, message) }
    return SettledCamera(
      user: tags.user, device: tags.device, site: tags.site, timeZone: zone,
      timeZoneName: tags.timeZone, location: tags.location, limits: limits)
  }

  /// Takes what the record does not say from its envelope, its file's folders, its key, the defaults.
  @inline(never)
  private func completeIDs(
    _ tags: inout TagDraft, _ folders: TagDraft?, _ message: CameraMessage
  ) {
    if tags.user.isEmpty { tags.user = message.envelope.user }
    if tags.device.isEmpty { tags.device = message.envelope.device }
    if let folders {
      if tags.user.isEmpty { tags.user = folders.user }
      if tags.device.isEmpty { tags.device = folders.device }
    }
    if tags.user.isEmpty || tags.device.isEmpty, let key = message.key, Self.isUTF8(key) {
      Self.add(subject: key, to: &tags)
    }
    if tags.user.isEmpty { tags.user = defaults.tags.user }
    if tags.device.isEmpty { tags.device = defaults.tags.device }
  }

  /// Settles a frame's time.
  ///
  /// - Parameters:
  ///   - time: what the record says of this frame; negative, if nothing.
  ///   - members: where else the record may say it.
  ///   - mayArrive: whether the arrival will do.
  /// - Throws: `missingField`, `badTime`, `tooFarAhead`.
  @inline(__always)
  func settleTime(
    _ time: Int64, orIn members: UInt64, _ cursor: JSONCursor, _ camera: SettledCamera,
    _ message: CameraMessage, mayArrive: Bool = true
  ) throws(InvalidRecord) -> Int64 {
    var time = time
    if time < 0, members & FieldName.time.bit != 0 {
      time = try value(of: .time, cursor) { (cursor) throws(InvalidRecord) in
        try values.readTime(&cursor)
      }
    }
    if time < 0 { time = message.envelope.time }
    if time < 0 {
      guard mayArrive, !camera.limits.pointee.needsTime, message.arrival >= 0 else {
        throw missing(.time, message)
      }
      return min(message.arrival, Sample.maxTime)
    }
    // Neither side is negative: the difference does not overflow.
    guard message.arrival < 0 || time - message.arrival <= format.maxFutureSkew else {
      throw InvalidRecord(.tooFarAhead, field: .time, offset: message.end)
    }
    return time
  }
}
