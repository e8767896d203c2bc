/// What judging some trials came to: numbers that add up over trials, wearers and folds.
public struct Tally: Equatable, Sendable {
  /// Events that should be told (falls), and those that were.
  public var events = 0
  public var detected = 0
  /// Trials without an event, and those of them with at least one alarm.
  public var quietTrials = 0
  public var alarmedTrials = 0
  /// Alarms outside of events, in quiet trials.
  public var falseAlarms = 0
  /// Milliseconds of quiet trials.
  public var quietTime: Int64 = 0
  /// From the event (the impact) to the alarm, in milliseconds, one for each detected event.
  public var delays: [Int64] = []
  /// Alarms outside of events where it is not known whether that is right: they are counted, and no more.
  public var outsideAlarms = 0
  /// Early warnings in quiet trials, and those of all trials that became an alarm or were called off.
  public var quietWarnings = 0
  public var confirmedWarnings = 0
  public var withdrawnWarnings = 0
  /// All early warnings.
  public var warnings = 0
  /// Events that were warned of early, and from the event to that, in milliseconds.
  public var warnedEvents = 0
  public var warningDelays: [Int64] = []

  public init() {}

  public static func += (left: inout Tally, right: Tally) {
    left.events += right.events
    left.detected += right.detected
    left.quietTrials += right.quietTrials
    left.alarmedTrials += right.alarmedTrials
    left.falseAlarms += right.falseAlarms
    left.quietTime += right.quietTime
    left.delays += right.delays
    left.outsideAlarms += right.outsideAlarms
    left.quietWarnings += right.quietWarnings
    left.confirmedWarnings += right.confirmedWarnings
    left.withdrawnWarnings += right.withdrawnWarnings
    left.warnings += right.warnings
    left.warnedEvents += right.warnedEvents
    left.warningDelays += right.warningDelays
  }

  /// Share of events that were told; `nil` without events.
  public var sensitivity: Double? {
    events == 0 ? nil : Double(detected) / Double(events)
  }

  /// Share of quiet trials without an alarm; `nil` without quiet trials.
  public var specificity: Double? {
    quietTrials == 0 ? nil : 1 - Double(alarmedTrials) / Double(quietTrials)
  }

  /// False alarms per hour of quiet trials; `nil` without any.
  public var falseAlarmsPerHour: Double? {
    quietTime == 0 ? nil : Double(falseAlarms) / (Double(quietTime) / 3_600_000)
  }

  /// The same per day of wearing.
  public var falseAlarmsPerDay: Double? { falseAlarmsPerHour.map { $0 * 24 } }

  /// Detected events as a share of them and the false alarms; `nil` if there is neither.
  public var precision: Double? {
    let told = detected + falseAlarms
    return told == 0 ? nil : Double(detected) / Double(told)
  }

  /// The harmonic mean of sensitivity and precision; `nil` without events.
  public var f1: Double? {
    let all = events + detected + falseAlarms
    return events == 0 ? nil : 2 * Double(detected) / Double(all)
  }

  /// Share of events that were warned of early; `nil` without events.
  public var warnedShare: Double? {
    events == 0 ? nil : Double(warnedEvents) / Double(events)
  }

  /// Early warnings per hour of quiet trials; `nil` without any.
  public var warningsPerHour: Double? {
    quietTime == 0 ? nil : Double(quietWarnings) / (Double(quietTime) / 3_600_000)
  }

  /// Share of early warnings that were called off; `nil` without warnings.
  public var withdrawnShare: Double? {
    warnings == 0 ? nil : Double(withdrawnWarnings) / Double(warnings)
  }

  /// The smallest of `values` that at least the share `quantile` of them does not exceed (nearest rank);
  /// `nil` without values.
  public static func quantile(_ quantile: Double, of values: [Int64]) -> Int64? {
    guard !values.isEmpty else { return nil }
    let rank = Int((quantile * Double(values.count)).rounded(.up))
    return values.sorted()[min(max(rank, 1), values.count) - 1]
  }
}
