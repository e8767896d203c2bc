import Detection
import Testing

@testable import Store

struct UpkeepPaceTests {
  /// Many more rows in a batch than a step deletes at least.
  @Test func theDatabaseKeepsToItsLimitHoweverMuchIsWritten() throws {
    let folder = try TemporaryFolder()
    var options = StoreOptions()
    options.pageBytes = 4_096
    let store = try makeStore(folder, subjects: 1_000, options: options)
    let policy = Retention(maxBytes: 8 << 20)
    var pace = UpkeepPace.retention(now: 0)
    var used: [Int64] = []
    for turn in 0..<40 as Range<Int64> {
      var batch = Decisions()
      for subject in 0..<1_000 as Range<UInt32> {
        for window in 0..<20 as Range<Int64> {
          batch.addWindow(subject, start: (turn * 20 + window) * 20_000, values: [1, 2, 3])
        }
      }
      try store.apply(batch)
      pace.wrote(batch.windows.count)
      let now = Double(turn)
      while let budget = pace.budget(now: now) {
        let result = try store.prune(now: turn * 1_000, policy: policy, budget: budget)
        pace.stepped(done: result.deleted, isFinished: result.isFinished, now: now)
      }
      used.append(try store.prune(now: turn * 1_000, policy: Retention(), budget: 1).usedBytes)
    }
    // Five seconds pass before the first look.
    #expect(used.max()! < 2 * policy.maxBytes!, "\(used)")
    #expect(used.suffix(8).allSatisfy { $0 < policy.maxBytes! * 5 / 4 }, "\(used)")
    #expect(used.suffix(30).allSatisfy { $0 > policy.maxBytes! * 3 / 4 }, "\(used)")
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
  }

  @Test func whereNothingIsToBeDeletedItIsLookedNowAndThen() {
    var pace = UpkeepPace.retention(now: 100)
    var looks = 0
    for tick in 0..<1_000 {
      let now = 100 + Double(tick) / 10
      pace.wrote(1_000_000)
      guard let budget = pace.budget(now: now) else { continue }
      #expect(budget == pace.leastRows)
      looks += 1
      pace.stepped(done: 0, isFinished: true, now: now)
    }
    #expect(looks == 19)
  }

  @Test func aFailedStepIsTriedAgainLater() {
    var pace = UpkeepPace.retention(now: 0)
    pace.stepped(done: 0, isFinished: false, now: 5)
    pace.wrote(1_000_000)
    #expect(pace.budget(now: 5) == pace.stepRows)
    pace.failed(now: 5)
    pace.wrote(1_000_000)
    #expect(pace.budget(now: 34) == nil)
    #expect(pace.budget(now: 35) == pace.leastRows)
  }
}
