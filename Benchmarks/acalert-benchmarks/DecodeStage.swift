import Events
import simulation

/// Decoding alone: records lie ready in memory, results are looked at and forgotten.
enum DecodeStage {
  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    try measure("original", .original, count: 500_000, workload, result)
    try measure("axes", .axes, count: 500_000, workload, result)
    try measure("burst-of-50", .burst, count: 20_000, workload, result)
  }

  private static func measure(
    _ name: String, _ format: simulation.RecordFormat, count: Int, _ workload: Workload,
    _ result: (Measurement) -> Void
  ) throws {
    guard workload.wants("decode/\(name)") else { return }
    let records = try Records(format: format, users: workload.users, count: count)
    let decoder = RecordDecoder()
    var samples = 0
    var measured = try Meter.measure(
      "decode/\(name)", unit: "records", count: count, rounds: workload.rounds
    ) {
      samples = 0
      try records.lend { record in
        try decoder.decode(record, arrival: -1)
        samples += decoder.samples.count
      }
    }
    guard samples >= count else { throw BenchmarkError("decode: samples are missing") }
    measured.remark = "\(records.bytes.count / count) B a record"
    if samples > count {
      measured.remark += ", \(Figures.short(Double(samples) / measured.seconds)) samples/s"
    }
    result(measured)
  }
}
