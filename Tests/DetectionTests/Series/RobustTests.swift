import Detection
import Testing

@Suite struct RobustTests {
  /// The doc comment, by lists and sorting.
  static func reference(_ rules: RobustRules, _ points: [SeriesPoint]) -> [Double?] {
    var window: [SeriesPoint] = []
    var median = 0.0
    var deviation = 0.0
    var countThen = 0
    var changes = 0
    return points.map { point in
      let gone = window.prefix { $0.time < point.time - rules.window }.count
      window.removeFirst(gone)
      changes += gone
      var score: Double?
      if window.count >= rules.minSamples {
        if Double(changes) >= Double(countThen) / 4 {
          median = Plain.median(window.map(\.value))
          deviation = Plain.median(window.map { abs($0.value - median) })
          countThen = window.count
          changes = 0
        }
        score = Plain.score(
          point.value - median, max(1.4826 * deviation, rules.minDeviation))
      }
      window.append(point)
      changes += 1
      if window.count > 4_096 {
        window.removeFirst()
        changes += 1
      }
      return score
    }
  }

  @Test(arguments: UInt64(1)...12) func agreesWithSorting(seed: UInt64) {
    var scene = SeriesScene(seed: seed)
    let rules = RobustRules(
      window: [500, 5_000, 60_000].randomElement(using: &scene.generator) ?? 500,
      minSamples: Int.random(in: 3...12, using: &scene.generator),
      minDeviation: [0, 0.05].randomElement(using: &scene.generator) ?? 0)
    let points = scene.wild(1_500)
    #expect(agree(RobustDetector.scores(rules, points), Self.reference(rules, points)))
  }

  @Test func keepsTheNewest4096() {
    var scene = SeriesScene(seed: 3)
    let points = scene.noise(6_000, step: 1)
    let rules = RobustRules(window: 60_000)
    #expect(agree(RobustDetector.scores(rules, points), Self.reference(rules, points)))
  }

  @Test func seriesThatDefeatPivotsAreSelectedAllTheSame() {
    let shapes: [(Int) -> Double] = [
      { Double($0) }, { Double(-$0) }, { _ in 1 }, { Double(min($0, 4_000 - $0)) },
      { Double($0 % 2) }, { Double(($0 * 7_919) % 4_001) },
    ]
    let rules = RobustRules(window: 4_000, minDeviation: 0.5)
    for shape in shapes {
      let points = (0..<4_400).map { SeriesPoint(time: Int64($0), value: shape($0)) }
      #expect(agree(RobustDetector.scores(rules, points), Self.reference(rules, points)))
    }
  }

  @Test func outliersDoNotHideTheNextOne() {
    var scene = SeriesScene(seed: 5)
    var points = scene.noise(400)
    for index in stride(from: 100, to: 400, by: 3) { points[index].value = 50 }
    let scores = RobustDetector.scores(RobustRules(), points)
    #expect(stride(from: 100, to: 400, by: 3).allSatisfy { (scores[$0] ?? 0) > 6 })
  }

  @Test func noiseIsFoundOddAsOftenAsTheNormalDistributionSays() {
    var scene = SeriesScene(seed: 6)
    let scores = RobustDetector.scores(RobustRules(minDeviation: 0), scene.noise(30_000))
    let above = scores.dropFirst(1_000).count { ($0 ?? 0) > 3 }
    // 0.27 % of 29,000 are 78; the median and the MAD of 600 are themselves uncertain.
    #expect((50...140).contains(above))
    #expect(!scores.contains { ($0 ?? 0) > 6 })
  }

  @Test func scoresDependNeitherOnOffsetNorOnScale() {
    var scene = SeriesScene(seed: 7)
    let points = scene.wild(800)
    let moved = points.map { SeriesPoint(time: $0.time + 77, value: 1_024 + 4 * $0.value) }
    #expect(
      agree(
        RobustDetector.scores(RobustRules(minDeviation: 0.25), points),
        RobustDetector.scores(RobustRules(minDeviation: 1), moved), within: 1e-6))
  }
}
