import Detection
import Events
import Testing

@testable import Store

struct WindowHistoryTests {
  /// The windows of one subject: side by side, of changing length, with gaps in between.
  private func windows(_ random: inout SplitMix) -> [Range<Int64>] {
    let lengths: [Int64] = [100, 10_000, 120_000, 3_600_000, 86_400_000]
    var start = Int64.random(in: 0..<200_000, using: &random)
    return (0..<60).map { _ in
      let length = lengths.randomElement(using: &random) ?? 100
      defer {
        start += length
        if Int.random(in: 0..<4, using: &random) == 0 {
          start += Int64.random(in: 0..<3 * length, using: &random)
        }
      }
      return start..<start + length
    }
  }

  private func store(_ windows: [[Range<Int64>]], in folder: TemporaryFolder) throws -> Store {
    let store = try makeStore(folder, subjects: UInt32(windows.count))
    for place in windows[0].indices {
      var batch = Decisions()
      for (subject, ranges) in windows.enumerated() {
        batch.addWindow(UInt32(subject), start: ranges[place].lowerBound, values: [1, 2, 3])
        batch.windows[batch.windows.count - 1].end = ranges[place].upperBound
      }
      try store.apply(batch)
      // Some of those written until then share rows.
      if place % 7 == 0 { _ = try store.mergeWindows(writtenBy: Int64(place) * 2, budget: 30) }
    }
    return store
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func anyTimeAgreesWithBruteForce(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let all = (0..<4).map { _ in windows(&random) }
    let folder = try TemporaryFolder()
    let store = try store(all, in: folder)
    defer { store.close() }
    let reader = try StoreReader(path: folder.database)
    let ends = all.flatMap { $0.flatMap { [$0.lowerBound, $0.upperBound] } } + [0, .max]
    for _ in 0..<300 {
      let subject = Int.random(in: all.indices, using: &random)
      let times = (0..<2).map { _ in
        let end = ends.randomElement(using: &random) ?? 0
        return end == .max ? end : end + Int64.random(in: -1...1, using: &random)
      }.sorted()
      let most = Int.random(in: 1..<40, using: &random)
      let matching = all[subject].filter { $0.lowerBound <= times[1] && $0.upperBound > times[0] }
      // Three samples each; the one that reaches the bound is still given.
      let given = matching.suffix((most + 2) / 3)
      let page = try #require(
        try reader.windows(
          of: identity(UInt32(subject)), from: times[0], to: times[1], maxSamples: most))
      #expect(page.windows.map { $0.start..<$0.end } == Array(given), "\(times) \(most)")
      #expect(page.isTruncated == (given.count < matching.count))
    }
  }

  @Test(arguments: [1, 2] as [UInt64])
  func anomaliesOfAnyTimeAgreeWithBruteForce(seed: UInt64) throws {
    var random = SplitMix(state: seed)
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 3)
    defer { store.close() }
    var all: [(subject: UInt32, time: Int64)] = []
    for _ in 0..<20 {
      var batch = Decisions()
      let begin = Int64.random(in: 0..<1_000_000, using: &random)
      for _ in 0..<10 {
        let subject = UInt32.random(in: 0..<3, using: &random)
        let time = begin + Int64.random(in: 0..<5, using: &random) * 30_000
        all.append((subject, time))
        batch.anomalies.append(
          Anomaly(
            subject: subject, time: time, value: 1, mean: 1, std: 1, score: 1,
            detector: "zscore", origin: RecordOrigin(partition: 0, offset: 0)))
      }
      try store.apply(batch)
    }
    let reader = try StoreReader(path: folder.database)
    for _ in 0..<200 {
      let subject = UInt32.random(in: 0..<3, using: &random)
      let times = (0..<2).map { _ in
        (all.randomElement(using: &random)?.time ?? 0) + Int64.random(in: -1...1, using: &random)
      }.sorted()
      let limit = Int.random(in: 1..<50, using: &random)
      let found = try reader.anomalies(
        of: identity(subject), from: times[0], to: times[1], limit: limit)
      let matching = all.enumerated().filter {
        $1.subject == subject && times[0]...times[1] ~= $1.time
      }
      // The newest first; of one time, the one written last.
      let expected = matching.sorted { ($0.element.time, $0.offset) > ($1.element.time, $1.offset) }
      #expect(found.map { Int($0.id) - 1 } == expected.prefix(limit).map(\.offset))
    }
  }
}
