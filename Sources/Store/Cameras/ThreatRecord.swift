import Detection
import Events

/// A threat as a reader sees it.
public struct ThreatRecord: Equatable, Sendable {
  public var id: Int64
  /// The camera.
  public var identity: SubjectIdentity
  /// Where it is, empty if nobody said.
  public var site: String
  /// The frame's time, in milliseconds since 1970.
  public var time: Int64
  /// The rule's id and its name at that time.
  public var rule: Int
  public var name: String
  /// ``SafetyState/warning`` or ``SafetyState/danger``.
  public var severity: SafetyState
  /// What made the rule fire, the surest first.
  public var objects: [Threat.Object]
  /// In words.
  public var reason: String
  /// The record that held the frame.
  public var place: RecordPlace?
  /// The version of the configuration and rules that judged it, empty if none had been named; see
  /// ``StoreReader/judgement(version:)``.
  public var judgement: String
  /// The newest one, if there is any.
  public var verdict: Verdict?
}

/// Which threats to read. All that is given must hold.
public struct ThreatQuery: Equatable, Sendable {
  /// The raw values are the interface's names.
  public enum VerdictFilter: String, CaseIterable, Sendable {
    case falseAlarm = "false_alarm"
    case confirmed
    /// Nobody has given a verdict yet.
    case none
  }

  /// Only cameras of this kind, user and device; names must be equal, byte by byte.
  public var kind: String?
  public var user: String?
  public var device: String?
  /// Only threats of the rule with this id.
  public var rule: Int?
  /// Only frames of `from ..< to`, in milliseconds since 1970.
  public var from: Int64?
  public var to: Int64?
  /// Only those whose newest verdict is this.
  public var verdict: VerdictFilter?
  /// Threats a page, 1 ... 1000; other values are brought into the range.
  public var limit: Int
  /// A page's `next`, to read the one after it with otherwise the same query.
  public var cursor: String?

  public init(
    kind: String? = nil, user: String? = nil, device: String? = nil, rule: Int? = nil,
    from: Int64? = nil, to: Int64? = nil, verdict: VerdictFilter? = nil, limit: Int = 100,
    cursor: String? = nil
  ) {
    self.kind = kind
    self.user = user
    self.device = device
    self.rule = rule
    self.from = from
    self.to = to
    self.verdict = verdict
    self.limit = limit
    self.cursor = cursor
  }
}

/// One page of threats, the newest first: by the frame's time, then by id.
public struct ThreatPage: Equatable, Sendable {
  public var items: [ThreatRecord]
  /// The cursor of the next page, `nil` on the last.
  ///
  /// The next page begins behind the last threat of this one. Threats that come in while pages are
  /// turned move nothing: every one that was there before, and that the filters still choose, appears
  /// exactly once.
  public var next: String?
}

/// The place behind which a page of threats begins.
struct ThreatCursor: Equatable {
  var time: Int64
  var id: Int64

  /// Tells it from the status pages' cursors.
  private static let version: UInt8 = 0x41

  init(time: Int64, id: Int64) {
    self.time = time
    self.id = id
  }

  var text: String {
    var bytes = ByteWriter()
    bytes.bytes = [Self.version]
    bytes.append(time)
    bytes.append(id)
    return Base64URL.encode(bytes.bytes)
  }

  /// - Throws: ``StoreError`` with code `invalidCursor`.
  init(_ text: String) throws {
    guard let bytes = Base64URL.decode(text) else { throw Cursor.invalid }
    var reader = ByteReader(bytes: bytes)
    guard reader.byte() == Self.version, let time = reader.integer(), let id = reader.integer(),
      reader.isAtEnd
    else { throw Cursor.invalid }
    self.init(time: time, id: id)
  }
}
