import Events
import Foundation
import Testing

@Suite("Times")
struct RecordTimeTests {
  private func time(_ text: String) -> Int64? {
    try? decode(scalar("1", time: text)).samples[0].time
  }

  private func pad(_ number: Int, _ width: Int = 2) -> String {
    String(repeating: "0", count: max(0, width - String(number).count)) + String(number)
  }

  @Test func numbers_areMillisecondsRoundedDown() {
    for (text, expected) in [
      ("0", 0), ("-0", 0), ("1", 1), ("1.999", 1), ("0.9", 0), ("1795255200123", 1_795_255_200_123),
      (#""1795255200123""#, 1_795_255_200_123), ("1795255200123.999999", 1_795_255_200_123),
      ("1.795255200123e12", 1_795_255_200_123), ("17952552001239e-1", 1_795_255_200_123),
      ("253402300799999", Sample.maxTime), ("253402300799999.9999999999999", Sample.maxTime),
      ("1e14", 100_000_000_000_000), (#""1.5e-3""#, 0), ("9999999999999", 9_999_999_999_999),
      ("1000000000000", 1_000_000_000_000), ("10000000000000", 10_000_000_000_000),
    ] {
      #expect(time(text) == Int64(expected), "\(text)")
    }
    #expect(time("0253402300799") == nil)
  }

  /// Walks the calendar day by day and compares each date's midnight, and the days that are not there.
  @Test func everyDate_agreesWithACountOfDays() throws {
    let decoder = RecordDecoder()
    func found(_ date: String) -> Int64? {
      let text = scalar("1", time: #""\#(date)T00:00:00Z""#)
      return try? decoder.decoded(Array(text.utf8)).samples[0].time
    }
    var days: Int64 = 0
    for year in 1970...9999 {
      let isLeap = year % 4 == 0 && year % 100 != 0 || year % 400 == 0
      let isChecked = year < 2110 || year % 100 < 5 || year % 97 == 0
      for (index, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        .enumerated()
      {
        if isChecked {
          let month = "\(year)-\(pad(index + 1))-"
          for day in [1, 15, length] {
            #expect(found(month + pad(day)) == (days + Int64(day) - 1) * 86_400_000)
          }
          #expect(found(month + pad(length + 1)) == nil)
          #expect(found(month + "00") == nil)
        }
        days += Int64(length)
      }
    }
    #expect(days * 86_400_000 == Sample.maxTime + 1)
    #expect(found("2026-00-01") == nil)
    #expect(found("2026-13-01") == nil)
    #expect(found("1969-12-31") == nil)
    #expect(found("0000-01-01") == nil)
  }

  @Test func randomTimes_agreeWithFoundationsCalendar() throws {
    var random = SplitMix64(seed: 3)
    let decoder = RecordDecoder()
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
    for _ in 0..<5000 {
      let expected = Int64.random(in: 0...Sample.maxTime, using: &random)
      let offset = Int.random(in: -1439...1439, using: &random)
      let local = expected / 1000 + Int64(offset) * 60
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second],
        from: Date(timeIntervalSince1970: TimeInterval(local)))
      guard let year = parts.year, year <= 9999, local >= 0 else { continue }
      let date = "\(pad(year, 4))-\(pad(parts.month!))-\(pad(parts.day!))"
      let clock = "\(pad(parts.hour!)):\(pad(parts.minute!)):\(pad(parts.second!))"
      let fraction =
        pad(Int(expected % 1000), 3) + String(Int.random(in: 0...99_999, using: &random))
      let sign = offset < 0 ? "-" : "+"
      let zone = sign + pad(abs(offset) / 60) + ":" + pad(abs(offset) % 60)
      let separator = ["T", "t", " "].randomElement(using: &random)!
      var texts = ["\(date)\(separator)\(clock).\(fraction)\(zone)"]
      if offset == 0 || Bool.random(using: &random) {
        let utc = calendar.dateComponents(
          [.year, .month, .day, .hour, .minute, .second],
          from: Date(timeIntervalSince1970: TimeInterval(expected / 1000)))
        let utcText =
          "\(pad(utc.year!, 4))-\(pad(utc.month!))-\(pad(utc.day!)) "
          + "\(pad(utc.hour!)):\(pad(utc.minute!)):\(pad(utc.second!))"
        texts.append("\(utcText) \(fraction.prefix(6))")
        texts.append("\(utcText).\(fraction)Z")
      }
      for text in texts {
        let found = try? decoder.decoded(Array(scalar("1", time: #""\#(text)""#).utf8)).samples[0]
          .time
        #expect(found == expected, "\(text)")
      }
    }
  }

  @Test func fractions_areRoundedDown() {
    #expect(time(#""1970-01-01T00:00:01.9999999999999999999999999Z""#) == 1999)
    #expect(time(#""1970-01-01T00:00:01.1Z""#) == 1100)
    #expect(time(#""1970-01-01 00:00:01 1""#) == 1100)
    #expect(time(#""1970-01-01 00:00:01 000999""#) == 1000)
    #expect(time(#""1970-01-01T00:00:01z""#) == 1000)
    #expect(time(#""1970-01-01T01:00:00+01:00""#) == 0)
    #expect(time(#""1969-12-31T23:00:00-01:00""#) == 0)
    #expect(time(#""1970-01-01T00:00:00-00:00""#) == 0)
    #expect(time(#""9999-12-31T23:59:59.999Z""#) == Sample.maxTime)
    #expect(time(#""2017-10-01T19:53:03\u002e5Z""#) == 1_506_887_583_500)
  }

  @Test func leapSecond_isTheLastMillisecondOfItsMinute() {
    #expect(time(#""2016-12-31T23:59:60Z""#) == 1_483_228_799_999)
    #expect(time(#""2016-12-31T23:59:60.5Z""#) == 1_483_228_799_999)
    #expect(time(#""2016-12-31 23:59:60 500000""#) == 1_483_228_799_999)
    #expect(time(#""2017-01-01T08:59:60+09:00""#) == 1_483_228_799_999)
    #expect(time(#""2016-12-31T15:59:60-08:00""#) == 1_483_228_799_999)
    #expect(time(#""2016-12-31T23:58:60Z""#) == nil)
    #expect(time(#""2016-12-31T23:59:61Z""#) == nil)
    #expect(time(#""2016-12-31T23:59:60+01:00""#) == nil)
  }

  @Test(arguments: [
    "2026-11-21T10:00:00", "2026-11-21 10:00:00", "2026-11-21T10:00Z", "2026-11-21T24:00:00Z",
    "2026-11-21T10:60:00Z", "2026-02-30T10:00:00Z", "2026-04-31T10:00:00Z", "2025-02-29T10:00:00Z",
    "1900-02-29T10:00:00Z", "2100-02-29T10:00:00Z", "2026-11-21T10:00:00+24:00",
    "2026-11-21T10:00:00+10:60", "2026-11-21T10:00:00+1000", "2026-11-21T10:00:00+10",
    "2026-11-21T10:00:00.Z", "2026-11-21T10:00:00.5", "2026-11-21T10:00:00 Z",
    "2026-11-21 10:00:00 ", "2026-11-21 10:00:00 1234567", "2026-11-21 10:00:00 12Z",
    "2026-11-21T10:00:00Zx", "2026-11-21_10:00:00Z", "2026/11/21T10:00:00Z", "2026-11-21T10-00:00Z",
    "2026-11-21T10:00.00Z", "20261-11-21T10:00:00Z", "+2026-11-21T10:00:00Z",
    "2026-1-21T10:00:00Z ",
    "2026-11-21T1o:00:00Z", "9999-12-31T23:59:59-00:01", "1970-01-01T00:00:00+00:01", "2026-",
    "12-3-",
  ])
  func malformedDates_areRefused(_ text: String) {
    #expect(reason(scalar("1", time: #""\#(text)""#)) == .badTime)
  }
}
