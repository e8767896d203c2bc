import CRdkafka
import Glibc

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

  /// - Parameter metadata: Kept by the group beside a committed offset; empty for none.
  func append(
    _ partition: TopicPartition, offset: Int64 = PartitionList.noOffset, metadata: String = ""
  ) {
    let element = rd_kafka_topic_partition_list_add(
      pointer, partition.topic, partition.partition)
    element?.pointee.offset = offset
    guard !metadata.isEmpty else { return }
    // The list frees it.
    element?.pointee.metadata = UnsafeMutableRawPointer(strdup(metadata))
    element?.pointee.metadata_size = metadata.utf8.count
  }

  /// Adds a topic, or a regular expression for topics, to subscribe to.
  func append(topic: String) {
    rd_kafka_topic_partition_list_add(pointer, topic, PartitionList.unassigned)
  }

  var count: Int { Int(pointer.pointee.cnt) }

  var elements: UnsafeMutableBufferPointer<rd_kafka_topic_partition_t> {
    UnsafeMutableBufferPointer(start: pointer.pointee.elems, count: count)
  }

  /// The metadata of an element, empty if there is none or it is no UTF-8.
  static func metadata(of element: rd_kafka_topic_partition_t) -> String {
    guard let start = element.metadata else { return "" }
    let bytes = UnsafeRawBufferPointer(start: start, count: element.metadata_size)
    return String(validating: bytes, as: UTF8.self) ?? ""
  }

  // librdkafka's macros, which Swift does not import because they cast.
  static let noOffset: Int64 = -1001
  static let beginning: Int64 = -2
  static let end: Int64 = -1
  static let stored: Int64 = -1000
  static let unassigned: Int32 = -1
}
