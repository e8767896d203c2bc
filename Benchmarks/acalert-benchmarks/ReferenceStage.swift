import Foundation

/// The same topic read by a plain C program: the limit.
enum ReferenceStage {
  /// What the program does.
  enum Kind: String, CaseIterable {
    /// Counts messages.
    case count
    /// Decodes, windows, judges, and keeps the states in memory: all but a database.
    case job

    /// What it is called in measurements of this load.
    func name(_ load: Load) -> String {
      load == .original ? "c/\(rawValue)" : "c/\(rawValue)/\(load.rawValue)"
    }
  }

  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    for kind in workload.load.references where workload.wants("c/\(kind.rawValue)") {
      let runs = try (0..<workload.rounds).map { _ in try run(kind, workload) }
      if let best = Measurement.best(of: runs) { result(best) }
    }
  }

  /// What the program says of its run.
  private struct Outcome: Decodable {
    var seconds: Double
    var cpuSeconds: Double
    var records: Int
    var valueBytes: Int
    var keyBytes: Int
    var subjects: Int
    var anomalies: Int
    var transitions: Int
    var invalid: Int
    var late: Int
    var peakBytes: Int
  }

  /// Runs the program, which lies beside this one, to its end.
  private static func outcome(_ kind: Kind, _ workload: Workload) throws -> Outcome {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("c-reference")
    process.arguments = [
      kind.rawValue, workload.brokers, Workload.topic, "\(workload.loadSize.records)",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    try process.run()
    let line = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkError("the C program failed") }
    return try JSONDecoder().decode(Outcome.self, from: line)
  }

  private static func run(_ kind: Kind, _ workload: Workload) throws -> Measurement {
    let size = workload.loadSize
    let outcome = try outcome(kind, workload)
    guard outcome.records == size.records else {
      throw BenchmarkError("the C program read \(outcome.records) of \(size.records) records")
    }
    var measured = Measurement(
      name: kind.name(workload.load), unit: "records", count: size.records,
      seconds: outcome.seconds, cpuSeconds: outcome.cpuSeconds)
    measured.peakBytes = outcome.peakBytes
    switch kind {
    case .count:
      measured.remark =
        "\(outcome.valueBytes / outcome.records) B a record, "
        + "\(outcome.keyBytes / outcome.records) B its key"
    case .job:
      try verify(outcome, size)
      measured.anomalies = outcome.anomalies
      measured.remark =
        "\(outcome.subjects) subjects, \(outcome.anomalies) anomalies, "
        + "\(outcome.transitions) changes"
    }
    return measured
  }

  /// Nothing may have been passed over, and what the simulator puts in must have been found.
  private static func verify(_ outcome: Outcome, _ size: Load.Size) throws {
    guard outcome.invalid == 0, outcome.late == 0, outcome.subjects == size.users else {
      throw BenchmarkError(
        "the C program saw \(outcome.subjects) subjects, \(outcome.invalid) invalid records and "
          + "\(outcome.late) late ones")
    }
    // One record in 500 begins a fall or an outlier; walking and falling add some.
    guard outcome.anomalies > 0, outcome.anomalies < outcome.records / 10 else {
      throw BenchmarkError("the C program found \(outcome.anomalies) anomalies")
    }
  }
}
