import AcalertService
import Foundation
import Kafka
import Logging
import Store
import Synchronization

/// The service as it is shipped, from the assignment of its partitions until all records are in the
/// database with their windows.
enum WholeStage {
  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    let start = Start()
    LoggingSystem.bootstrap { label in Watch(start: start, speaks: label == "acalert") }
    var best: Measurement?
    Meter.resetPeak()
    for round in 0..<min(workload.rounds, 2) {
      let measured = try run(workload, round: round, start)
      if measured.cpuSeconds < best?.cpuSeconds ?? .infinity { best = measured }
    }
    guard var best else { return }
    best.peakBytes = Meter.peakBytes
    result(best)
  }

  private static func run(_ workload: Workload, round: Int, _ start: Start) throws -> Measurement {
    start.moment.withLock { $0 = nil }
    var settings = Configuration()
    settings.kafka.bootstrapServers = workload.brokers
    // Of its own, or the broker would remember that all has been read.
    settings.kafka.group = "whole-\(getpid())-\(round)"
    settings.kafka.properties = EmbeddedBroker.consumerProperties
    settings.streams[0].topics = [Workload.topic]
    settings.store.folder = "\(workload.folder)/whole-\(round)"
    settings.http.port = 0
    let service = Service(settings)
    try service.start()
    let deadline = Meter.now + 60
    while service.counters.records.current < workload.records {
      if let failure = service.failure { throw failure }
      guard Meter.now < deadline else {
        service.stop()
        throw BenchmarkError(
          "only \(service.counters.records.current) of \(workload.records) records were stored")
      }
      usleep(1_000)
    }
    let end = (Meter.now, Meter.cpu)
    service.stop()
    guard let begin = start.moment.withLock({ $0 }) else {
      throw BenchmarkError("the assignment of the partitions was not seen")
    }
    try verify(service, workload)
    let counters = service.counters
    return Measurement(
      name: "whole", unit: "records", count: workload.records, seconds: end.0 - begin.time,
      cpuSeconds: end.1 - begin.cpu,
      remark: "\(counters.windows.current) windows, \(counters.rows.current) rows, "
        + "\(counters.commits.current) commits")
  }

  /// The database must hold what the counters say.
  private static func verify(_ service: Service, _ workload: Workload) throws {
    let store = try Store(path: service.databasePath)
    defer { store.close() }
    let next = try store.partitions().reduce(0) { $0 + $1.next }
    guard next == Int64(workload.records) else {
      throw BenchmarkError("the database ends at \(next) of \(workload.records) records")
    }
    guard service.counters.windows.current > 0, service.counters.lostRecords.current == 0 else {
      throw BenchmarkError("no windows were written, or records were lost")
    }
  }

  /// When the first partition was assigned: joining a group takes seconds and is no work.
  private final class Start: Sendable {
    let moment = Mutex<(time: Double, cpu: Double)?>(nil)
  }

  /// Listens to the service's log, which tells of every new partition before its first record.
  private struct Watch: LogHandler {
    let start: Start
    /// Whether warnings are shown: librdkafka's, of what the mock cannot do, are not.
    let speaks: Bool
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    init(start: Start, speaks: Bool) {
      self.start = start
      self.speaks = speaks
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      if event.metadata?["partition"] != nil {
        start.moment.withLock { $0 = $0 ?? (Meter.now, Meter.cpu) }
      }
      if speaks, event.level >= .warning {
        FileHandle.standardError.write(Data("\(event.level): \(event.message)\n".utf8))
      }
    }
  }
}
