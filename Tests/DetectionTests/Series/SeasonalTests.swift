import Detection
import Testing

@Suite struct SeasonalTests {
  private static let hour: Int64 = 3_600_000

  static func reference(_ rules: SeasonalRules, _ points: [SeriesPoint]) -> [Double?] {
    struct Profile {
      var mean = 0.0
      var variance = 0.0
      var periods = 0
    }
    let period = rules.period == .day ? 24 * hour : 168 * hour
    func pass(_ point: SeriesPoint) -> (period: Int64, bucket: Int) {
      var cycle = point.time / period
      if cycle * period > point.time { cycle -= 1 }
      return (cycle, Int((point.time - cycle * period) * Int64(rules.buckets) / period))
    }
    var profiles: [Int: Profile] = [:]
    var gathered: [Double] = []
    return points.indices.map { index in
      let present = pass(points[index])
      if index > 0, case let last = pass(points[index - 1]), last != present {
        var profile = profiles[last.bucket] ?? Profile()
        profile.periods += 1
        let rate = max(rules.learning, 1 / Double(profile.periods))
        let mean = Plain.mean(gathered)
        let variance = Plain.mean(gathered.map { ($0 - mean) * ($0 - mean) })
        let mixed = (1 - rate) * profile.mean + rate * mean
        // The second moment of the mixture, about its own mean.
        profile.variance =
          (1 - rate) * (profile.variance + (profile.mean - mixed) * (profile.mean - mixed))
          + rate * (variance + (mean - mixed) * (mean - mixed))
        profile.mean = mixed
        profiles[last.bucket] = profile
        gathered = []
      }
      gathered.append(points[index].value)
      guard let profile = profiles[present.bucket], profile.periods >= rules.minPeriods else {
        return nil
      }
      return Plain.score(
        points[index].value - profile.mean, max(profile.variance.squareRoot(), rules.minStd))
    }
  }

  @Test(arguments: UInt64(1)...10) func agreesWithTheProfile(seed: UInt64) {
    var scene = SeriesScene(seed: seed)
    var points = scene.wild(2_000)
    // A few weeks, half of them before 1970.
    for index in points.indices { points[index].time = points[index].time * 20 - 600_000_000 }
    let rules = SeasonalRules(
      period: seed % 2 == 0 ? .day : .week,
      buckets: Int.random(in: 1...48, using: &scene.generator),
      minPeriods: Int.random(in: 1...3, using: &scene.generator),
      learning: [0.05, 0.3, 1].randomElement(using: &scene.generator) ?? 1)
    let scores = SeasonalDetector.scores(rules, points)
    #expect(agree(scores, Self.reference(rules, points), within: 1e-6))
    #expect(rules.minPeriods > 1 || scores.contains { $0 != nil })
  }

  /// Three weeks of a value each ten minutes, high by day and low by night.
  private static func days(_ scene: inout SeriesScene, _ count: Int64) -> [SeriesPoint] {
    (0..<count * 144).map { step in
      let isDay = (48..<120).contains(step % 144)
      return SeriesPoint(
        time: step * 600_000, value: (isDay ? 100 : 20) + scene.normal())
    }
  }

  @Test func whatIsUsualByDayIsOddAtNight() throws {
    var scene = SeriesScene(seed: 3)
    var points = Self.days(&scene, 21)
    let night = 20 * 144 + 10
    let noon = 20 * 144 + 72
    points[night].value = 100
    points[noon].value = 20
    let rules = SeasonalRules(period: .day, buckets: 24)
    let scores = SeasonalDetector.scores(rules, points)
    #expect(try #require(scores[night]) > 20)
    #expect(try #require(scores[noon]) > 20)
    #expect(scores[..<(2 * 144)].allSatisfy { $0 == nil })
    let others = scores.indices.filter { $0 >= 10 * 144 && $0 != night && $0 != noon }
    #expect(others.allSatisfy { (scores[$0] ?? 9) < 5 })
  }

  @Test func anOddPassIsNotItsOwnMeasure() {
    var scene = SeriesScene(seed: 4)
    var points = Self.days(&scene, 10)
    for index in (9 * 144)..<(9 * 144 + 6) { points[index].value = 90 }
    let scores = SeasonalDetector.scores(SeasonalRules(period: .day, buckets: 24), points)
    #expect(scores[(9 * 144)..<(9 * 144 + 6)].allSatisfy { ($0 ?? 0) > 20 })
  }
}
