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

  /// The zone's count, the zones of the present frame, and whether it was ever entered.
  var presence = 0
  var isCurrent = false
  var isEntered = false

  init(score: Double, minScore: Double, threshold: Double) {
    self.minScore = minScore
    self.threshold = threshold
    scores = [score]
  }

  mutating func update(score: Double?, isInside: Bool) {
    scores.append(score.map { $0 < minScore ? 0 : $0 } ?? 0)
    scores = scores.suffix(10)
    let padded = scores + Array(repeating: 0, count: max(0, 3 - scores.count))
    let sorted = padded.sorted()
    let middle = sorted.count / 2
    computed = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    if computed > top { top = computed }
    if isFalsePositive { isFalsePositive = computed < threshold }
    let before = presence
    isCurrent = false
    if isInside {
      presence = before + 1
      if presence >= 3 {
        isCurrent = true
        isEntered = true
      }
    } else if before > 0, before < 3 {
      presence = before - 1
    }
  }
}

/// Frigate's state machine on replayed scores.
@Suite struct FrigateParityTests {
  /// 64ths as millionths.
  private static func millionths(_ part: Int) -> Int32 { Int32(part * 15_625) }

  private struct Replay {
    var scores: [Int?]
    var isInside: [Bool]
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
      var isIn = false
      var scores: [Int?] = [Int.random(in: minScore...64, using: &generator)]
      var isInside = [false]
      for _ in 0..<count {
        if Int.random(in: 0..<8, using: &generator) == 0 {
          level = .random(in: 20...60, using: &generator)
        }
        if Int.random(in: 0..<3, using: &generator) == 0 { isIn.toggle() }
        let isMissed = Int.random(in: 0..<6, using: &generator) == 0
        scores.append(
          isMissed ? nil : min(64, level + Int.random(in: -8...8, using: &generator)))
        isInside.append(isIn)
      }
      self.scores = scores
      self.isInside = isInside
    }

    var reference: DocumentedFrigate {
      DocumentedFrigate(
        score: Double(scores[0] ?? 0) / 64, minScore: Double(minScore) / 64,
        threshold: Double(threshold) / 64)
    }
  }

  @Test func replayedScores_AreJudgedAsFrigateDoes() {
    for seed in 0..<2_000 {
      let replay = Replay(seed: UInt64(seed))
      var reference = replay.reference
      var object = FrigateObject(
        score: Self.millionths(replay.scores[0] ?? 0),
        minScore: Self.millionths(replay.minScore), threshold: Self.millionths(replay.threshold),
        zones: 2)
      for (score, isInside) in zip(replay.scores, replay.isInside).dropFirst() {
        reference.update(score: score.map { Double($0) / 64 }, isInside: isInside)
        object.update(score: score.map { Self.millionths($0) }) { $0 == 1 && isInside }
        let isEqual =
          object.isFalsePositive == reference.isFalsePositive
          && object.computedScore == Int32(reference.computed * 1_000_000)
          && object.topScore == Int32(reference.top * 1_000_000)
          && object.zones[1].isPresent == reference.isCurrent
          && object.zones[1].hasEntered == reference.isEntered
          && object.zones[0] == ZonePresence()
        if !isEqual {
          Issue.record("seed \(seed) differs: \(object) where \(reference) was expected")
          return
        }
      }
    }
  }

  /// A rule with `median_probability` at Frigate's threshold, on our own tracks.
  @Test(arguments: ["box", "number", "class"])
  func tracksConfirmWhatFrigateConfirms(by known: String) {
    for seed in 0..<400 {
      let replay = Replay(seed: UInt64(seed))
      var reference = replay.reference
      let minScore = Self.millionths(replay.minScore)
      var tracker = Tracker(TrackRules(timeout: 60_000, minProbability: minScore))
      for (place, score) in replay.scores.enumerated() {
        if place > 0 {
          reference.update(score: score.map { Double($0) / 64 }, isInside: false)
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

  /// The first frames of the example in Frigate's documentation of object scores.
  @Test func documentedExample_IsReproduced() {
    var object = FrigateObject(score: 700_000, minScore: 600_000, threshold: 850_000)
    #expect(object.computedScore == 0)
    object.update(score: 550_000)
    #expect(object.computedScore == 0)
    object.update(score: 850_000)
    #expect(object.computedScore == 700_000)
    #expect(object.isFalsePositive)
  }

  @Test func zone_IsEnteredInTheThirdFrameAndLeftAtOnce() {
    var zone = ZonePresence()
    func run(_ pattern: String) -> String {
      String(
        pattern.map {
          zone.update(isInside: $0 == "+")
          return zone.isPresent ? "+" : "-"
        })
    }
    #expect(run("++-") == "---")
    #expect(zone.count == 1)
    #expect(!zone.hasEntered)
    #expect(run("++") == "-+")
    // From now on one frame is enough.
    #expect(run("--+") == "--+")
    #expect(zone.hasEntered)
  }
}
