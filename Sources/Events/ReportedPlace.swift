/// What one record says of where its subject is.
///
/// The buffers belong to whoever read the record: valid as long as the rest of its result is.
public struct ReportedPlace {
  /// The place; `nil` if the record does not tell it.
  public var location: GeoLocation?
  /// The name of the time zone, as the record spells it: a name of the IANA database, of which case does
  /// not count. Empty if the record names none.
  public var timeZone: UnsafeRawBufferPointer
  /// The name of the site, up to 256 bytes of UTF-8. Empty if the record names none.
  public var site: UnsafeRawBufferPointer

  @inline(__always)
  public init(
    location: GeoLocation? = nil,
    timeZone: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
    site: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) {
    self.location = location
    self.timeZone = timeZone
    self.site = site
  }

  /// Whether the record says nothing of where its subject is.
  @inlinable
  public var isEmpty: Bool { location == nil && timeZone.isEmpty && site.isEmpty }
}

extension GeoLocation {
  /// How many units of the records' fixed point make a degree: one unit is 11 mm on the equator.
  static let unitsPerDegree: Int32 = 10_000_000

  /// A place from what a record gave, in units of 10^−7 degrees. Both or neither must be there.
  ///
  /// - Parameter offset: where the record ends: the place of what is not there.
  /// - Throws: `missingField` for one without the other.
  static func of(
    latitude: Int32?, longitude: Int32?, offset: Int
  ) throws(InvalidRecord) -> GeoLocation? {
    guard let latitude else {
      if longitude == nil { return nil }
      throw InvalidRecord(.missingField, field: .latitude, offset: offset)
    }
    guard let longitude else {
      throw InvalidRecord(.missingField, field: .longitude, offset: offset)
    }
    // Both operands are exact, so the quotient is the decimal's nearest `Double`.
    return GeoLocation(
      latitude: Double(latitude) / Double(unitsPerDegree),
      longitude: Double(longitude) / Double(unitsPerDegree))
  }
}

extension ValueReader {
  /// An angle in degrees, quoted or not, as units of 10^−7 degrees, rounded half away from zero; `nil` for
  /// `null`, which devices send that have no fix.
  ///
  /// - Parameter limit: the largest magnitude, in degrees.
  /// - Throws: also `outOfBounds` beyond the limit.
  func readDegrees(_ cursor: inout JSONCursor, limit: Int32) throws(InvalidRecord) -> Int32? {
    if try cursor.passNull() { return nil }
    let number = try readNumber(&cursor)
    // 180 · 10^7 is below 2^31.
    let units = number.scaled(
      digits: 7, limit: UInt64(limit) * UInt64(GeoLocation.unitsPerDegree), powers: powers)
    guard let units else { throw cursor.fault(number.fitsDouble ? .outOfBounds : .notFinite) }
    return Int32(truncatingIfNeeded: units)
  }

  func readLatitude(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int32? {
    try readDegrees(&cursor, limit: 90)
  }

  func readLongitude(_ cursor: inout JSONCursor) throws(InvalidRecord) -> Int32? {
    try readDegrees(&cursor, limit: 180)
  }
}
