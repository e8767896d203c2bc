import Events
import Testing

@testable import Detection

/// Frigate's judgement, written down from its documentation and apart from our code: scores are fractions
/// of 64, which a `Double` and millionths both hold exactly.
private struct DocumentedFrigate {
  let minScore: Double
  let threshold: Double
  var scores: [Double]
  var isFalsePositive = true
  var computed = 0.0
  var top = 0.0

  init(score: Double, minScore: Double, threshold: Double) {
    self.minScore = minScore
    self.threshold = threshold
    scores = [score]
  }

  mutating func update(score: Double?) {
    scores.append(score.map { $0 < minScore ? 0 : $0 } ?? 0)
    scores = scores.suffix(10)
    let padded = scores + Array(repeating: 0, count: max(0, 3 - scores.count))
    let sorted = padded.sorted()
    let middle = sorted.count / 2
    computed = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    if computed > top { top = computed }
    if isFalsePositive { isFalsePositive = computed < threshold }
  }
}

/// Frigate's state machine (a score below `min_score` is as good as none; the median of the last ten, filled
/// up to three; what has once reached the threshold stays true), on replayed scores and our own tracks.
@Suite struct FrigateParityTests {
  /// 64ths as millionths.
  private static func millionths(_ part: Int) -> Int32 { Int32(part * 15_625) }

  private struct Replay {
    var scores: [Int?]
    var minScore: Int
    var threshold: Int

    init(seed: UInt64) {
      var generator = SplitMix64(state: seed)
      let count = Int.random(in: 1...60, using: &generator)
      let minScore = Int.random(in: 20...45, using: &generator)
      self.minScore = minScore
      threshold = Int.random(in: minScore...60, using: &generator)
      // A run of good and bad times.
      var level = Int.random(in: 20...60, using: &generator)
      var scores: [Int?] = [Int.random(in: minScore...64, using: &generator)]
      for _ in 0..<count {
        if Int.random(in: 0..<8, using: &generator) == 0 {
          level = .random(in: 20...60, using: &generator)
        }
        let isMissed = Int.random(in: 0..<6, using: &generator) == 0
        scores.append(
          isMissed ? nil : min(64, level + Int.random(in: -8...8, using: &generator)))
      }
      self.scores = scores
    }

    var reference: DocumentedFrigate {
      DocumentedFrigate(
        score: Double(scores[0] ?? 0) / 64, minScore: Double(minScore) / 64,
        threshold: Double(threshold) / 64)
    }
  }

  /// A rule with `median_probability` at Frigate's threshold.
  @Test(arguments: ["box", "number", "class"])
  func tracksConfirmWhatFrigateConfirms(by known: String) {
    for seed in 0..<1_000 {
      let replay = Replay(seed: UInt64(seed))
      var reference = replay.reference
      let minScore = Self.millionths(replay.minScore)
      var tracker = Tracker(TrackRules(timeout: 60_000, minProbability: minScore))
      for (place, score) in replay.scores.enumerated() {
        if place > 0 {
          reference.update(score: score.map { Double($0) / 64 })
        }
        var objects: [DetectedObject] = []
        if let score {
          var object = DetectedObject.box(3, Self.millionths(score), x: 0)
          if known == "number" { object.track = 9 }
          if known == "class" { object.flags = [] }
          objects = [object]
        }
        let facts = tracker.take(TestFrame(time: Int64(place) * 200, objects: objects))
        guard let fact = facts.first, score ?? 0 >= replay.minScore else { continue }
        let isFalsePositive = fact.topMedian < Self.millionths(replay.threshold)
        let isEqual =
          isFalsePositive == reference.isFalsePositive
          && fact.median == Int32(reference.computed * 1_000_000)
          && fact.topMedian == Int32(reference.top * 1_000_000)
        if !isEqual {
          Issue.record("seed \(seed), frame \(place): \(fact) where \(reference) was expected")
          return
        }
      }
    }
  }

  /// The first frames of the example in Frigate's documentation of object scores: the median of two and
  /// a 0, then of three.
  @Test func documentedExample_IsReproduced() {
    var tracker = Tracker(TrackRules(minProbability: 600_000))
    let medians = [700_000, 550_000, 850_000].enumerated().map { place, score in
      tracker.take(
        TestFrame(time: Int64(place) * 200, objects: [.box(3, Int32(score), x: 0)])
      ).first?.median
    }
    #expect(medians == [0, 0, 700_000])
  }
}
