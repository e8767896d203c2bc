/// The series detectors of one subject, and what they and the z-score together make of its samples.
///
/// Each detector's score is turned into a *ratio*: score / threshold, or for a threshold of 0 `1 + score` of
/// a score above 0 and 0 of none; so a detector finds a sample odd if its ratio is above 1. Its newest
/// finding above 1 holds for `hold` ms and stands in the place of lower ratios until then. One that cannot
/// judge has the ratio 0, unless it holds a finding.
///
/// The combined ratio is the largest r such that the weights of the detectors with a ratio of at least r sum
/// up to what is needed: the largest ratio of all that have a voice (`any`), the smallest (`all`), or one
/// between (`atLeast`). A detector of weight 0 has no voice, but learns. The detector that has that ratio is
/// the decisive one; of several the z-score, then the one that comes first in the rules.
///
/// A sample is abnormal if the combined ratio is above 1, unless it lies within `refractory` of the last one
/// that was.
///
/// The detectors take samples in order only. Of one that is not newer than ``lastTime`` they have no opinion
/// and learn nothing: the z-score's finding is then combined with what the others hold at its time.
///
/// Memory: 100 bytes, and for each detector some 300 beside the rings and profiles that it states itself.
/// Cost: 13 ns, and for each detector 10 to 30 ns beside its own work.
public struct DetectorBank: Sendable {
  private let combination: CombinationRules
  private let need: Double
  private let fingerprint: Int64
  private var members: [DetectorMember]
  /// The z-score's, then the members'.
  private var voices: [DetectorVoice]
  private let names: [String]

  /// Event time of the newest sample that the detectors have learned from; `.min` before the first.
  public private(set) var lastTime = Int64.min
  private var lastAbnormal: Int64?

  /// - Parameter zscoreHasVoice: whether the z-score is switched on (``ZScoreRules/isEnabled``).
  public init(_ rules: SeriesRules, zscoreHasVoice: Bool = true) {
    combination = rules.combination
    fingerprint = rules.fingerprint(zscoreHasVoice: zscoreHasVoice)
    members = rules.detectors.map(DetectorMember.init)
    names = [SeriesRules.zscoreName] + rules.detectors.map(\.name)
    let weights = rules.combination.weights
    voices = [
      DetectorVoice(
        threshold: 0,
        weight: zscoreHasVoice ? weights[SeriesRules.zscoreName] ?? 1 : 0)
    ]
    voices += rules.detectors.map {
      DetectorVoice(threshold: $0.threshold, weight: weights[$0.name] ?? 1)
    }
    need =
      switch combination.need {
      case .any, .all: 0
      // Sums of weights such as 0.7 and 0.1 come out below 0.8.
      case .atLeast(let sum): sum * (1 - 1e-9)
      }
  }

  /// Judges a sample by what came before it, then learns from it.
  ///
  /// - Parameter zscore: what the z-score said of it; `nil` if it could not judge.
  public mutating func judge(_ point: SeriesPoint, zscore: ZScoreFinding?) -> BankFinding {
    let hold = combination.hold
    voices[0].take(zscore.map(DetectorVoice.finding), at: point.time, hold: hold)
    if point.time > lastTime && point.isUsable {
      lastTime = point.time
      for index in members.indices {
        let score = members[index].score(point)
        voices[index &+ 1].take(score, at: point.time, hold: hold)
      }
    } else {
      for index in members.indices {
        voices[index &+ 1].take(DetectorVoice.Finding?.none, at: point.time, hold: hold)
      }
    }
    guard let ratio = combinedRatio() else { return .none }
    let isAbnormal = ratio > 1 && !isRefractory(point.time)
    if isAbnormal { lastAbnormal = max(lastAbnormal ?? point.time, point.time) }
    let decisive = voices.firstIndex { $0.weight > 0 && $0.ratio == ratio } ?? 0
    let finding = voices[decisive].present ?? .none
    return BankFinding(
      isAbnormal: isAbnormal, ratio: ratio, detector: names[decisive],
      score: finding.score, threshold: finding.threshold)
  }

  private func isRefractory(_ time: Int64) -> Bool {
    guard combination.refractory > 0, let lastAbnormal else { return false }
    return (time &- lastAbnormal).magnitude < UInt64(combination.refractory)
  }

  /// `nil` if no detector that has a voice has a finding.
  private func combinedRatio() -> Double? {
    var canJudge = false
    var largest = 0.0
    var smallest = Double.infinity
    for voice in voices where voice.weight > 0 {
      if voice.present != nil { canJudge = true }
      largest = max(largest, voice.ratio)
      smallest = min(smallest, voice.ratio)
    }
    guard canJudge else { return nil }
    return switch combination.need {
    case .any: largest
    case .all: smallest
    case .atLeast: ratioOfEnough(largest)
    }
  }

  /// Goes down from the largest ratio until the weights of the voices that reach it are enough. There are
  /// ten at most, so each step simply looks at all.
  private func ratioOfEnough(_ largest: Double) -> Double {
    var ratio = largest
    while ratio > 0 {
      var sum = 0.0
      var next = 0.0
      for voice in voices where voice.weight > 0 {
        if voice.ratio >= ratio { sum += voice.weight } else { next = max(next, voice.ratio) }
      }
      if sum >= need { return ratio }
      ratio = next
    }
    return 0
  }
}

extension DetectorBank {
  private static let version: Int64 = 1

  /// Writes all that later findings depend on, with a version, a mark of the rules and a checksum.
  public func save(to state: inout DetectorStateWriter) {
    var inner = DetectorStateWriter()
    inner.write(lastTime != .min)
    inner.write(lastTime != .min ? lastTime : 0)
    inner.write(lastAbnormal != nil)
    inner.write(lastAbnormal ?? 0)
    for voice in voices { voice.save(to: &inner) }
    for member in members { member.save(to: &inner) }
    state.write(Self.version)
    state.write(fingerprint)
    state.write(inner.bytes.count / 8)
    state.write(StateDigest.of(inner.bytes))
    state.append(inner)
  }

  /// Takes up what a bank of the same rules saved; `nil` if these bytes are not that, or not unharmed.
  public init?(
    _ rules: SeriesRules, zscoreHasVoice: Bool = true, from state: inout DetectorStateReader
  ) {
    self.init(rules, zscoreHasVoice: zscoreHasVoice)
    guard state.integer() == Self.version, state.integer() == fingerprint,
      let words = state.count(limit: .max), let digest = state.integer(),
      var inner = state.part(words: words), inner.digest == digest,
      let hasLast = inner.flag(), let last = inner.time(),
      let hasAbnormal = inner.flag(), let abnormal = inner.time()
    else { return nil }
    if hasLast { lastTime = last }
    if hasAbnormal { lastAbnormal = abnormal }
    for index in voices.indices where !voices[index].restore(from: &inner) { return nil }
    for (index, rules) in rules.detectors.enumerated() {
      guard let member = DetectorMember(rules, from: &inner) else { return nil }
      members[index] = member
    }
    guard inner.isAtEnd else { return nil }
  }

  /// The same of bytes that hold nothing else.
  public init?(_ rules: SeriesRules, zscoreHasVoice: Bool = true, from bytes: [UInt8]) {
    var state = DetectorStateReader(bytes)
    self.init(rules, zscoreHasVoice: zscoreHasVoice, from: &state)
    guard state.isAtEnd else { return nil }
  }
}
