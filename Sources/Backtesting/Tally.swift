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

  public init() {}

  public static func += (left: inout Tally, right: Tally) {
    left.events += right.events
    left.detected += right.detected
    left.quietTrials += right.quietTrials
    left.alarmedTrials += right.alarmedTrials
    left.falseAlarms += right.falseAlarms
    left.quietTime += right.quietTime
    left.delays += right.delays
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
}
