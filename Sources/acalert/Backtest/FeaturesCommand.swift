import ArgumentParser
import Backtesting
import Foundation

/// `acalert features`: what models of falls are trained on.
struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Writes the features of all candidates for falls in labelled recordings, as CSV.",
    discussion: """
      The engine of the service computes them, so that a model meets in the service what it was \
      trained on. One line per candidate: trial, user, group, activity, label (1 a fall, 0 none, \
      empty unknown), time_ms, then the features by name; see docs/MODELS.md.

        acalert features falls.csv.gz --labels falls_trials.csv --out features.csv

      Exit codes: 0 done; 65 a file is not what it should be; 66 a file cannot be read; 73 the table \
      cannot be written; 78 the configuration is wrong.
      """)

  @OptionGroup var recordings: RecordingArguments

  @Option(help: "The file to write; - for standard output.")
  var out: String

  func run() throws {
    let run = try recordings.run()
    guard run.runner.rules.falls != nil else {
      throw ValidationError("the stream does not look for falls; see `falls` in the configuration")
    }
    var text = ""
    let progress = RecordingProgress("features")
    let summary = try withRecordings {
      defer { progress.end() }
      return try FeatureTable(run).write(progress: { progress.show($0) }, to: { text += $0 })
    }
    try writeReport(text, to: out)
    for line in summary.data.badLines.examples { complain(line) }
    FileHandle.standardError.write(
      Data(
        """
        \(summary.rows) candidates of \(summary.recordings) recordings: \(summary.events) of falls, \
        \(summary.quiet) of none

        """.utf8))
  }
}
