import ArgumentParser
import Backtesting

/// `acalert backtest`: the engine over labelled recordings, scored.
struct BacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Judges labelled recordings and says how good the judgement is.",
    discussion: """
      The recordings go through the engine of the service. An event is detected if an alarm lies from \
      1.5 s before to 6 s after its impact (--before, --after); formats, and what each figure means: \
      docs/BACKTESTS.md.

      Falls, by the service's own rules:
        acalert backtest falls.csv.gz --labels falls_trials.csv --html report.html
      A configuration, on some of the users:
        acalert backtest falls.csv.gz --labels falls_trials.csv --config acalert.yaml --users 'SA0*'
      Series of the Numenta Anomaly Benchmark:
        acalert backtest nab/data --labels nab/labels/combined_windows.json

      Exit codes: 0 done; 65 a file is not what it should be; 66 a file cannot be read; 73 a report \
      cannot be written; 78 the configuration is wrong.
      """)

  @OptionGroup var recordings: RecordingArguments

  @Option(help: "Write the report as JSON to this file; - for standard output.")
  var json: String?

  @Option(help: "Write the report as a page to this file; it needs no other file.")
  var html: String?

  @Option(help: "An alarm so many milliseconds before an event is about it.")
  var before: Int64 = 1_500

  @Option(help: "An alarm so many milliseconds after an event is about it.")
  var after: Int64 = 6_000

  func validate() throws {
    guard (0...86_400_000).contains(before), (0...86_400_000).contains(after) else {
      throw ValidationError("--before and --after are milliseconds, 0 to a day")
    }
  }

  func run() throws {
    var run = try recordings.run()
    run.runner.scoring = EventScoring(before: before, after: after)
    let progress = RecordingProgress("backtest")
    let report = try withRecordings {
      defer { progress.end() }
      return try run.report { progress.show($0) }
    }
    if let json { try writeReport(report.json, to: json) }
    if let html { try writeReport(report.html, to: html) }
    if json != "-", html != "-" { print(report.text) }
  }
}
