import Foundation
import Testing

@testable import Detection

@Suite struct LikelihoodTests {
  static func reference(_ rules: LikelihoodRules, _ points: [SeriesPoint]) -> [Double?] {
    let pane = max(1, rules.long / 16)
    let panes = rules.long / pane
    var means: [Double] = []
    return points.indices.map { index in
      guard index + 1 >= rules.short else { return nil }
      means.append(Plain.mean(points[(index + 1 - rules.short)...index].map(\.value)))
      let known = means.count - rules.short
      guard known > 0 else { return nil }
      let window = Array(means[(max(0, known / pane - panes) * pane)..<known])
      guard window.count >= min(rules.minSamples, panes * pane) else { return nil }
      let z = Plain.score(
        (means.last ?? 0) - Plain.mean(window),
        max(Plain.sampleVariance(window).squareRoot(), rules.minStd))
      return LikelihoodDetector.surprise(z)
    }
  }

  @Test(arguments: UInt64(1)...12) func agreesWithTheWindows(seed: UInt64) {
    var scene = SeriesScene(seed: seed)
    let points = scene.wild(700)
    let long = Int.random(in: 10...200, using: &scene.generator)
    let rules = LikelihoodRules(
      short: Int.random(in: 1...20, using: &scene.generator), long: long,
      minSamples: Int.random(in: 2...long, using: &scene.generator), minStd: 0.1)
    #expect(
      agree(LikelihoodDetector.scores(rules, points), Self.reference(rules, points), within: 1e-6))
  }

  @Test(arguments: [
    (0, 0), (1.959963984540054, 1.301029995663981), (6, 8.704834), (30, 197.008183),
    (40, 349.135976),
  ]) func tailsAreThoseOfTheNormalDistribution(z: Double, expected: Double) {
    #expect(abs(LikelihoodDetector.surprise(z) - expected) < 1e-5)
  }

  @Test func theFarTailGoesOnWithoutAStep() {
    let seam = 20 * 2.0.squareRoot()
    let step = LikelihoodDetector.surprise(seam) - LikelihoodDetector.surprise(seam.nextDown)
    #expect(abs(step) < 1e-6)
    #expect(LikelihoodDetector.surprise(1e300) == 1e9)
    #expect(LikelihoodDetector.surprise(1e9) == 1e9)
    var last = -1.0
    for z in stride(from: 0.0, to: 2_000, by: 0.25) {
      let score = LikelihoodDetector.surprise(z)
      #expect(score > last)
      last = score
    }
  }

  @Test(arguments: [0, 0.9]) func noiseIsAsImprobableAsItSays(correlation: Double) {
    var scene = SeriesScene(seed: 4)
    var points = scene.noise(60_000)
    for index in 1..<points.count {
      points[index].value += correlation * points[index - 1].value
    }
    let rules = LikelihoodRules(long: 10_000, minSamples: 5_000, minStd: 0)
    let scores = LikelihoodDetector.scores(rules, points).compactMap { $0 }
    // One in 100 at a score of 2; means that overlap come in clusters.
    let share = Double(scores.count { $0 > 2 }) / Double(scores.count)
    #expect((0.005...0.02).contains(share), "\(share)")
  }

  @Test func aShiftOfTheMeanIsFoundThatNoSampleShows() {
    var scene = SeriesScene(seed: 5)
    var points = scene.noise(2_000)
    for index in 1_500..<1_600 { points[index].value += 2 }
    let rules = LikelihoodRules(threshold: 5, short: 20, minStd: 0)
    let scores = LikelihoodDetector.scores(rules, points)
    #expect(scores[..<1_500].allSatisfy { ($0 ?? 0) < 5 })
    #expect(scores[1_510..<1_530].contains { ($0 ?? 0) > 5 })
  }

  @Test func aSpikeThatHasLeftLeavesNoTrace() {
    var scene = SeriesScene(seed: 6)
    let calm = scene.noise(3_000)
    var spiked = calm
    spiked[10].value = 1e12
    let rules = LikelihoodRules(short: 7, long: 300, minSamples: 50)
    let plain = LikelihoodDetector.scores(rules, calm)
    #expect(Array(LikelihoodDetector.scores(rules, spiked)[1_000...]) == Array(plain[1_000...]))
  }
}
