import Events
import Testing

@testable import Dashboard

@Suite struct LocalDayTests {
  private func day(_ date: String, _ zone: String) throws -> LocalDay {
    LocalDay(try #require(CalendarDay(date)), in: try #require(zones[zone]))
  }

  @Test(arguments: [
    ("2026-11-21", "UTC", 24, 24), ("2026-11-21", "America/New_York", 24, 24),
    ("2026-03-08", "America/New_York", 23, 23), ("2026-11-01", "America/New_York", 25, 25),
    ("2026-04-24", "Africa/Cairo", 23, 23), ("2026-10-29", "Africa/Cairo", 25, 25),
    ("2011-12-30", "Pacific/Apia", 0, 0), ("2011-12-31", "Pacific/Apia", 24, 24),
  ])
  func daysHaveTheHoursThatClocksShow(
    _ date: String, _ zone: String, _ hours: Int, _ starts: Int
  ) throws {
    let day = try day(date, zone)
    #expect(day.end - day.start == Int64(hours) * hour)
    #expect(day.hours.count == starts)
    #expect(day.hours.first == (hours == 0 ? nil : day.start))
    for (one, next) in zip(day.hours, day.hours.dropFirst()) { #expect(next - one == hour) }
  }

  @Test func skippedAndRepeatedHoursAreToldApart() throws {
    let spring = try day("2026-03-08", "America/New_York")
    #expect(
      spring.hours[1...2].map(spring.localTime) == [
        "2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00",
      ])
    let autumn = try day("2026-11-01", "America/New_York")
    #expect(
      autumn.hours[1...3].map(autumn.localTime) == [
        "2026-11-01T01:00:00-04:00", "2026-11-01T01:00:00-05:00", "2026-11-01T02:00:00-05:00",
      ])
    // The day begins at one, as there was no midnight; and ends at the second one.
    let cairo = try day("2026-04-24", "Africa/Cairo")
    #expect(cairo.localTime(cairo.start) == "2026-04-24T01:00:00+03:00")
    let late = try day("2026-10-29", "Africa/Cairo")
    #expect(late.localTime(late.end) == "2026-10-30T00:00:00+02:00")
  }

  @Test func changesByHalfAnHourKeepTheHoursOfTheClock() throws {
    let autumn = try day("2026-04-05", "Australia/Lord_Howe")
    #expect(autumn.end - autumn.start == 49 * hour / 2)
    #expect(
      autumn.hours[1...3].map(autumn.localTime) == [
        "2026-04-05T01:00:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T02:00:00+10:30",
      ])
    let spring = try day("2026-10-04", "Australia/Lord_Howe")
    #expect(spring.end - spring.start == 47 * hour / 2)
    #expect(
      spring.hours[1...3].map(spring.localTime) == [
        "2026-10-04T01:00:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-04T03:00:00+11:00",
      ])
  }

  @Test func todayIsTheDayOfTheZone() throws {
    for (time, zone, text) in [
      (moment, "UTC", "2026-11-21"), (moment, "America/New_York", "2026-11-20"),
      (0, "America/New_York", "1969-12-31"), (-1, "UTC", "1969-12-31"),
    ] as [(Int64, String, String)] {
      #expect(LocalDay(of: time, in: try #require(zones[zone])).text == text)
    }
  }

  @Test func offsetsWithSecondsStillNameTheMoment() {
    // Local mean time of New York.
    let zone = ZoneOffsets(changes: [.init(from: .min, offset: -17_762_000)])
    let day = LocalDay(CalendarDay(year: 1_970, month: 1, day: 2), in: zone)
    #expect(day.localTime(0) == "1969-12-31T19:04:00-04:56")
  }

  @Test func daysAreReadStrictly() {
    #expect(CalendarDay("2024-02-29") == CalendarDay(year: 2_024, month: 2, day: 29))
    for text in [
      "", "2023-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-01", "20260101",
      "2026-01-01 ", "+026-01-01", "2026-01-01T00:00:00Z", "9999-12-31", "1969-12-31", "２026-01-01",
    ] {
      #expect(CalendarDay(text) == nil, "\(text)")
    }
  }
}
