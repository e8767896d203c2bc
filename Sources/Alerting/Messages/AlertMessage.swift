import Store

/// What a receiver is told, whatever its protocol: a row of the outbox as JSON.
///
/// The same message may be sent twice if the answer to the first was lost; `key` is the same then.
public struct AlertMessage: Codable, Equatable, Sendable {
  /// One alert.
  public struct Entry: Codable, Equatable, Sendable {
    public enum Status: String, Codable, Sendable { case firing, acknowledged, resolved }

    /// The episode's number.
    public var id: Int64
    public var status: Status
    /// `warning` or `danger`.
    public var severity: String
    public var kind: String
    public var user: String
    public var device: String
    public var site: String
    public var cause: String
    public var rule: Int?
    public var ruleName: String
    public var reason: String
    /// Event times in milliseconds since 1970: when it began and, once over, when it ended.
    public var began: Int64
    public var ended: Int64?
    public var flaps: Int
    public var acknowledgedBy: String?
    /// The subject's state now, and the newest value with what it is compared with.
    public var state: String
    public var value: Double?
    public var unit: String
    public var mean: Double?
    public var std: Double?
    public var score: Double?
    public var lastSeen: Int64?
    public var latitude: Double?
    public var longitude: Double?
    /// The name of the zone that its times are shown in.
    public var timeZone: String
    /// The page with the alert, its trace and its deliveries; empty without an external URL.
    public var url: String
    /// Whether the receiver has accepted an earlier message that said that it fires.
    public var wasTold: Bool
    /// Whether what is said of it is news to the receiver; nothing is, in a repetition.
    public var isNews: Bool

    public init(
      id: Int64, status: Status, severity: String, kind: String, user: String, device: String = "",
      site: String = "", cause: String, rule: Int? = nil, ruleName: String = "", reason: String,
      began: Int64, ended: Int64? = nil, flaps: Int = 0, acknowledgedBy: String? = nil,
      state: String = "", value: Double? = nil, unit: String = "", mean: Double? = nil,
      std: Double? = nil, score: Double? = nil, lastSeen: Int64? = nil, latitude: Double? = nil,
      longitude: Double? = nil, timeZone: String = "UTC", url: String = "", wasTold: Bool = true,
      isNews: Bool = true
    ) {
      self.id = id
      self.status = status
      self.severity = severity
      self.kind = kind
      self.user = user
      self.device = device
      self.site = site
      self.cause = cause
      self.rule = rule
      self.ruleName = ruleName
      self.reason = reason
      self.began = began
      self.ended = ended
      self.flaps = flaps
      self.acknowledgedBy = acknowledgedBy
      self.state = state
      self.value = value
      self.unit = unit
      self.mean = mean
      self.std = std
      self.score = score
      self.lastSeen = lastSeen
      self.latitude = latitude
      self.longitude = longitude
      self.timeZone = timeZone
      self.url = url
      self.wasTold = wasTold
      self.isNews = isNews
    }
  }

  /// Names this notification: equal for a second try.
  public var key: String
  public var receiver: String
  /// `alerts`, `digest` or `notice`.
  public var kind: String
  /// The group's name and its labels.
  public var group: String
  public var groupLabels: [String: String]
  /// The smallest episode number of the group's open time: with the group it makes the incident's key.
  public var generation: Int64
  /// `firing` while any alert of the group is open.
  public var status: Entry.Status
  /// The most urgent among the entries: `warning` or `danger`.
  public var severity: String
  public var created: Int64
  /// The most urgent first, at most ``maxEntries``.
  public var entries: [Entry]
  /// Alerts that are not among the entries.
  public var truncated: Int
  /// Of a digest: how many notifications were held back. Of a notice: what is to be said.
  public var heldBack: Int
  public var notice: String
  public var externalURL: String

  /// More alerts of a group are only counted.
  public static let maxEntries = 100

  public init(
    key: String, receiver: String, kind: String = "alerts", group: String,
    groupLabels: [String: String] = [:], generation: Int64, status: Entry.Status,
    severity: String, created: Int64, entries: [Entry], truncated: Int = 0, heldBack: Int = 0,
    notice: String = "", externalURL: String = ""
  ) {
    self.key = key
    self.receiver = receiver
    self.kind = kind
    self.group = group
    self.groupLabels = groupLabels
    self.generation = generation
    self.status = status
    self.severity = severity
    self.created = created
    self.entries = entries
    self.truncated = truncated
    self.heldBack = heldBack
    self.notice = notice
    self.externalURL = externalURL
  }

  /// The incident that the message is about: the same for all messages of one group from the time it
  /// opened until all of it was resolved. A later episode makes another.
  public var incidentKey: String { "acalert/\(group)/\(generation)" }
}
