/// A time in a query: Unix milliseconds, or RFC 3339.
enum QueryTime {
  /// Milliseconds since 1970; `nil` if `text` is neither, or outside of the years 0000 … 9999.
  static func parse(_ text: String) -> Int64? {
    let time = Int64(text) ?? parseRFC3339(Array(text.utf8))
    guard let time, (CalendarDay.firstMillisecond...CalendarDay.lastMillisecond).contains(time)
    else { return nil }
    return time
  }

  /// `2026-11-21T04:32:00[.123…](Z|±hh:mm)`, also with a space or in lower case (RFC 3339 §5.6).
  private static func parseRFC3339(_ text: [UInt8]) -> Int64? {
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= text.count else { return nil }
      var value: Int64 = 0
      for byte in text[range] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      return value
    }
    func has(_ characters: String, at place: Int) -> Bool {
      place < text.count && characters.utf8.contains(text[place])
    }
    guard let year = number(0..<4), has("-", at: 4), let month = number(5..<7), has("-", at: 7),
      let day = number(8..<10), has("Tt ", at: 10), let hour = number(11..<13), has(":", at: 13),
      let minute = number(14..<16), has(":", at: 16), let second = number(17..<19),
      (1...12).contains(month), hour < 24, minute < 60, second < 60
    else { return nil }
    let date = CalendarDay(year: year, month: month, day: day)
    // The 31st of June comes back as the first of July.
    guard CalendarDay(daysSince1970: date.daysSince1970) == date else { return nil }

    var place = 19
    var fraction: Int64 = 0
    if has(".", at: place) {
      place += 1
      var weight: Int64 = 100
      let first = place
      while let digit = number(place..<(place + 1)) {
        fraction += digit * weight
        weight /= 10
        place += 1
      }
      if place == first { return nil }
    }
    var offset: Int64 = 0
    if has("Zz", at: place) {
      place += 1
    } else {
      guard has("+-", at: place), let hours = number((place + 1)..<(place + 3)),
        has(":", at: place + 3), let minutes = number((place + 4)..<(place + 6)), hours < 24,
        minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (text[place] == UInt8(ascii: "-") ? -1 : 1)
      place += 6
    }
    guard place == text.count else { return nil }
    let ofDay = ((hour * 60 + minute - offset) * 60 + second) * 1_000 + fraction
    return date.daysSince1970 * CalendarDay.millisecondsPerDay + ofDay
  }
}
