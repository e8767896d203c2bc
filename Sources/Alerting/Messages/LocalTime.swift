import Foundation

/// A moment as clocks show it somewhere.
struct LocalTime {
  private var fields = tm()
  private let abbreviation: String
  private let zoneName: String

  /// - Parameters:
  ///   - milliseconds: Since 1970.
  ///   - zone: A name of the IANA database; any other, and none, is UTC.
  init?(_ milliseconds: Int64, zone name: String) {
    let seconds = Int64((Double(milliseconds) / 1_000).rounded(.down))
    let date = Date(timeIntervalSince1970: Double(seconds))
    let zone = name.isEmpty ? nil : TimeZone(identifier: name)
    let offset = zone?.secondsFromGMT(for: date) ?? 0
    var local = time_t(seconds) + offset
    // Years that do not fit its fields.
    guard gmtime_r(&local, &fields) != nil else { return nil }
    let isUTC = zone == nil || name == "UTC" || name == "Etc/UTC"
    zoneName = isUTC ? "" : name
    let style: TimeZone.NameStyle =
      zone?.isDaylightSavingTime(for: date) == true ? .shortDaylightSaving : .shortStandard
    let known = zone?.localizedName(for: style, locale: Locale(identifier: "en_US")) ?? ""
    // Where English has no abbreviation that everybody knows, it is GMT+1: then rather the offset.
    let isNamed = !known.isEmpty && known.allSatisfy { $0.isASCII && $0.isLetter }
    abbreviation = isUTC ? "UTC" : isNamed ? known : Self.text(offset: offset)
  }

  /// `Sat 21 Nov 2026 05:32:00 EST (America/New_York)`.
  var text: String {
    let moment = String(
      format: "%@ %d %@ %04d %02d:%02d:%02d %@", Self.days[Int(fields.tm_wday) % 7],
      Int(fields.tm_mday), Self.months[Int(fields.tm_mon) % 12], Int(fields.tm_year) + 1_900,
      Int(fields.tm_hour), Int(fields.tm_min), Int(fields.tm_sec), abbreviation)
    return zoneName.isEmpty ? moment : "\(moment) (\(zoneName))"
  }

  /// `5:32 AM`, for a voice.
  var spoken: String {
    let hour = Int(fields.tm_hour)
    return String(
      format: "%d:%02d %@", hour % 12 == 0 ? 12 : hour % 12, Int(fields.tm_min),
      hour < 12 ? "AM" : "PM")
  }

  /// The same for a moment that may be absent; empty then.
  static func text(_ milliseconds: Int64?, zone: String) -> String {
    milliseconds.flatMap { LocalTime($0, zone: zone)?.text } ?? ""
  }

  private static func text(offset: Int) -> String {
    String(
      format: "UTC%@%02d:%02d", offset < 0 ? "-" : "+", abs(offset) / 3_600, abs(offset) / 60 % 60)
  }

  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
