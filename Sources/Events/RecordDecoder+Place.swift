/// What has been read of a record's place so far. Touched only by records that name a field of it.
@usableFromInline
struct PlaceDraft {
  /// Units of 10^−7 degrees.
  var latitude: Int32?
  var longitude: Int32?
  @usableFromInline var place = ReportedPlace()
}

/// Where the subject is: fields that few records have, off the way of those that do not.
extension RecordDecoder {
  /// Reads the value of one of the fields that say where the subject is.
  ///
  /// - Parameter seen: the fields of the record read so far, this one included.
  @inline(never)
  func readPlace(
    _ field: RecordField, _ cursor: inout JSONCursor, seen: UInt32
  ) throws(InvalidRecord) {
    if seen & RecordField.placeBits == field.bit { placeDraft.pointee = PlaceDraft() }
    switch field {
    case .latitude: placeDraft.pointee.latitude = try values.readLatitude(&cursor)
    case .longitude: placeDraft.pointee.longitude = try values.readLongitude(&cursor)
    case .timezone:
      if try cursor.passNull() { return }
      let name = try values.readID(&cursor, unescapedInto: idText + 2 * Self.maxIDBytes)
      guard name.isEmpty || isTimeZone(name) else { throw cursor.fault(.badTimezone) }
      placeDraft.pointee.place.timeZone = name
    default:
      if try cursor.passNull() { return }
      placeDraft.pointee.place.site = try values.readID(
        &cursor, unescapedInto: idText + 3 * Self.maxIDBytes)
    }
  }

  /// Checks that the place is whole. Returns whether the record says anything of it.
  @inline(never)
  func finishPlace(offset: Int) throws(InvalidRecord) -> Bool {
    placeDraft.pointee.place.location = try GeoLocation.of(
      latitude: placeDraft.pointee.latitude, longitude: placeDraft.pointee.longitude,
      offset: offset)
    return !placeDraft.pointee.place.isEmpty
  }

  private func isTimeZone(_ name: UnsafeRawBufferPointer) -> Bool {
    guard TimeZoneTable.canBeName(name) else { return false }
    guard let timeZones else { return true }
    return timeZoneNumbers.number(name) { timeZones.find($0).map(Int32.init) } != nil
  }
}
