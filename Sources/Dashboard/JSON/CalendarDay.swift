/// A day of the Gregorian calendar, extended to all years.
///
/// The arithmetic counts years from March, so that a leap day is the last of its year and each 400
/// years have the same 146,097 days.
struct CalendarDay: Equatable {
  var year: Int64
  var month: Int64
  var day: Int64

  static let millisecondsPerDay: Int64 = 86_400_000
  /// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z, in milliseconds since 1970.
  static let firstMillisecond: Int64 = -62_167_219_200_000
  static let lastMillisecond: Int64 = 253_402_300_799_999

  init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// - Parameter days: in the years 0000 … 9999.
  init(daysSince1970 days: Int64) {
    // 719,468 days lie between 0000-03-01 and 1970-01-01; one cycle more keeps all positive.
    let shifted = days + 719_468 + 146_097
    let (cycle, ofCycle) = shifted.quotientAndRemainder(dividingBy: 146_097)
    let ofCycleYear = (ofCycle - ofCycle / 1_460 + ofCycle / 36_524 - ofCycle / 146_096) / 365
    let ofYear = ofCycle - (365 * ofCycleYear + ofCycleYear / 4 - ofCycleYear / 100)
    // Months from March: their lengths repeat as 31 30 31 30 31, 153 days in five.
    let marchMonth = (5 * ofYear + 2) / 153
    day = ofYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = ofCycleYear + (cycle - 1) * 400 + (month <= 2 ? 1 : 0)
  }

  var daysSince1970: Int64 {
    let marchYear = (month <= 2 ? year - 1 : year) + 400
    let (cycle, ofCycleYear) = marchYear.quotientAndRemainder(dividingBy: 400)
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let ofCycle = ofCycleYear * 365 + ofCycleYear / 4 - ofCycleYear / 100 + ofYear
    return cycle * 146_097 + ofCycle - 719_468 - 146_097
  }

  /// The day and the milliseconds of the day of a time.
  static func split(_ milliseconds: Int64) -> (day: Int64, ofDay: Int64) {
    let (quotient, rest) = milliseconds.quotientAndRemainder(dividingBy: millisecondsPerDay)
    return rest < 0 ? (quotient - 1, rest + millisecondsPerDay) : (quotient, rest)
  }
}
