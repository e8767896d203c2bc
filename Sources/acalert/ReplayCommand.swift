import AcalertService
import ArgumentParser
import Detection
import Foundation

/// `acalert replay`: the engine over a file of records.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Judges a file of records and prints what is flagged.",
    discussion: """
      FILE holds one JSON record a line, in any of the formats that the service reads, or is a CSV \
      file with a header (its name ends in .csv, or --csv is given); - is standard input. The records \
      go through the engine of the service in the order of the file.

      A recording with columns of its own:
        acalert replay walk.csv --map trial=user --map t_ms=ts --map ax=x --map ay=y --map az=z

      Prints one line for each flagged sample and each change of state, and a summary at the end; \
      with --json one JSON object a line instead.
      """)

  @Argument(help: "The file; - for standard input.")
  var file: String

  @Option(name: [.short, .long], help: "Take the rules from this configuration.")
  var config: String?

  @Option(
    help: "The configuration's stream that the records belong to, if it has several; cameras too.")
  var stream: String?

  @Flag(help: "The file is CSV, whatever its name.")
  var csv = false

  @Option(
    help: ArgumentHelp(
      "Read this column of a CSV file as that field; as -: leave it unread.",
      valueName: "column=field"))
  var map: [String] = []

  @Option(
    help: ArgumentHelp(
      "Give every record of a CSV file this field, e.g. user=u-1.", valueName: "field=value"))
  var set: [String] = []

  @Flag(help: "Print JSON, one object a line.")
  var json = false

  @Flag(help: "Print windows as they close, and samples that came too late.")
  var all = false

  @Flag(help: "Print the summary only.")
  var summary = false

  func run() throws {
    let isCSV = csv || file.lowercased().hasSuffix(".csv")
    guard isCSV || (map.isEmpty && set.isEmpty) else {
      throw ValidationError(
        "--map and --set are for CSV files; name the fields in the configuration")
    }
    let settings = try config.map(readConfiguration) ?? Configuration()
    guard
      let chosen = stream.map({ name in settings.streams.first { $0.name == name } })
        ?? settings.streams.first
    else {
      throw ValidationError(
        "there is no such stream; the configuration has "
          + settings.streams.map(\.name).joined(separator: ", "))
    }
    guard chosen.camera == nil || !isCSV else {
      throw ValidationError("stream \(chosen.name) is of cameras, whose records are JSON")
    }
    let labels = chosen.camera.map { Array($0.format.labels.values) } ?? []
    let rules = try chosen.camera?.rulesFile.map { try readRules($0, labels: labels).rules }
    let output = ReplayOutput(
      format: json ? .json : .text, includesAll: all, isSummaryOnly: summary,
      unit: chosen.rules.unit)
    do {
      try ReplayRun(
        file: file, isCSV: isCSV, stream: chosen, rules: rules ?? .standard,
        rename: try pairs(map, "--map COLUMN=FIELD"), constants: try pairs(set, "--set FIELD=VALUE")
      ).run(output)
    } catch let error as ConfigurationError {
      complain(error.description)
      throw ExitCodes.noInput
    } catch let error as CSVRecords.HeaderError {
      complain("\(file):1: \(error)")
      throw ExitCode(65)
    }
  }

  private func pairs(_ texts: [String], _ form: String) throws -> [(String, String)] {
    try texts.map { text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { throw ValidationError("\"\(text)\" is not \(form)") }
      return (parts[0], parts[1])
    }
  }
}
