import Events

/// Rules for some of a stream's subjects: a climber is not an invalid.
public struct RulesOverride: Equatable, Sendable {
  /// Patterns of users and of devices, `*` and `?` as in file names; empty for all. Both must fit.
  public var users: [String]
  public var devices: [String]
  public var zscore: ZScoreRules
  public var series: SeriesRules
  public var falls: FallRules?
  public var status: StatusRules

  public init(
    users: [String], devices: [String] = [], zscore: ZScoreRules, series: SeriesRules,
    falls: FallRules?, status: StatusRules
  ) {
    self.users = users
    self.devices = devices
    self.zscore = zscore
    self.series = series
    self.falls = falls
    self.status = status
  }
}
