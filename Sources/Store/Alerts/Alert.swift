import Detection
import Events

/// An episode of one subject and one cause: from the moment that something is amiss until it has been
/// well again for a while.
///
/// ```
/// firing ──cause over──► recovering ──over for keepFiring──► resolved
///    ▲                       │
///    └──────cause back───────┘   one more flap
/// ```
///
/// There is at most one per subject and cause that is not resolved. Times are milliseconds since 1970, by
/// the wall clock unless said otherwise.
public struct Alert: Equatable, Sendable {
  /// The raw value is the number in the database.
  public enum Phase: Int64, Sendable, CaseIterable {
    case firing = 0
    /// The cause is over, but not for long enough.
    case recovering = 1
    case resolved = 2

    /// The name in the interface.
    public var name: String {
      switch self {
      case .firing: "firing"
      case .recovering: "recovering"
      case .resolved: "resolved"
      }
    }
  }

  /// Somebody has said that they look after it.
  public struct Acknowledgement: Equatable, Sendable {
    /// The longest note and author's name, in bytes of UTF-8.
    public static let maxNoteBytes = 2_000
    public static let maxAuthorBytes = 256

    public var time: Int64
    public var author: String
    public var note: String

    public init(time: Int64, author: String = "", note: String = "") {
      self.time = time
      self.author = author
      self.note = note
    }

    /// Checks the lengths.
    ///
    /// - Throws: ``StoreError`` with code `invalidValue`.
    public func validate() throws {
      for (what, text, limit) in [
        ("note", note, Self.maxNoteBytes), ("author", author, Self.maxAuthorBytes),
      ] where text.utf8.count > limit {
        throw StoreError(
          code: .invalidValue, message: "the \(what) is longer than \(limit) bytes",
          attempted: "acknowledge an alert", hint: "shorten it")
      }
    }
  }

  /// The episode's number: ascending from 1, never given twice.
  public var id: Int64
  public var identity: SubjectIdentity
  public var cause: Cause
  public var phase = Phase.firing
  /// ``SafetyState/warning`` or ``SafetyState/danger``: the most urgent that the episode has been.
  public var severity: SafetyState
  /// Whether all who are to be told of it have been: resolved, and nothing more to say.
  public var isSettled = false
  private var flapCount: Int32 = 0
  private var recoveringOrNever = Int64.min
  private var endedOrNever = Int64.min
  /// Event time of what opened it, and when that was decided.
  public var began: Int64
  public var opened: Int64
  /// When its severity rose last; `opened` if it never has.
  public var raised: Int64
  /// While recovering: since when.
  public var recovering: Int64? {
    get { recoveringOrNever == .min ? nil : recoveringOrNever }
    set { recoveringOrNever = newValue ?? .min }
  }
  /// Event time of the cause's last end, and when the episode was resolved.
  public var ended: Int64? {
    get { endedOrNever == .min ? nil : endedOrNever }
    set { endedOrNever = newValue ?? .min }
  }
  public var resolved: Int64? {
    get { rare.fields.resolved }
    set { rare.fields.resolved = newValue }
  }
  /// How often the cause has come back within the episode.
  public var flaps: Int {
    get { Int(flapCount) }
    set { flapCount = Int32(clamping: newValue) }
  }
  public var acknowledgement: Acknowledgement? {
    get { rare.fields.acknowledgement }
    set { rare.fields.acknowledgement = newValue }
  }
  /// Why, in words: of the change that made it as severe as it is.
  public var reason: String
  /// The rule's name; empty where there is no rule.
  public var ruleName: String {
    get { rare.fields.ruleName }
    set { rare.fields.ruleName = newValue }
  }
  /// See ``CauseChange``; the newest known.
  public var site: String {
    get { rare.fields.site }
    set { rare.fields.site = newValue }
  }
  public var location: GeoLocation? {
    get { rare.fields.location }
    set { rare.fields.location = newValue }
  }
  public var timeZone: String {
    get { rare.fields.timeZone }
    set { rare.fields.timeZone = newValue }
  }
  /// The value that showed it, in the unit of the subject's kind.
  public var value: Double?
  /// The record that showed it; absent if silence did.
  public var origin: RecordOrigin?
  /// What people found it to be, the newest verdict. ``Store/write(_:engine:)`` leaves it as it is in the
  /// table: only ``Store/setVerdict(_:ofAlert:)`` writes it.
  public var verdict: Verdict? {
    get { rare.fields.verdict }
    set { rare.fields.verdict = newValue }
  }

  /// All open alerts are held in memory, and when all subjects fall silent at once there is one of each. What
  /// changes each time that one flaps is not among these fields.
  private var rare = Rare<RareFields>()

  private struct RareFields: Detection.RareFields {
    var resolved: Int64?
    var acknowledgement: Acknowledgement?
    var ruleName = ""
    var site = ""
    var location: GeoLocation?
    var timeZone = ""
    var verdict: Verdict?
  }

  public init(
    id: Int64, identity: SubjectIdentity, cause: Cause, severity: SafetyState, began: Int64,
    opened: Int64, reason: String
  ) {
    self.id = id
    self.identity = identity
    self.cause = cause
    self.severity = severity
    self.began = began
    self.opened = opened
    raised = opened
    self.reason = reason
  }

  public var isOpen: Bool { phase != .resolved }
}

/// Something that happened to an alert, for the record.
public struct AlertEvent: Equatable, Sendable {
  /// The raw value is the name in the database and the interface.
  public enum Kind: String, Sendable, CaseIterable {
    case opened, raised, recovering, flapped, resolved, acknowledged, silenced, inhibited, muted
    case escalated
    /// A receiver has accepted a notification of it, or refused it for good.
    case notified, refused
  }

  /// Events of a flapping alert beyond so many are only counted, in ``Alert/flaps``.
  public static let maxFlapEvents = 20
  /// The longest text kept, in bytes of UTF-8; what is longer is cut.
  public static let maxTextBytes = 2_048

  public var alert: Int64
  public var kind: Kind
  /// By the wall clock.
  public var time: Int64
  /// In words, for people: the reason, the silence's comment, the receiver.
  public var text: String
  /// Who did it; empty if the service did.
  public var author: String

  public init(alert: Int64, kind: Kind, time: Int64, text: String = "", author: String = "") {
    self.alert = alert
    self.kind = kind
    self.time = time
    self.text = text
    self.author = author
  }
}

/// What has changed about alerts: written in the transaction of what caused it.
public struct AlertChanges: Equatable, Sendable {
  /// The whole new value of each alert that is new or has changed; none twice.
  public var alerts: [Alert] = []
  /// In the order in which they happened.
  public var events: [AlertEvent] = []

  public init(alerts: [Alert] = [], events: [AlertEvent] = []) {
    self.alerts = alerts
    self.events = events
  }

  public var isEmpty: Bool { alerts.isEmpty && events.isEmpty }
}
