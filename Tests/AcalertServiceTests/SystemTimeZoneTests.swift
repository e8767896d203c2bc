import Events
import Foundation
import Testing

@testable import AcalertService

struct SystemTimeZoneTests {
  private static let zones = [
    "America/New_York", "Europe/London", "Africa/Casablanca", "Asia/Kolkata", "Asia/Calcutta",
    "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Tehran", "Pacific/Apia", "Africa/Monrovia",
    "Africa/Cairo", "Asia/Gaza", "US/Eastern", "Etc/GMT+5", "UTC", "EST5EDT", "Europe/Kyiv",
  ]

  @Test(arguments: zones) func offsetsAreFoundations(_ name: String) throws {
    let offsets = try #require(ZoneOffsets.system(name))
    let zone = try #require(TimeZone(identifier: name))
    var random = SeededGenerator(state: UInt64(name.utf8.count))
    func check(_ time: Int64) {
      let expected = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time) / 1000))
      #expect(offsets.offset(at: time) == 1000 * Int64(expected), "\(name) at \(time)")
    }
    for _ in 0..<3_000 { check(Int64.random(in: 0..<4_102_444_800_000, using: &random)) }
    // The seconds around each change are where a search goes wrong.
    for change in offsets.changes.dropFirst() {
      check(change.from - 1000)
      check(change.from)
    }
  }

  @Test func noZoneChangesTwiceWithinAWeek() throws {
    let end: Int64 = 2_145_916_800  // 2038-01-01; from then on each year is like the one before.
    for (place, name) in TimeZone.knownTimeZoneIdentifiers.enumerated() where place % 8 == 0 {
      let zone = try #require(TimeZone(identifier: name))
      var seen: [Int64] = []
      for second in stride(from: 0, to: end, by: 86_400) {
        let date = Date(timeIntervalSince1970: Double(second))
        let offset = 1000 * Int64(zone.secondsFromGMT(for: date))
        if offset != seen.last { seen.append(offset) }
      }
      let offsets = try #require(ZoneOffsets.system(name))
      #expect(offsets.changes.prefix { $0.from < 1000 * end }.map(\.offset) == seen, "\(name)")
    }
  }

  @Test(arguments: [
    ("utc", "UTC"), ("america/new_york", "America/New_York"), ("EUROPE/LONDON", "Europe/London"),
    ("us/eastern", "US/Eastern"), ("asia/kolkata", "Asia/Kolkata"), ("etc/utc", "UTC"),
    ("africa/dar_es_salaam", "Africa/Dar_es_Salaam"), ("etc/gmt-3", "Etc/GMT-3"),
    ("america/argentina/buenos_aires", "America/Argentina/Buenos_Aires"),
    ("nz", "Pacific/Auckland"),
  ])
  func caseDoesNotCount(_ name: String, _ zone: String) throws {
    let offsets = try #require(ZoneOffsets.system(name))
    #expect(offsets == ZoneOffsets.system(zone))
  }

  @Test(arguments: [
    "", "Nowhere/At_All", "PST", "IST", "GMT+02:00", "UTC+1", "+02:00", "America/", "/", "a/b/c/d",
    "../etc/passwd", "America/New_York\n",
  ])
  func otherNamesMeanNothing(_ name: String) {
    #expect(ZoneOffsets.system(name) == nil)
  }

  @Test func tableTakesNamesFromRecords() throws {
    let table = TimeZoneTable.system()
    let number = try #require(table.find("Europe/Berlin"))
    // 2026-07-01T00:00:00Z: summer time.
    #expect(table.offsets(number).offset(at: 1_782_864_000_000) == 7_200_000)
    #expect(table.find("europe/berlin") == number)
    #expect(table.find("Nowhere/At_All") == nil)
  }
}
