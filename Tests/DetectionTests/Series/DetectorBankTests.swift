import Detection
import Testing

@Suite struct DetectorBankTests {
  /// Detectors that speak often on wild series, in any order.
  static func detectors(_ generator: inout SplitMix64) -> [SeriesDetectorRules] {
    let all: [SeriesDetectorRules] = [
      .robust(RobustRules(window: 5_000, minSamples: 5)),
      .ewma(EWMARules(threshold: 3, halfLife: 5_000)),
      .cusum(CUSUMRules(reference: .running, minSamples: 20)),
      .likelihood(LikelihoodRules(threshold: 2, short: 3, long: 40, minSamples: 10)),
      .seasonal(SeasonalRules(threshold: 2, period: .day, buckets: 24, minPeriods: 1)),
      .rate(RateRules(window: 5_000, min: 4, max: 7)),
      .flatline(FlatlineRules(duration: 500, tolerance: 0.2, minSamples: 3)),
      .range(RangeRules(min: -4, max: 4)),
    ]
    return Array(
      all.shuffled(using: &generator).prefix(Int.random(in: 0...8, using: &generator)))
  }

  static func rules(_ generator: inout SplitMix64) -> SeriesRules {
    let detectors = detectors(&generator)
    var weights: [String: Double] = [:]
    for name in detectors.map(\.name) + ["zscore"] where Bool.random(using: &generator) {
      weights[name] = [0, 0.1, 0.5, 0.7, 2].randomElement(using: &generator)
    }
    let sum = (detectors.map(\.name) + ["zscore"]).reduce(0) { $0 + (weights[$1] ?? 1) }
    var need = CombinationRules.Need.any
    switch Int.random(in: 0...2, using: &generator) {
    case 0: need = .all
    case 1: need = .atLeast(sum * Double.random(in: 0.05...1, using: &generator))
    default: break
    }
    return SeriesRules(
      detectors: detectors,
      combination: CombinationRules(
        need: need, weights: weights,
        hold: [0, 400, 5_000].randomElement(using: &generator) ?? 0,
        refractory: [0, 1_000, 10_000].randomElement(using: &generator) ?? 0))
  }

  struct Trial {
    var point: SeriesPoint
    var zscore: ZScoreFinding?
  }

  /// A wild series with some of its samples late, and findings of a z-score.
  static func trials(_ scene: inout SeriesScene, _ count: Int) -> [Trial] {
    var points = scene.wild(count)
    for _ in 0..<count / 10 {
      let from = Int.random(in: 0..<points.count, using: &scene.generator)
      let to = min(
        points.count - 1, from + Int.random(in: 0..<5, using: &scene.generator))
      points.insert(points.remove(at: from), at: to)
    }
    return points.map { point in
      let score = abs(3 * scene.normal())
      let isKnown = Int.random(in: 0..<10, using: &scene.generator) > 0
      return Trial(
        point: point,
        zscore: isKnown
          ? ZScoreFinding(score: score, threshold: 4, isFlagged: score > 4) : nil)
    }
  }

  @Test(arguments: UInt64(1)...60) func agreesWithTheDefinition(seed: UInt64) {
    var scene = SeriesScene(seed: 500 + seed)
    let rules = Self.rules(&scene.generator)
    let hasVoice = seed % 5 != 0
    var bank = DetectorBank(rules, zscoreHasVoice: hasVoice)
    var reference = BankReference(rules, zscoreHasVoice: hasVoice)
    for trial in Self.trials(&scene, 400) {
      let finding = bank.judge(trial.point, zscore: trial.zscore)
      let expected = reference.judge(trial.point, zscore: trial.zscore)
      #expect(finding.isAbnormal == expected.isAbnormal)
      #expect(finding.ratio == expected.ratio)
      #expect(finding.detector == expected.detector)
      #expect(finding.score == expected.score)
    }
  }

