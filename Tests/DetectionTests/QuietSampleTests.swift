import Detection
import Events
import Testing

/// Samples that nothing comes of pass through a loop of their own. An engine that traces scores takes every
/// sample the long way: both must come to the same.
@Suite struct QuietSampleTests {
  /// What an engine has handed out, in words, and what its ring holds.
  private struct Outcome: Equatable {
    var stored: [String]
    var ring: [String]
    var evicted: Int
  }

  private func outcome(
    _ records: [(samples: [Sample], axes: [AxisSample])], _ rules: StreamRules, longWay: Bool,
    takesEvery step: Int
  ) throws -> Outcome {
    var bench = try Bench(rules)
    bench.engine.tracesScores = longWay
    // Or little would be seen of most peaks.
    bench.engine.recordsAllCandidates = true
    var stored = StoredDecisions()
    var map: [UInt32: Int] = [:]
    var evicted = 0
    for (number, record) in records.enumerated() {
      bench.send(record.samples, axes: record.axes)
      guard number % step == step - 1 else { continue }
      let decisions = bench.take(sweep: 1)
      evicted += decisions.evictedCount
      stored.apply(decisions, &map)
    }
    let decisions = bench.take(sweep: 1)
    stored.apply(decisions, &map)
    return Outcome(
      stored: [
        "\(stored.rows)", "\(stored.windows)", "\(stored.anomalies)", "\(stored.late)",
        "\(stored.causes)", "\(stored.candidates)", "\(stored.next) \(stored.rewind)",
      ],
      ring: bench.ring().map { "\($0.time) \($0.value) \($0.isFlagged)" },
      evicted: evicted + decisions.evictedCount)
  }

  /// Mostly steady bursts of a calm signal; now and then a pause, a spike, samples of one time or late ones.
  private func calmRecords(
    _ count: Int, _ generator: inout SplitMix64
  ) -> [(samples: [Sample], axes: [AxisSample])] {
    var time: Int64 = 1_700_000_000_000
    let step = Int64.random(in: 5...200, using: &generator)
    return (0..<count).map { _ in
      if Int.random(in: 0..<25, using: &generator) == 0 {
        time += Int64.random(in: 0...40_000, using: &generator)
      }
      let oddity = Int.random(in: 0..<30, using: &generator)
      var samples = (0..<Int.random(in: 1...60, using: &generator)).map { place in
        time += oddity == 0 && place % 3 == 0 ? 0 : step
        return Sample(time: time, value: Int32.random(in: 990_000...1_010_000, using: &generator))
      }
      switch oddity {
      case 1:
        let spike = Int.random(in: 0..<samples.count, using: &generator)
        samples[spike].value = Int32.random(in: 1_500_000...6_000_000, using: &generator)
      case 2:
        let late = Int.random(in: 0..<samples.count, using: &generator)
        samples[late].time -= Int64.random(in: 0...8_000, using: &generator)
      default: break
      }
      return (samples, [])
    }
  }

  @Test(arguments: 0..<40)
  func calmSignals_AreJudgedAsByTheLongWay(seed: UInt64) throws {
    var generator = SplitMix64(state: seed)
    let length = Int64.random(in: 2...20, using: &generator) * 500
    let rules = StreamRules(
      window: WindowRules(
        length: length, aggregate: Int64.random(in: 1...20, using: &generator) * 500,
        allowedLateness: Int64.random(in: 0...4_000, using: &generator),
        maxSamples: seed % 5 == 0 ? 32 : 4_096),
      zscore: ZScoreRules(
        thousandthsOfK: Int64.random(in: 2_500...6_000, using: &generator),
        minSamples: Int.random(in: 2...12, using: &generator),
        minStd: [0, 1_000, 5_000].randomElement(using: &generator) ?? 0))
    let records = calmRecords(120, &generator)
    let step = Int.random(in: 1...40, using: &generator)
    let short = try outcome(records, rules, longWay: false, takesEvery: step)
    #expect(try outcome(records, rules, longWay: true, takesEvery: step) == short)
    #expect(short.ring.count > 1)
  }

  /// With axes kept and impacts looked for: steps stay below the trigger, jumps and falls do not.
  @Test(arguments: 0..<12)
  func movements_AreJudgedAsByTheLongWay(seed: UInt64) throws {
    var generator = SplitMix64(state: 50 + seed)
    var wearer = Wearer(at: 1_700_000_000_000, seed: seed)
    for _ in 0..<12 {
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: wearer.jump()
      case 1: wearer.fall()
      case 2: wearer.walk(4, peak: 2.6)
      default: wearer.rest(Double(Int.random(in: 1...6, using: &generator)))
      }
    }
    var records: [(samples: [Sample], axes: [AxisSample])] = []
    var place = 0
    while place < wearer.samples.count {
      let end = min(place + Int.random(in: 1...60, using: &generator), wearer.samples.count)
      // Some records do not tell the axes.
      let isWhole = seed % 3 != 0 || Int.random(in: 0..<4, using: &generator) > 0
      records.append(
        (Array(wearer.samples[place..<end]), isWhole ? Array(wearer.axes[place..<end]) : []))
      place = end
    }
    var rules = StreamRules(window: WindowRules(length: 10_000))
    rules.falls = FallRules(impact: ImpactRules())
    let step = Int.random(in: 1...40, using: &generator)
    let short = try outcome(records, rules, longWay: false, takesEvery: step)
    #expect(try outcome(records, rules, longWay: true, takesEvery: step) == short)
  }

  @Test func aPeakWithoutAxes_IsSeenWhileOneWithAxesIsLookedAt() throws {
    // Steps that differ much, so that none is flagged.
    var wearer = Wearer(at: 1_700_000_000_000)
    wearer.rest(2)
    wearer.walk(15, peak: 3.2)
    let change = wearer.samples.count
    // Out of step with the looks at the peaks before.
    wearer.rest(0.26)
    wearer.walk(4, peak: 3.4)
    wearer.rest(6)
    var rules = StreamRules(window: WindowRules(length: 10_000))
    var impact = ImpactRules()
    impact.warns = false
    rules.falls = FallRules(impact: impact)
    let records = [
      (Array(wearer.samples[..<change]), Array(wearer.axes[..<change])),
      (Array(wearer.samples[change...]), []),
    ]
    let short = try outcome(records, rules, longWay: false, takesEvery: 1)
    let long = try outcome(records, rules, longWay: true, takesEvery: 1)
    #expect(long == short)
    #expect(long.stored[5] != "[]")
  }
}
