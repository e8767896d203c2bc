import Events

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
