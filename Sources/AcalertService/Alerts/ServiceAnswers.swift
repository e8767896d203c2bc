// What a running service answers about alerts, as far as the command line needs it: docs/API.md.

public struct AlertAnswer: Codable, Sendable {
  public struct Acknowledgement: Codable, Sendable {
    public var time, author, note: String
  }

  public struct Verdict: Codable, Sendable {
    public var verdict, time, author, note: String
  }

  public struct Event: Codable, Sendable {
    public var time, kind, text, author: String
  }

  public struct Notification: Codable, Sendable {
    public var receiver, state, created: String
    public var attempts: Int
  }

  public var id: Int64
  public var kind, user, device, site, cause, severity, phase, reason: String
  public var began, opened: String
  public var resolved: String?
  public var acknowledged: Acknowledgement?
  public var verdict: Verdict?
  public var flaps: Int
  public var events: [Event]?
  public var notifications: [Notification]?

  /// Who it is about: `wearer u-17 watch`.
  public var subject: String { [kind, user, device].filter { !$0.isEmpty }.joined(separator: " ") }
}

public struct AlertPageAnswer: Codable, Sendable {
  public struct Counts: Codable, Sendable { public var danger, warning, acknowledged: Int }

  public var counts: Counts
  public var items: [AlertAnswer]
  public var next: String?
}

public struct SilenceAnswer: Codable, Sendable {
  public var id: Int64
  public var matchers: [String]
  public var starts, ends, author, comment, state: String
}

public struct SilencePageAnswer: Codable, Sendable {
  public var items: [SilenceAnswer]
}

public struct ReceiversAnswer: Codable, Sendable {
  public struct Receiver: Codable, Sendable {
    public var name, type: String
    public var failing: Bool
    public var waiting: Int
  }

  public var items: [Receiver]
}

public struct ServiceAnswer: Codable, Sendable {
  public var recordsPerSecond: Double
  public var lag: Int?
  public var unheardSeconds: Int?

  private enum CodingKeys: String, CodingKey {
    case recordsPerSecond = "records_per_second"
    case lag
    case unheardSeconds = "unheard_seconds"
  }
}
