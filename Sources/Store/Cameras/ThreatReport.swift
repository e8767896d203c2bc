import Events

/// What happened in some time, usually a day: threats added up in several ways, equipment faults, and
/// what was seen without being a threat.
public struct ThreatReport: Equatable, Sendable {
  public struct User: Equatable, Sendable {
    public var user: String
    public var tally: ThreatTally
  }

  public struct Rule: Equatable, Sendable {
    public var rule: Int
    /// The name under which it last fired in that time.
    public var name: String
    public var tally: ThreatTally
  }

  public struct Class: Equatable, Sendable {
    public var className: String
    public var threats: Int
  }

  /// The faults of one kind of one camera.
  public struct Fault: Equatable, Sendable {
    public var identity: SubjectIdentity
    /// An `EquipmentFault.Kind`'s raw value.
    public var kind: String
    public var count: Int
    /// When the first and the last began, in milliseconds since 1970.
    public var first: Int64
    public var last: Int64
    /// The last one's, in words.
    public var reason: String
  }

  public struct Unmatched: Equatable, Sendable {
    public var className: String
    public var count: Int
    /// 0 … 1.
    public var maxProbability: Double
  }

  public var total = ThreatTally()
  /// Most threats first, then by name.
  public var byUser: [User] = []
  /// Most threats first, then by id.
  public var byRule: [Rule] = []
  /// Most threats first, then by name. A threat with objects of several classes counts once for each.
  public var byClass: [Class] = []
  /// Threats in each of the hours asked for.
  public var byHour: [Int] = []
  /// Most faults first, then by kind, user, device.
  public var faults: [Fault] = []
  /// Most detections first, then by name. Kept by hours of UTC: those that begin in the time of the
  /// report, so each hour is in the report of one day.
  public var unmatched: [Unmatched] = []
}

/// Threats counted, with what operators found when they looked.
public struct ThreatTally: Equatable, Sendable {
  public var threats = 0
  public var warnings = 0
  public var dangers = 0
  /// By the newest verdict of each threat.
  public var confirmed = 0
  public var falseAlarms = 0

  public init() {}

  /// The false alarms among the threats with a verdict; `nil` if there is none.
  public var falseAlarmRate: Double? { share(falseAlarms) }

  /// The confirmed among the threats with a verdict; `nil` if there is none.
  public var precision: Double? { share(confirmed) }

  private func share(_ count: Int) -> Double? {
    let judged = confirmed + falseAlarms
    return judged == 0 ? nil : Double(count) / Double(judged)
  }
}
