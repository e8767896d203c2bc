import Events

/// A calendar day as the clocks of a time zone show it.
struct LocalDay {
  let date: CalendarDay
  let zone: ZoneOffsets
  /// From `start` up to, not including, `end`, in milliseconds since 1970. As a rule 24 hours; an hour
  /// more or less where clocks are changed, and none at all for a day that a zone has left out.
  let start: Int64
  let end: Int64

  init(_ date: CalendarDay, in zone: ZoneOffsets) {
    self.date = date
    self.zone = zone
    let midnight = date.daysSince1970 * CalendarDay.millisecondsPerDay
    start = zone.utc(ofLocal: midnight)
    end = max(start, zone.utc(ofLocal: midnight + CalendarDay.millisecondsPerDay))
  }

  /// The day that holds a moment.
  init(of time: Int64, in zone: ZoneOffsets) {
    let day = CalendarDay.split(time + zone.offset(at: time)).day
    self.init(CalendarDay(daysSince1970: day), in: zone)
  }

  /// The starts of its hours: each moment at which the clocks there show a whole hour, and those at
  /// which an hour begins otherwise because clocks are changed by less than one.
  var hours: [Int64] {
    let hour: Int64 = 3_600_000
    var hours: [Int64] = []
    var time = start
    while time < end {
      hours.append(time)
      let local = time + zone.offset(at: time)
      time += hour - ((local % hour) + hour) % hour
    }
    return hours
  }

  /// `2026-11-21`
  var text: String { Self.text(date) }

  private static func text(_ date: CalendarDay) -> String {
    "\(padded(date.year, to: 4))-\(padded(date.month, to: 2))-\(padded(date.day, to: 2))"
  }

  /// A moment as the clocks there show it, RFC 3339: `2026-11-21T05:00:00-05:00`. The format knows whole
  /// minutes of offset only; those of long ago are cut to them, and the text still names the moment.
  func localTime(_ time: Int64) -> String {
    let minutes = zone.offset(at: time) / 60_000
    let (day, ofDay) = CalendarDay.split(time + minutes * 60_000)
    let seconds = ofDay / 1_000
    let date = Self.text(CalendarDay(daysSince1970: day))
    let clock = [seconds / 3_600, seconds / 60 % 60, seconds % 60]
      .map { Self.padded($0, to: 2) }.joined(separator: ":")
    let size = Int64(minutes.magnitude)
    let offset = "\(Self.padded(size / 60, to: 2)):\(Self.padded(size % 60, to: 2))"
    return "\(date)T\(clock)\(minutes < 0 ? "-" : "+")\(offset)"
  }

  private static func padded(_ value: Int64, to width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

extension CalendarDay {
  /// `2026-11-21`, from 1970-01-01 to 9998-12-31; `nil` for everything else.
  init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isPlain = text.utf8.allSatisfy { $0 == UInt8(ascii: "-") || $0 &- 0x30 < 10 }
    guard isPlain, parts.map(\.utf8.count) == [4, 2, 2], let year = Int64(parts[0]),
      let month = Int64(parts[1]), let day = Int64(parts[2]), (1_970...9_998).contains(year),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    self.init(year: year, month: month, day: day)
    // The 31st of June comes back as the first of July.
    guard CalendarDay(daysSince1970: daysSince1970) == self else { return nil }
  }
}
