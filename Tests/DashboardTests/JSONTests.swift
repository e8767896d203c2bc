import Foundation
import Testing

@testable import Dashboard

private func written(_ body: (inout JSONWriter) -> Void) -> String {
  var writer = JSONWriter(capacity: 1)
  body(&writer)
  return String(decoding: writer.bytes, as: UTF8.self)
}

@Suite struct JSONTests {
  @Test func integersOfEverySize() {
    for value in [0, 1, -1, 9, 10, 99, 100, 1_234_567_890, Int64.max, Int64.min] {
      #expect(written { $0.integer(value) } == String(value))
    }
  }

  @Test(arguments: [
    (0.0, "0"), (1, "1"), (-1, "-1"), (1.02, "1.02"), (5.2, "5.2"), (0.000001, "0.000001"),
    (-0.5, "-0.5"), (123456789.25, "123456789.25"), (1e300, "1e+300"), (1e-9, "1e-09"),
  ])
  func valuesAreShort(_ value: Double, _ text: String) {
    #expect(written { $0.value(value) } == text)
  }

  @Test func valuesGiveTheSameNumberAgain() {
    var random = Seeded(state: 1)
    for _ in 0..<20_000 {
      let value =
        switch Int.random(in: 0..<4, using: &random) {
        case 0: Double(Int64.random(in: -2_000_000_000...2_000_000_000, using: &random)) / 1e6
        case 1: Double.random(in: -20...20, using: &random)
        case 2: Double(Int64.random(in: 0...1 << 52, using: &random)) / 1e6
        default: Double(bitPattern: random.next())
        }
      let text = written { $0.value(value) }
      guard value.isFinite else {
        #expect(text == "null")
        continue
      }
      #expect(Double(text) == value)
      // None shorter: Swift's description is the shortest, but for its `.0` and its exponents.
      let plain =
        value.description.hasSuffix(".0") ? value.description.dropLast(2) : value.description[...]
      if !plain.contains("e") { #expect(text == plain) }
    }
  }

  @Test func figuresKeepNineDecimals() {
    #expect(written { $0.figure(1.012_345_678_91) } == "1.012345679")
    #expect(written { $0.figure(-0.02) } == "-0.02")
    #expect(written { $0.figure(0) } == "0")
    #expect(written { $0.figure(nil) } == "null")
    #expect(written { $0.figure(.infinity) } == "null")
    #expect(written { $0.figure(.nan) } == "null")
    var random = Seeded(state: 2)
    for _ in 0..<20_000 {
      let value = pow(10, Double.random(in: -12...12, using: &random))
      let text = written { $0.figure(value) }
      #expect(abs((Double(text) ?? .nan) - value) <= 0.5e-6 * value)
    }
  }

  @Test func stringsReadBackAsTheyWere() throws {
    let hostile = "\"\\\u{0}\u{1}\u{8}\u{c}\n\r\t\u{1f}\u{7f}</script>é💥\u{2028}\u{feff}"
    let text = written { $0.string(hostile) }
    let back = try JSONSerialization.jsonObject(
      with: Data(text.utf8), options: .fragmentsAllowed)
    #expect(back as? String == hostile)
    #expect(text.utf8.allSatisfy { $0 >= 0x20 })
  }

  @Test func timesMatchFoundation() throws {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    #expect(written { $0.time(moment) } == "\"2026-11-21T04:32:00.123Z\"")
    #expect(written { $0.time(.max) } == "\"9999-12-31T23:59:59.999Z\"")
    #expect(written { $0.time(.min) } == "\"0000-01-01T00:00:00.000Z\"")
    var random = Seeded(state: 3)
    for _ in 0..<2_000 {
      // From 1600: Foundation's calendar is Julian before 1582.
      let time = Int64.random(in: -11_676_096_000_000...CalendarDay.lastMillisecond, using: &random)
      let text = written { $0.time(time) }.dropFirst().dropLast()
      let date = try #require(formatter.date(from: String(text)))
      #expect(Int64((date.timeIntervalSince1970 * 1000).rounded()) == time)
      #expect(QueryTime.parse(String(text)) == time)
    }
  }

  @Test func queryTimesAreStrict() {
    #expect(QueryTime.parse("1795235520123") == moment)
    #expect(QueryTime.parse("2026-11-21T05:32:00.1239+01:00") == moment)
    #expect(QueryTime.parse("2026-11-21t00:02:00.123-04:30") == moment)
    #expect(QueryTime.parse("2024-02-29T00:00:00Z") != nil)
    for bad in [
      "", "x", "2026-11-21", "2026-11-21T04:32:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
      "2026-11-21T24:00:00Z", "2026-11-21T04:32:00.Z", "2026-11-21T04:32:00Zx", "1e3",
      "9223372036854775807", "2026-11-21T04:32:00+1:00", "99999999999999999999",
    ] {
      #expect(QueryTime.parse(bad) == nil, "\(bad)")
    }
  }
}
