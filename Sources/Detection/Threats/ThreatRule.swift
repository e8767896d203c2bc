import Events

/// What is a threat, and to whom: rules with ids, who they are for, and what is never one.
///
/// Everything that no rule names is safe. Value of the rules file; ``CompiledRules`` is what judges.
public struct RuleSet: Equatable, Sendable {
  public var rules: [ThreatRule]
  public var assignments: [RuleAssignment]
  public var exemptions: [ClassExemption]

  public init(
    rules: [ThreatRule] = [], assignments: [RuleAssignment] = [], exemptions: [ClassExemption] = []
  ) {
    self.rules = rules
    self.assignments = assignments
    self.exemptions = exemptions
  }
}

/// One rule. Probabilities are in millionths, times in milliseconds.
public struct ThreatRule: Equatable, Sendable {
  public enum Match: String, Equatable, Sendable, CaseIterable {
    /// Of the detections that reach the probability (in the zones), every one is of an unsafe class,
    /// and there is at least one.
    case all
    /// At least one of them is.
    case any
  }

  /// Where an object must stand, by the middle of its box's lower edge.
  public enum Zone: Equatable, Sendable {
    /// A zone that the detector knows by name.
    case named(String)
    /// A polygon of at least three points; `name` is for messages.
    case polygon(name: String, [Point])
  }

  /// N frames of the last M, all of them within a time.
  public struct Persistence: Equatable, Sendable {
    /// 1 … `of`, and 1 … 64.
    public var frames: Int
    public var of: Int
    public var within: Int64

    public init(frames: Int = 1, of: Int = 1, within: Int64 = 10_000) {
      self.frames = frames
      self.of = of
      self.within = within
    }
  }

  public enum Severity: String, Equatable, Sendable, CaseIterable {
    case warning, danger
  }

  /// Greater than 0, unique in its set.
  public var id: Int
  public var name: String
  /// Classes of objects, in lower case; at least one.
  public var unsafe: [String]
  public var match: Match
  /// What a detection must reach to count.
  public var probability: Int32
  /// Any of these; anywhere, if empty.
  public var zones: [Zone]
  /// When the rule holds; always, if absent.
  public var schedule: Schedule?
  public var persist: Persistence
  /// What the median of the object's track must have reached (see ``TrackFacts``); no track is asked for
  /// if absent.
  public var medianProbability: Int32?
  /// So long after a threat the same rule makes no new one of the same camera.
  public var cooldown: Int64
  public var severity: Severity

  public init(
    id: Int, name: String, unsafe: [String], match: Match = .any, probability: Int32 = 500_000,
    zones: [Zone] = [], schedule: Schedule? = nil, persist: Persistence = Persistence(),
    medianProbability: Int32? = nil, cooldown: Int64 = 60_000, severity: Severity = .danger
  ) {
    self.id = id
    self.name = name
    self.unsafe = unsafe
    self.match = match
    self.probability = probability
    self.zones = zones
    self.schedule = schedule
    self.persist = persist
    self.medianProbability = medianProbability
    self.cooldown = cooldown
    self.severity = severity
  }
}

/// Days and hours of the week, in a time zone.
///
/// If `to` is not after `from` the window ends on the next day, and belongs to the day it begins on.
public struct Schedule: Equatable, Sendable {
  public enum Zone: Equatable, Sendable {
    /// The device's own, as its records say.
    case device
    /// A zone of the IANA database.
    case named(String)
  }

  /// Bit 0 is Monday … bit 6 Sunday.
  public var days: UInt8
  /// Minutes after midnight: 0 … 1439, and 0 … 1440.
  public var from: Int
  public var to: Int
  public var zone: Zone

  public init(days: UInt8 = 0x7f, from: Int = 0, to: Int = 1440, zone: Zone = .device) {
    self.days = days
    self.from = from
    self.to = to
    self.zone = zone
  }
}

/// Which rules hold for which cameras: all patterns given must match; an absent list matches anything.
public struct RuleAssignment: Equatable, Sendable {
  /// Glob patterns: `*` any characters, `?` one.
  public var users: [String]
  public var devices: [String]
  public var sites: [String]
  /// Ids of rules.
  public var rules: [Int]

  public init(users: [String] = [], devices: [String] = [], sites: [String] = [], rules: [Int]) {
    self.users = users
    self.devices = devices
    self.sites = sites
    self.rules = rules
  }
}

/// Classes that are never a threat for some cameras: this user has a dog.
public struct ClassExemption: Equatable, Sendable {
  public var users: [String]
  public var devices: [String]
  public var sites: [String]
  public var classes: [String]
  /// Only there; anywhere, if empty. A scarecrow that the detector always takes for a person.
  public var zones: [ThreatRule.Zone]

  public init(
    users: [String] = [], devices: [String] = [], sites: [String] = [], classes: [String],
    zones: [ThreatRule.Zone] = []
  ) {
    self.users = users
    self.devices = devices
    self.sites = sites
    self.classes = classes
    self.zones = zones
  }
}
