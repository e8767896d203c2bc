/// What is measured of a candidate, in the order in which files and tables hold it: first all that is
/// known half a second after the peak, then what takes two seconds.
///
/// `a` is the acceleration on three axes in g, |a| its magnitude; [s, t] are the points of the grid of a
/// ``FallWindow`` from s to t seconds relative to the peak, both ends among them. *Gravity before* is the
/// mean of `a` in [−3, −1]. Standard deviations divide by the number of points. How the device is turned on
/// the body matters to none but those of ``isTurnedWithDevice``: each is the same when all of `a` is rotated.
///
/// Where a window begins before the first known point, what is known of it is used, if that is at least
/// half of its points; with less the value is missing (NaN), as it is where it is not defined (the
/// direction of a mean that is zero).
public enum FallFeature: String, CaseIterable, Sendable {
  // MARK: Known half a second after the peak

  /// |a| at the peak, in g.
  case peak
  /// The smallest |a| in [−1, 0], in g.
  case minBefore
  /// The largest |a| in [−1, −0.14], in g: another blow just before.
  case maxBefore
  /// Free fall: the sum of max(0, 1 − |a|) · 20 ms in [−1.2, 0], in g·s.
  case freeFall
  /// The largest sum of (1 − |a|) · 20 ms · 9.80665 m/s² over any successive points in [−1.2, 0], in m/s:
  /// the speed won in free fall.
  case dropSpeed
  /// The largest of the sums of (1 − a·g) · 20 ms · 9.80665 m/s² from −1 up to any point in [−1, 0], with g
  /// the direction of gravity before, in m/s: the speed downwards.
  case fallSpeed
  /// Standard deviation of |a| in [−3, −1], in g.
  case stdEarlier
  /// The largest |a| in [−3, −1], in g.
  case maxEarlier
  /// The norm of gravity before, in g.
  case normEarlier
  /// Standard deviation of `a` in [−3, −1]: the root of the sum of the three axes' variances, in g.
  case spreadEarlier
  /// How far the direction of `a` travelled in [−3, −1): the sum of the chords on the unit sphere between
  /// the directions of the means of successive fifths of a second, about radians. Fifths that are not
  /// wholly known are left out.
  case pathEarlier
  /// The angle between the means of `a` in [−3, −2] and in [−2, −1], in degrees.
  case turnEarlier
  /// Standard deviation of |a| in [−1, 0], in g.
  case stdApproach
  /// The mean of |Δa| · 50 Hz over the steps in [−1, −0.2], in g/s.
  case moveApproach
  /// As `pathEarlier`, in [−1, 0).
  case pathApproach
  /// Standard deviation of |a| in [0, 0.5], in g.
  case stdImpact
  /// The largest |Δa| · 50 Hz in [−0.5, 0.5], in g/s.
  case jerk
  /// The mean of |Δa| · 50 Hz over the steps in [0, 0.5], in g/s.
  case moveImpact
  /// The smallest |a| in [0, 0.5], in g.
  case minImpact
  /// The sum of max(0, |a| − 1) · 20 ms in [−0.2, 0.5], in g·s.
  case impulse
  /// Standard deviation of `a` across gravity before in [−0.5, 0.5], in g: the root of the variance of
  /// all three axes less that along gravity.
  case sideways
  /// The smallest component of `a` along gravity before in [−1, 0.3], in g.
  case alongMin
  /// The largest such component, in g.
  case alongMax
  /// `alongMax` − `alongMin`, in g.
  case alongRange
  /// How often |a| rises from at most 1.5 g to more in [−3, 0].
  case crossingsBefore
  /// How periodic |a| is in [−3, 0]: the largest autocorrelation at the lags 0.24, 0.32, … 1.2 s, −1 … 1.
  case rhythm
  /// The angle between gravity before and the mean of `a` in [0.1, 0.5], in degrees.
  case turnImpact
  /// The angle between the means of `a` in [−1, 0] and in [0.1, 0.5], in degrees.
  case turnApproachImpact
  /// The angle between gravity before and `a` at the peak, in degrees.
  case peakAngle
  /// How much the impact shakes along one line: the largest eigenvalue of the covariance of `a` in
  /// [−0.3, 0.3] as a share of their sum, 1/3 … 1.
  case linearity
  /// Gravity before on the device's own axes, in g. How a forearm hangs, is raised or lies, where the
  /// device is worn in one way.
  case beforeX, beforeY, beforeZ
  /// The mean of `a` in [−1, 0] on the device's own axes, in g.
  case approachX, approachY, approachZ
  /// The mean of `a` in [−0.06, 0.06] on the device's own axes, in g: where the blow came from.
  case blowX, blowY, blowZ
  /// The mean of `a` in [0.1, 0.5] on the device's own axes, in g.
  case impactX, impactY, impactZ

