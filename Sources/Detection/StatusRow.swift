import Events

/// One subject's row of the status table.
public struct StatusRow: Sendable {
  public var subject: UInt32
  public var state: SafetyState
  /// The state before the last transition.
  public var previousState: SafetyState
  /// The state that the row had when it was last handed out: several transitions may lie between.
  public var replacedState: SafetyState
  /// Whether the state changed within the batch, or the row is new, as against only the last value.
  public var isTransition: Bool
  /// When the state was entered.
  public var since: Int64
  /// The newest sample's time.
  public var lastSeen: Int64
  /// When the newest record reached Kafka, in milliseconds since 1970.
  public var lastArrival: Int64
  /// The newest sample's value, and what it was compared with: the mean and the sample standard
  /// deviation of the window before it, and |value − mean| / max(std, floor). Absent while there are
  /// too few samples, and in a row that says only that the subject fell silent.
  public var value: Double?
  public var mean: Double?
  public var std: Double?
  public var score: Double?
  /// Why the subject is in this state, in words.
  public var reason: String
  /// The record that caused the last change of state; absent if silence caused it.
  public var cause: RecordOrigin?
  /// What the engine must remember of an open episode and of the place across a restart, opaque to the
  /// store; empty without them.
  public var evidence: [UInt8]
  /// Where the subject is, by the newest of its records that said so; `nil` if none did.
  public var location: GeoLocation?
  /// The name of its time zone, by the newest of its records that named one; empty if none did.
  public var timeZone = ""
  /// The name of its site, by the newest of its records that named one; empty if none did.
  public var site = ""

  public init(
    subject: UInt32, state: SafetyState, previousState: SafetyState, isTransition: Bool,
    since: Int64, lastSeen: Int64, lastArrival: Int64, value: Double?, mean: Double?, std: Double?,
    score: Double?, reason: String, cause: RecordOrigin?, evidence: [UInt8],
    replacedState: SafetyState? = nil
  ) {
    self.subject = subject
    self.state = state
    self.previousState = previousState
    self.replacedState = replacedState ?? previousState
    self.isTransition = isTransition
    self.since = since
    self.lastSeen = lastSeen
    self.lastArrival = lastArrival
    self.value = value
    self.mean = mean
    self.std = std
    self.score = score
    self.reason = reason
    self.cause = cause
    self.evidence = evidence
  }
}
