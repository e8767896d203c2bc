import Detection
import Testing

/// Restart: what a detector saved is taken up to the bit, and what it did not save does no harm.
@Suite struct DetectorStateTests {
  /// Each detector, some under several rules.
  static var checks: [any SeriesDetectorCheck] {
    [
      Check<RobustDetector>(rules: RobustRules(window: 20_000, minSamples: 3)),
      Check<EWMADetector>(rules: EWMARules(halfLife: 5_000)),
      Check<CUSUMDetector>(rules: CUSUMRules(reference: .initial, minSamples: 20)),
      Check<CUSUMDetector>(rules: CUSUMRules(reference: .running, minSamples: 20)),
      Check<LikelihoodDetector>(rules: LikelihoodRules(short: 7, long: 50, minSamples: 20)),
      Check<LikelihoodDetector>(rules: LikelihoodRules(short: 1, long: 10, minSamples: 5)),
      Check<SeasonalDetector>(rules: SeasonalRules(period: .day, buckets: 24, minPeriods: 1)),
      Check<RateDetector>(rules: RateRules(window: 5_000, min: 4, max: 7)),
      Check<FlatlineDetector>(rules: FlatlineRules(duration: 500, tolerance: 0.2)),
      Check<RangeDetector>(rules: RangeRules(min: -1, max: 1)),
    ]
  }

  protocol SeriesDetectorCheck {
    func goesOnToTheBit(_ scene: inout SeriesScene) -> Bool
    func bearsHarm(_ scene: inout SeriesScene) -> Bool
    func refusesCutBytes(_ scene: inout SeriesScene) -> Bool
  }

  struct Check<Detector: SeriesDetector>: SeriesDetectorCheck {
    var rules: Detector.Rules

    /// Saves and restores at random places, against a detector that is left alone.
    func goesOnToTheBit(_ scene: inout SeriesScene) -> Bool {
      var whole = Detector(rules)
      var parts = Detector(rules)
      for point in scene.wild(1_500) {
        if Int.random(in: 0..<20, using: &scene.generator) == 0 {
          var state = DetectorStateReader(parts.saved)
          guard let restored = Detector(rules, from: &state), state.isAtEnd else { return false }
          parts = restored
        }
        let score = whole.score(point)
        guard parts.score(point)?.bitPattern == score?.bitPattern else { return false }
        if let score, !(score >= 0 && score.isFinite) { return false }
      }
      return parts.saved == whole.saved
    }

    /// Words of a saved state are replaced by any others: it is refused, or scores something without a trap.
    func bearsHarm(_ scene: inout SeriesScene) -> Bool {
      var detector = Detector(rules)
      let points = scene.wild(300)
      for point in points { _ = detector.score(point) }
      var bytes = detector.saved
      guard !bytes.isEmpty else { return true }
      for _ in 0..<Int.random(in: 1...6, using: &scene.generator) {
        let place = Int.random(in: 0..<bytes.count, using: &scene.generator)
        if Bool.random(using: &scene.generator) {
          bytes[place] = .random(in: 0...255, using: &scene.generator)
        } else {
          let start = place / 8 * 8
          let word =
            [0, 1, -1, .max, .min, 1 << 40, 1 << 60, 0x7ff0_0000_0000_0000]
            .randomElement(using: &scene.generator) ?? 0
          for byte in 0..<8 { bytes[start + byte] = UInt8(truncatingIfNeeded: word >> (8 * byte)) }
        }
      }
      var state = DetectorStateReader(bytes)
      guard var harmed = Detector(rules, from: &state) else { return true }
      for point in points { _ = harmed.score(point) }
      return true
    }

    func refusesCutBytes(_ scene: inout SeriesScene) -> Bool {
      var detector = Detector(rules)
      for point in scene.wild(300) { _ = detector.score(point) }
      let bytes = detector.saved
      guard !bytes.isEmpty else { return true }
      var state = DetectorStateReader(
        Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &scene.generator))))
      return Detector(rules, from: &state) == nil
    }
  }

  @Test(arguments: UInt64(1)...10) func aRestoredDetectorGoesOnToTheBit(seed: UInt64) {
    var scene = SeriesScene(seed: seed)
    for check in Self.checks { #expect(check.goesOnToTheBit(&scene), "\(type(of: check))") }
  }

  @Test(arguments: UInt64(1)...150) func harmedBytesNeverTrap(seed: UInt64) {
    var scene = SeriesScene(seed: seed)
    for check in Self.checks {
      #expect(check.bearsHarm(&scene))
      #expect(check.refusesCutBytes(&scene), "\(type(of: check))")
    }
  }

  @Test func randomBytesNeverTrap() {
    var generator = SplitMix64(state: 11)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...400, using: &generator)
      let small = Bool.random(using: &generator)
      // Mostly small words, so that counts and flags are often good.
      let bytes: [UInt8] = (0..<count).map {
        small && $0 % 8 != 0 ? 0 : .random(in: 0...255, using: &generator)
      }
      var robust = DetectorStateReader(bytes)
      _ = RobustDetector(RobustRules(), from: &robust)
      var likelihood = DetectorStateReader(bytes)
      _ = LikelihoodDetector(LikelihoodRules(), from: &likelihood)
      var seasonal = DetectorStateReader(bytes)
      _ = SeasonalDetector(SeasonalRules(), from: &seasonal)
      var rate = DetectorStateReader(bytes)
      _ = RateDetector(RateRules(), from: &rate)
      #expect(DetectorBank(SeriesRules(), from: bytes) == nil)
    }
  }
}
