import AcalertService
import Backtesting
import Detection

/// The recordings that `acalert tune` learns from, read once, and how a stream's rules do on them.
struct TuneMaterial {
  private let trials: [LabelledTrial]
  let users: Int
  let unlabelled: Int
  /// Whether three axes were recorded, so that falls can be told.
  let hasAxes: Bool

  /// - Throws: `BacktestError` for recordings or labels that cannot be used.
  init(
    paths: [String], labels: String, stream: StreamSettings, users filter: UserFilter
  ) throws(BacktestError) {
    let labels = try LabelBook(file: labels)
    let read = try LabelledTrial.read(
      paths: paths, labels: labels, options: RecordingOptions(format: stream.format)
    ) { filter.includes($0.user) }
    trials = read.trials
    unlabelled = read.unlabelled
    users = Set(trials.map(\.label.user)).count
    hasAxes = trials.contains { $0.recording.hasAxes }
  }

  /// One line about it.
  var summary: String {
    let rest = unlabelled == 0 ? "" : "; \(unlabelled) recordings without a label are left out"
    return "\(trials.count) trials of \(users) users\(rest)"
  }

  /// What a stream comes to, for each user: parallel inside, the same whatever the number of threads.
  func tallies(_ stream: StreamSettings) throws -> [String: Tally] {
    try BacktestRunner(rules: stream.rules).tallies(of: trials)
  }
}
