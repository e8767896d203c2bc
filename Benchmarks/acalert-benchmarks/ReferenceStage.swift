import CReference

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
      Meter.resetPeak()
      let runs = try (0..<workload.rounds).map { _ in try run(kind, workload) }
      guard var best = Measurement.best(of: runs) else { continue }
      best.peakBytes = Meter.peakBytes
      result(best)
    }
  }

  private static func run(_ kind: Kind, _ workload: Workload) throws -> Measurement {
    let size = workload.loadSize
    var outcome = creference_result()
    let answer = workload.brokers.withCString { brokers in
      Workload.topic.withCString { name in
        var topic = creference_topic(
          brokers: brokers, name: name, records: Int64(size.records), timeout: 120)
        return kind == .count
          ? creference_count(&topic, &outcome) : creference_job(&topic, &outcome)
      }
    }
    guard answer == 0 else {
      let text = withUnsafeBytes(of: outcome.error) { $0.prefix { $0 != 0 } }
      throw BenchmarkError("the C program failed: \(String(decoding: text, as: UTF8.self))")
    }
    guard outcome.records == Int64(size.records) else {
      throw BenchmarkError("the C program read \(outcome.records) of \(size.records) records")
    }
    var measured = Measurement(
      name: kind.name(workload.load), unit: "records", count: size.records,
      seconds: outcome.seconds, cpuSeconds: outcome.cpu_seconds)
    switch kind {
    case .count:
      measured.remark =
        "\(outcome.value_bytes / outcome.records) B a record, "
        + "\(outcome.key_bytes / outcome.records) B its key"
    case .job:
      try verify(outcome, size)
      measured.anomalies = Int(outcome.anomalies)
      measured.remark =
        "\(outcome.subjects) subjects, \(outcome.anomalies) anomalies, "
        + "\(outcome.transitions) changes"
    }
    return measured
  }

  /// Nothing may have been passed over, and what the simulator puts in must have been found.
  private static func verify(_ outcome: creference_result, _ size: Load.Size) throws {
    guard outcome.invalid == 0, outcome.late == 0, outcome.subjects == Int64(size.users) else {
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
