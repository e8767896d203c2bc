import AcalertService
import ArgumentParser
import Backtesting
import Foundation

/// `acalert tune`: searches the parameters of a configuration over a training set.
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Searches the parameters of a configuration over labelled recordings.",
    discussion: """
      DATA are recordings and LABELS what is known of them, as for acalert backtest. Each set of \
      parameters is judged by the engine of the service; the best one becomes a configuration that \
      check-config accepts. What it is worth on people not seen is told by nested cross-validation, in \
      which a user is never on both sides.

      What may vary is said in a file:
        parameters:
          zscore.k: [3, 4, 5]
          status.raise.within: {min: 1, max: 10, step: 1, unit: s}
          falls.model.threshold: {min: 0.01, max: 0.9, step: 0.001, scale: log, count: 12}

      Example:
        acalert tune falls.csv.gz --labels trials.csv --config config/acalert.yaml \\
          --space space.yaml --max-false-alarms-per-hour 1 --out tuned.yaml

      The same data, space, seed and options give the same report and file, to the bit.
      """)

  @Argument(help: "Recordings: files or folders.")
  var data: [String]

  @Option(help: "The file of labels.")
  var labels: String

  @Option(name: [.short, .long], help: "The configuration to begin with; else the service's own.")
  var config: String?

  @Option(help: "The configuration's stream to tune, if it has several.")
  var stream: String?

  @Option(
    help: """
      The file of parameters and their values. Without it: falls.model.threshold from 0.02 to 0.98 \
      for recordings with three axes of a stream that tells falls, else zscore.k and \
      status.raise.count.
      """)
  var space: String?

  @Option(help: "grid: all combinations; random: draws.")
  var method = TuneRun.Method.grid

  @Option(help: "How many sets are drawn at random; the most that a grid may have.")
  var trials = 200

  @Option(help: "Decides who comes into which fold, and the random draws.")
  var seed: UInt64 = 1

  @Option(help: "Into how many folds the users are dealt.")
  var folds = 10

  @Option(help: "What to maximise: sensitivity, youden, f1, f2, f0.5 …")
  var objective = "sensitivity"

  @Option(help: "The most false alarms an hour.")
  var maxFalseAlarmsPerHour: Double?

  @Option(help: "The least share of trials without an event that have no alarm, 0 to 1.")
  var minSpecificity: Double?

  @Option(
    help: ArgumentHelp("Only users that fit, * and ? as in file names.", valueName: "pattern"))
  var users: [String] = []

  @Option(help: ArgumentHelp("Write the whole report as JSON.", valueName: "file"))
  var json: String?

  @Option(
    help: ArgumentHelp("Write the configuration with the best parameters.", valueName: "file"))
  var out: String?

  func validate() throws {
    guard Objective.Goal(objective) != nil else {
      throw ValidationError("\"\(objective)\" is none of sensitivity, youden, f1, f2, f0.5 …")
    }
    guard folds >= 2 else { throw ValidationError("--folds must be at least 2") }
    guard (1...100_000).contains(trials) else {
      throw ValidationError("--trials must be 1 to 100000")
    }
    if let rate = maxFalseAlarmsPerHour, !(rate >= 0 && rate.isFinite) {
      throw ValidationError("--max-false-alarms-per-hour must be 0 or more")
    }
    if let share = minSpecificity, !(0...1).contains(share) {
      throw ValidationError("--min-specificity must be 0 to 1")
    }
    if let out, let config, Self.isSame(out, config) {
      throw ValidationError("--out would replace the configuration that is tuned")
    }
  }

  func run() throws {
    do {
      try tune()
    } catch let error as ConfigurationError {
      if error.file == config || error.file == space { throw ended(by: error, reading: error.file) }
      complain(error.description)
      throw ExitCodes.badConfiguration
    } catch let error as BacktestError {
      complain("\(error)")
      throw error.kind == .unreadable ? ExitCodes.noInput : ExitCode(65)
    } catch let error as TuningError {
      complain("\(error)")
      throw ExitCode(65)
    }
  }

  private func tune() throws {
    let goal = Objective.Goal(objective) ?? .sensitivity
    var run = try TuneRun(
      file: config, stream: stream,
      search: Search(
        objective: Objective(
          goal, maxFalseAlarmsPerHour: maxFalseAlarmsPerHour, minSpecificity: minSpecificity),
        foldCount: folds, seed: seed))
    run.method = method
    run.trials = trials
    // What is wrong with the parameters shows before the recordings are read.
    let given = try space.map { try run.plan(ParameterSpace(file: $0)) }

    let material = try TuneMaterial(
      paths: data, labels: labels, stream: run.stream, users: UserFilter(including: users))
    complain(material.summary)
    run.material = [
      "recordings: \(data.joined(separator: ", "))", "labels: \(labels)",
      "of them: \(material.summary)",
    ]
    if !users.isEmpty { run.material.append("users: \(users.joined(separator: ", "))") }

    let hasFalls = run.stream.rules.falls != nil && material.hasAxes
    let progress = ProgressLine(on: .standardError)
    let start = ContinuousClock.now
    defer { progress.end() }
    let report = try run.run(
      given ?? run.plan(.standard(hasFalls: hasFalls)),
      now: { start.duration(to: .now).milliseconds },
      progress: { step in
        let left = step.remaining.map { ", \(RemainingTime.text($0)) left" } ?? ""
        progress.show("judged \(step.done) of \(step.total) sets\(left)")
      }, evaluate: material.tallies)
    progress.end()
    // The file last: whoever finds it finds all else done.
    print(report.text(), terminator: "")
    if let json { try write(report.json(), to: json) }
    if let out { try write(Data(run.tunedText(report, for: out).utf8), to: out) }
  }

  private func write(_ data: Data, to file: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      complain("\(file) cannot be written: \(error.localizedDescription)")
      throw ExitCode(73)
    }
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    URL(fileURLWithPath: left).standardizedFileURL
      == URL(fileURLWithPath: right).standardizedFileURL
  }
}

extension TuneRun.Method: ExpressibleByArgument {}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}
