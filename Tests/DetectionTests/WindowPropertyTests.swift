import Detection
import Events
import Testing

/// The engine against the brute-force reference, on random streams.
@Suite struct WindowPropertyTests {
  static func rules(_ generator: inout SplitMix64) -> StreamRules {
    let length = Int64.random(in: 1...20, using: &generator) * 500
    return StreamRules(
      window: WindowRules(
        length: length, aggregate: Int64.random(in: 1...20, using: &generator) * 500,
        allowedLateness: Int64.random(in: 0...4_000, using: &generator)),
      zscore: ZScoreRules(
        thousandthsOfK: Int64.random(in: 500...5_000, using: &generator),
        minSamples: Int.random(in: 2...12, using: &generator),
        minStd: [0, 1, 1_000, 100_000].randomElement(using: &generator) ?? 0,
        sides: ZScoreRules.Sides.allCases.randomElement(using: &generator) ?? .both))
  }

  /// Values of many kinds: noise on an offset, constants, and both ends of the range.
  static func value(_ kind: Int, _ generator: inout SplitMix64) -> Int32 {
    switch kind {
    case 0: Int32.random(in: 980_000...1_020_000, using: &generator)
    case 1: [1_000_000, 1_000_000, 1_000_000, 1_000_001].randomElement(using: &generator) ?? 0
    case 2: Bool.random(using: &generator) ? Sample.maxMagnitude : -Sample.maxMagnitude
    case 3: Int32.random(in: -Sample.maxMagnitude...Sample.maxMagnitude, using: &generator)
    default:
      Int.random(in: 0..<10, using: &generator) == 0
        ? Sample.maxMagnitude : Int32.random(in: -3...3, using: &generator)
    }
  }

  /// Samples in order of time, with duplicates in time and gaps.
  static func stream(
    _ count: Int, from start: Int64 = 1_700_000_000_000, _ generator: inout SplitMix64
  ) -> [Sample] {
    let kind = Int.random(in: 0...4, using: &generator)
    var time = start
    return (0..<count).map { _ in
      switch Int.random(in: 0..<40, using: &generator) {
      case 0: time += Int64.random(in: 0...30_000, using: &generator)
      case 1...8: break
      default: time += Int64.random(in: 1...400, using: &generator)
      }
      return Sample(time: time, value: value(kind, &generator))
    }
  }

  @Test(arguments: 0..<60)
  func samplesInOrder_AreFlaggedAsTheReferenceFlagsThem(seed: UInt64) throws {
    var generator = SplitMix64(state: seed)
    let rules = Self.rules(&generator)
    let samples = Self.stream(300, &generator)
    var bench = try Bench(rules)
    for sample in samples { bench.send([sample], arrival: 0) }
    let decisions = bench.take()
    let expected = samples.filter { Reference.flags($0, among: samples, rules) }
    #expect(decisions.anomalies.map(\.time) == expected.map(\.time))
    Self.check(decisions, against: samples, rules)
  }

  @Test(arguments: 0..<60)
  func anyOrderWithinTheLateness_GivesTheSameWindows(seed: UInt64) throws {
    var generator = SplitMix64(state: 1_000 + seed)
    let rules = Self.rules(&generator)
    let samples = Self.stream(300, &generator)
    var bench = try Bench(rules)
    Self.sendOutOfOrder(samples, within: rules.window.allowedLateness, to: &bench, &generator)
    let decisions = bench.take()
    #expect(decisions.lateSamples.isEmpty)
    Self.check(decisions, against: samples, rules)
  }

  /// Sends samples in records of a few, each held back by up to the lateness, which is the most that may
  /// reorder them.
  static func sendOutOfOrder(
    _ samples: [Sample], within lateness: Int64, to bench: inout Bench,
    _ generator: inout SplitMix64
  ) {
    let shuffled = samples.map {
      ($0, $0.time + Int64.random(in: 0...lateness, using: &generator))
    }.sorted { $0.1 < $1.1 }.map(\.0)
    var place = 0
    while place < shuffled.count {
      let size = Int.random(in: 1...5, using: &generator)
      bench.send(Array(shuffled[place..<min(place + size, shuffled.count)]), arrival: 0)
      place += size
    }
  }

  /// Windows as handed out, and the sums of their samples, are those of the reference.
  static func check(_ decisions: Decisions, against samples: [Sample], _ rules: StreamRules) {
    let expected = Reference.closedWindows(samples, rules)
    let found = decisions.windows.map { window in
      let members = decisions.samples(of: window) ?? []
      #expect(zip(members, members.dropFirst()).allSatisfy { $0.time <= $1.time })
      #expect(window.count == members.count)
      let sum = members.reduce(Int64(0)) { $0 + Int64($1.value) }
      #expect(window.mean == Double(sum) / Double(members.count) / 1e6)
      return Reference.Window(
        start: window.start, count: members.count, sum: sum,
        squares: members.reduce(Reference.Wide(0)) {
          $0 + Reference.Wide($1.value) * Reference.Wide($1.value)
        },
        min: members.map(\.value).min() ?? 0, max: members.map(\.value).max() ?? 0,
        flagged: window.flagged)
    }
    #expect(found == expected)
  }

  @Test func aRingAtItsBound_LetsTheOldestGoAndSaysSo() throws {
    let rules = StreamRules(window: WindowRules(length: 10_000, maxSamples: 16))
    var bench = try Bench(rules)
    for place in 0..<40 { bench.send(Int64(place), Int32(place)) }
    #expect(bench.take().evictedCount == 24)
    let ring = bench.ring()
    #expect(ring.map(\.value) == Array(24..<40))
  }

  @Test func aRingThatGrowsAndWraps_KeepsItsOrder() throws {
    var bench = try Bench(StreamRules(window: WindowRules(length: 1_000, allowedLateness: 0)))
    var time: Int64 = 1_700_000_000_000
    for round in 0..<200 {
      time += round % 20 == 0 ? 900 : 3
      bench.send(time, Int32(round))
      let ring = bench.ring()
      #expect(ring.last?.value == Int32(round))
      #expect(zip(ring, ring.dropFirst()).allSatisfy { $0.time <= $1.time })
    }
  }
}
