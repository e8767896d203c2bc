import Detection
import Events
import Foundation
import Store
import Testing

@testable import AcalertService

struct StatusReportTests {
  /// A database in which `u-0`, `u-1` and `v-2` have fallen and `v-3` has not.
  private func fill(_ folder: String) throws {
    let store = try Store(path: folder + "/acalert.db")
    defer { store.close() }
    let settings = Configuration()
    try store.useConfiguration(settings.configurationVersion(at: 0))
    let partition = try store.partitionIndex(
      for: TopicPartitionName(topic: "accelerometer", partition: 0))
    var engine = try Engine(streams: settings.streams.map(\.rules))
    engine.assign(partition, rewind: 0, next: 0)
    let decoder = RecordDecoder()
    var offset: Int64 = 0
    for step in 0..<30 {
      for (number, user) in ["u-0", "u-1", "v-2", "v-3"].enumerated() {
        let value = step > 25 && number < 3 ? "6.5" : "1.0\(step % 3)"
        let time = 1_795_255_200_000 + step * 100
        let origin = RecordOrigin(partition: partition, offset: offset)
        offset += 1
        guard engine.admit(origin, arrival: Int64(time)) else { continue }
        try Array(#"{"user":"\#(user)","ts":\#(time),"acc":\#(value)}"#.utf8).withUnsafeBytes {
          try decoder.decode($0, arrival: -1)
          engine.ingest(
            stream: 0, user: decoder.user, device: decoder.device, samples: decoder.samples,
            origin: origin, arrival: Int64(time))
        }
      }
    }
    _ = try store.apply(engine.takeDecisions(sweep: 1))
  }

  @Test func rowsAreFilteredAndCounted() throws {
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try fill(folder)
    let report = try StatusReport(folder: folder)
    var filter = StatusReport.Filter()
    var rows = try report.rows(filter)
    #expect(rows.lines.map(\.state) == ["danger", "danger", "danger", "safe"])
    #expect(rows.total == 4)
    #expect(rows.counts == "3 danger, 0 warning, 0 stale, 0 unknown, 1 safe")
    filter.states = try StatusReport.states(named: "danger,warning")
    filter.prefix = "u-"
    filter.limit = 1
    rows = try report.rows(filter)
    #expect(rows.lines.count == 1)
    #expect(rows.total == 2)
    let line = try #require(rows.lines.first)
    #expect(line.text.hasPrefix("danger  u-"))
    #expect(line.text.contains("6.500 g"))
  }

  @Test func changesAreThoseOfStateAfterARevision() throws {
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try fill(folder)
    let report = try StatusReport(folder: folder)
    let all = try report.changes(after: 0, StatusReport.Filter())
    #expect(Set(all.lines.map(\.user)) == ["u-0", "u-1", "v-2", "v-3"])
    #expect(try all.revision == report.currentRevision())
    let none = try report.changes(after: all.revision, StatusReport.Filter())
    #expect(none.lines.isEmpty)
    #expect(none.revision == all.revision)
  }

  @Test func jsonHasTheNamesOfTheInterface() throws {
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try fill(folder)
    let line = try #require(try StatusReport(folder: folder).rows(.init()).lines.first)
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(line))
    let keys = try #require(object as? [String: Any]).keys
    #expect(
      Set(keys) == [
        "kind", "user", "device", "state", "previous", "since", "last_seen", "value", "mean",
        "std", "score", "unit", "reason", "revision", "topic", "partition", "offset",
      ])
  }

  @Test func missingDatabaseAndUnknownStateAreNamed() {
    #expect(throws: ServiceError.self) { try StatusReport(folder: "/nowhere") }
    #expect(throws: ServiceError.self) { try StatusReport.states(named: "danger,dangr") }
    #expect((try? StatusReport.states(named: ""))?.isEmpty == true)
  }
}

struct ReadableTimeTests {
  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"), (1_795_255_200_123, "2026-11-21T10:00:00.123Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
  ])
  func timesAreUTCWithMilliseconds(_ milliseconds: Int64, _ text: String) {
    #expect(ReadableTime.text(milliseconds) == text)
  }
}
