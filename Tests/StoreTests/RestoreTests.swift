import Detection
import Events
import Foundation
import Testing

@testable import Store

struct RestoreTests {
  @Test func rowsComeBackAsTheyWereAndTheirIndicesAreBound() throws {
    let folder = try TemporaryFolder()
    var store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(0, .danger, previous: .warning, evidence: [1, 2, 3]), row(2, offset: nil)]
    try store.apply(batch)
    store.close()
    store = try Store(path: folder.database)
    var restored: [(SubjectIdentity, StatusRow)] = []
    try store.forEachStatus { identity, row, _ in
      restored.append((identity, row))
      return 40 + row.subject
    }
    #expect(restored.map(\.0) == [identity(0), identity(2)])
    let first = try #require(restored.first?.1)
    #expect(first.state == .danger && first.previousState == .warning && first.since == moment)
    #expect(first.evidence == [1, 2, 3] && first.cause == .init(partition: 0, offset: 7))
    #expect(restored[1].1.evidence == [] && restored[1].1.cause == nil)
    var next = Decisions()
    next.rows = [row(41, .stale)]
    try store.apply(next)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.status(kind: "wearer", user: "u-2", device: "watch")?.state == .stale)
  }

  @Test func revisionsAndIndicesGoOnAfterReopeningWhateverWasDeleted() throws {
    let folder = try TemporaryFolder()
    var store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(0), row(1)]
    batch.invalidRecords = [invalid(1)]
    try store.apply(batch)
    try store.connection.execute("DELETE FROM status_rows; DELETE FROM invalid_rows", attempted: "")
    store.close()
    store = try Store(path: folder.database)
    #expect(store.currentRevision == 2)
    let name = TopicPartitionName(topic: "accelerometer", partition: 3)
    #expect(try store.partitionIndex(for: .init(topic: "other", partition: 0)) == 1)
    #expect(try store.partitionIndex(for: name) == 0 && store.partitionName(of: 0) == name)
    batch.subjects = [
      NewSubject(index: 0, identity: identity(0)), .init(index: 1, identity: identity(1)),
    ]
    #expect(try store.apply(batch).firstRevision == 3)
    #expect(try texts("SELECT id FROM invalid_rows", store.connection) == ["2"])
  }

  @Test func offsetsCanBeForgotten() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.progress = [PartitionProgress(partition: 0, next: 21, rewind: 3, lastArrival: moment)]
    try store.apply(batch)
    let stored = try #require(try store.partitions().first)
    #expect(stored.next == 21 && stored.rewind == 3 && stored.lastArrival == moment)
    try store.forgetOffsets()
    #expect(try texts("SELECT count(last_arrival) FROM partition_rows", store.connection) == ["0"])
    #expect(try store.partitions().isEmpty)
  }

  /// A crash leaves the database file and the log up to some byte. Wherever the log is cut, what is
  /// found must be the state after a whole number of batches.
  @Test func wheneverTheLogIsCutOffsetsAndResultsAgree() throws {
    let folder = try TemporaryFolder()
    var options = StoreOptions()
    options.checkpointBytes = 1 << 40
    let store = try makeStore(folder, subjects: 5, options: options)
    for turn in 1...30 as ClosedRange<Int64> {
      var batch = Decisions()
      batch.rows = (0..<5).map { row($0, turn % 2 == 0 ? .safe : .danger, offset: turn) }
      batch.addWindow(0, start: turn * 10_000, values: [1, 2, 3])
      batch.invalidRecords = [invalid(turn)]
      batch.progress = [PartitionProgress(partition: 0, next: turn, rewind: turn)]
      try store.apply(
        batch,
        alerts: AlertChanges(
          alerts: [alert(turn)], events: [.init(alert: turn, kind: .opened, time: turn)]))
    }
    let file = try Data(contentsOf: URL(fileURLWithPath: folder.database))
    let log = try Data(contentsOf: URL(fileURLWithPath: folder.database + "-wal"))
    var found: Set<Int64> = []
    var random = SplitMix(state: 1)
    for trial in 0..<60 {
      let cut = trial == 0 ? log.count : Int.random(in: log.count / 8...log.count, using: &random)
      let copy = try TemporaryFolder()
      try file.write(to: URL(fileURLWithPath: copy.database))
      try log.prefix(cut).write(to: URL(fileURLWithPath: copy.database + "-wal"))
      let opened = try Store(path: copy.database)
      defer { opened.close() }
      let turn = try opened.partitions().first?.next ?? 0
      found.insert(turn)
      guard turn > 0 else { continue }
      let reader = try StoreReader(path: copy.database)
      let page = try reader.statusPage(StatusQuery())
      #expect(page.items.count == 5 && page.items.allSatisfy { $0.cause?.offset == turn })
      #expect(page.counts[turn % 2 == 0 ? .safe : .danger] == 5 && page.counts.total == 5)
      #expect(page.revision == turn * 6)
      #expect(try opened.unsettledAlerts().map(\.id) == Array(1...turn))
      #expect(opened.lastAlertID == turn)
      #expect(try reader.alertEvents(of: turn).count == 1)
      let windows = try reader.windows(of: identity(0), from: 0, to: .max)?.windows.count
      #expect(windows == Int(turn))
      #expect(try reader.deadLetterBacklog() == Int(turn))
    }
    #expect(found.contains(30) && found.count > 5)
  }
}

/// A small seeded generator.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
