import Detection
import Events
import Testing

/// Rings of few samples lie in memory in several formats, which turn into one another as values come and go:
/// nothing that the engine says may depend on it.
@Suite struct RingFormatTests {
  private static let start: Int64 = 1_700_000_000_000

  /// About a sample a second, of so many decimals; now and then one of more of them, a far larger one, one of
  /// the time of the last, or a pause.
  private static func slowStream(
    _ count: Int, decimals: Int, _ generator: inout SplitMix64
  ) -> [Sample] {
    let unit = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1][decimals]
    let center = Int.random(in: -3...90, using: &generator) * 1_000_000
    let odd = Int.random(in: 8...80, using: &generator)
    var time = start
    return (0..<count).map { _ in
      switch Int.random(in: 0..<50, using: &generator) {
      case 0: time += Int64.random(in: 0...40_000, using: &generator)
      case 1...3: break
      default: time += Int64.random(in: 200...1_700, using: &generator)
      }
      var value = center + Int.random(in: -20...20, using: &generator) * unit
      switch Int.random(in: 0..<odd, using: &generator) {
      case 0: value += Int.random(in: 1..<10, using: &generator)
      case 1: value = Int.random(in: -900...900, using: &generator) * 1_000_000
      case 2: value = Int(Sample.maxMagnitude) * (Bool.random(using: &generator) ? 1 : -1)
      case 3: value = 0
      default: break
      }
      return Sample(time: time, value: Int32(value))
    }
  }

  private static func rules(_ generator: inout SplitMix64) -> StreamRules {
    StreamRules(
      window: WindowRules(
        length: Int64.random(in: 1...40, using: &generator) * 1_000,
        aggregate: [1_000, 10_000, 60_000, 600_000].randomElement(using: &generator) ?? 0,
        allowedLateness: Int64.random(in: 0...9_000, using: &generator),
        maxSamples: [8_192, 50, 16].randomElement(using: &generator) ?? 0),
      zscore: ZScoreRules(
        thousandthsOfK: Int64.random(in: 500...5_000, using: &generator),
        minSamples: Int.random(in: 2...6, using: &generator),
        minStd: [0, 1_000, 100_000].randomElement(using: &generator) ?? 0),
      status: StatusRules(staleAfter: 3_600_000))
  }

  /// What the ring holds is what a list of all samples says.
  @Test(arguments: 0..<84)
  func aRingHoldsItsSamples_WhateverItsFormat(seed: Int) throws {
    var generator = SplitMix64(state: UInt64(seed))
    var rules = Self.rules(&generator)
    rules.window.maxSamples = 8_192
    let retention =
      rules.window.allowedLateness + max(rules.window.length, rules.window.aggregate)
    var bench = try Bench(rules)
    var kept: [Sample] = []
    for sample in Self.slowStream(400, decimals: seed % 7, &generator) {
      if let newest = kept.last, sample.time - newest.time > retention { kept = [] }
      kept.append(sample)
      kept.removeAll { $0.time < sample.time - retention }
      bench.send([sample])
      let ring = bench.ring()
      #expect(ring.map(\.time) == kept.map(\.time))
      #expect(ring.map(\.value) == kept.map(\.value))
    }
  }

  @Test(arguments: 0..<84)
  func whatIsSaidOfSlowStreams_IsWhatTheReferenceSays(seed: Int) throws {
    var generator = SplitMix64(state: 500 + UInt64(seed))
    var rules = Self.rules(&generator)
    rules.window.maxSamples = 8_192
    let samples = Self.slowStream(300, decimals: seed % 7, &generator)
    var bench = try Bench(rules)
    for sample in samples { bench.send([sample], arrival: 0) }
    let decisions = bench.take()
    let expected = samples.filter { Reference.flags($0, among: samples, rules) }
    #expect(decisions.anomalies.map(\.time) == expected.map(\.time))
    WindowPropertyTests.check(decisions, against: samples, rules)
  }

  @Test(arguments: 0..<84)
  func lateSamplesOfAnyValue_TakeTheirPlace(seed: Int) throws {
    var generator = SplitMix64(state: 1_000 + UInt64(seed))
    var rules = Self.rules(&generator)
    rules.window.maxSamples = 8_192
    let samples = Self.slowStream(300, decimals: seed % 7, &generator)
    var bench = try Bench(rules)
    WindowPropertyTests.sendOutOfOrder(
      samples, within: rules.window.allowedLateness, to: &bench, &generator)
    let decisions = bench.take()
    #expect(decisions.lateSamples.isEmpty)
    WindowPropertyTests.check(decisions, against: samples, rules)
  }

  /// Full rings let their oldest samples go; which ones, does not depend on how they lie in memory.
  @Test(arguments: 0..<42)
  func aFullRing_IsTheSameInEveryFormat(seed: Int) throws {
    var generator = SplitMix64(state: 2_000 + UInt64(seed))
    let rules = Self.rules(&generator)
    let samples = Self.slowStream(300, decimals: 2, &generator)
    // With a digit beyond all others somewhere at the beginning a ring is wide from then on.
    let fine = [Sample(time: Self.start - 100, value: Sample.maxMagnitude)]
    var narrow = try Bench(rules)
    var wide = try Bench(rules)
    wide.send(fine, user: "u")
    narrow.send([Sample(time: Self.start - 100, value: 0)], user: "u")
    for sample in samples {
      narrow.send([sample])
      wide.send([sample])
      let (left, right) = (narrow.ring(), wide.ring())
      #expect(left.map(\.time) == right.map(\.time))
      #expect(left.dropFirst().map(\.value) == right.dropFirst().map(\.value))
    }
    #expect(narrow.take().evictedCount == wide.take().evictedCount)
  }

  /// Axes that come with later records join a ring that has held samples alone.
  @Test func axesJoinARing() throws {
    let falls = FallRules(impact: ImpactRules())
    var bench = try Bench(StreamRules(falls: falls))
    for second in 0..<8 { bench.send(Self.start + Int64(second) * 1_000, 1_230_000) }
    for second in 8..<40 {
      bench.send(
        [Sample(time: Self.start + Int64(second) * 1_000, value: 1_000_000)],
        axes: [AxisSample(x: 0, y: 0, z: 1_000)])
      let ring = bench.ring()
      #expect(ring.count == min(second + 1, 16))
      #expect(ring.last?.time == Self.start + Int64(second) * 1_000)
      #expect(ring.first?.value == (second <= 22 ? 1_230_000 : 1_000_000))
    }
  }

  /// A million wearers at a sample a second are what this is for.
  @Test func shortDecimals_TakeHalfTheMemory() throws {
    func bytes(_ value: Int32) throws -> Int {
      var bench = try Bench()
      for second in 0..<40 {
        for user in 0..<4_000 {
          let value = value + (second % 2 == 0 ? 0 : 10_000)
          bench.send(Self.start + Int64(second) * 1_000, value, user: "u\(user)")
        }
      }
      return bench.engine.memory.samples
    }
    let (short, long) = (try bytes(1_230_000), try bytes(1_234_567))
    #expect(short * 2 == long, "\(short) and \(long) bytes")
  }

  /// Times of the whole range, as `Sample.maxTime` bounds them.
  @Test(arguments: [0, 5_000, Sample.maxTime - 60_000])
  func timesAtBothEndsOfTheRange_AreKept(first: Int64) throws {
    var bench = try Bench()
    for second in 0..<60 {
      bench.send(
        [Sample(time: first + Int64(second) * 1_000, value: 1_000_000)], arrival: Self.start)
    }
    let decisions = bench.take(sweep: 1)
    #expect(decisions.rows.last?.lastSeen == first + 59_000)
    #expect(decisions.rows.last?.since == first + 5_000 || decisions.rows.last?.since == first)
    #expect(decisions.windows.count >= 4)
    #expect(decisions.windows.allSatisfy { $0.start >= first - 10_000 && $0.count > 0 })
    #expect(bench.ring().map(\.time).last == first + 59_000)
  }

  /// The largest ring of all, whose places just fit 16 bits: it goes round, and lets go of the oldest.
  @Test(arguments: [false, true])
  func theLargestRing_GoesRound(withAxes: Bool) throws {
    let day: Int64 = 86_400_000
    let rules = StreamRules(
      window: WindowRules(length: day, aggregate: day, allowedLateness: 0, maxSamples: 65_536),
      falls: withAxes ? FallRules(impact: ImpactRules()) : nil,
      status: StatusRules(staleAfter: 2 * day))
    let axes = withAxes ? [AxisSample](repeating: AxisSample(x: 0, y: 0, z: 1_000), count: 70) : []
    var bench = try Bench(rules)
    for record in 0..<1_000 {
      bench.send(
        (0..<70).map { place in
          let number = record * 70 + place
          return Sample(time: Self.start + Int64(number), value: Int32(1_000_000 + number % 9))
        }, axes: axes)
    }
    let ring = bench.ring()
    let kept = 70_000 - 65_535..<70_000
    let times = kept.map { Self.start + Int64($0) }
    let numbers = kept.map { Int32(1_000_000 + $0 % 9) }
    #expect(ring.count == 65_535)
    #expect(ring.map(\.time) == times)
    #expect(ring.map(\.value) == numbers)
    let decisions = bench.take(sweep: 1)
    #expect(decisions.evictedCount == kept.lowerBound)
    // All of the ring but the newest sample is its baseline.
    let values = ring.dropLast().map { Double($0.value) }
    let mean = values.reduce(0, +) / Double(values.count) / 1e6
    #expect(abs((decisions.rows.last?.mean ?? 0) - mean) < 1e-12)
  }
}
