import Detection
import Foundation
import Testing

@Suite struct EWMATests {
  /// The doc comment, summed up anew for each sample.
  static func reference(_ rules: EWMARules, _ points: [SeriesPoint]) -> [Double?] {
    points.indices.map { index in
      guard index > 0 else { return nil }
      let past = points[..<index]
      // Weights are relative: they are taken at the newest one of the past.
      let weights = past.map {
        exp2(-Double(points[index - 1].time - $0.time) / Double(rules.halfLife))
      }
      let total = weights.reduce(0, +)
      let squares = weights.reduce(0) { $0 + $1 * $1 }
      guard total * total / squares >= Double(rules.minSamples) else { return nil }
      let mean = zip(weights, past).reduce(0) { $0 + $1.0 * $1.1.value } / total
      let spread = zip(weights, past).reduce(0) {
        $0 + $1.0 * ($1.1.value - mean) * ($1.1.value - mean)
      }
      let deviation = (spread / (total - squares / total)).squareRoot()
      return Plain.score(points[index].value - mean, max(deviation, rules.minStd))
    }
  }

  @Test(arguments: UInt64(1)...10) func agreesWithTheSums(seed: UInt64) {
    var scene = SeriesScene(seed: seed)
    let points = scene.wild(400)
    let rules = EWMARules(
      halfLife: [1_000, 30_000, 3_600_000].randomElement(using: &scene.generator) ?? 1_000,
      minSamples: Int.random(in: 2...10, using: &scene.generator), minStd: 0.1)
    #expect(
      agree(EWMADetector.scores(rules, points), Self.reference(rules, points), within: 1e-6))
  }

  @Test func aLongHalfLifeIsThePlainZScore() throws {
    var scene = SeriesScene(seed: 1)
    let points = scene.noise(200)
    let score = EWMADetector.scores(EWMARules(halfLife: 366 * 86_400_000, minStd: 0), points)
    let past = points.dropLast().map(\.value)
    let expected =
      abs(points[199].value - Plain.mean(past)) / Plain.sampleVariance(past).squareRoot()
    #expect(abs(try #require(score[199]) - expected) < 1e-4)
  }

  @Test func judgesNobodyBeforeThereIsEnoughNorAfterAGapThatTookTheWeight() {
    var scene = SeriesScene(seed: 2)
    var points = scene.noise(40)
    for index in 20..<40 { points[index].time += 10_000_000 }
    let scores = EWMADetector.scores(EWMARules(minSamples: 10), points)
    #expect(scores[..<10].allSatisfy { $0 == nil })
    // The first after the gap still has a past, the ones after it have not.
    #expect(scores[20] != nil)
    #expect(scores[21..<30].allSatisfy { $0 == nil })
    #expect(scores[39] != nil)
  }

  @Test func noiseIsFoundOddAsOftenAsTheNormalDistributionSays() {
    var scene = SeriesScene(seed: 3)
    let scores = EWMADetector.scores(EWMARules(minStd: 0), scene.noise(30_000))
    let above = scores.dropFirst(1_000).count { ($0 ?? 0) > 3 }
    #expect((50...120).contains(above))
    #expect(!scores.dropFirst(1_000).contains { ($0 ?? 0) > 6 })
  }

  @Test func aSpikeIsFoundAndALevelIsLearned() {
    var scene = SeriesScene(seed: 4)
    var points = scene.noise(4_000)
    for index in 2_000..<4_000 { points[index].value += 12 }
    let scores = EWMADetector.scores(EWMARules(halfLife: 10_000), points)
    #expect((scores[2_000] ?? 0) > 5)
    #expect(scores[3_000...].allSatisfy { ($0 ?? 9) < 5 })
  }
}
