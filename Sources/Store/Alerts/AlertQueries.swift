import Detection

/// Which alerts are asked for, newest first, the open ones by severity.
public struct AlertQuery: Equatable, Sendable {
  public enum Phases: String, Sendable, CaseIterable { case open, resolved, all }

  public var phases = Phases.open
  public var severity: SafetyState?
  public var kind: String?
  public var user: String?
  public var device: String?
  public var site: String?
  /// ``Cause/name``.
  public var cause: String?
  public var isAcknowledged: Bool?
  /// Only those opened (by the wall clock, milliseconds) from `from` up to, not including, `to`.
  public var from: Int64?
  public var to: Int64?
  /// 1 … 1000.
  public var limit = 100
  /// `next` of the page before, with everything else unchanged.
  public var cursor: String?

  public init() {}
}

/// One alert as a reader sees it.
public struct AlertRecord: Equatable, Sendable {
  public var alert: Alert
  /// The unit of `alert.value`.
  public var unit: String
  /// The record that showed it, by name.
  public var place: RecordPlace?
  /// The configuration by which it was opened.
  public var configVersion: String?
  /// The number of its last change.
  public var revision: Int64

  public init(
    alert: Alert, unit: String, place: RecordPlace?, configVersion: String?, revision: Int64
  ) {
    self.alert = alert
    self.unit = unit
    self.place = place
    self.configVersion = configVersion
    self.revision = revision
  }
}

/// A page of alerts.
public struct AlertPage: Equatable, Sendable {
  public var items: [AlertRecord]
  public var next: String?
  /// All changes up to this one are in it.
  public var revision: Int64
  public var counts: AlertCounts
}

/// How many alerts are open.
public struct AlertCounts: Equatable, Sendable {
  public var danger = 0
  public var warning = 0
  /// Of both, those that somebody looks after.
  public var acknowledged = 0

  public init() {}
}

/// What a receiver has last been told, or is being told, of an alert.
public struct ToldRecord: Equatable, Sendable {
  public var receiver: String
  public var group: String
  public var told: AlertNotification.Told
  /// When the notification was planned, and what has become of it.
  public var time: Int64
  public var state: AlertNotification.State

  public init(
    receiver: String, group: String, told: AlertNotification.Told, time: Int64,
    state: AlertNotification.State
  ) {
    self.receiver = receiver
    self.group = group
    self.told = told
    self.time = time
    self.state = state
  }
}
