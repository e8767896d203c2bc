import AcalertService
import Detection
import Events
import Glibc
import Store
import simulation

/// The way of a record without Kafka: from a file through decoder and engine into the database, all on
/// one thread. What it costs more than its stages is the service's own; what the service costs more than
/// this is Kafka.
enum FileStage {
  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    let path = "\(workload.folder)/records.ndjson"
    try write(workload, to: path)
    var round = 0
    var split = Split()
    var best = Double.infinity
    var measured = try Meter.measure(
      "whole-file", unit: "records", count: workload.records, rounds: min(workload.rounds, 2),
      prepare: {
        round += 1
        return try Run(
          file: path, database: "\(workload.folder)/whole-file-\(round).db")
      },
      { run in
        try run.toTheEnd()
        guard run.records == workload.records else {
          throw BenchmarkError("only \(run.records) records were read")
        }
        if run.split.all < best { (best, split) = (run.split.all, run.split) }
      })
    measured.remark = split.text
    result(measured)
  }

  private static func write(_ workload: Workload, to path: String) throws {
    let records = try Records(format: .original, users: workload.users, count: workload.records)
    guard let file = fopen(path, "w") else { throw BenchmarkError("cannot write \(path)") }
    defer { fclose(file) }
    records.lend { record in
      fwrite(record.baseAddress, 1, record.count, file)
      fputc(Int32(UInt8(ascii: "\n")), file)
    }
  }

  /// Processor seconds of the parts.
  private struct Split {
    var reading = 0.0
    var judging = 0.0
    var storing = 0.0

    var all: Double { reading + judging + storing }

    var text: String {
      func share(_ part: Double) -> String { "\(Int((part / all * 100).rounded())) %" }
      return "read + decode + detect \(share(judging)), store \(share(storing))"
    }
  }

  private final class Run {
    var records = 0
    var split = Split()
    private var reader: LineReader
    private var engine: Engine
    private let decoder = RecordDecoder()
    private let store: Store
    private static let batch = 20_000

    init(file: String, database: String) throws {
      reader = try LineReader(path: file)
      engine = try Engine(streams: [StreamRules()])
      store = try Store(path: database)
      let partition = try store.partitionIndex(for: .init(topic: Workload.topic, partition: 0))
      engine.assign(partition, rewind: 0, next: 0)
    }

    deinit { store.close() }

    func toTheEnd() throws {
      var clock = Meter.cpu
      func lap() -> Double {
        let now = Meter.cpu
        defer { clock = now }
        return now - clock
      }
      var hasMore = true
      while hasMore {
        let end = records + Self.batch
        while records < end, hasMore { hasMore = try reader.next { take($0) } }
        let decisions = engine.takeDecisions(sweep: hasMore ? 0.05 : 1)
        split.judging += lap()
        try store.apply(decisions)
        split.storing += lap()
      }
    }

    @inline(__always)
    private func take(_ record: UnsafeRawBufferPointer) {
      let origin = RecordOrigin(partition: 0, offset: Int64(records))
      records += 1
      let arrival = Workload.startTime
      guard engine.admit(origin, arrival: arrival) else { return }
      do {
        try decoder.decode(record, arrival: -1)
        engine.ingest(
          stream: 0, user: decoder.user, device: decoder.device, samples: decoder.samples,
          origin: origin, arrival: arrival)
      } catch {
        engine.reject(
          InvalidRecordRow(
            origin: origin, timestamp: arrival, reason: error.reason.rawValue,
            detail: error.description, key: nil, value: [UInt8](record)))
      }
    }
  }
}
