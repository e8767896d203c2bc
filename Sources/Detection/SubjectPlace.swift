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
