import Detection

/// What the engine said of one recording.
public struct TrialOutcome: Sendable {
  /// A change to danger.
  public struct Alarm: Equatable, Sendable {
    /// Event time.
    public var time: Int64
    public var cause: Cause
    public var reason: String

    public init(time: Int64, cause: Cause, reason: String = "") {
      self.time = time
      self.cause = cause
      self.reason = reason
    }
  }

  /// A warning that somebody may have fallen, and what became of it.
  public struct EarlyWarning: Equatable, Sendable {
    public enum End: Equatable, Sendable {
      /// It became an alarm.
      case confirmed(Int64)
      /// It was called off.
      case withdrawn(Int64)
      /// The recording ended before.
      case open
    }

    public var time: Int64
    public var end: End

    public init(time: Int64, end: End = .open) {
      self.time = time
      self.end = end
    }
  }

  public var alarms: [Alarm] = []
  public var warnings: [EarlyWarning] = []
  public var candidates: [FallCandidate] = []
  /// What the detectors said of each sample; only when tracing.
  public var scores: [SampleScore] = []
  public var samples = 0
  /// Samples that came later than is allowed, and were not judged.
  public var late = 0
  /// Samples that left a full ring before their time.
  public var evicted = 0
  /// From the first sample to the last.
  public var span: ClosedRange<Int64> = 0...0

  public init() {}

  /// Takes up what one batch of records led to.
  mutating func add(_ decisions: Decisions, level: inout SafetyState?) {
    for change in decisions.causes {
      if change.level == .danger, change.cause == .fall || change.cause == .abnormal {
        alarms.append(Alarm(time: change.time, cause: change.cause, reason: change.reason))
      }
      guard change.cause == .fall else { continue }
      switch change.level {
      case .danger:
        endWarning(.confirmed(change.time))
      case .warning:
        // A danger that calms down to a warning is no early one.
        if level == nil { warnings.append(EarlyWarning(time: change.time)) }
      default:
        endWarning(.withdrawn(change.time))
      }
      level = change.level
    }
    candidates += decisions.fallCandidates
    scores += decisions.scores
    late += decisions.lateSamples.count
    evicted += decisions.evictedCount
  }

  private mutating func endWarning(_ end: EarlyWarning.End) {
    guard let last = warnings.indices.last, warnings[last].end == .open else { return }
    warnings[last].end = end
  }
}
