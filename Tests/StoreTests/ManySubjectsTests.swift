import Detection
import Events
import Testing

@testable import Store

/// What the store does otherwise when a batch is large, or when it can do less.
struct ManySubjectsTests {
  private func counts(_ store: Store) throws -> [String] {
    try texts(
      "SELECT state || ':' || count FROM status_counts WHERE count != 0 ORDER BY state",
      store.connection)
  }

  @Test func countsAreExact_WhateverTheEngineSaysOfTheRowBefore() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    // The row of a lower id comes after that of a higher one.
    batch.rows = [row(2), row(0)]
    try store.apply(batch)
    #expect(try counts(store).count == 1)
    // In truth it was safe before; then what is said is true.
    batch.rows = [row(2, .warning, previous: .stale), row(1, .danger)]
    try store.apply(batch)
    batch.rows = [row(2, .danger, previous: .warning)]
    try store.apply(batch)
    let sums = try texts(
      "SELECT count(*) FROM status_rows GROUP BY state ORDER BY state", store.connection)
    #expect(try counts(store).map { String($0.split(separator: ":")[1]) } == sums)
    #expect(sums == ["1", "2"] || sums == ["2", "1"])
    let reader = try StoreReader(path: folder.database)
    let record = try #require(try reader.status(kind: "wearer", user: "u-2", device: "watch"))
    #expect(record.state == .danger && record.revision == 5)
  }

  @Test func aLostTransaction_LeavesNewRowsNew() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(2), row(99)]
    #expect(throws: StoreError.self) { try store.apply(batch) }
    batch.rows = [row(2)]
    try store.apply(batch)
    #expect(try counts(store).count == 1)
  }

  @Test func windowsOfManySubjects_AreAllFound() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 400)
    var batch = Decisions()
    for subject in (0..<400 as Range<UInt32>).reversed() {
      batch.addWindow(subject, start: 20_000, values: [Int32(subject)])
      batch.addWindow(subject, start: 10_000, values: [7])
    }
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    for subject: UInt32 in [0, 1, 200, 399] {
      let page = try #require(
        try reader.windows(of: identity(subject), from: 0, to: .max, maxSamples: 100))
      #expect(page.windows.map { $0.samples.map(\.value) } == [[7], [Int32(subject)]])
    }
  }

  @Test func badWindows_WriteNothing() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 300)
    defer { store.close() }
    var batch = Decisions()
    for subject in 0..<300 { batch.addWindow(UInt32(subject), start: moment, values: [1, 2]) }
    var stranger = batch
    stranger.windows[299].subject = 300
    var cut = batch
    cut.packedSamples.removeLast()
    for bad in [stranger, cut] {
      #expect(StoreError.Code.thrown { try store.apply(bad) } == .misuse)
    }
    try store.apply(batch)
    let ids = try texts("SELECT count(*) || ',' || max(id) FROM window_rows", store.connection)
    #expect(ids == ["300,300"])
  }

  @Test func aSubjectThatTheTableKnows_KeepsItsID() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.subjects = [
      NewSubject(index: 0, identity: identity(5)), NewSubject(index: 1, identity: identity(1)),
    ]
    try store.apply(batch, engine: 1)
    #expect(
      try texts("SELECT user FROM subject_rows ORDER BY id", store.connection)
        == ["u-0", "u-1", "u-2", "u-5"])
    #expect(try store.identity(of: 1, engine: 1) == identity(1))
  }
}
