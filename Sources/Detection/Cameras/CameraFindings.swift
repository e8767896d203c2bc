// What the engine found in the frames of cameras.

/// A threat rule fired.
public struct Threat: Sendable {
  public struct Object: Equatable, Sendable {
    public var className: String
    /// 0 … 1.
    public var probability: Double
    /// The zone it was in, if the rule asks for zones.
    public var zone: String?

    public init(className: String, probability: Double, zone: String? = nil) {
      self.className = className
      self.probability = probability
      self.zone = zone
    }
  }

  public var subject: UInt32
  /// Where the camera is, empty if nobody said.
  public var site: String
  /// The frame's time.
  public var time: Int64
  /// The rule's id and name.
  public var rule: Int
  public var name: String
  /// ``SafetyState/warning`` or ``SafetyState/danger``.
  public var severity: SafetyState
  /// The unsafe objects of the frame that made it fire, the surest first.
  public var objects: [Object]
  /// In words: `person 0.93 in loading-dock, 3 of 5 frames, rule 200`.
  public var reason: String
  public var origin: RecordOrigin

  public init(
    subject: UInt32, site: String = "", time: Int64, rule: Int, name: String,
    severity: SafetyState, objects: [Object], reason: String, origin: RecordOrigin
  ) {
    self.subject = subject
    self.site = site
    self.time = time
    self.rule = rule
    self.name = name
    self.severity = severity
    self.objects = objects
    self.reason = reason
    self.origin = origin
  }
}

/// A camera does not do its work.
public struct EquipmentFault: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Nothing can be seen in its images.
    case void = "void_image"
    /// It sends nothing.
    case silent
  }

  public var subject: UInt32
  /// When it began.
  public var time: Int64
  public var kind: Kind
  /// In words.
  public var reason: String
  /// The record that showed it; absent if silence did.
  public var origin: RecordOrigin?

  public init(
    subject: UInt32, time: Int64, kind: Kind, reason: String, origin: RecordOrigin?
  ) {
    self.subject = subject
    self.time = time
    self.kind = kind
    self.reason = reason
    self.origin = origin
  }
}

/// Detections that no rule matched, added up: nobody needs a row of each.
public struct UnmatchedDetections: Equatable, Sendable {
  /// The start of the hour of event time that they fell into, UTC.
  public var hour: Int64
  public var className: String
  public var count: Int
  /// 0 … 1.
  public var maxProbability: Double

  public init(hour: Int64, className: String, count: Int, maxProbability: Double) {
    self.hour = hour
    self.className = className
    self.count = count
    self.maxProbability = maxProbability
  }
}

/// The rules and settings by which records are judged, named so that every verdict can be traced to
/// them.
public struct JudgementVersion: Equatable, Sendable {
  /// Its short name, e.g. the first digits of the text's hash.
  public var version: String
  /// All that decides, as text without secrets.
  public var text: String
  /// When it came into use, in milliseconds since 1970.
  public var firstUsed: Int64

  public init(version: String, text: String, firstUsed: Int64) {
    self.version = version
    self.text = text
    self.firstUsed = firstUsed
  }
}