  // MARK: Known two seconds after the peak

  /// The angle between gravity before and the mean of `a` in [1, 2], in degrees: from standing to lying.
  case turn
  /// The angle between the means of `a` in [−1, −0.5] and in [1, 2], in degrees.
  case turnHalf
  /// The angle between the means of `a` in [−1, 0] and in [1, 2], in degrees.
  case turnApproach
  /// The angle between the means of `a` in [0.1, 0.5] and in [1, 2], in degrees.
  case turnAfter
  /// The angle between the means of `a` in [1, 1.5] and in [1.5, 2], in degrees.
  case turnRest
  /// The angle between the means of `a` in [−0.06, 0.06] and in [1, 2], in degrees: whether the blow came
  /// from what is below afterwards.
  case impactAngle
  /// The mean component of `a` along gravity before in [1, 2], in g.
  case alongRest
  /// The norm of the sum of (a − g) · 20 ms · 9.80665 m/s² in [−0.2, 0.4], with g halfway between the unit
  /// vectors of gravity before and of the mean in [1, 2], in m/s: the change of velocity.
  case kick
  /// The norm of the mean of `a` in [1, 2], in g.
  case normRest
  /// As `spreadEarlier`, in [1, 2], in g.
  case spreadRest
  /// As `pathEarlier`, in [0.4, 1).
  case pathAfter
  /// As `pathEarlier`, in [1, 2).
  case pathRest
  /// The mean of |Δa| · 50 Hz over the steps in [0.5, 1], in g/s.
  case moveAfter
  /// The mean of |Δa| · 50 Hz over the steps in [1, 2], in g/s.
  case moveRest
  /// The largest |a| in [0.5, 2], in g.
  case maxAfter
  /// The smallest |a| in [0.5, 2], in g.
  case minAfter
  /// Standard deviation of |a| in [0.5, 2], in g.
  case stdAfter
  /// Standard deviation of |a| in [1, 2] divided by that in [−3, −1] plus 0.02 g.
  case stdRatio
  /// How often |a| rises from at most 1.5 g to more in [−3, 2].
  case crossings
  /// The longest stretch of successive points in [0.5, 2] with |a| within 0.15 g of 1 g, in seconds (20 ms
  /// a point).
  case quiet
  /// The mean of `a` in [1, 2] on the device's own axes, in g.
  case restX, restY, restZ

  /// The name used in files of features and models.
  public var name: String { rawValue }

  /// How long after the peak all that the feature looks at has been measured, in milliseconds: 500 for
  /// those that can be known early, 2000 for the others.
  public var delay: Int64 {
    switch self {
    case .peak, .minBefore, .maxBefore, .freeFall, .dropSpeed, .fallSpeed, .stdEarlier, .maxEarlier,
      .normEarlier, .spreadEarlier, .pathEarlier, .turnEarlier, .stdApproach, .moveApproach,
      .pathApproach, .stdImpact, .jerk, .moveImpact, .minImpact, .impulse, .sideways, .alongMin,
      .alongMax, .alongRange, .crossingsBefore, .rhythm, .turnImpact,
      .turnApproachImpact, .peakAngle, .linearity, .beforeX, .beforeY, .beforeZ, .approachX,
      .approachY, .approachZ, .blowX, .blowY, .blowZ, .impactX, .impactY, .impactZ:
      500
    case .turn, .turnHalf, .turnApproach, .turnAfter, .turnRest, .impactAngle, .alongRest, .kick,
      .normRest, .spreadRest, .pathAfter, .pathRest, .moveAfter, .moveRest, .maxAfter, .minAfter,
      .stdAfter, .stdRatio, .crossings, .quiet, .restX, .restY, .restZ:
      2_000
    }
  }

  /// Whether the value depends on how the device is turned on the body.
  public var isTurnedWithDevice: Bool {
    switch self {
    case .beforeX, .beforeY, .beforeZ, .approachX, .approachY, .approachZ, .blowX, .blowY, .blowZ,
      .impactX, .impactY, .impactZ, .restX, .restY, .restZ:
      true
    default:
      false
    }
  }
}
