import Store

/// What happened on one day, for people who plan the next.
struct DailyReport {
  let day: LocalDay
  /// The name of the day's time zone, as it was asked for.
  let timeZone: String
  /// As `day.hours`.
  let hours: [Int64]
  let facts: ThreatReport

  init(_ day: LocalDay, timeZone: String, _ reader: StoreReader) throws {
    self.day = day
    self.timeZone = timeZone
    hours = day.hours
    facts = try reader.threatReport(from: day.start, to: day.end, hours: hours)
  }

  /// What a browser should call its file: `acalert-2026-11-21-America-New_York`.
  var fileName: String {
    "acalert-\(day.text)-" + String(timeZone.map { $0 == "/" ? "-" : $0 })
  }
}

extension ThreatTally {
  /// Threats on which somebody has given a verdict.
  var judged: Int { confirmed + falseAlarms }
}
