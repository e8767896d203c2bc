import ArgumentParser
import Foundation

/// One stage in this process. `run` starts it as a child, so that no stage's memory is another's.
struct StageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stage",
    abstract: "One stage in this process, as lines of JSON; the one to run under a profiler.")

  @Argument(help: "One of: \(Stage.allCases.map(\.rawValue).joined(separator: ", ")).")
  var stage: Stage

  @Option(help: "What the broker is filled with, for stages that read from one.")
  var load = Load.original

  @Option(help: "The size: records in the file; the broker holds a multiple of it.")
  var records = 1_000_000

  @Option(help: "Wearers that they come from.")
  var users = 2_000

  @Option(help: "Measure each case so many times.")
  var rounds = 3

  @Option(help: "Only cases whose name begins so, e.g. detect/50.")
  var only = ""

  @Option(help: "A preloaded broker's address; one is started if the stage needs it.")
  var brokers = ""

  @Option(help: "Where a folder for databases and files is made, and removed again.")
  var folder = NSTemporaryDirectory()

  func run() throws {
    let scratch = URL(fileURLWithPath: folder)
      .appendingPathComponent("acalert-benchmarks-\(getpid())")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let broker =
      stage.needsBroker && brokers.isEmpty
      ? try BrokerProcess(load, records: records, users: users) : nil
    defer { broker?.stop() }
    let workload = Workload(
      records: records, users: users, load: load,
      brokers: broker?.bootstrapServers ?? brokers,
      folder: scratch.path, rounds: rounds, only: only)
    let encoder = JSONEncoder()
    try stage.measure(workload) { measurement in
      guard let line = try? encoder.encode(measurement) else { return }
      FileHandle.standardOutput.write(line + Data("\n".utf8))
    }
  }
}
