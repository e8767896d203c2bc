import AcalertService
import ArgumentParser
import Foundation

/// `acalert label`: training data from verdicts.
struct LabelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "label",
    abstract: "Makes labelled data of the verdicts on past alerts and threats.",
    discussion: """
      Writes a line for each alert and threat that somebody has confirmed or called a false alarm: whose \
      it was, from when to when, and what. acalert backtest takes the file as --labels. With --features it \
      writes what was measured of the possible falls in these windows as well, in the columns of \
      acalert features: what models are trained on. Reads the database only; the service may run.

        acalert label --config config/acalert.yaml --out labels.csv --features features.csv
      """)

  @Option(help: "The database (default: data/acalert.db).")
  var database: String?

  @Option(name: [.short, .long], help: "Take the database of this configuration.")
  var config: String?

  @Option(help: "The file of labelled windows to write.")
  var out: String

  @Option(help: "The file of the possible falls' features to write.")
  var features: String?

  @Option(help: "Only what began at this time or later: RFC 3339, like 2026-11-21T04:32:00Z.")
  var since: String?

  @Option(help: "Only what began before this time.")
  var until: String?

  @Flag(
    help:
      "Take the possible falls of those who had no alert for normal, and write them with the label 0."
  )
  var quietAsNormal = false

  func validate() throws {
    if database != nil, config != nil {
      throw ValidationError("--database and --config both name the database: give one of them")
    }
    if quietAsNormal, features == nil {
      throw ValidationError("--quiet-as-normal is of use only with --features")
    }
    if let from = try since.map(time(ofArgument:)), let to = try until.map(time(ofArgument:)),
      from > to
    {
      throw ValidationError("--since must not be after --until")
    }
  }

  func run() throws {
    let file =
      try database ?? config.map { try readConfiguration($0).store.folder + "/acalert.db" }
      ?? "data/acalert.db"
    let export: LabelExport
    do {
      export = try LabelExport(
        database: file, from: try since.map(time(ofArgument:)),
        to: try until.map(time(ofArgument:)))
    } catch {
      complain("\(error)")
      throw ExitCodes.noInput
    }
    let windows = try TextFile(out)
    let rows = try features.map { try TextFile($0) }
    let summary = try export.write(
      windows: windows.write, features: rows?.write, quiet: quietAsNormal)
    try windows.close()
    try rows?.close()
    let counts = summary.windows.sorted { $0.key.rawValue < $1.key.rawValue }
      .map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
    print(
      "\(out): \(summary.windows.values.reduce(0, +)) windows\(counts.isEmpty ? "" : ": \(counts)")"
    )
    if let features {
      print("\(features): \(summary.rows) rows: \(summary.falls) falls, \(summary.normal) normal")
    }
    if summary.windows.isEmpty, summary.rows == 0 {
      complain("nobody has judged an alert or a threat in this time: acalert alerts verdict --help")
      throw ExitCode.failure
    }
  }
}

/// A file that is written from its beginning.
private final class TextFile {
  private let handle: FileHandle
  private let path: String

  init(_ path: String) throws {
    self.path = path
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else {
      complain("\(path) cannot be written")
      throw ExitCode.failure
    }
    self.handle = handle
  }

  func write(_ text: String) throws {
    do {
      try handle.write(contentsOf: Data(text.utf8))
    } catch {
      complain("\(path) cannot be written: \(error)")
      throw ExitCode.failure
    }
  }

  func close() throws { try handle.close() }
}
