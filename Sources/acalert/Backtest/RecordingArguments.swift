import AcalertService
import ArgumentParser
import Backtesting
import Detection
import Foundation

/// What commands over labelled recordings have in common.
struct RecordingArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Files and folders of recordings: .csv, .ndjson, .jsonl, each also with .gz behind.",
      valueName: "data"))
  var data: [String]

  @Option(
    help: "The labels: CSV of trials, CSV of windows, or NAB's combined_windows.json.")
  var labels: String

  @Option(name: [.short, .long], help: "Take the rules from this configuration.")
  var config: String?

  @Option(help: "The configuration's stream that the recordings belong to, if it has several.")
  var stream: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only the recordings of these users.", valueName: "pattern"))
  var users: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Not the recordings of these users.", valueName: "pattern"))
  var exceptUsers: [String] = []

  @Option(help: "Judge so many recordings at the same time (default: one a core).")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1_024).contains(threads) {
      throw ValidationError("--threads is a number from 1 to 1024")
    }
    guard config != nil || stream == nil else {
      throw ValidationError("--stream goes with --config")
    }
  }

  /// The run that these arguments ask for. Without a configuration recordings of three axes are judged as the
  /// service does by default, series of anything else by their novelty.
  func run() throws -> BacktestRun {
    let settings = try config.map(readConfiguration) ?? Configuration()
    let streams = settings.streams.filter { $0.camera == nil }
    guard let chosen = stream.map({ name in streams.first { $0.name == name } }) ?? streams.first
    else {
      let names = streams.map(\.name).joined(separator: ", ")
      throw ValidationError(
        streams.isEmpty
          ? "the configuration has no stream of samples" : "there is no such stream, but \(names)")
    }
    let runner = BacktestRunner(
      rules: chosen.rules, seriesRules: config == nil ? .novelty : nil, threads: threads)
    var run = BacktestRun(paths: data, labels: labels, runner: runner)
    run.options = RecordingOptions(
      format: chosen.format, keepsResolution: config != nil)
    run.users = UserFilter(including: users, excluding: exceptUsers)
    return run
  }
}

/// Does what a command does with recordings; ends with what is wrong with them.
func withRecordings<Value>(_ body: () throws -> Value) throws -> Value {
  do {
    return try body()
  } catch let error as BacktestError {
    complain(error.description)
    throw error.kind == .unreadable ? ExitCodes.noInput : ExitCodes.badData
  } catch let error as RulesError {
    complain("the rules cannot be used: \(error)")
    throw ExitCodes.badConfiguration
  }
}

/// Writes a whole file; `-` is standard output.
func writeReport(_ text: String, to file: String) throws {
  guard file != "-" else {
    FileHandle.standardOutput.write(Data(text.utf8))
    return
  }
  do {
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
  } catch {
    complain("\(file) cannot be written: \(error.localizedDescription)")
    throw ExitCode(73)
  }
}