  @Test(arguments: UInt64(1)...20) func aRestoredBankGoesOnToTheBit(seed: UInt64) throws {
    var scene = SeriesScene(seed: 900 + seed)
    let rules = Self.rules(&scene.generator)
    var whole = DetectorBank(rules)
    var parts = DetectorBank(rules)
    for trial in Self.trials(&scene, 600) {
      if Int.random(in: 0..<20, using: &scene.generator) == 0 {
        parts = try #require(DetectorBank(rules, from: parts.saved))
        #expect(parts.lastTime == whole.lastTime)
      }
      #expect(
        parts.judge(trial.point, zscore: trial.zscore)
          == whole.judge(trial.point, zscore: trial.zscore))
    }
    #expect(parts.saved == whole.saved)
  }

  @Test(arguments: UInt64(1)...20) func harmedOrForeignBytesAreRefused(seed: UInt64) {
    var scene = SeriesScene(seed: 1_300 + seed)
    let rules = Self.rules(&scene.generator)
    var bank = DetectorBank(rules)
    for trial in Self.trials(&scene, 300) { _ = bank.judge(trial.point, zscore: trial.zscore) }
    let bytes = bank.saved
    #expect(DetectorBank(rules, from: bytes) != nil)
    for _ in 0..<300 {
      var harmed = bytes
      let place = Int.random(in: 0..<harmed.count, using: &scene.generator)
      harmed[place] ^= 1 << UInt8.random(in: 0..<8, using: &scene.generator)
      #expect(DetectorBank(rules, from: harmed) == nil)
      #expect(DetectorBank(rules, from: Array(bytes.prefix(place))) == nil)
    }
    #expect(DetectorBank(rules, from: bytes + [0]) == nil)
    #expect(DetectorBank(rules, zscoreHasVoice: false, from: bytes) == nil)
    var others = rules
    others.combination.hold += 1
    #expect(DetectorBank(others, from: bytes) == nil)
    others = rules
    others.detectors.append(.novelty(NoveltyRules()))
    #expect(DetectorBank(others, from: bytes) == nil)
  }

  @Test func withoutOthersTheZScoreDecides() {
    var bank = DetectorBank(SeriesRules())
    let flagged = ZScoreFinding(score: .infinity, threshold: 4, isFlagged: true)
    #expect(bank.judge(SeriesPoint(time: 0, value: 1), zscore: nil).ratio == nil)
    let finding = bank.judge(SeriesPoint(time: 1, value: 1), zscore: flagged)
    #expect(finding.isAbnormal && finding.detector == "zscore" && finding.threshold == 4)
    // Late, and flagged: it has its own voice.
    #expect(bank.judge(SeriesPoint(time: 0, value: 1), zscore: flagged).isAbnormal)
    // The flag is exact, the score is not.
    let edge = bank.judge(
      SeriesPoint(time: 2, value: 1),
      zscore: ZScoreFinding(score: 4, threshold: 4, isFlagged: true))
    #expect(edge.isAbnormal && (edge.ratio ?? 0) > 1)
    let below = bank.judge(
      SeriesPoint(time: 3, value: 1),
      zscore: ZScoreFinding(score: 4.1, threshold: 4, isFlagged: false))
    #expect(!below.isAbnormal && below.ratio == 1)
  }

  @Test func twoThatAgreeOneAfterTheOther() {
    var bank = DetectorBank(
      SeriesRules(
        detectors: [.range(RangeRules(min: 0, max: 10))],
        combination: CombinationRules(need: .atLeast(2), hold: 1_000, refractory: 5_000)))
    let quiet = ZScoreFinding(score: 0, threshold: 4, isFlagged: false)
    let flagged = ZScoreFinding(score: 8, threshold: 4, isFlagged: true)
    func at(_ time: Int64, _ value: Double, _ zscore: ZScoreFinding) -> BankFinding {
      bank.judge(SeriesPoint(time: time, value: value), zscore: zscore)
    }
    #expect(!at(0, 5, flagged).isAbnormal)
    #expect(!at(1_001, 11, quiet).isAbnormal)
    let both = at(2_000, 5, flagged)
    #expect(both.isAbnormal && both.ratio == 2)
    #expect(both.detector == "zscore")
    #expect(!at(2_100, 20, flagged).isAbnormal)
    #expect(at(7_000, 20, flagged).isAbnormal)
  }

  @Test func rulesWithWeightZeroOnlyLearn() {
    var bank = DetectorBank(
      SeriesRules(
        detectors: [.range(RangeRules(max: 1))],
        combination: CombinationRules(weights: ["range": 0])))
    #expect(bank.judge(SeriesPoint(time: 0, value: 5), zscore: nil).ratio == nil)
    #expect(bank.lastTime == 0)
  }
}

extension DetectorBank {
  var saved: [UInt8] {
    var state = DetectorStateWriter()
    save(to: &state)
    return state.bytes
  }
}
