/// The place of one record in Kafka.
public struct RecordOrigin: Equatable, Hashable, Sendable {
  /// Index of the topic and partition in the pipeline's table of assigned partitions.
  public var partition: PartitionIndex
  public var offset: Int64

  public init(partition: PartitionIndex, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}

/// A small number for one (topic, partition) pair; the pipeline gives it out, see ``TopicPartitionName``.
public typealias PartitionIndex = UInt16

/// A partition by its Kafka names.
public struct TopicPartitionName: Equatable, Hashable, Sendable {
  public var topic: String
  public var partition: Int32

  public init(topic: String, partition: Int32) {
    self.topic = topic
    self.partition = partition
  }
}

/// How far one partition has been processed.
public struct PartitionProgress: Equatable, Sendable {
  public var partition: PartitionIndex
  /// The next offset to process.
  public var next: Int64
  /// The oldest offset that a live window still needs: where a restart begins to read.
  public var rewind: Int64
  /// When the newest of its records reached Kafka, in milliseconds since 1970; `nil` if that is not known. It
  /// tells records that have been processed from later ones if offsets no longer do.
  public var lastArrival: Int64?

  public init(
    partition: PartitionIndex, next: Int64, rewind: Int64, lastArrival: Int64? = nil
  ) {
    self.partition = partition
    self.next = next
    self.rewind = rewind
    self.lastArrival = lastArrival
  }
}

/// Offsets that were gone before they could be read.
public struct LostRange: Sendable {
  public var partition: PartitionIndex
  public var offsets: Range<Int64>
  public var why: String

  public init(partition: PartitionIndex, offsets: Range<Int64>, why: String) {
    self.partition = partition
    self.offsets = offsets
    self.why = why
  }
}
