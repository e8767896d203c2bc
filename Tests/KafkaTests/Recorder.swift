@testable import Kafka

/// Writes down all that a consumer says, and polls until something has been seen.
final class Recorder: ConsumerDelegate {
  struct Record: Hashable {
    var partition: Int
    var offset: Int64
    var value: String
  }

  var start: (TopicPartition) -> StartPosition
  var records: [Record] = []
  var assignments: [[TopicPartition]] = []
  var revocations: [(partitions: [TopicPartition], lost: Bool)] = []
  var losses: [LostRecords] = []
  var errors: [KafkaError] = []
  var ends: [(TopicPartition, Int64)] = []
  /// How often it was told that all of a partition had been read, by its index.
  var readAll: [Int: Int] = [:]
  /// What the group had beside the committed offsets, by the partition's number.
  var committed: [Int32: (offset: Int64, metadata: String)] = [:]
  /// Where to begin then.
  var whereToBegin: (Int64) -> Int64 = { $0 }
  var whenRevoked: ([TopicPartition]) -> Void = { _ in }
  /// The newest timestamp that is to count as processed.
  var newest: Int64?

  init(_ start: @escaping (TopicPartition) -> StartPosition = { _ in .beginning }) {
    self.start = start
  }

  func assigned(_ partitions: [TopicPartition]) -> [StartPosition] {
    assignments.append(partitions)
    return partitions.map(start)
  }

  func begins(_ partition: TopicPartition, at committed: Int64, metadata: String) -> Int64 {
    self.committed[partition.partition] = (committed, metadata)
    return whereToBegin(committed)
  }

  func revoked(_ partitions: [TopicPartition], lost: Bool) {
    revocations.append((partitions, lost))
    whenRevoked(partitions)
  }

  func newestProcessed(of partition: TopicPartition) -> Int64? { newest }

  func recordsLost(_ loss: LostRecords) { losses.append(loss) }
  func consumerFailed(_ error: KafkaError, suppressed: Int) { errors.append(error) }
  func reachedEnd(of partition: TopicPartition, at offset: Int64) {
    ends.append((partition, offset))
  }

  func hadReadAll(of partition: TopicPartition, millisecondsAgo: Int64) {
    readAll[partition.index, default: 0] += 1
  }

  func times(_ index: Int) -> Int { readAll[index] ?? 0 }

  /// Polls until the leaders have been asked, or could not be, after this moment.
  func pollPastNextAnswer(_ consumer: Consumer) throws {
    let begin = MonotonicClock.milliseconds()
    try poll(consumer, until: "an answer") { consumer.lastEnds.asked > begin }
  }

  func poll(_ consumer: Consumer, max: Int = 1_000, timeout: Int = 50) throws {
    try consumer.poll(max: max, timeoutMilliseconds: timeout, delegate: self) { message in
      records.append(
        Record(
          partition: message.partitionIndex, offset: message.offset,
          value: message.value.map { String(decoding: $0, as: UTF8.self) } ?? "<nil>"))
    }
  }

  func poll(
    _ consumer: Consumer, max: Int = 1_000, within seconds: Double = 30, until what: String,
    _ condition: () -> Bool
  ) throws {
    let deadline = MonotonicClock.milliseconds() + Int64(seconds * 1_000)
    while !condition() {
      if MonotonicClock.milliseconds() > deadline {
        throw Unexpected(
          "\(what): not seen; \(records.count) records, losses \(losses), errors \(errors)")
      }
      try poll(consumer, max: max)
    }
  }

  /// Polls until so many records have come.
  func poll(_ consumer: Consumer, max: Int = 1_000, count: Int) throws {
    try poll(consumer, max: max, until: "\(count) records") { records.count >= count }
  }

  var values: [String] { records.map(\.value) }
}
