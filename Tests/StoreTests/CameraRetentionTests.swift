import Detection
import Testing

@testable import Store

struct CameraRetentionTests {
  private func add(_ store: Store, _ count: Int64, first: Int64 = 0, windows: Int = 0) throws {
    var batch = Decisions()
    for place in first..<first + count {
      batch.threats.append(threat(0, at: place))
      batch.equipmentFaults.append(fault(0, at: place))
      batch.unmatched.append(
        UnmatchedDetections(hour: place, className: "cat", count: 1, maxProbability: 0.5))
    }
    for place in 0..<Int64(windows) {
      batch.addWindow(0, start: place * 10_000, values: (0..<500).map { $0 &* 7_777_777 })
    }
    try store.apply(batch)
  }

  private func pruneAll(_ store: Store, now: Int64, _ policy: Retention) throws -> PruneResult {
    var sum = PruneResult()
    for _ in 0..<10_000 {
      let result = try store.prune(now: now, policy: policy, budget: 50)
      #expect(result.deleted <= 50)
      sum.windows += result.windows
      sum.threats += result.threats
      sum.verdicts += result.verdicts
      sum.equipmentFaults += result.equipmentFaults
      sum.unmatched += result.unmatched
      if result.isFinished { return sum }
    }
    Issue.record("never finished")
    return sum
  }

  private func count(_ table: String, _ store: Store) throws -> Int {
    Int(try texts("SELECT count(*) FROM \(table)", store.connection)[0]) ?? -1
  }

  @Test func theyGoWhenTheTimeSinceTheirWritingIsOver() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    let policy = Retention(maxAge: 100_000)
    try add(store, 100)
    for id in [1, 1, 100, 101] as [Int64] {
      _ = try store.setVerdict(Verdict(kind: .confirmed, time: 0), ofThreat: id)
    }
    #expect(try pruneAll(store, now: 1_000_000, policy).deleted == 0)
    try add(store, 40, first: 100)
    #expect(try store.setVerdict(Verdict(kind: .falseAlarm, time: 0), ofThreat: 101))
    // Hour 50 goes on to be counted, and keeps the age of its first writing.
    try add(store, 1, first: 50)
    #expect(try pruneAll(store, now: 1_050_000, policy).deleted == 0)
    let pruned = try pruneAll(store, now: 1_100_000, policy)
    #expect(pruned.threats == 100 && pruned.verdicts == 3)
    #expect(pruned.equipmentFaults == 100 && pruned.unmatched == 100)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.threat(100) == nil && reader.threat(101)?.verdict?.kind == .falseAlarm)
    #expect(try reader.verdicts(ofThreat: 1).isEmpty)
    #expect(try !store.setVerdict(Verdict(kind: .confirmed, time: 0), ofThreat: 100))
    #expect(try pruneAll(store, now: 1_150_000, policy).threats == 41)
    for table in ["threat_rows", "verdict_rows", "fault_rows", "unmatched_counts"] {
      #expect(try count(table, store) == 0, "\(table)")
    }
  }

  @Test func theLimitOfSizeSparesTheNewestThreats() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    for turn in 0..<20 as Range<Int64> {
      try add(store, 100, first: turn * 100, windows: 100)
      _ = try store.prune(now: turn * 1_000_000, policy: Retention())
    }
    let used = try store.prune(now: 20_000_000, policy: Retention()).usedBytes
    let limit = used / 4
    let policy = Retention(maxBytes: limit)
    let pruned = try pruneAll(store, now: 20_000_000, policy)
    #expect(try store.prune(now: 20_000_000, policy: policy).usedBytes <= limit)
    let spared = Int(limit / 4 / 512)
    #expect(try count("threat_rows", store) >= spared)
    #expect(pruned.windows > 1_000 && pruned.threats < 2_000 && pruned.threats > 0)
    #expect(try texts("SELECT max(id) FROM threat_rows", store.connection) == ["2000"])
  }

  @Test func withoutRoomThreatsGoAsWell() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    try add(store, 200)
    #expect(try store.setVerdict(Verdict(kind: .falseAlarm, time: 0), ofThreat: 200))
    let pruned = try pruneAll(store, now: 0, Retention(maxBytes: 0))
    #expect(pruned.threats == 200 && pruned.verdicts == 1)
    #expect(pruned.equipmentFaults == 200 && pruned.unmatched == 200)
  }

  /// The limit of size takes the marks' rows long before they are too old. The threats that it spared
  /// must go by their age all the same.
  @Test func sparedThreatsStillGrowOld() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    let policy = Retention(maxAge: 1_000_000, maxBytes: 4 << 20)
    var sum = PruneResult()
    for turn in 0..<40 as Range<Int64> {
      try add(store, 10, first: turn * 10, windows: 200)
      let pruned = try pruneAll(store, now: turn * 50_000, policy)
      sum.windows += pruned.windows
      sum.threats += pruned.threats
    }
    #expect(sum.windows > 1_000, "the size has taken windows")
    // Those written in the turns 0 ... 19 (marked after each turn) are a million milliseconds old.
    #expect(sum.threats == 200)
    #expect(try texts("SELECT min(id) FROM threat_rows", store.connection) == ["201"])
    #expect(try count("history_marks", store) <= 21)
  }
}
