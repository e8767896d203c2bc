import Detection
import Testing

@testable import Store

struct AlertVerdictTests {
  private func makeAlerts(_ folder: TemporaryFolder) throws -> Store {
    let store = try makeStore(folder)
    try store.write(AlertChanges(alerts: [alert(1), alert(2, of: 1).resolved(at: moment)]))
    return store
  }

  @Test func theNewestCountsAndTheHistoryIsKept() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    let given = [
      Verdict(kind: .falseAlarm, note: "sat down hard", author: "ada", time: moment + 5),
      Verdict(kind: .confirmed, note: "she's hurt", author: "ben", time: moment),
    ]
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.verdicts(ofAlert: 2).isEmpty)
    let before = store.currentRevision
    let first = try #require(try store.setVerdict(given[0], ofAlert: 2))
    #expect(first.alert.verdict == given[0] && first.revision == before + 1)
    let second = try #require(try store.setVerdict(given[1], ofAlert: 2))
    #expect(second.revision == before + 2 && store.currentRevision == before + 2)
    #expect(try reader.verdicts(ofAlert: 2) == given)
    let record = try #require(try reader.alert(2))
    #expect(record.alert == second.alert && record.alert.verdict == given[1])
    #expect(record.revision == before + 2)
    #expect(try reader.alert(1)?.alert.verdict == nil)
    #expect(try reader.alerts(changedAfter: before, limit: 9).map(\.alert.id) == [2])
    #expect(
      try texts("SELECT ifnull(verdict, '-') FROM alerts ORDER BY id", store.connection)
        == ["-", "confirmed"])
    #expect(
      try texts(
        "SELECT alert || user || verdict || author FROM alert_verdicts ORDER BY id",
        store.connection) == ["2u-1false_alarmada", "2u-1confirmedben"])
  }

  /// The desk writes whole alerts, from a copy that may not know the verdict.
  @Test func aChangeOfTheAlertLeavesItAsItIs() throws {
    let folder = try TemporaryFolder()
    var store = try makeAlerts(folder)
    let verdict = Verdict(kind: .confirmed, time: moment)
    #expect(try store.setVerdict(verdict, ofAlert: 1) != nil)
    var changed = alert(1)
    changed.flaps = 3
    try store.write(AlertChanges(alerts: [changed]))
    store.close()
    store = try Store(path: folder.database)
    let restored = try #require(try store.unsettledAlerts().first)
    #expect(restored.flaps == 3 && restored.verdict == verdict)
    // Numbers are never given twice.
    #expect(try store.setVerdict(verdict, ofAlert: 1) != nil)
    #expect(try texts("SELECT max(id) FROM alert_verdict_rows", store.connection) == ["2"])
  }

  @Test func unknownAlertsAndLongNotesAreRefused() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    let before = store.currentRevision
    #expect(try store.setVerdict(Verdict(kind: .confirmed, time: 0), ofAlert: 3) == nil)
    let long = Verdict(kind: .confirmed, note: String(repeating: "é", count: 1_001), time: 0)
    #expect(StoreError.Code.thrown { _ = try store.setVerdict(long, ofAlert: 1) } == .invalidValue)
    #expect(store.currentRevision == before)
    #expect(try texts("SELECT count(*) FROM alert_verdict_rows", store.connection) == ["0"])
  }

  @Test func onlyTheNewestThousandStay() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    for time in 1...1_003 as ClosedRange<Int64> {
      #expect(try store.setVerdict(Verdict(kind: .falseAlarm, time: time), ofAlert: 1) != nil)
    }
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.verdicts(ofAlert: 1).map(\.time) == Array(4...1_003))
    #expect(try reader.alert(1)?.alert.verdict?.time == 1_003)
  }

  @Test func verdictsGoWithTheirAlerts() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    for id in 1...2 as ClosedRange<Int64> {
      #expect(try store.setVerdict(Verdict(kind: .confirmed, time: 1), ofAlert: id) != nil)
    }
    let policy = Retention(maxAge: 1_000)
    #expect(try store.prune(now: moment, policy: policy).deleted == 0)
    #expect(try store.prune(now: moment + 5_000, policy: policy).alerts == 1)
    #expect(try texts("SELECT alert FROM alert_verdict_rows", store.connection) == ["1"])
  }
}
