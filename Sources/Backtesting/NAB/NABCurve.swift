/// What files count for by the rules of the Numenta Anomaly Benchmark, at each of many thresholds.
///
/// Raw scores add up over files: with the curves of single files, any of them together are scored without
/// looking at their records again.
public struct NABCurve: Equatable, Sendable {
  public let profile: NABProfile
  /// As in ``NABScore/threshold``: a record is flagged if its score is at least that.
  public let thresholds: [Double]
  /// For each threshold.
  public private(set) var raw: [Double]
  /// Windows of which at least one record is scored.
  public private(set) var windows: Int

  /// Of no file.
  ///
  /// - Precondition: `thresholds` descend.
  public init(profile: NABProfile, thresholds: [Double]) {
    precondition(zip(thresholds, thresholds.dropFirst()).allSatisfy { $0 > $1 })
    self.profile = profile
    self.thresholds = thresholds
    raw = Array(repeating: 0, count: thresholds.count)
    windows = 0
  }

  /// The curves of one file, one for each profile, in the order of `NABProfile.allCases`.
  ///
  /// - Precondition: `thresholds` descend.
  public static func curves(of series: NABSeries, thresholds: [Double]) -> [NABCurve] {
    let least = thresholds.last ?? .infinity
    let flagged = NABRecord.scored([series]).filter { $0.score >= least }
      .sorted { $0.score > $1.score }
    return NABProfile.allCases.map { profile in
      var curve = NABCurve(profile: profile, thresholds: thresholds)
      var sum = NABSum([series], profile: profile)
      var next = 0
      for (place, threshold) in thresholds.enumerated() {
        while next < flagged.count, flagged[next].score >= threshold {
          sum.flag(flagged[next])
          next += 1
        }
        curve.raw[place] = sum.raw
      }
      curve.windows = series.scoredWindows
      return curve
    }
  }

  /// Adds other files.
  ///
  /// - Precondition: both are of the same profile and thresholds.
  public static func += (left: inout NABCurve, right: NABCurve) {
    precondition(left.profile == right.profile && left.raw.count == right.raw.count)
    for place in left.raw.indices { left.raw[place] += right.raw[place] }
    left.windows += right.windows
  }

  /// As ``NABScore/normalized``, of a raw score of so many windows: 0 for flagging nothing, 100 for perfection.
  ///
  /// - Returns: `nil` without windows.
  public static func normalized(_ raw: Double, windows: Int, profile: NABProfile) -> Double? {
    let nothing = -profile.falseNegativeWeight * Double(windows)
    return windows == 0 ? nil : 100 * (raw - nothing) / (Double(windows) - nothing)
  }
}
