import CRdkafka

/// librdkafka's list of partitions with offsets, owned.
final class PartitionList {
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(capacity: Int = 0) {
    // Never nil: librdkafka ends the process when it cannot allocate.
    pointer = rd_kafka_topic_partition_list_new(Int32(capacity))
  }

  init(copyOf list: UnsafePointer<rd_kafka_topic_partition_list_t>) {
    pointer = rd_kafka_topic_partition_list_copy(list)
  }

  /// Takes over a list that librdkafka has made.
  init(adopting list: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) { pointer = list }

  deinit {
    rd_kafka_topic_partition_list_destroy(pointer)
  }

  func append(_ partition: TopicPartition, offset: Int64 = PartitionList.noOffset) {
    let element = rd_kafka_topic_partition_list_add(
      pointer, partition.topic, partition.partition)
    element?.pointee.offset = offset
  }

  /// Adds a topic, or a regular expression for topics, to subscribe to.
  func append(topic: String) {
    rd_kafka_topic_partition_list_add(pointer, topic, PartitionList.unassigned)
  }

  var count: Int { Int(pointer.pointee.cnt) }

  var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
    UnsafeMutableBufferPointer(start: pointer.pointee.elems, count: count)
  }

  // librdkafka's macros, which Swift does not import because they cast.
  static let noOffset: Int64 = -1001
  static let beginning: Int64 = -2
  static let end: Int64 = -1
  static let stored: Int64 = -1000
  static let unassigned: Int32 = -1
}
