import Detection
import Store

/// All that can be set about alerts; `config/alerts.yaml`. Durations are milliseconds.
public struct AlertSettings: Equatable, Sendable {
  /// A cause must be over for so long before its episode is resolved.
  public var keepFiring: Int64 = 30_000
  /// A subject must have been silent for so long, beyond the stream's own limit, before that is an alert.
  public var staleAfter: Int64 = 0
  /// How urgent silence is; no alert at all, if absent.
  public var staleSeverity: SafetyState? = .warning
  /// Where the dashboard is for those who read the messages, without a slash at the end; empty to leave
  /// links out.
  public var externalURL = ""
  /// The zone of times in messages, for subjects whose records name none.
  public var timeZone = "UTC"
  public var receivers: [ReceiverSettings] = []
  public var route = Route()
  public var inhibitions: [Inhibition] = []
  /// By name; routes refer to them.
  public var muteSchedules: [String: MuteSchedule] = [:]
  /// Is told when another receiver keeps failing.
  public var fallback: String?
  /// A receiver that has not accepted anything for so long, though it was asked, keeps failing.
  public var failingAfter: Int64 = 300_000

  public init() {}
}

/// Where alerts go, a tree: an alert goes to the deepest route that matches, first come first served, and
/// on to its siblings where `continues` says so. What is not set is as in the route above.
public struct Route: Equatable, Sendable {
  /// Tells who waits for whom.
  public struct Escalation: Equatable, Sendable {
    /// Not acknowledged for so long since it was opened or its severity rose.
    public var after: Int64
    public var receivers: [String]

    public init(after: Int64, receivers: [String]) {
      self.after = after
      self.receivers = receivers
    }
  }

  /// Its place in the tree, for people and as part of a group's name: `root`, `root/2`, or the name given.
  public var name = "root"
  /// All must match; none match everything.
  public var matchers: [Matcher] = []
  public var receivers: [String] = []
  /// Alerts with equal values of these labels make one group.
  public var groupBy: [AlertLabel] = [.kind, .cause]
  /// How long a new group waits for company; until a group tells of what is new in it; until it is told
  /// again though nothing is new.
  public var groupWait: Int64 = 2_000
  public var groupInterval: Int64 = 15_000
  public var repeatInterval: Int64 = 14_400_000
  /// Whether siblings after it are asked as well.
  public var continues = false
  /// Names of schedules during which nobody is told.
  public var mute: [String] = []
  public var escalations: [Escalation] = []
  public var routes: [Route] = []

  public init() {}
}

/// While an alert that matches `source` is open, those that match `target` are not told, if both have the
/// same values of the `equal` labels. An alert never inhibits itself.
public struct Inhibition: Equatable, Sendable {
  public var source: [Matcher]
  public var target: [Matcher]
  public var equal: [AlertLabel]

  public init(source: [Matcher], target: [Matcher], equal: [AlertLabel]) {
    self.source = source
    self.target = target
    self.equal = equal
  }
}

/// Times during which nobody is told; any of them.
public struct MuteSchedule: Equatable, Sendable {
  public var times: [Schedule]

  public init(times: [Schedule]) { self.times = times }
}

/// What routes, silences and groups tell alerts apart by.
public enum AlertLabel: String, Sendable, CaseIterable, Hashable {
  /// Of the subject.
  case kind, user, device, site
  /// ``Cause/name``; the rule's id, empty where there is none; `warning` or `danger`.
  case cause, rule, severity
}
