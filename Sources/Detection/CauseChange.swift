import Events

/// What can be amiss with a subject. Each is told, and is over, by itself: somebody who fell and whose
/// watch then falls silent is amiss in two ways.
public enum Cause: Equatable, Hashable, Sendable {
  /// Its samples do not fit its own recent past.
  case abnormal
  /// Somebody fell, or may have fallen.
  case fall
  /// The threat rule with this id holds.
  case rule(Int)
  /// Nothing can be seen in its images.
  case voidImage
  /// It sends nothing.
  case stale

  /// The name used in the database, the interface and the configuration: `abnormal`, `fall`, `rule:200`,
  /// `void_image`, `stale`.
  public var name: String {
    switch self {
    case .abnormal: "abnormal"
    case .fall: "fall"
    case .rule(let id): "rule:\(id)"
    case .voidImage: "void_image"
    case .stale: "stale"
    }
  }

  public init?(name: some StringProtocol) {
    switch name {
    case "abnormal": self = .abnormal
    case "fall": self = .fall
    case "void_image": self = .voidImage
    case "stale": self = .stale
    default:
      guard name.hasPrefix("rule:"), let id = Int(name.dropFirst(5)) else { return nil }
      self = .rule(id)
    }
  }

  /// The rule's id, for a rule.
  public var rule: Int? {
    if case .rule(let id) = self { id } else { nil }
  }
}

/// A cause began, became more or less urgent, or is over. Several of one subject and cause may lie in one
/// batch: they are in the order in which they happened.
public struct CauseChange: Equatable, Sendable {
  public var subject: UInt32
  public var cause: Cause
  /// ``SafetyState/warning`` or ``SafetyState/danger`` from now on; `nil` if it is over.
  public var level: SafetyState?
  /// Event time, in milliseconds since 1970.
  public var time: Int64
  /// Why, in words; empty if it is over.
  public var reason: String
  /// The record that showed it; absent if silence or time did.
  public var origin: RecordOrigin?
  /// The value that showed it, in the stream's unit, if there is one.
  public var value: Double?
  /// The rule's name; empty where there is no rule.
  public var ruleName: String
  /// What the subject's records last said of where it is: the site's name (empty if none did), the
  /// place, and the name of the time zone (empty if none did).
  public var site: String
  public var location: GeoLocation?
  public var timeZone: String

  public init(
    subject: UInt32, cause: Cause, level: SafetyState?, time: Int64, reason: String = "",
    origin: RecordOrigin? = nil, value: Double? = nil, ruleName: String = "", site: String = "",
    location: GeoLocation? = nil, timeZone: String = ""
  ) {
    self.subject = subject
    self.cause = cause
    self.level = level
    self.time = time
    self.reason = reason
    self.origin = origin
    self.value = value
    self.ruleName = ruleName
    self.site = site
    self.location = location
    self.timeZone = timeZone
  }
}
