import Detection
import Events
import Testing

@testable import Store

/// Windows that share a row are the same windows to whoever asks, by SQL or by the reader.
struct WindowRunTests {
  typealias Window = WindowStream.Window

  /// What a person sees, all figures to the last bit.
  private func seen(_ store: Store) throws -> [String] {
    try texts(
      """
      SELECT id || ' ' || user || ' ' || start || ' ' || end || ' ' || count || ' '
        || format('%!.17g %!.17g %!.17g %!.17g', mean, std, min, max) || ' ' || flagged || ' ' || unit
      FROM windows ORDER BY user, start
      """, store.connection)
  }

  private func check(_ all: [Window], in store: Store, _ folder: TemporaryFolder) throws {
    let reader = try StoreReader(path: folder.database)
    for subject in Set(all.map(\.subject)) {
      let own = all.filter { $0.subject == subject }.sorted { $0.start < $1.start }
      let page = try #require(
        try reader.windows(of: identity(subject), from: 0, to: .max, maxSamples: .max))
      #expect(page.windows.map(\.samples) == own.map(\.samples))
      for (record, window) in zip(page.windows, own) {
        #expect((record.start, record.end) == (window.start, window.end))
        #expect(record.digits == window.digits && record.count == window.samples.count)
        let figures = window.figures
        #expect((record.mean, record.std, record.min) == (figures.mean, figures.std, figures.min))
        #expect((record.max, record.flagged) == (figures.max, figures.flagged))
      }
      // The plain rows by SQL, computed from digits.
      let sql = try Statement(
        sql: """
          SELECT mean, std, min, max, flagged, count FROM windows WHERE user = 'u-\(subject)'
          ORDER BY start
          """, connection: reader.connection)
      var place = 0
      try sql.forEachRow("test") {
        let figures = own[place].figures
        #expect(sql.double(0) == figures.mean && sql.double(2) == figures.min)
        #expect(sql.double(1) == figures.std && sql.double(3) == figures.max)
        #expect(sql.integer(4) == Int64(figures.flagged))
        #expect(sql.integer(5) == Int64(own[place].samples.count))
        place += 1
      }
      #expect(place == own.count)
    }
  }

  private func merge(_ store: Store, budget: Int = 100) throws -> Int {
    var count = 0
    while true {
      let result = try store.mergeWindows(writtenBy: store.lastWindowID, budget: budget)
      count += result.windows
      if result.isFinished { return count }
    }
  }

  /// Streams of all kinds: two decimals to six, steady and unsteady, with gaps, of long windows and of many
  /// samples.
  private func streams(_ random: inout SplitMix) -> [[Window]] {
    (0..<6).map { subject in
      var stream = WindowStream(subject: UInt32(subject), start: 1_700_000_000_000)
      stream.length = [10_000, 10_000, 1_000, 60_000, 120_000, 10_000][subject]
      stream.scale = [100, 10_000, 1, 1_000, 1, 1][subject]
      stream.noise = [100_000, 900_000, 50_000_000, 0, 100, 3_000][subject]
      return (0..<200).map { number in
        if Int.random(in: 0..<40, using: &random) == 0 { stream.start += stream.length * 7 }
        let count = subject == 0 ? 10 : Int.random(in: 1...12, using: &random)
        return stream.next(count: subject == 5 && number % 9 == 0 ? 150 : count, &random)
      }
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func mergedWindowsAreTheSame(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let all = streams(&random)
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: UInt32(all.count))
    defer { store.close() }
    // Some batches are those of a service that catches up.
    var next = Array(repeating: 0, count: all.count)
    while zip(next, all).contains(where: { $0 < $1.count }) {
      var batch = Decisions()
      for subject in all.indices.shuffled(using: &random) {
        let size = [0, 1, 1, 2, 5, 12].randomElement(using: &random) ?? 1
        for window in all[subject].dropFirst(next[subject]).prefix(size) { batch.add(window) }
        next[subject] = min(all[subject].count, next[subject] + size)
      }
      try store.apply(batch)
    }
    let before = try seen(store)
    #expect(before.count == 1_200)
    #expect(Set(before.map { $0.split(separator: " ")[0] }).count == 1_200)
    try check(all.flatMap(\.self), in: store, folder)
    let single = try texts("SELECT count(*) FROM window_rows", store.connection)[0]
    let merged = try merge(store)
    #expect(merged > 200)
    let left = try texts("SELECT count(*) FROM window_rows", store.connection)[0]
    #expect(Int(single)! - Int(left)! == merged)
    // Long windows and those of many samples keep their rows, and no others.
    #expect(
      try texts(
        "SELECT count(*) FROM window_rows WHERE count < 100 AND end - start < 120000",
        store.connection) == ["0"])
    #expect(try seen(store) == before)
    try check(all.flatMap(\.self), in: store, folder)
    #expect(try merge(store) == 0)
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
  }

  /// A wearer at 1 Hz with windows of ten seconds, written as they close.
  @Test func anHourTakesAQuarterOfTheBytes() throws {
    var random = SplitMix(state: 1)
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 20)
    defer { store.close() }
    let empty = Int(try texts("PRAGMA page_count", store.connection)[0])!
    var streams = (0..<20).map { WindowStream(subject: $0, start: 1_700_000_000_000) }
    for _ in 0..<360 {
      var batch = Decisions()
      for subject in streams.indices {
        var window = streams[subject].next(count: 10, &random)
        for place in 0..<10 {
          window.samples[place].time = window.start + Int64(place) * 1_000
          window.samples[place].isFlagged = false
        }
        batch.add(window)
      }
      try store.apply(batch)
    }
    #expect(try merge(store, budget: 1_000) == 7_200)
    let runs = try texts("SELECT count(*) FROM window_runs", store.connection)
    #expect(Int(runs[0])! <= 20 * 13)
    try store.connection.execute("VACUUM", attempted: "")
    let pages = Int(try texts("PRAGMA page_count", store.connection)[0])! - empty
    // ± 0.1 g of four decimals are eleven bits of entropy a sample.
    #expect(Double(pages * 8_192) / 72_000 < 3.5, "\(pages)")
  }

  @Test func windowsThatNoRunCanHoldStayWhatTheyAre() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 1)
    defer { store.close() }
    var random = SplitMix(state: 4)
    var stream = WindowStream(subject: 0, scale: 1, start: 1_700_000_000_000)
    var all: [Window] = []
    for number in 0..<40 {
      var window = stream.next(count: 10, &random)
      // Wider than eight digits.
      if number % 10 == 3 { window.samples[5].value = 1_000_000_000 }
      all.append(window)
      var batch = Decisions()
      batch.add(window)
      try store.apply(batch)
    }
    let before = try seen(store)
    #expect(try merge(store) == 36)
    #expect(try seen(store) == before)
    #expect(try texts("SELECT count(*) FROM window_rows", store.connection) == ["4"])
    // All at once, as after a long pause.
    var batch = Decisions()
    for window in all {
      var later = window
      later.start += 10_000_000
      later.end += 10_000_000
      for place in later.samples.indices { later.samples[place].time += 10_000_000 }
      batch.add(later)
      all.append(later)
    }
    try store.apply(batch)
    try check(all, in: store, folder)
    _ = try merge(store)
    try check(all, in: store, folder)
  }

  /// One value far from all others does not make these longer, nor take more memory.
  @Test func outliersStandApart() throws {
    var runs = WindowRuns()
    let windows = (0..<30).map { number in
      WindowRuns.Window(
        id: Int64(number) + 1, start: Int64(number) * 10_000, end: Int64(number + 1) * 10_000,
        digits: 6, count: 10)
    }
    var samples = (0..<300).map { place in
      PackedSamples.Element(
        time: Int64(place) * 1_000, value: 1_000_000 + Int32(place % 7), isFlagged: false)
    }
    samples[17].value = 30_000_000
    samples[211].value = -1
    let first = runs.append(subject: 1, windows[...], samples: samples[...])
    #expect(first && runs.rows[0].valueDigits == 1 && runs.rows[0].low <= 1_000_000)
    #expect(runs.rows[0].outliers.map(\.sample) == [17, 211])
    #expect(runs.rows[0].idDigits == 0 && runs.rows[0].firstDigits == 0)
    #expect(runs.rows[0].flaggedJSON == nil && runs.bytes.count < 170)
    samples[17].isFlagged = true
    let second = runs.append(subject: 1, windows[...], samples: samples[...])
    #expect(second && runs.rows[1].flaggedJSON == #"{"1":1}"#)
    // Whatever lies so far off that SQL's integers could not hold its square.
    samples[17].value = 1_073_741_823
    samples[18].value = -1_073_741_823
    let third = runs.append(subject: 1, windows[...], samples: samples[...])
    #expect(!third && runs.rows.count == 2)
  }

  @Test func onlyWindowsThatAreRipeBeginARun() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 2)
    defer { store.close() }
    var random = SplitMix(state: 5)
    var streams = (0..<2).map { WindowStream(subject: $0, start: 1_700_000_100_000) }
    for _ in 0..<20 {
      var batch = Decisions()
      for subject in streams.indices { batch.add(streams[subject].next(count: 3, &random)) }
      try store.apply(batch)
    }
    #expect(try store.mergeWindows(writtenBy: 0).isFinished)
    #expect(try texts("SELECT count(*) FROM window_rows", store.connection) == ["40"])
    // The first window of the first subject, and those behind it that have come.
    #expect(try store.mergeWindows(writtenBy: 1) == MergeResult(windows: 20, isFinished: true))
    #expect(try texts("SELECT subject FROM window_runs", store.connection) == ["1"])
    store.close()
    let again = try Store(path: folder.database)
    defer { again.close() }
    #expect(again.lastWindowID == 40)
    #expect(try again.mergeWindows(writtenBy: 40).windows == 20)
  }

  @Test func bytesThatNobodyCanReadHoldNothingUp() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 1)
    defer { store.close() }
    var random = SplitMix(state: 6)
    var stream = WindowStream(subject: 0, start: 1_700_000_100_000)
    for _ in 0..<20 {
      var batch = Decisions()
      batch.add(stream.next(count: 3, &random))
      try store.apply(batch)
    }
    try store.connection.execute(
      "UPDATE window_rows SET samples = x'ff' WHERE id = 5; UPDATE window_rows SET count = 7 WHERE id = 6",
      attempted: "")
    #expect(try merge(store) == 18)
    #expect(try texts("SELECT id FROM window_rows ORDER BY 1", store.connection) == ["5", "6"])
    #expect(try texts("SELECT count(*) FROM windows", store.connection) == ["20"])
  }

  /// A step is no longer for the windows that it passes over.
  @Test func windowsThatKeepTheirRowsArePassedStepByStep() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 1)
    defer { store.close() }
    var random = SplitMix(state: 8)
    var stream = WindowStream(subject: 0, start: 1_700_000_100_000)
    stream.length = 80_000
    var batch = Decisions()
    for _ in 0..<70_000 { batch.add(stream.next(count: 1, &random)) }
    try store.apply(batch)
    // Ids are missing, as after years of retention.
    try store.connection.execute("DELETE FROM window_rows WHERE id < 1000", attempted: "")
    stream.length = 10_000
    for _ in 0..<3 {
      var batch = Decisions()
      batch.add(stream.next(count: 1, &random))
      try store.apply(batch)
    }
    #expect(try store.mergeWindows(writtenBy: store.lastWindowID) == MergeResult())
    let second = try store.mergeWindows(writtenBy: store.lastWindowID)
    #expect(second == MergeResult(windows: 3, isFinished: true))
  }

  /// What no engine says: fewer samples than were counted.
  @Test func windowsWhoseCountIsWrongKeepTheirRows() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 1)
    defer { store.close() }
    var random = SplitMix(state: 9)
    var stream = WindowStream(subject: 0, start: 1_700_000_100_000)
    var batch = Decisions()
    for _ in 0..<10 { batch.add(stream.next(count: 3, &random)) }
    batch.windows[4].count = 5
    try store.apply(batch)
    #expect(try texts("SELECT count(*) FROM window_rows", store.connection) == ["10"])
  }

  @Test func runsGoWithTheirAge() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 3)
    defer { store.close() }
    let policy = Retention(maxAge: 100_000)
    var random = SplitMix(state: 7)
    var streams = (0..<3).map { WindowStream(subject: $0, start: 1_700_000_100_000) }
    func add(_ count: Int) throws {
      var batch = Decisions()
      for subject in streams.indices {
        for _ in 0..<count { batch.add(streams[subject].next(count: 3, &random)) }
      }
      try store.apply(batch)
    }
    try add(30)
    #expect(try store.prune(now: 1_000_000, policy: policy).deleted == 0)
    try add(2)
    _ = try merge(store)
    #expect(try store.prune(now: 1_050_000, policy: policy).deleted == 0)
    #expect(try store.prune(now: 1_100_000, policy: policy, budget: 10).windows >= 10)
    var deleted = 0
    while true {
      let result = try store.prune(now: 1_100_000, policy: policy)
      deleted += result.windows
      if result.isFinished { break }
    }
    #expect(try texts("SELECT count(*) FROM windows", store.connection) == ["6"])
    #expect(try store.prune(now: 1_150_000, policy: policy).windows == 6)
    #expect(try texts("SELECT count(*) FROM windows", store.connection) == ["0"])
  }

  @Test func aQueryOfOneSubjectDoesNotReadAllRuns() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    defer { store.close() }
    // One that has read the statistics, as everybody's does who opens the file.
    let reader = try StoreReader(path: folder.database)
    let explain = try reader.connection.statement(
      "EXPLAIN QUERY PLAN SELECT * FROM windows WHERE user = 'u-0' ORDER BY start DESC LIMIT 3")
    var plan = ""
    try explain.forEachRow("explain") { plan += explain.text(3) + "\n" }
    #expect(plan.contains("windows_by_time (ANY(slice) AND subject=?)"), "\(plan)")
    #expect(plan.contains("runs_by_time (ANY(slice) AND subject=?)"), "\(plan)")
    #expect(!plan.contains("SCAN r") && !plan.contains("SCAN w\n"), "\(plan)")
  }

  @Test func windowsAreRipeWhenThoseBehindThemHaveCome() {
    var ripe = RipeWindows()
    for second in 0..<1_000 {
      ripe.note(newest: Int64(second) * 3, now: Double(second))
      // Noted every ten seconds.
      let expected = second < 330 ? 0 : (second - 330) / 10 * 10 * 3
      #expect(ripe.newest == Int64(expected))
    }
  }
}
