/// Something that should be told: a fall, or whatever a labelled window holds. Times are event times.
public struct LabelledEvent: Equatable, Sendable {
  /// When it happened, if that is one moment.
  public var impact: Int64?
  /// Within what it happened.
  public var interval: ClosedRange<Int64>

  public init(impact: Int64? = nil, interval: ClosedRange<Int64>) {
    self.impact = impact
    self.interval = interval
  }

  /// What tolerances are counted from: the impact, or else the interval.
  public var core: ClosedRange<Int64> { impact.map { $0...$0 } ?? interval }

  /// Whether a peak at `time` is one of the event's own: from 1.5 s before to 2.5 s after the impact, or up to
  /// one second after the interval.
  public func owns(peak time: Int64) -> Bool {
    if let impact, (impact - 1_500...impact + 2_500).contains(time) { return true }
    let isMoment = impact != nil && interval.lowerBound == interval.upperBound
    return !isMoment && (interval.lowerBound...interval.upperBound + 1_000).contains(time)
  }
}

/// What is known of a recording.
public struct TrialLabel: Equatable, Sendable {
  public var user: String
  /// Which group its wearer belongs to, e.g. `elderly`; may be empty.
  public var group: String
  /// What was done in it, e.g. `D01`; may be empty.
  public var activity: String
  /// In order of time.
  public var events: [LabelledEvent]
  /// Stretches without an event; each is judged as one quiet trial.
  public var quiet: [ClosedRange<Int64>]
  /// Whether what lies outside of the events is known to be normal, so that an alarm there is false. Of a
  /// scripted fall it is not: the same person gets up again, and falls onto the mat once more.
  public var isQuietOutside: Bool

  public init(
    user: String, group: String = "", activity: String = "", events: [LabelledEvent] = [],
    quiet: [ClosedRange<Int64>] = [], isQuietOutside: Bool = false
  ) {
    self.user = user
    self.group = group
    self.activity = activity
    self.events = events
    self.quiet = quiet
    self.isQuietOutside = isQuietOutside
  }
}

/// A recording with what is known of it.
public struct LabelledTrial: Sendable {
  public var recording: Recording
  public var label: TrialLabel

  public init(recording: Recording, label: TrialLabel) {
    self.recording = recording
    self.label = label
  }
}

/// The words of a label in a file of windows.
enum WindowLabel: String, CaseIterable {
  case fall, confirmed, anomaly
  case normal
  case falseAlarm = "false_alarm"

  var isEvent: Bool {
    switch self {
    case .fall, .confirmed, .anomaly: true
    case .normal, .falseAlarm: false
    }
  }
}
