/// When an alarm belongs to an event.
///
/// An event is detected if an alarm lies from `before` before its impact to `after` after it; of an event
/// without a known impact, from `before` before its beginning to `after` after its end. The first such alarm
/// counts, and is what the delay is measured to; the others are neither right nor wrong. An alarm that
/// belongs to no event is false in a quiet trial, and wherever it is known that nothing else happened.
public struct EventScoring: Equatable, Sendable {
  /// In milliseconds.
  public var before: Int64
  public var after: Int64

  public init(before: Int64 = 1_500, after: Int64 = 6_000) {
    self.before = before
    self.after = after
  }

  /// The times at which an alarm is about an event.
  public func window(of event: LabelledEvent) -> ClosedRange<Int64> {
    event.core.lowerBound - before...event.core.upperBound + after
  }

  /// - Parameter outcome: its alarms and warnings in order of time.
  public func score(_ outcome: TrialOutcome, _ label: TrialLabel) -> TrialScore {
    var score = score(alarms: outcome.alarms.map(\.time), label, span: outcome.span)
    for place in score.events.indices {
      let event = label.events[place]
      let window = window(of: event)
      if let warning = outcome.warnings.first(where: { window.contains($0.time) }) {
        score.events[place].warningDelay = warning.time - event.core.lowerBound
      }
    }
    score.warnings = outcome.warnings.count
    for warning in outcome.warnings {
      switch warning.end {
      case .confirmed: score.confirmedWarnings += 1
      case .withdrawn: score.withdrawnWarnings += 1
      case .open: break
      }
      if isJudged(label), !label.events.contains(where: { window(of: $0).contains(warning.time) }) {
        score.quietWarnings += 1
      }
    }
    return score
  }

  /// The score of alarms at these times, in order, without what concerns early warnings.
  ///
  /// - Parameter span: of the recording.
  public func score(
    alarms: [Int64], _ label: TrialLabel, span: ClosedRange<Int64>
  ) -> TrialScore {
    var score = TrialScore()
    let windows = label.events.map(window)
    for (event, window) in zip(label.events, windows) {
      let first = alarms.first { window.contains($0) }
      score.events.append(TrialScore.Event(delay: first.map { $0 - event.core.lowerBound }))
    }
    let outside = alarms.filter { alarm in !windows.contains { $0.contains(alarm) } }
    if isJudged(label) {
      score.falseAlarms = outside
      score.quietTime =
        label.isQuietOutside
        ? Self.length(of: span, without: windows)
        : label.quiet.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
    } else {
      score.outsideAlarms = outside
    }
    score.quietTrials = label.quiet.count
    score.alarmedTrials = label.quiet.count { span in alarms.contains { span.contains($0) } }
    return score
  }

  /// Whether it is known what happened outside of events.
  private func isJudged(_ label: TrialLabel) -> Bool {
    label.isQuietOutside || label.events.isEmpty
  }

  /// Milliseconds of `span` that none of `windows`, which begin in order, covers.
  private static func length(
    of span: ClosedRange<Int64>, without windows: [ClosedRange<Int64>]
  ) -> Int64 {
    var length: Int64 = 0
    var covered = span.lowerBound
    for window in windows {
      length += max(0, min(window.lowerBound, span.upperBound) - covered)
      covered = max(covered, window.upperBound)
    }
    return length + max(0, span.upperBound - covered)
  }
}

/// How well one recording was judged.
public struct TrialScore: Equatable, Sendable {
  public struct Event: Equatable, Sendable {
    /// From the event to the first alarm about it, in milliseconds; `nil` if it was missed. Negative for an
    /// alarm that came before.
    public var delay: Int64?
    /// The same of the first early warning.
    public var warningDelay: Int64?

    public init(delay: Int64? = nil, warningDelay: Int64? = nil) {
      self.delay = delay
      self.warningDelay = warningDelay
    }
  }

  /// One for each labelled event.
  public var events: [Event] = []
  /// Times of alarms that should not have been.
  public var falseAlarms: [Int64] = []
  /// Times of alarms of which that is not known.
  public var outsideAlarms: [Int64] = []
  public var quietTrials = 0
  public var alarmedTrials = 0
  /// Milliseconds.
  public var quietTime: Int64 = 0
  public var warnings = 0
  public var quietWarnings = 0
  public var confirmedWarnings = 0
  public var withdrawnWarnings = 0

  public init() {}

  public var tally: Tally {
    var tally = Tally()
    tally.events = events.count
    tally.delays = events.compactMap(\.delay)
    tally.detected = tally.delays.count
    tally.quietTrials = quietTrials
    tally.alarmedTrials = alarmedTrials
    tally.falseAlarms = falseAlarms.count
    tally.outsideAlarms = outsideAlarms.count
    tally.quietTime = quietTime
    tally.warnings = warnings
    tally.quietWarnings = quietWarnings
    tally.confirmedWarnings = confirmedWarnings
    tally.withdrawnWarnings = withdrawnWarnings
    tally.warningDelays = events.compactMap(\.warningDelay)
    tally.warnedEvents = tally.warningDelays.count
    return tally
  }
}
