import Detection
import Testing

@testable import Store

struct VerdictTests {
  @Test func theNewestCountsAndTheHistoryIsKept() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    batch.threats = [threat(0), threat(1)]
    try store.apply(batch)
    let given = [
      Verdict(kind: .falseAlarm, note: "a fox", author: "ada", time: moment + 5),
      // By the order of writing, whatever the clocks say.
      Verdict(kind: .confirmed, note: "it's a man", author: "ben", time: moment),
    ]
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.verdicts(ofThreat: 1).isEmpty)
    for verdict in given { #expect(try store.setVerdict(verdict, ofThreat: 1)) }
    #expect(try reader.verdicts(ofThreat: 1) == given)
    #expect(try reader.threat(1)?.verdict == given[1])
    #expect(try reader.threat(2)?.verdict == nil)
    #expect(try reader.threatPage(ThreatQuery(verdict: .confirmed)).items.map(\.id) == [1])
    #expect(try reader.threatPage(ThreatQuery(verdict: .falseAlarm)).items.isEmpty)
    #expect(
      try reader.threatPage(ThreatQuery(verdict: ThreatQuery.VerdictFilter.none)).items.map(\.id)
        == [2])
    let tally = try reader.threatReport(from: 0, to: .max, hours: []).total
    #expect(tally.confirmed == 1 && tally.falseAlarms == 0 && tally.precision == 1)
  }

  @Test func anUnknownThreatGetsNone() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    #expect(try !store.setVerdict(Verdict(kind: .confirmed, time: 0), ofThreat: 1))
    #expect(try texts("SELECT count(*) FROM verdict_rows", store.connection) == ["0"])
    #expect(try StoreReader(path: folder.database).verdicts(ofThreat: 1).isEmpty)
  }

  @Test func lengthsAreLimitedInBytes() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    batch.threats = [threat(0)]
    try store.apply(batch)
    func code(note: Int, author: Int) -> StoreError.Code? {
      StoreError.Code.thrown {
        _ = try store.setVerdict(
          Verdict(
            kind: .confirmed, note: String(repeating: "é", count: note / 2),
            author: String(repeating: "é", count: author / 2), time: 0), ofThreat: 1)
      }
    }
    #expect(code(note: 2_000, author: 256) == nil)
    #expect(code(note: 2_002, author: 0) == .invalidValue)
    #expect(code(note: 0, author: 258) == .invalidValue)
    #expect(try StoreReader(path: folder.database).verdicts(ofThreat: 1).count == 1)
  }

  @Test func onlyTheNewestThousandStay() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    batch.threats = [threat(0), threat(1)]
    try store.apply(batch)
    #expect(try store.setVerdict(Verdict(kind: .confirmed, time: 0), ofThreat: 2))
    for time in 1...1_003 as ClosedRange<Int64> {
      #expect(try store.setVerdict(Verdict(kind: .falseAlarm, time: time), ofThreat: 1))
    }
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.verdicts(ofThreat: 1).map(\.time) == Array(4...1_003))
    #expect(try reader.verdicts(ofThreat: 2).count == 1)
  }
}
