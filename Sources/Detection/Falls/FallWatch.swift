import Events

/// The peaks of one subject that are being looked at as possible falls.
struct FallWatch {
  /// A sample above the trigger that none within the separation exceeds, so far.
  struct Peak: Equatable {
    let time: Int64
    /// In the stream's fixed point.
    let value: Int32
    /// What has been found of it.
    var scores: [FallScore] = []
    var features: [Double] = []
    /// The early model has been asked, and has said that it may be a fall.
    var isEarlyDone = false
    var isPossible = false
    /// The models have been asked, or cannot be.
    var isModelDone = false
    var isImpactDone = false
    /// When the impact's sequence is looked at next.
    var nextLook: Int64
    /// What it has been found to be; `nil` while that is open.
    var outcome: FallCandidate.Outcome?
  }

  /// In order of time.
  var peaks: [Peak] = []
  /// Before this time nothing is to be done.
  var nextDue: Int64 = .max
}

/// An open fall of a subject, or the possibility of one: what must outlive the watch, a silence and a restart.
struct FallEpisode: Equatable, Sendable {
  /// `warning` while it is a possibility, then `danger`.
  var level: SafetyState
  /// Event time of the peak.
  var peak: Int64
  /// When the latest fall was told; when the possibility was, if there has been no fall.
  var toldAt: Int64
  /// The mean acceleration before the fall, in thousandths of a g.
  var posture: AxisSample?
  /// Since when the wearer has been in the posture of before.
  var uprightSince: Int64?

  /// How often the posture is looked at.
  static let step: Int64 = 1_000

  /// When the posture is looked at next, after `time`.
  func nextLook(after time: Int64, _ rules: FallRules) -> Int64 {
    let first = toldAt + max(rules.refractory, Self.step)
    guard time >= first else { return first }
    return first + ((time - first) / Self.step + 1) * Self.step
  }

  /// Takes the mean acceleration of the second before `now`. Returns why the fall is over, if it is.
  mutating func look(_ mean: Posture, at now: Int64, _ rules: RecoveryRules) -> End? {
    if now - toldAt >= rules.limit { return .limit }
    guard let posture, let angle = Posture.angle(Posture(posture), mean), angle <= rules.angle
    else {
      uprightSince = nil
      return nil
    }
    let since = uprightSince ?? now
    uprightSince = since
    return now - since >= rules.upright ? .recovered : nil
  }

  enum End: Equatable { case recovered, limit, withdrawn }
}
