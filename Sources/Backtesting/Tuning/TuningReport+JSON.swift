import Foundation

/// The report for programs.
extension TuningReport {
  /// The whole report as JSON, keys sorted, of the form that docs/BACKTESTS.md describes.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    var data = try encoder.encode(Document(self))
    data.append(0x0A)
    return data
  }

  private struct Document: Encodable {
    var objective, method: String
    var maxFalseAlarmsPerHour, minSpecificity: Double?
    var seed: UInt64
    var users: [String]
    var sets: [Tried]
    var refused: [Refused]
    var chosen: Int
    var folds: [Fold]
    var nested: Figures

    init(_ report: TuningReport) {
      objective = "\(report.objective.goal)"
      maxFalseAlarmsPerHour = report.objective.maxFalseAlarmsPerHour
      minSpecificity = report.objective.minSpecificity
      method = report.method
      seed = report.seed
      users = report.users
      sets = report.trials.enumerated().map { place, trial in
        Tried(
          set: place, parameters: trial.parameters.dictionary, excess: trial.score.excess,
          goal: trial.score.goal, figures: Figures(trial.tally))
      }
      refused = report.refused.map {
        Refused(parameters: $0.parameters.dictionary, reason: $0.reason)
      }
      chosen = report.chosen
      folds = report.rounds.map { round in
        Fold(
          users: round.users, set: round.chosen, training: Figures(round.training),
          heldOut: Figures(round.heldOut))
      }
      nested = Figures(report.nested)
    }
  }

  private struct Tried: Encodable {
    var set: Int
    var parameters: [String: String]
    var excess, goal: Double
    var figures: Figures
  }

  private struct Refused: Encodable {
    var parameters: [String: String]
    var reason: String
  }

  private struct Fold: Encodable {
    var users: [String]
    var set: Int
    var training, heldOut: Figures
  }

  private struct Figures: Encodable {
    var events, detected, quietTrials, alarmedTrials, falseAlarms: Int
    /// Milliseconds.
    var quietTime: Int64
    var sensitivity, specificity, falseAlarmsPerHour: Double?
    /// Milliseconds.
    var medianDelay, p95Delay: Int64?

    init(_ tally: Tally) {
      events = tally.events
      detected = tally.detected
      quietTrials = tally.quietTrials
      alarmedTrials = tally.alarmedTrials
      falseAlarms = tally.falseAlarms
      quietTime = tally.quietTime
      sensitivity = tally.sensitivity
      specificity = tally.specificity
      falseAlarmsPerHour = tally.falseAlarmsPerHour
      medianDelay = tally.delay(percent: 50)
      p95Delay = tally.delay(percent: 95)
    }
  }
}

extension ParameterSet {
  fileprivate var dictionary: [String: String] {
    Dictionary(settings.map { ($0.path, $0.value) }, uniquingKeysWith: { first, _ in first })
  }
}
