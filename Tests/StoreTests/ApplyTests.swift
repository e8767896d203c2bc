import Detection
import Events
import Testing

@testable import Store

struct ApplyTests {
  @Test func everythingOfABatchIsWrittenAndReadBack() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(0, .danger, previous: .warning), row(2, value: nil, score: nil, offset: nil)]
    batch.anomalies = [
      Anomaly(
        subject: 0, time: moment, value: 5.2, mean: 1, std: 0.1, score: 42, detector: "zscore",
        origin: RecordOrigin(partition: 0, offset: 7))
    ]
    batch.addWindow(0, start: 10_000, values: [5, -6, 7])
    batch.addWindow(0, start: 20_000, values: [8])
    batch.lateSamples = [
      LateSample(
        subject: 0, time: 5, value: 1, lateness: 20_000, origin: .init(partition: 0, offset: 8))
    ]
    batch.invalidRecords = [invalid(9)]
    batch.lostRanges = [LostRange(partition: 0, offsets: 10..<20, why: "retention")]
    batch.progress = [PartitionProgress(partition: 0, next: 21, rewind: 3)]
    let applied = try store.apply(batch)
    #expect(applied == AppliedDecisions(firstRevision: 1, lastRevision: 2))

    let reader = try StoreReader(path: folder.database)
    let record = try #require(try reader.status(kind: "wearer", user: "u-0", device: "watch"))
    #expect(record.state == .danger && record.previousState == .warning && record.revision == 1)
    #expect(record.value == 1.02 && record.unit == "g" && record.configVersion == "a1b2c3d4")
    #expect(record.cause == RecordPlace(topic: "accelerometer", partition: 3, offset: 7))
    let bare = try #require(try reader.status(kind: "wearer", user: "u-2", device: "watch"))
    #expect(bare.value == nil && bare.score == nil && bare.cause == nil)
    #expect(try reader.status(kind: "wearer", user: "u-1", device: "watch") == nil)
    #expect(try reader.status(kind: "none", user: "u-1", device: "watch") == nil)
    #expect(try reader.devices(kind: "wearer", user: "u-0") == ["watch"])

    let page = try #require(
      try reader.windows(of: identity(0), from: 0, to: .max, maxSamples: 100))
    #expect(page.windows.map(\.start) == [10_000, 20_000] && page.unit == "g" && !page.isTruncated)
    #expect(page.windows[0].samples.map(\.value) == [5, -6, 7])
    #expect(page.windows[0].value(page.windows[0].samples[0]) == 0.000005)
    let newest = try reader.windows(of: identity(0), from: 0, to: .max, maxSamples: 1)
    #expect(newest?.windows.map(\.start) == [20_000] && newest?.isTruncated == true)
    #expect(try reader.windows(of: identity(0), from: 20_000, to: 30_000)?.windows.count == 1)
    #expect(try reader.windows(of: identity(9), from: 0, to: .max) == nil)
    #expect(try reader.anomalies(of: identity(0), from: 0, to: .max).map(\.score) == [42])
    #expect(
      try store.partitions() == [
        StoredPartition(
          name: .init(topic: "accelerometer", partition: 3), index: 0, next: 21, rewind: 3)
      ])
  }

  @Test func viewsShowNamesAndReadableTimes() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(0, .danger, previous: .warning)]
    batch.addWindow(0, start: moment, values: [1])
    batch.invalidRecords = [invalid(9, value: Array("{oops".utf8))]
    batch.lostRanges = [LostRange(partition: 0, offsets: 10..<20, why: "retention")]
    batch.progress = [PartitionProgress(partition: 0, next: 21, rewind: 3)]
    try store.apply(batch)
    func ask(_ sql: String) throws -> [String] { try texts(sql, store.connection) }
    #expect(
      try ask(
        """
        SELECT concat FROM (SELECT kind||' '||user||' '||device||' '||state||' '||previous||' '
          ||since||' '||unit||' '||topic||' '||partition||' '||offset||' '||config_version
          AS concat FROM status WHERE state = 'danger' AND silent_seconds < 1e12)
        """)
        == [
          "wearer u-0 watch danger warning 2026-11-21T04:32:00.123Z g accelerometer 3 7 a1b2c3d4"
        ])
    #expect(try ask("SELECT start FROM windows") == ["2026-11-21T04:32:00.123Z"])
    #expect(
      try ask("SELECT reason||first_bytes||delivered FROM invalid_records") == ["not_json{oopsno"])
    #expect(try ask("SELECT topic||next_offset FROM partitions") == ["accelerometer21"])
    #expect(try ask("SELECT records FROM lost_ranges") == ["10"])
    #expect(try ask("SELECT state||count FROM state_counts") == ["danger1"])
    for view in ["subjects", "anomalies", "late_samples"] { _ = try ask("SELECT * FROM \(view)") }
  }

  @Test func aRefreshKeepsTheStateRevisionAndTakesANewRevision() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(0, .danger), row(1, .safe)]
    try store.apply(batch)
    batch.rows = [row(0, .danger, transition: false, value: 9)]
    #expect(try store.apply(batch) == AppliedDecisions(firstRevision: 3, lastRevision: 3))
    // Called a refresh, but the state differs from the stored one: counted all the same.
    batch.rows = [row(1, .stale, transition: false)]
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    let record = try #require(try reader.status(kind: "wearer", user: "u-0", device: "watch"))
    #expect(record.value == 9 && record.revision == 3 && record.stateRevision == 1)
    #expect(try reader.counts()[.stale] == 1 && reader.counts()[.safe] == 0)
  }

  @Test func openReadersSeeAChangedUnit() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(0)]
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.statusPage(StatusQuery()).items.map(\.unit) == ["g"])
    try store.useConfiguration(
      ConfigurationVersion(version: "b", text: "", firstUsed: 0, units: ["wearer": "m/s2"]))
    #expect(try reader.statusPage(StatusQuery()).items.map(\.unit) == ["m/s2"])
    #expect(try reader.statusPage(StatusQuery()).items.map(\.configVersion) == ["a1b2c3d4"])
  }

  @Test func anErrorInTheMiddleLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.subjects = [NewSubject(index: 3, identity: identity(3, kind: "camera"))]
    batch.rows = [row(3, .danger)]
    batch.invalidRecords = [invalid(1)]
    batch.progress = [PartitionProgress(partition: 5, next: 2, rewind: 1)]
    #expect(StoreError.Code.thrown { try store.apply(batch) } == .misuse)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.currentRevision() == 0 && store.currentRevision == 0)
    #expect(try reader.counts().total == 0 && reader.invalidPage().total == 0)
    #expect(try texts("SELECT name FROM kinds", store.connection) == ["wearer"])
    batch.progress = []
    batch.subjects = []
    #expect(StoreError.Code.thrown { try store.apply(batch) } == .misuse, "3 was undone as well")
    batch.subjects = [NewSubject(index: 3, identity: identity(3, kind: "camera"))]
    #expect(try store.apply(batch).lastRevision == 1)
  }

  @Test func aFullDiskRollsBackAndALaterBatchWorks() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let pages = try #require(try store.connection.integer("PRAGMA page_count", attempted: ""))
    try store.connection.execute("PRAGMA max_page_count = \(pages + 8)", attempted: "")
    var batch = Decisions()
    batch.rows = [row(0, .danger)]
    batch.invalidRecords = (0..<100).map { invalid($0, value: [UInt8](repeating: 7, count: 4_000)) }
    batch.progress = [PartitionProgress(partition: 0, next: 100, rewind: 0)]
    do {
      try store.apply(batch)
      Issue.record("the batch fitted")
    } catch let error as StoreError {
      #expect(error.code == .full && error.isRetriable && error.hint != nil)
    }
    #expect(try store.partitions().isEmpty && store.currentRevision == 0)
    try store.connection.execute("PRAGMA max_page_count = 1000000", attempted: "")
    #expect(try store.apply(batch).lastRevision == 1)
    #expect(try store.partitions().first?.next == 100)
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
  }

  @Test func enginesHaveIndicesOfTheirOwn() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.subjects = [NewSubject(index: 0, identity: identity(2))]
    batch.rows = [row(0, .danger)]
    try store.apply(batch, engine: 1)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.status(kind: "wearer", user: "u-2", device: "watch")?.state == .danger)
    #expect(try texts("SELECT count(*) FROM subjects", store.connection) == ["3"])
    store.forgetSubjects(ofEngine: 1)
    batch.subjects = []
    #expect(StoreError.Code.thrown { try store.apply(batch, engine: 1) } == .misuse)
  }

  @Test func deadLettersStayWholeUntilAcknowledged() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let long = [UInt8](repeating: 65, count: 1_000)
    var batch = Decisions()
    batch.invalidRecords = [invalid(1, value: long), invalid(2, reason: "nan", value: [])]
    try store.apply(batch)
    store.close()
    let again = try Store(path: folder.database)
    let reader = try StoreReader(path: folder.database)
    let pending = try reader.pendingDeadLetters()
    #expect(pending.map(\.value) == [long, []] && pending[0].key == Array("k".utf8))
    #expect(pending.map(\.headers) == [headersOfInvalid, headersOfInvalid])
    #expect(try reader.pendingDeadLetters(after: pending[0].id, limit: 5).count == 1)
    try again.markDelivered([pending[0].id, 77])
    #expect(try reader.pendingDeadLetters().map(\.id) == [pending[1].id])
    #expect(try reader.deadLetterBacklog() == 1)
    let page = try reader.invalidPage(limit: 1)
    #expect(page.total == 2 && page.reasons == ["not_json": 1, "nan": 1])
    #expect(page.items.map(\.place?.offset) == [2])
    let second = try reader.invalidPage(limit: 1, cursor: page.next)
    #expect(second.items.map(\.firstBytes.count) == [256] && second.next == nil)
    #expect(StoreError.Code.thrown { _ = try reader.invalidPage(cursor: "x") } == .invalidCursor)
  }
}
