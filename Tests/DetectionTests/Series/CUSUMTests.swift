import Detection
import Testing

@Suite struct CUSUMTests {
  static func reference(_ rules: CUSUMRules, _ points: [SeriesPoint]) -> [Double?] {
    var past: [Double] = []
    var high = 0.0
    var low = 0.0
    return points.map { point in
      let known = rules.reference == .initial ? Array(past.prefix(rules.minSamples)) : past
      guard known.count >= rules.minSamples else {
        past.append(point.value)
        return nil
      }
      past.append(point.value)
      let mean = Plain.mean(known)
      let size = Plain.score(
        point.value - mean, max(Plain.sampleVariance(known).squareRoot(), rules.minStd))
      let z = point.value < mean ? -size : size
      high = max(0, high + z - rules.drift)
      low = max(0, low - z - rules.drift)
      let score = min(1e9, max(high, low))
      if score > rules.threshold {
        high = 0
        low = 0
        if rules.reference == .running { past = [] }
      }
      return score
    }
  }

  @Test(arguments: UInt64(1)...10, CUSUMRules.Reference.allCases)
  func agreesWithTheTable(seed: UInt64, reference: CUSUMRules.Reference) {
    var scene = SeriesScene(seed: seed)
    let points = scene.wild(500)
    let rules = CUSUMRules(
      threshold: 8, drift: 0.5, reference: reference,
      minSamples: Int.random(in: 2...60, using: &scene.generator), minStd: 0.1)
    #expect(
      agree(CUSUMDetector.scores(rules, points), Self.reference(rules, points), within: 1e-6))
  }

  /// Montgomery and Runger, “Applied Statistics and Probability for Engineers”, table 16-8: target 99, K = 1,
  /// H = 10, and the larger of the two sums.
  @Test func textbookTable() {
    let values = [
      102.0, 94.8, 98.3, 98.4, 102.0, 98.5, 99.0, 97.7, 100.0, 98.1, 101.3, 98.7, 101.1, 98.4, 97.0,
      96.7, 100.3, 101.4, 97.2, 101.0,
    ]
    let sums = [
      2.0, 3.2, 2.9, 2.5, 2.0, 0.5, 0, 0.3, 0, 0, 1.3, 0, 1.1, 0, 1.0, 2.3, 0.3, 1.7, 0.8, 1.0,
    ]
    // Two samples that make a mean of 99 and a standard deviation of 2.
    let half = 2.0.squareRoot()
    let points = ([99 - half, 99 + half] + values).enumerated().map {
      SeriesPoint(time: Int64($0.offset), value: $0.element)
    }
    let rules = CUSUMRules(threshold: 5, drift: 0.5, reference: .initial, minSamples: 2, minStd: 0)
    let scores = CUSUMDetector.scores(rules, points).dropFirst(2)
    for (score, sum) in zip(scores, sums) { #expect(abs(2 * (score ?? -1) - sum) < 1e-9) }
  }

  @Test func averageRunLengthIsThatOfTheTables() {
    var scene = SeriesScene(seed: 8)
    let rules = CUSUMRules(
      threshold: 5, drift: 0.5, reference: .initial, minSamples: 20_000, minStd: 0)
    let scores = CUSUMDetector.scores(rules, scene.noise(220_000))
    // 465 samples between false signals: 430 in 200,000, with a standard deviation of about 21.
    #expect((330...530).contains(scores.count { ($0 ?? 0) > 5 }))
  }

  @Test func aSmallShiftIsFoundAndByTheRunningMeanLearned() {
    var scene = SeriesScene(seed: 9)
    var points = scene.noise(3_000)
    for index in 1_500..<3_000 { points[index].value += 2 }
    for reference in CUSUMRules.Reference.allCases {
      let rules = CUSUMRules(
        threshold: 12, reference: reference, minSamples: 500, minStd: 0)
      let fired = CUSUMDetector.scores(rules, points).indices(where: { ($0 ?? 0) > 12 }).ranges
      let first = fired.first?.lowerBound
      #expect(first.map { (1_503...1_530).contains($0) } == true, "\(String(describing: first))")
      #expect(fired.count > 50 || reference == .running)
      #expect(fired.count == 1 || reference == .initial)
    }
  }
}
