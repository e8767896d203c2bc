import Glibc
import Kafka

/// What Kafka alone costs: every message is counted and forgotten. The reference of all ratios.
enum ConsumeStage {
  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    Meter.resetPeak()
    let runs = try (0..<min(workload.rounds, 2)).map {
      try count(workload, group: "consume-\(getpid())-\($0)")
    }
    guard var best = Measurement.best(of: runs) else { return }
    best.peakBytes = Meter.peakBytes
    result(best)
  }

  private static func count(_ workload: Workload, group: String) throws -> Measurement {
    // The settings are those of the service.
    let consumer = try Consumer(
      ConsumerConfiguration(
        bootstrapServers: workload.brokers, groupID: group, topics: [Workload.topic],
        reportsPartitionEnd: true, properties: EmbeddedBroker.consumerProperties))
    let start = Start()
    let records = workload.loadSize.records
    var count = 0
    var bytes = 0
    let deadline = Meter.now + 60
    while count < records {
      try consumer.poll(max: 20_000, timeoutMilliseconds: 10, delegate: start) { message in
        count += 1
        bytes += message.value?.count ?? 0
      }
      guard Meter.now < deadline else {
        throw BenchmarkError("only \(count) of \(records) records were read")
      }
    }
    let end = (Meter.now, Meter.cpu)
    consumer.close(delegate: start)
    guard start.lost == 0 else {
      throw BenchmarkError("the broker forgot \(start.lost) records: give it more partitions")
    }
    return Measurement(
      name: "consume", unit: "records", count: count, seconds: end.0 - start.time,
      cpuSeconds: end.1 - start.cpu, remark: "\(bytes / count) B a record")
  }

  /// Notes when the partitions were assigned: joining a group takes seconds and is no work.
  private final class Start: ConsumerDelegate {
    var time = 0.0
    var cpu = 0.0
    var lost: Int64 = 0

    func assigned(_ partitions: [TopicPartition]) -> [StartPosition] {
      (time, cpu) = (Meter.now, Meter.cpu)
      return partitions.map { _ in .beginning }
    }

    func revoked(_ partitions: [TopicPartition], lost: Bool) {}
    func recordsLost(_ loss: LostRecords) { lost += loss.count }
    func consumerFailed(_ error: KafkaError, suppressed: Int) {}
  }
}
