import Detection
import Events
import Testing

@testable import Store

struct ThreatReportTests {
  private static let hour: Int64 = 3_600_000
  /// Starts of the hours of a day of so many, the last of them cut short.
  private func hours(_ count: Int, from: Int64) -> [Int64] {
    (0..<Int64(count)).map { from + $0 * Self.hour }
  }

  private func tally(_ stored: [Stored]) -> ThreatTally {
    var tally = ThreatTally()
    tally.threats = stored.count
    tally.warnings = stored.count { $0.threat.severity == .warning }
    tally.dangers = stored.count { $0.threat.severity == .danger }
    tally.confirmed = stored.count { $0.verdict == .confirmed }
    tally.falseAlarms = stored.count { $0.verdict == .falseAlarm }
    return tally
  }

  @Test(arguments: [23, 24, 25])
  func reportsAgreeWithBruteForce(count: Int) throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    // Half an hour past: local days need not begin with an hour of UTC.
    let from = 100 * 24 * Self.hour + Self.hour / 2
    let to = from + Int64(count) * Self.hour
    let all = try addRandomThreats(
      store, count: 900, span: from - 2 * Self.hour..<to + 2 * Self.hour, seed: UInt64(count))
    let hours = hours(count, from: from)
    let report = try StoreReader(path: folder.database).threatReport(
      from: from, to: to, hours: hours)
    let stored = all.filter { $0.threat.time >= from && $0.threat.time < to }
    #expect(stored.count < all.count && stored.count > 500)
    #expect(report.total == tally(stored))
    #expect(
      report.byHour
        == hours.map { start in
          stored.count { $0.threat.time >= start && $0.threat.time < start + Self.hour }
        })
    #expect(report.byHour.reduce(0, +) == stored.count)

    let users = Dictionary(grouping: stored) { camera($0.threat.subject).user }
    #expect(
      report.byUser
        == users.map { ThreatReport.User(user: $0, tally: tally($1)) }
        .sorted { ($1.tally.threats, $0.user) < ($0.tally.threats, $1.user) })
    let rules = Dictionary(grouping: stored, by: \.threat.rule)
    #expect(
      report.byRule.map(\.rule)
        == rules.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map(\.key))
    for rule in report.byRule {
      let threats = try #require(rules[rule.rule])
      #expect(rule.tally == tally(threats))
      let newest = threats.map(\.threat.time).max()
      #expect(threats.contains { $0.threat.time == newest && $0.threat.name == rule.name })
    }
    var classes: [String: Int] = [:]
    for threat in stored {
      for name in Set(threat.threat.objects.map(\.className)) { classes[name, default: 0] += 1 }
    }
    #expect(
      report.byClass
        == classes.map { ThreatReport.Class(className: $0, threats: $1) }
        .sorted { ($1.threats, $0.className) < ($0.threats, $1.className) })
  }

  @Test func faultsAreAddedUpByCameraAndKind() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    batch.equipmentFaults = [
      fault(0, at: 300, reason: "last"), fault(0, at: 100, reason: "first"),
      fault(0, at: 200, .silent, reason: "silence", offset: nil), fault(4, at: 150),
      fault(0, at: 99), fault(0, at: 400),
    ]
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    #expect(
      try reader.threatReport(from: 100, to: 400, hours: []).faults == [
        ThreatReport.Fault(
          identity: camera(0), kind: "void_image", count: 2, first: 100, last: 300,
          reason: "last"),
        ThreatReport.Fault(
          identity: camera(0), kind: "silent", count: 1, first: 200, last: 200,
          reason: "silence"),
        ThreatReport.Fault(
          identity: camera(4), kind: "void_image", count: 1, first: 150, last: 150,
          reason: "3 of 5 images are void"),
      ])
  }

  @Test func anEmptyTimeHasAnEmptyReport() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    _ = try addRandomThreats(store, count: 50, span: 0..<1_000, seed: 1)
    let reader = try StoreReader(path: folder.database)
    var empty = ThreatReport()
    empty.byHour = [0, 0]
    #expect(try reader.threatReport(from: 5_000, to: 9_000, hours: [5_000, 7_000]) == empty)
    #expect(try reader.threatReport(from: 500, to: 400, hours: []) == ThreatReport())
    #expect(empty.total.falseAlarmRate == nil && empty.total.precision == nil)
  }

  @Test func ratesAreOfTheJudgedAlone() {
    var tally = ThreatTally()
    tally.threats = 10
    tally.confirmed = 1
    tally.falseAlarms = 3
    #expect(tally.falseAlarmRate == 0.75 && tally.precision == 0.25)
  }
}
