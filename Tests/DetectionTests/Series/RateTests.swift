import Detection
import Testing

@Suite struct RateTests {
  static func reference(_ rules: RateRules, _ points: [SeriesPoint]) -> [Double?] {
    let length = rules.window / 16
    func pane(_ point: SeriesPoint) -> Int64 {
      let pane = point.time / length
      return pane * length > point.time ? pane - 1 : pane
    }
    return points.indices.map { index in
      let now = pane(points[index])
      guard now - pane(points[0]) > 16 else { return nil }
      let count = points[..<index].count { (now - 16..<now).contains(pane($0)) }
      let rate = Double(count) / (Double(16 * length) / 1000)
      if rate < rules.min { return (rules.min - rate) / rules.min }
      if rate > rules.max { return (rate - rules.max) / rules.max }
      return 0
    }
  }

  @Test(arguments: UInt64(1)...10) func agreesWithCounting(seed: UInt64) {
    var scene = SeriesScene(seed: seed)
    let points = scene.wild(1_000)
    let rules = RateRules(
      window: Int64.random(in: 1_000...20_000, using: &scene.generator), min: 4, max: 7)
    let scores = RateDetector.scores(rules, points)
    #expect(agree(scores, Self.reference(rules, points)))
    #expect(scores.contains { ($0 ?? 0) > 0 })
  }

  @Test func tooManyAndTooFew() {
    var scene = SeriesScene(seed: 1)
    let even = scene.noise(3_000, step: 100)
    let fine = RateDetector.scores(RateRules(window: 16_000, min: 9, max: 11), even)
    #expect(fine.prefix(160).allSatisfy { $0 == nil })
    #expect(fine.dropFirst(180).allSatisfy { $0 == 0 })
    let tooFew = RateDetector.scores(RateRules(window: 16_000, min: 20), even)
    #expect(abs((tooFew[2_000] ?? 0) - 0.5) < 1e-9)
    let tooMany = RateDetector.scores(RateRules(window: 16_000, max: 5), even)
    #expect(abs((tooMany[2_000] ?? 0) - 1) < 1e-9)
  }
}

@Suite struct FlatlineTests {
  static func reference(_ rules: FlatlineRules, _ points: [SeriesPoint]) -> [Double?] {
    var run: [SeriesPoint] = []
    return points.map { point in
      let values = run.map(\.value) + [point.value]
      if (values.max() ?? 0) - (values.min() ?? 0) > rules.tolerance { run = [] }
      run.append(point)
      let share = Double(point.time - run[0].time) / Double(rules.duration)
      return run.count < rules.minSamples ? min(1, share) : share
    }
  }

  @Test(arguments: UInt64(1)...10) func agreesWithTheRuns(seed: UInt64) {
    var scene = SeriesScene(seed: seed)
    let points = scene.wild(1_000)
    let rules = FlatlineRules(
      duration: 500, tolerance: [0, 0.2, 2].randomElement(using: &scene.generator) ?? 0,
      minSamples: Int.random(in: 2...5, using: &scene.generator))
    let scores = FlatlineDetector.scores(rules, points)
    #expect(agree(scores, Self.reference(rules, points)))
    #expect(rules.tolerance == 0 || scores.contains { ($0 ?? 0) > 1 })
  }

  @Test func aStuckSensorIsFoundOnceItLastsLonger() {
    let points = (0..<200).map {
      SeriesPoint(time: Int64($0) * 1_000, value: $0 < 100 ? Double($0) : 100)
    }
    let scores = FlatlineDetector.scores(FlatlineRules(duration: 60_000), points)
    #expect(scores.firstIndex { ($0 ?? 0) > 1 } == 161)
  }

  @Test func aFewEqualNumbersWithLongGapsAreNone() {
    let points = (0..<20).map { SeriesPoint(time: Int64($0) * 600_000, value: 72) }
    let scores = FlatlineDetector.scores(FlatlineRules(minSamples: 10), points)
    #expect(scores.firstIndex { ($0 ?? 0) > 1 } == 9)
  }
}

@Suite struct RangeTests {
  @Test func isTheDistanceFromTheLimits() {
    let points = [-3, -2, 0, 5, 5.5].enumerated().map {
      SeriesPoint(time: Int64($0.offset), value: $0.element)
    }
    #expect(RangeDetector.scores(RangeRules(min: -2, max: 5), points) == [1, 0, 0, 0, 0.5])
    #expect(RangeDetector.scores(RangeRules(), points) == [0, 0, 0, 0, 0])
    #expect(RangeDetector.scores(RangeRules(max: 5), points) == [0, 0, 0, 0, 0.5])
  }
}
