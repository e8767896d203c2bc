/// What one detector of a bank has to say: its finding of the present sample, and the last one above its
/// threshold for as long as that is held.
struct DetectorVoice: Sendable {
  /// A score as a multiple of its threshold: above 1 exactly if the score is above the threshold.
  struct Finding: Equatable, Sendable {
    var ratio: Double
    var score: Double
    var threshold: Double

    static let none = Finding(ratio: 0, score: 0, threshold: 0)
  }

  /// Of the series detectors; the z-score's comes with its findings.
  let threshold: Double
  let weight: Double

  private var heldSince: Int64?
  private var held = Finding.none
  private(set) var present: Finding?

  init(threshold: Double, weight: Double) {
    self.threshold = threshold
    self.weight = weight
  }

  /// Takes a score, or the lack of one, of the sample at `time`.
  @inline(__always)
  mutating func take(_ score: Double?, at time: Int64, hold: Int64) {
    take(
      score.map { Finding(ratio: Self.ratio($0, threshold), score: $0, threshold: threshold) },
      at: time, hold: hold)
  }

  /// The same with the ratio given.
  @inline(__always)
  mutating func take(_ finding: Finding?, at time: Int64, hold: Int64) {
    present = finding
    if let finding, finding.ratio > 1 {
      // A late sample is not held in the place of a newer one.
      if let heldSince, heldSince > time { return }
      heldSince = time
      held = finding
    } else if let heldSince, time >= heldSince, time &- heldSince <= hold {
      present = held
    }
  }

  /// The present ratio; 0 without a finding.
  @inline(__always)
  var ratio: Double { present?.ratio ?? 0 }

  static func ratio(_ score: Double, _ threshold: Double) -> Double {
    if threshold > 0 { return SeriesScore.bounded(score / threshold) }
    return score > 0 ? SeriesScore.bounded(max(1 + score, 1.0.nextUp)) : 0
  }

  static func finding(_ zscore: ZScoreFinding) -> Finding {
    let ratio = SeriesScore.bounded(zscore.score / zscore.threshold)
    return Finding(
      ratio: zscore.isFlagged ? max(ratio, 1.0.nextUp) : min(ratio, 1),
      score: SeriesScore.bounded(zscore.score), threshold: zscore.threshold)
  }

  func save(to state: inout DetectorStateWriter) {
    state.write(heldSince != nil)
    state.write(heldSince ?? 0)
    state.write(held.ratio)
    state.write(held.score)
    state.write(held.threshold)
  }

  mutating func restore(from state: inout DetectorStateReader) -> Bool {
    guard let isHeld = state.flag(), let since = state.time(), let ratio = state.magnitude(),
      let score = state.magnitude(), let threshold = state.magnitude()
    else { return false }
    heldSince = isHeld ? since : nil
    held = Finding(ratio: ratio, score: score, threshold: threshold)
    return true
  }
}
