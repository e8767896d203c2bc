import Glibc

/// The date format of HTTP (IMF-fixdate, RFC 9110 §5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// - Parameter seconds: seconds since 1970-01-01T00:00:00Z, not negative.
  static func string(unixSeconds seconds: Int) -> String {
    let days = seconds / 86_400
    let second = seconds % 86_400
    // Years counted from March put the leap day last, so that a month's length is a linear
    // expression; an era of 400 years has 146,097 days.
    let shifted = days + 719_468
    let dayOfEra = shifted % 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = (monthFromMarch + 2) % 12
    let year = yearOfEra + shifted / 146_097 * 400 + (month < 2 ? 1 : 0)
    let clock = "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
    return "\(weekdays[days % 7]), \(two(day)) \(months[month]) \(year) \(clock) GMT"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// The present date, formatted once a second.
  struct Cache {
    private var seconds = -1
    private var text = ""

    mutating func current() -> String {
      let now = time(nil)
      if now != seconds {
        seconds = now
        text = HTTPDate.string(unixSeconds: now)
      }
      return text
    }
  }
}
