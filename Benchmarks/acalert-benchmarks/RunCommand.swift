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

      The whole service is measured in turn with a plain C program that reads the same topic: one that \
      counts (c/count), one that does the same job without a database (c/job). Its share of their \
      records a second is that of the best runs of each.

      Exit code 1: a ratio or share is more than 30 % below that in the thresholds.
      """)

  @Option(help: "Only this stage; again for more.")
  var stage: [Stage] = []

  @Option(help: "Only this load of the stages c and whole; again for more.")
  var load: [Load] = []

  @Option(help: "The size: records in the file; brokers hold multiples of it.")
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
    let processes = StageProcess(records: records, users: users, folder: folder)
    let broker = try BrokerProcess(.original, records: records, users: users)
    defer { broker.stop() }
    var results: [Measurement] = []
    func report(_ measurements: [Measurement]) {
      for var measurement in measurements {
        let reference = results.first ?? measurement
        measurement.ratio = reference.nanoseconds / measurement.nanoseconds
        results.append(measurement)
        print(Table.row(measurement))
      }
    }
    print(Table.header)
    // The reference first, whatever else is asked for.
    for stage in Stage.allCases where !stage.isPaired && (stage == .consume || wants(stage)) {
      report(
        try processes.measure(
          stage, load: .original, rounds: rounds, brokers: broker.bootstrapServers))
    }
    if wants(.reference) || wants(.whole) {
      for load in Load.allCases where self.load.isEmpty || self.load.contains(load) {
        // The goal that is compared with the C program gets all rounds; the others are long.
        let pair = PairedRun(
          load: load, rounds: load == .original ? rounds : min(rounds, 2), processes: processes,
          includesService: wants(.whole))
        report(try measure(pair, broker))
      }
    }
    for text in results.compactMap({ Bottleneck.text(of: $0, stages: results) }) { print(text) }
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(results).write(to: URL(fileURLWithPath: json))
    }
    let misses = expected.misses(among: results)
    for miss in misses { print(miss) }
    if !misses.isEmpty { throw ExitCode(1) }
  }

  private func wants(_ stage: Stage) -> Bool { self.stage.isEmpty || self.stage.contains(stage) }

  /// Each load has a broker of its own, for as long as it is measured.
  private func measure(_ pair: PairedRun, _ original: BrokerProcess) throws -> [Measurement] {
    if pair.load == .original { return try pair.measure(brokers: original.bootstrapServers) }
    let broker = try BrokerProcess(pair.load, records: records, users: users)
    defer { broker.stop() }
    return try pair.measure(brokers: broker.bootstrapServers)
  }
}
