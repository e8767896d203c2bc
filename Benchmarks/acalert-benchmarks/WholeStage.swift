import AcalertService
import Foundation
import Kafka
import Logging
import Store

/// The service from the assignment of its partitions until all records are in the database with their
/// windows.
enum WholeStage {
  /// How the service is set up.
  enum Case: String, CaseIterable {
    /// As it is shipped.
    case shipped = "whole"
    /// With the z-score as its only detector.
    case zscore = "whole-zscore"
    /// With a history of windows of two minutes, as suits a sample a second.
    case minutes = "whole-minutes"

    func name(_ load: Load) -> String { "\(rawValue)/\(load.rawValue)" }

    func adjust(_ settings: inout Configuration) {
      switch self {
      case .shipped: break
      case .zscore: settings.streams[0].rules.falls = nil
      case .minutes:
        settings.streams[0].rules.window.aggregate = 120_000
        settings.streams[0].rules.status.staleAfter = 180_000
      }
    }
  }

  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    let start = AssignmentWatch.begin()
    for kind in workload.load.cases where workload.wants(kind.name(workload.load)) {
      Meter.resetPeak()
      let runs = try (0..<workload.rounds).map {
        try run(kind, workload, folder: "\(workload.folder)/\(kind.rawValue)-\($0)", start)
      }
      guard var best = Measurement.best(of: runs) else { continue }
      best.peakBytes = Meter.peakBytes
      result(best)
    }
  }

  private static func run(
    _ kind: Case, _ workload: Workload, folder: String, _ start: AssignmentWatch
  ) throws -> Measurement {
    start.reset()
    var settings = Configuration()
    settings.kafka.bootstrapServers = workload.brokers
    // Of its own, or the broker would remember that all has been read.
    settings.kafka.group = "whole-\(getpid())-\(folder.suffix(8))"
    settings.kafka.properties = EmbeddedBroker.consumerProperties
    settings.streams[0].topics = [Workload.topic]
    settings.store.folder = folder
    settings.http.port = 0
    // The last records were made a minute ago. Where each subject has but a few, all would fall silent
    // when their partition's end is reached, which is another kind of work.
    if workload.load == .million { settings.streams[0].rules.status.staleAfter = 3_600_000 }
    kind.adjust(&settings)
    let service = Service(settings)
    try service.start()
    let size = workload.loadSize
    let warm: Moment?
    do {
      warm = try wait(for: service, records: size.warmUp)
      _ = try wait(for: service, records: size.records)
    } catch {
      service.stop()
      throw error
    }
    let end = Moment(records: service.counters.records.current)
    service.stop()
    guard let assigned = start.moment else {
      throw BenchmarkError("the assignment of the partitions was not seen")
    }
    let begin = warm ?? assigned
    let counters = service.counters
    var measured = Measurement(
      name: kind.name(workload.load), unit: "records", count: end.records - begin.records,
      seconds: end.time - begin.time, cpuSeconds: end.cpu - begin.cpu)
    measured.anomalies = counters.anomalies.current
    measured.threads = end.threads.since(begin.threads)
    measured.threadSeconds = measured.seconds
    let history = try verified(service, size)
    measured.remark = remark(measured, counters, history, size)
    if warm != nil {
      let all = Double(end.records) / (end.time - assigned.time)
      measured.remark +=
        ", \(Figures.short(all)) records/s with the first \(begin.records), which bring the subjects"
    }
    return measured
  }

  /// Looks once a millisecond whether so many records are stored; nil for none.
  private static func wait(for service: Service, records: Int) throws -> Moment? {
    guard records > 0 else { return nil }
    let deadline = Meter.now + 180
    while service.counters.records.current < records {
      if let failure = service.failure { throw failure }
      guard Meter.now < deadline else {
        throw BenchmarkError(
          "only \(service.counters.records.current) of \(records) records were stored")
      }
      usleep(1_000)
    }
    return Moment(records: service.counters.records.current)
  }

  private static func remark(
    _ measured: Measurement, _ counters: ServiceCounters, _ history: StoredHistory,
    _ size: Load.Size
  ) -> String {
    var text =
      "\(counters.windows.current) windows, \(counters.rows.current) rows, "
      + "\(counters.anomalies.current) anomalies, \(counters.commits.current) commits, "
      + "\(Figures.fixed(history.bytesPerSample, 1)) B on disk a sample"
    let samples = Double(counters.samples.current) / Double(size.records)
    if samples > 1 {
      text = "\(Figures.short(measured.perSecond * samples)) samples/s, " + text
    }
    return text
  }

  /// The database must hold what the counters say.
  private static func verified(_ service: Service, _ size: Load.Size) throws -> StoredHistory {
    let store = try Store(path: service.databasePath)
    let next: Int64
    do {
      defer { store.close() }
      next = try store.partitions().reduce(0) { $0 + $1.next }
    }
    guard next == Int64(size.records) else {
      throw BenchmarkError("the database ends at \(next) of \(size.records) records")
    }
    guard service.counters.windows.current > 0, service.counters.lostRecords.current == 0 else {
      throw BenchmarkError("no windows were written, or records were lost")
    }
    return try StoredHistory(path: service.databasePath)
  }
}
