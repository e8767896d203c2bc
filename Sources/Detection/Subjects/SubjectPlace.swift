import Events

/// Where a subject is, each part by the newest of its records that named it.
public struct SubjectPlace: Equatable, Sendable {
  /// `nil` if no record told it.
  public var location: GeoLocation?
  /// The time zone's name as the record spells it; empty if none named one.
  public var timeZone: String
  /// The site's name; empty if none named one.
  public var site: String

  public init(location: GeoLocation? = nil, timeZone: String = "", site: String = "") {
    self.location = location
    self.timeZone = timeZone
    self.site = site
  }
}

/// A subject's place with the event times of the records that told it.
///
/// Each part is that of the greatest time among all records, and of records of one time that of the last:
/// so the outcome does not depend on when a record comes, nor on whether it comes again after a restart.
/// Records too late to be judged are no exception: they still tell where the subject was then.
struct KnownPlace: Equatable {
  var place = SubjectPlace()
  var locationTime: Int64 = .min
  var timeZoneTime: Int64 = .min
  var siteTime: Int64 = .min

  /// Takes what a record says of `time`. Returns whether anything is different from before.
  mutating func take(_ said: ReportedPlace, at time: Int64) -> Bool {
    let before = (locationTime, timeZoneTime, siteTime)
    var isOther = false
    if let location = said.location, time >= locationTime {
      isOther = place.location != location
      place.location = location
      locationTime = time
    }
    if !said.timeZone.isEmpty, time >= timeZoneTime {
      if Self.replace(&place.timeZone, by: said.timeZone) { isOther = true }
      timeZoneTime = time
    }
    if !said.site.isEmpty, time >= siteTime {
      if Self.replace(&place.site, by: said.site) { isOther = true }
      siteTime = time
    }
    return isOther || before != (locationTime, timeZoneTime, siteTime)
  }

  /// Takes that a record of `time` has said once more what is known.
  mutating func repeated(_ mark: PlaceMark, at time: Int64) {
    if mark.hasLocation { locationTime = max(locationTime, time) }
    if mark.hasTimeZone { timeZoneTime = max(timeZoneTime, time) }
    if mark.hasSite { siteTime = max(siteTime, time) }
  }

  private static func replace(_ text: inout String, by bytes: UnsafeRawBufferPointer) -> Bool {
    if text.utf8.elementsEqual(bytes) { return false }
    text = String(decoding: bytes, as: UTF8.self)
    return true
  }
}

/// The times' durable form, at the head of a row's evidence: a version byte with its high bit set, which none
/// of ``SubjectNotes`` has, then the times of the location, the time zone and the site as little-endian 64-bit words. The place
/// itself is in the row.
extension KnownPlace {
  private static let version: UInt8 = 0x81
  private static let size = 1 + 3 * 8

  func encode(into bytes: inout [UInt8]) {
    bytes.append(Self.version)
    for time in [locationTime, timeZoneTime, siteTime] {
      withUnsafeBytes(of: time.littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  /// The place that a row was made with; `nil` if its subject had none.
  ///
  /// - Parameter evidence: the row's; what lies behind the times is left.
  init?(_ row: StatusRow, evidence: inout [UInt8]) {
    if evidence.first == Self.version, evidence.count >= Self.size {
      let times = stride(from: 1, to: Self.size, by: 8).map { start in
        Int64(
          bitPattern: evidence[start..<start + 8].reversed().reduce(UInt64(0)) {
            $0 << 8 | UInt64($1)
          })
      }
      (locationTime, timeZoneTime, siteTime) = (times[0], times[1], times[2])
      evidence.removeFirst(Self.size)
    } else if row.location == nil, row.timeZone.isEmpty, row.site.isEmpty {
      return nil
    }
    place = SubjectPlace(location: row.location, timeZone: row.timeZone, site: row.site)
    // What the row has lost, any record may tell.
    if place.location == nil { locationTime = .min }
    if place.timeZone.isEmpty { timeZoneTime = .min }
    if place.site.isEmpty { siteTime = .min }
  }
}

/// What a record says of a place, in short: which parts, and 64 bits made of all their bytes. Two that are
/// equal say the same, but for one chance in 2⁶⁴.
struct PlaceMark: Equatable {
  let hasLocation: Bool
  let hasTimeZone: Bool
  let hasSite: Bool
  private let bits: UInt64

  @inline(__always)
  init(_ place: ReportedPlace) {
    hasLocation = place.location != nil
    hasTimeZone = !place.timeZone.isEmpty
    hasSite = !place.site.isEmpty
    var bits: UInt64 = 0x9e37_79b9_7f4a_7c15
    Self.mix(place.timeZone, into: &bits)
    Self.mix(place.site, into: &bits)
    if let location = place.location {
      Self.mix(location.latitude.bitPattern, into: &bits)
      Self.mix(location.longitude.bitPattern, into: &bits)
    }
    self.bits = bits
  }

  /// Eight bytes at a time, the length with the rest.
  @inline(__always)
  private static func mix(_ bytes: UnsafeRawBufferPointer, into bits: inout UInt64) {
    var place = 0
    while place + 8 <= bytes.count {
      mix(bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self), into: &bits)
      place += 8
    }
    var rest = UInt64(bytes.count) << 56
    while place < bytes.count {
      rest = rest << 8 ^ UInt64(bytes[place])
      place += 1
    }
    mix(rest, into: &bits)
  }

  @inline(__always)
  private static func mix(_ word: UInt64, into bits: inout UInt64) {
    let product = (bits ^ word).multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    bits = product.high ^ product.low
  }
}
