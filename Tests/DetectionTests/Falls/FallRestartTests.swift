import Events
import Testing

@testable import Detection

/// Falls and learned detectors, stopped anywhere and started again: the end is that of a run without a stop.
@Suite struct FallRestartTests {
  static let rules = StreamRules(
    series: SeriesRules(
      detectors: [
        .ewma(EWMARules(threshold: 4, halfLife: 20_000)), .cusum(CUSUMRules(reference: .running)),
      ], combination: CombinationRules(need: .any, hold: 300)),
    falls: FallRules(
      impact: ImpactRules(), model: FallModelRules(model: .by(.turn) { $0 / 90 }, threshold: 0.5),
      early: FallModelRules(model: .by(.peak, hash: "01") { $0 / 6 }, threshold: 0.5),
      refractory: 4_000,
      recovery: RecoveryRules(upright: 3_000, limit: 30_000), recordFrom: 0),
    status: StatusRules(staleAfter: 20_000))

  /// Wearers who walk, jump, fall, lie, get up and fall silent, in records of a few samples, some of them late.
  static func log(_ generator: inout SplitMix64) -> [RestartTests.Record] {
    var records: [RestartTests.Record] = []
    for user in 0..<3 {
      var wearer = Wearer(
        at: FallTimelineTests.start + Int64.random(in: 0...5_000, using: &generator), rate: 25,
        seed: generator.next())
      var isLying = false
      var silence: Int64 = 0
      for _ in 0..<8 {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0...2 where !isLying: wearer.walk(Double.random(in: 2...6, using: &generator))
        case 3 where !isLying: wearer.jump(Double.random(in: 1.8...4, using: &generator))
        case 4, 5:
          wearer.fall(Double.random(in: 2...6, using: &generator))
          isLying = true
        case 6 where isLying:
          wearer.getUp()
          isLying = false
        case 7: silence = Int64.random(in: 1_000...40_000, using: &generator)
        default: break
        }
        wearer.rest(Double.random(in: 1...7, using: &generator))
        let (samples, axes) = wearer.take()
        var place = 0
        while place < samples.count {
          let end = min(place + Int.random(in: 1...12, using: &generator), samples.count)
          let last = samples[end - 1].time
          let lateness = Int.random(in: 0..<15, using: &generator) == 0 ? Int64(2_000) : 0
          records.append(
            RestartTests.Record(
              user: "u-\(user)", samples: Array(samples[place..<end]),
              axes: Array(axes[place..<end]), arrival: last + lateness))
          place = end
        }
        wearer.time += silence
        silence = 0
      }
    }
    return records.sorted { $0.arrival < $1.arrival }
  }

  @Test(arguments: 0..<40)
  func stoppedAnywhere_TheEndIsTheSame(seed: UInt64) throws {
    var generator = SplitMix64(state: 9_000 + seed)
    let log = Self.log(&generator)
    var whole = StoredDecisions()
    try RestartTests.finish(log, rules: Self.rules, into: &whole, &generator)
    var broken = StoredDecisions()
    for _ in 0..<6 {
      let from = max(Int(broken.next), 1)
      guard from < log.count else { break }
      let stop = Int.random(in: from...log.count, using: &generator)
      try RestartTests.run(log, rules: Self.rules, into: &broken, stop: stop, &generator)
    }
    try RestartTests.finish(log, rules: Self.rules, into: &broken, &generator)
    #expect(whole.disorder == [] && broken.disorder == [])
    let expected = whole.facts
    let found = broken.facts
    #expect(found.count == expected.count)
    for (left, right) in zip(found, expected) where left != right {
      Issue.record("\(left)\n  instead of\n\(right)")
      break
    }
    #expect(!whole.candidates.isEmpty)
  }
}
