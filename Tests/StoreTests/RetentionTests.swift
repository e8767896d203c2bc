import Detection
import Foundation
import Testing

@testable import Store

struct RetentionTests {
  /// - Parameter step: from one window's start to the next; with more than ten seconds each has its row.
  private func addHistory(
    _ store: Store, _ count: Int, first: Int64 = 0, step: Int64 = 10_000
  ) throws {
    var batch = Decisions()
    for place in 0..<Int64(count) {
      batch.addWindow(0, start: (first + place) * step, values: [1, 2, 3])
      batch.invalidRecords.append(invalid(place, reason: place % 2 == 0 ? "nan" : "not_json"))
      batch.lateSamples.append(
        LateSample(
          subject: 0, time: place, value: 1, lateness: 1, origin: .init(partition: 0, offset: 1)))
    }
    try store.apply(batch)
  }

  private func pruneAll(_ store: Store, now: Int64, _ policy: Retention) throws -> Int {
    var deleted = 0
    for _ in 0..<10_000 {
      let result = try store.prune(now: now, policy: policy, budget: 50)
      // A run goes as a whole.
      #expect(result.deleted < 50 + WindowRuns.maxWindows)
      deleted += result.deleted
      if result.isFinished { return deleted }
    }
    Issue.record("never finished")
    return deleted
  }

  @Test func rowsGoWhenTheTimeSinceTheirWritingIsOver() throws {
    let folder = try TemporaryFolder()
    var options = StoreOptions()
    options.keepsDeadLetters = false
    let store = try makeStore(folder, options: options)
    let policy = Retention(maxAge: 100_000)
    try addHistory(store, 100)
    #expect(try pruneAll(store, now: 1_000_000, policy) == 0)
    try addHistory(store, 40, first: 100)
    #expect(try pruneAll(store, now: 1_050_000, policy) == 0)
    #expect(try pruneAll(store, now: 1_100_000, policy) == 300)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.windows(of: identity(0), from: 0, to: .max)?.windows.count == 40)
    let page = try reader.invalidPage()
    #expect(page.total == 40 && page.reasons == ["nan": 20, "not_json": 20])
    #expect(page.reasonsEver == ["nan": 70, "not_json": 70])
    #expect(try pruneAll(store, now: 1_150_000, policy) == 120)
    #expect(try texts("SELECT count(*) FROM window_rows", store.connection) == ["0"])
  }

  @Test func idsThatAreMissingHoldNothingBack() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let policy = Retention(maxAge: 100_000)
    try addHistory(store, 200, step: 20_000)
    #expect(try pruneAll(store, now: 1_000_000, policy) == 0)
    try addHistory(store, 1, first: 200, step: 20_000)
    try store.connection.execute(
      "DELETE FROM window_rows WHERE id BETWEEN 2 AND 99; DELETE FROM late_rows WHERE id % 3 = 0",
      attempted: "")
    #expect(try pruneAll(store, now: 1_100_000, policy) == 102 + 134)
    #expect(try texts("SELECT id FROM window_rows", store.connection) == ["201"])
  }

  @Test func aClockSetBackNeitherDeletesEarlyNorBlocks() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let policy = Retention(maxAge: 100_000)
    try addHistory(store, 10)
    #expect(try pruneAll(store, now: 9_000_000, policy) == 0)
    #expect(try pruneAll(store, now: 1_000_000, policy) == 0)
    #expect(try pruneAll(store, now: 1_100_000, policy) == 20)
  }

  @Test func undeliveredDeadLettersAreKept() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    try addHistory(store, 10)
    #expect(try pruneAll(store, now: 0, Retention(maxBytes: 0)) == 20)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.deadLetterBacklog() == 10)
    try store.markDelivered(try reader.pendingDeadLetters().map(\.id))
    #expect(try pruneAll(store, now: 0, Retention(maxBytes: 0)) == 10)
    #expect(try reader.invalidPage().total == 0)
  }

  @Test func theOldestGoWhileTheFileIsTooLarge() throws {
    let folder = try TemporaryFolder()
    var options = StoreOptions()
    // Or the empty tables, a page each, would be half of the file.
    options.pageBytes = 4_096
    let store = try makeStore(folder, options: options)
    for turn in 0..<40 as Range<Int64> {
      try addHistory(store, 100, first: turn * 100)
      let result = try store.prune(
        now: turn * 1_000_000, policy: Retention(maxBytes: 1 << 30), budget: 50)
      #expect(result.deleted == 0)
    }
    let reader = try StoreReader(path: folder.database)
    try store.markDelivered(try reader.pendingDeadLetters(limit: 5_000).map(\.id))
    let used = try store.prune(now: 60_000_000, policy: Retention()).usedBytes
    _ = try pruneAll(store, now: 60_000_000, Retention(maxBytes: used / 2))
    let after = try store.prune(now: 60_000_000, policy: Retention()).usedBytes
    #expect(after <= used / 2 && after > used / 4)
    let left = try #require(try reader.windows(of: identity(0), from: 0, to: .max)).windows
    #expect(left.last?.start == 3_999 * 10_000 && left.count < 3_000 && left.count > 100)
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
  }

  @Test func anOutgrownLogIsCutBack() throws {
    let folder = try TemporaryFolder()
    var options = StoreOptions()
    options.checkpointBytes = 1 << 40
    options.logLimitBytes = 100_000
    let store = try makeStore(folder, options: options)
    try addHistory(store, 2_000)
    func size() throws -> Int {
      let path = folder.database + "-wal"
      return try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }
    #expect(try size() > 100_000)
    _ = try store.prune(now: 0, policy: Retention())
    #expect(try size() <= 100_000)
  }
}
