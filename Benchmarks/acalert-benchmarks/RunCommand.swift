import ArgumentParser
import Foundation

/// All stages, or one; a table; the thresholds.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Measures and prints a table.",
    discussion: """
      Each stage runs in a process of its own, the broker in another. The ratio says how many times \
      less processor time one record, sample or row takes than one record takes a consumer that only \
      counts; unlike the figures beside it, it can be compared between machines.

      Exit code 1: a ratio is more than 30 % below that in the thresholds.
      """)

  @Option(help: "Only this stage; again for more.")
  var stage: [Stage] = []

  @Option(help: "Records in the broker and in the file.")
  var records = 1_000_000

  @Option(help: "Wearers that they come from, one record a second each.")
  var users = 2_000

  @Option(help: "Measure each case so many times; the least processor time counts.")
  var rounds = 3

  @Option(help: ArgumentHelp("Write the measurements to this file.", valueName: "file"))
  var json: String?

  @Option(help: ArgumentHelp("Ratios to be reached.", valueName: "file"))
  var thresholds = "Benchmarks/thresholds.json"

  @Option(help: "Where databases and files are made, and removed again.")
  var folder = NSTemporaryDirectory()

  func validate() throws {
    guard (1_000...20_000_000).contains(records), (1...1_000_000).contains(users), rounds >= 1
    else { throw ValidationError("--records is 1000 to 20000000, --users 1 to 1000000") }
  }

  func run() throws {
    let expected = try Thresholds(path: thresholds)
    let broker = try BrokerProcess(records: records, users: users)
    defer { broker.stop() }
    var results: [Measurement] = []
    print(Table.header)
    // The reference first, whatever else is asked for.
    for stage in Stage.allCases
    where stage == .consume || self.stage.isEmpty || self.stage.contains(stage) {
      for var measurement in try measure(stage, broker) {
        let reference = results.first ?? measurement
        measurement.ratio = reference.nanoseconds / measurement.nanoseconds
        results.append(measurement)
        print(Table.row(measurement))
      }
    }
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(results).write(to: URL(fileURLWithPath: json))
    }
    let misses = expected.misses(among: results)
    for miss in misses { print(miss) }
    if !misses.isEmpty { throw ExitCode(1) }
  }

  private func measure(_ stage: Stage, _ broker: BrokerProcess) throws -> [Measurement] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [
      "stage", stage.rawValue, "--records", "\(records)", "--users", "\(users)", "--rounds",
      "\(rounds)", "--brokers", broker.bootstrapServers, "--folder", folder,
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError("the stage \(stage.rawValue) failed")
    }
    let decoder = JSONDecoder()
    return try text.split(separator: UInt8(ascii: "\n")).map {
      try decoder.decode(Measurement.self, from: $0)
    }
  }
}
