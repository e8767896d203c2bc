import Detection

/// One message to one receiver, on its way or done: a row of the outbox.
public struct AlertNotification: Equatable, Sendable {
  /// The raw value is the name in the database and the interface.
  public enum Kind: String, Sendable, CaseIterable {
    /// Tells of alerts.
    case alerts
    /// Says how many were held back by the receiver's rate cap.
    case digest
    /// Tells of the alerting itself: a receiver that keeps failing.
    case notice
  }

  /// The raw value is the number in the database.
  public enum State: Int64, Sendable, CaseIterable {
    case waiting = 0
    /// The receiver has accepted it.
    case delivered = 1
    /// The receiver will never accept it: an answer that says so, or a receiver that is gone from the
    /// configuration.
    case refused = 2

    public var name: String {
      switch self {
      case .waiting: "waiting"
      case .delivered: "delivered"
      case .refused: "refused"
      }
    }
  }

  /// What a notification says of one alert, and so what its receiver has been told.
  public struct Told: Equatable, Sendable {
    /// The raw value is the number in the database.
    public enum Status: Int64, Sendable {
      case firing = 0
      case acknowledged = 1
      case resolved = 2
    }

    public var alert: Int64
    public var status: Status
    public var severity: SafetyState

    public init(alert: Int64, status: Status, severity: SafetyState) {
      self.alert = alert
      self.status = status
      self.severity = severity
    }
  }

  /// Ascending from 1; 0 before it is written.
  public var id: Int64 = 0
  public var receiver: String
  /// The group that it speaks of; see `Alerting`. At most one notification of a receiver and group is
  /// waiting at any time.
  public var group: String
  public var kind = Kind.alerts
  /// Tells the receiver that two deliveries are one notification.
  public var key: String
  public var created: Int64
  /// No attempt before this moment.
  public var nextAttempt: Int64
  public var attempts = 0
  public var state = State.waiting
  /// When it was accepted or refused.
  public var finished: Int64?
  /// The message as JSON; empty once it is finished.
  public var payload: [UInt8]
  public var told: [Told]

  public init(
    receiver: String, group: String, kind: Kind = .alerts, key: String, created: Int64,
    payload: [UInt8], told: [Told]
  ) {
    self.receiver = receiver
    self.group = group
    self.kind = kind
    self.key = key
    self.created = created
    nextAttempt = created
    self.payload = payload
    self.told = told
  }
}

/// One call of a receiver and its answer.
public struct AlertDelivery: Equatable, Sendable {
  /// The raw value is the name in the database, the interface and the metrics.
  public enum Outcome: String, Sendable, CaseIterable {
    case accepted, retried, refused
  }

  /// The longest answer kept, in bytes.
  public static let maxAnswerBytes = 2_048
  /// Calls kept of one notification: the newest so many, those of a month without an answer.
  /// ``AlertNotification/attempts`` counts all.
  public static let maxKept = 10_000
  /// Calls of one notification that a reader hands out: the newest so many.
  public static let maxShown = 100

  public var notification: Int64
  public var receiver: String
  /// From 1.
  public var attempt: Int
  public var started: Int64
  /// Milliseconds.
  public var duration: Int64
  public var outcome: Outcome
  /// One of a bounded set: `ok`, `timeout`, `connection`, `tls`, `http_429`, `http_4xx`, `http_5xx`, …
  public var reason: String
  /// The protocol's status, if it came to one.
  public var status: Int?
  /// The beginning of the answer, or of the error's text.
  public var answer: String

  public init(
    notification: Int64, receiver: String, attempt: Int, started: Int64, duration: Int64,
    outcome: Outcome, reason: String, status: Int?, answer: String
  ) {
    self.notification = notification
    self.receiver = receiver
    self.attempt = attempt
    self.started = started
    self.duration = duration
    self.outcome = outcome
    self.reason = reason
    self.status = status
    self.answer = answer
  }
}

/// What is known of one group of alerts at one receiver.
public struct AlertGroup: Equatable, Sendable {
  public var receiver: String
  public var group: String
  /// The smallest episode number of the time since which the group has not been empty: part of the
  /// deduplication key.
  public var generation: Int64
  /// When its newest notification was planned, and when one was last accepted.
  public var notified: Int64
  public var accepted: Int64?

  public init(
    receiver: String, group: String, generation: Int64, notified: Int64, accepted: Int64? = nil
  ) {
    self.receiver = receiver
    self.group = group
    self.generation = generation
    self.notified = notified
    self.accepted = accepted
  }
}
