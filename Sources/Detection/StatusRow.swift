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
  public var since: Int64 {
    get { sinceTime.value }
    set { sinceTime = ShortTime(newValue) }
  }
  /// The newest sample's time.
  public var lastSeen: Int64 {
    get { seenTime.value }
    set { seenTime = ShortTime(newValue) }
  }
  /// When the newest record reached Kafka, in milliseconds since 1970.
  public var lastArrival: Int64 {
    get { arrivalTime.value }
    set { arrivalTime = ShortTime(newValue) }
  }
  /// The newest sample's value, and what it was compared with: the mean and the sample standard
  /// deviation of the window before it, and |value − mean| / max(std, floor). Absent while there are
  /// too few samples, and in a row that says only that the subject fell silent.
  public var value: Double? {
    get { Self.figure(figures.value) }
    set { figures.value = newValue ?? .nan }
  }
  public var mean: Double? {
    get { Self.figure(figures.mean) }
    set { figures.mean = newValue ?? .nan }
  }
  public var std: Double? {
    get { Self.figure(figures.std) }
    set { figures.std = newValue ?? .nan }
  }
  public var score: Double? {
    get { Self.figure(figures.score) }
    set { figures.score = newValue ?? .nan }
  }
  /// Why the subject is in this state, in words.
  public var reason: String {
    get { usualReason?.rawValue ?? rare.fields.reason }
    set {
      usualReason = UsualReason(rawValue: newValue)
      rare.fields.reason = usualReason == nil ? newValue : ""
    }
  }
  /// The record that caused the last change of state; absent if silence caused it.
  public var cause: RecordOrigin? {
    get {
      causeOffset == Self.noCause
        ? nil : RecordOrigin(partition: causePartition, offset: causeOffset)
    }
    set {
      (causePartition, causeOffset) = (newValue?.partition ?? 0, newValue?.offset ?? Self.noCause)
    }
  }
  /// What the engine must remember of an open episode and of the place across a restart, opaque to the
  /// store; empty without them.
  public var evidence: [UInt8] {
    get { rare.fields.evidence }
    set { rare.fields.evidence = newValue }
  }
  /// Where the subject is, by the newest of its records that said so; `nil` if none did.
  public var location: GeoLocation? {
    get { rare.fields.location }
    set { rare.fields.location = newValue }
  }
  /// The name of its time zone, by the newest of its records that named one; empty if none did.
  public var timeZone: String {
    get { rare.fields.timeZone }
    set { rare.fields.timeZone = newValue }
  }
  /// The name of its site, by the newest of its records that named one; empty if none did.
  public var site: String {
    get { rare.fields.site }
    set { rare.fields.site = newValue }
  }

  // Batches hold a hundred thousand rows: what is absent takes no room of its own, what few rows have lies
  // elsewhere, and the order leaves no gaps.
  private var sinceTime: ShortTime
  private var causePartition: PartitionIndex
  private var seenTime: ShortTime
  private var usualReason: UsualReason?
  private var arrivalTime: ShortTime
  private var causeOffset: Int64
  /// NaN where one is absent.
  private var figures: (value: Double, mean: Double, std: Double, score: Double)
  private var rare = Rare<RareFields>()

  private struct RareFields: Detection.RareFields {
    var reason = ""
    var evidence: [UInt8] = []
    var location: GeoLocation?
    var timeZone = ""
    var site = ""
  }

  private static let noCause = Int64.min

  private static func figure(_ number: Double) -> Double? { number.isNaN ? nil : number }

  public init(
    subject: UInt32, state: SafetyState, previousState: SafetyState, isTransition: Bool,
    since: Int64, lastSeen: Int64, lastArrival: Int64, value: Double?, mean: Double?, std: Double?,
    score: Double?, reason: String, cause: RecordOrigin?, evidence: [UInt8],
    replacedState: SafetyState? = nil
  ) {
    self.init(
      subject: subject, state: state, previousState: previousState,
      replacedState: replacedState ?? previousState, isTransition: isTransition, since: since,
      lastSeen: lastSeen, lastArrival: lastArrival, reason: UsualReason(rawValue: reason),
      cause: cause)
    figures = (value ?? .nan, mean ?? .nan, std ?? .nan, score ?? .nan)
    if usualReason == nil, !reason.isEmpty { self.reason = reason }
    if !evidence.isEmpty { self.evidence = evidence }
  }

  /// A row without figures and all that few rows have.
  init(
    subject: UInt32, state: SafetyState, previousState: SafetyState, replacedState: SafetyState,
    isTransition: Bool, since: Int64, lastSeen: Int64, lastArrival: Int64, reason: UsualReason?,
    cause: RecordOrigin?
  ) {
    self.subject = subject
    self.state = state
    self.previousState = previousState
    self.replacedState = replacedState
    self.isTransition = isTransition
    sinceTime = ShortTime(since)
    seenTime = ShortTime(lastSeen)
    arrivalTime = ShortTime(lastArrival)
    usualReason = reason
    (causePartition, causeOffset) = (cause?.partition ?? 0, cause?.offset ?? Self.noCause)
    figures = (.nan, .nan, .nan, .nan)
  }
}
