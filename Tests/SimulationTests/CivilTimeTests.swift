import Foundation
import Testing

@testable import simulation

@Suite struct CivilTimeTests {
  @Test func agreesWithFoundationOverFourCenturies() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    var seconds: Int64 = 0
    while seconds < 12_622_780_800 {
      let civil = CivilTime(unixSeconds: seconds)
      let parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second],
        from: Date(timeIntervalSince1970: Double(seconds)))
      #expect(civil.year == Int64(parts.year ?? 0))
      #expect(civil.month == Int64(parts.month ?? 0))
      #expect(civil.day == Int64(parts.day ?? 0))
      let time = Int64((parts.hour ?? 0) * 3_600 + (parts.minute ?? 0) * 60 + (parts.second ?? 0))
      #expect(civil.second == time)
      #expect(
        CivilTime.unixSeconds(
          year: civil.year, month: civil.month, day: civil.day, hour: 0, minute: 0,
          second: civil.second) == seconds)
      seconds += 5_023_457
    }
  }

  @Test func startTimesAreRead() {
    #expect(PopulationConfiguration.startTime(parsing: "1234") == 1_234)
    #expect(
      PopulationConfiguration.startTime(parsing: "2026-01-01T00:00:00Z") == StreamRecording.start)
    for bad in ["", "yesterday", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01"] {
      #expect(PopulationConfiguration.startTime(parsing: bad) == nil)
    }
  }

  @Test func numbersAreWrittenAsTheyAre() {
    func written(_ write: (inout RecordBuffer) -> Void) -> String {
      var buffer = RecordBuffer(capacity: 1)
      write(&buffer)
      return String(decoding: buffer.view, as: UTF8.self)
    }
    #expect(written { $0.append(decimal: 1.5) } == "1.5000")
    #expect(written { $0.append(decimal: -0.00004) } == "0.0000")
    #expect(written { $0.append(decimal: -0.00006) } == "-0.0001")
    #expect(written { $0.append(decimal: -12.34567) } == "-12.3457")
    #expect(written { $0.append(decimal: 0.99996) } == "1.0000")
    #expect(written { $0.append(integer: 0) } == "0")
    #expect(written { $0.append(integer: 1_795_255_200_123) } == "1795255200123")
    #expect(written { $0.append(7, digits: 3) } == "007")
  }
}
