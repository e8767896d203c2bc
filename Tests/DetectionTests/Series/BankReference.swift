import Detection

/// The meaning of a combination, by lists: what a bank is held against.
struct BankReference {
  private struct Finding {
    var time: Int64
    var ratio: Double
    var score: Double
  }

  private let rules: SeriesRules
  private let zscoreHasVoice: Bool
  private var detectors: [any SeriesDetector]
  /// All findings above 1, for each detector, the z-score's first.
  private var past: [[Finding]]
  private var newest = Int64.min
  private var abnormal: [Int64] = []

  init(_ rules: SeriesRules, zscoreHasVoice: Bool) {
    self.rules = rules
    self.zscoreHasVoice = zscoreHasVoice
    detectors = rules.detectors.map { rules in
      switch rules {
      case .robust(let rules): RobustDetector(rules)
      case .ewma(let rules): EWMADetector(rules)
      case .cusum(let rules): CUSUMDetector(rules)
      case .likelihood(let rules): LikelihoodDetector(rules)
      case .seasonal(let rules): SeasonalDetector(rules)
      case .rate(let rules): RateDetector(rules)
      case .flatline(let rules): FlatlineDetector(rules)
      case .range(let rules): RangeDetector(rules)
      case .novelty(let rules): NoveltyDetector(rules)
      }
    }
    past = Array(repeating: [], count: detectors.count + 1)
  }

  mutating func judge(_ point: SeriesPoint, zscore: ZScoreFinding?) -> BankFinding {
    var present: [Finding?] = [
      zscore.map {
        Finding(
          time: point.time,
          ratio: $0.isFlagged ? max($0.score / $0.threshold, 1.0.nextUp) : min($0.score / 4, 1),
          score: $0.score)
      }
    ]
    for index in detectors.indices {
      guard point.time > newest, let score = detectors[index].score(point) else {
        present.append(nil)
        continue
      }
      let threshold = rules.detectors[index].threshold
      present.append(
        Finding(
          time: point.time,
          ratio: threshold > 0 ? min(1e9, score / threshold) : score > 0 ? 1 + score : 0,
          score: score))
    }
    newest = max(newest, point.time)

    let names = ["zscore"] + rules.detectors.map(\.name)
    var ratios: [Double] = []
    var scores: [Double] = []
    var weights: [Double] = []
    var canJudge = false
    for (index, name) in names.enumerated() {
      var counts = present[index]
      if let finding = counts, finding.ratio > 1 {
        past[index].append(finding)
      } else if let held = past[index].max(by: { $0.time < $1.time }),
        held.time <= point.time, point.time - held.time <= rules.combination.hold
      {
        counts = held
      }
      let weight =
        name == "zscore" && !zscoreHasVoice ? 0 : rules.combination.weights[name] ?? 1
      weights.append(weight)
      ratios.append(weight > 0 ? counts?.ratio ?? 0 : 0)
      scores.append(counts?.score ?? 0)
      if weight > 0 && counts != nil { canJudge = true }
    }
    let voices = names.indices.filter { weights[$0] > 0 }
    guard canJudge else {
      return BankFinding(isAbnormal: false, ratio: nil, detector: "", score: 0, threshold: 0)
    }
    let need: Double =
      switch rules.combination.need {
      case .any: voices.map { weights[$0] }.min() ?? 0
      case .all: voices.reduce(0) { $0 + weights[$1] }
      case .atLeast(let sum): sum
      }
    let ratio =
      voices.map { ratios[$0] }.filter { ratio in
        voices.reduce(0) { $0 + (ratios[$1] >= ratio ? weights[$1] : 0) } >= need - 1e-9
      }.max() ?? 0
    let decisive = voices.first { ratios[$0] == ratio } ?? 0
    let isRefractory = abnormal.contains { _ in
      abs(point.time - (abnormal.max() ?? 0)) < rules.combination.refractory
    }
    let isAbnormal = ratio > 1 && !isRefractory
    if isAbnormal { abnormal.append(point.time) }
    return BankFinding(
      isAbnormal: isAbnormal, ratio: ratio, detector: names[decisive], score: scores[decisive],
      threshold: 0)
  }
}
