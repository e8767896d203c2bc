/// A partition of a topic, as one consumer knows it.
///
/// `index` is a small integer that the consumer gives to each partition when it first sees it: 0, 1, 2,
/// … It stays the same for the life of the consumer, also when the partition is revoked and comes
/// back, so state can be kept in plain arrays. Two values of the same consumer are equal exactly when
/// their indices are.
public struct TopicPartition: Hashable, Sendable {
  public let index: Int
  public let topic: String
  /// The partition's number in its topic, from 0.
  public let partition: Int32

  public init(index: Int, topic: String, partition: Int32) {
    self.index = index
    self.topic = topic
    self.partition = partition
  }
}

extension TopicPartition: CustomStringConvertible {
  public var description: String { "\(topic)[\(partition)]" }
}

/// Where the consumer begins to read a partition that it has been given.
public enum StartPosition: Hashable, Sendable {
  /// At this offset. If the broker no longer has it, the loss is reported.
  case at(Int64)
  /// At the offset that the group has committed, and where there is none, at the fallback.
  case committed(orElse: Fallback)
  /// At the oldest record that the broker has.
  case beginning
  /// After the newest record that the broker has.
  case end

  public enum Fallback: Hashable, Sendable {
    case beginning
    case end
  }
}

/// Records that were to be read and that the broker no longer has.
public struct LostRecords: Hashable, Sendable {
  public enum Reason: String, Hashable, Sendable {
    /// Retention (or, in the embedded broker, its small memory) deleted the records before they were
    /// read. `offsets` is exact; on a topic with transactions or compaction some of them were never
    /// records.
    case expired
    /// The partition ends before the wanted offset, and all that it holds is new: its topic has been
    /// deleted and made anew. What the old log held from the wanted offset on cannot be known; `offsets`
    /// is empty.
    case recreated
    /// The partition ends before the wanted offset, and what it holds before `resumedAt` is what it held: its
    /// log has been cut back, by an unclean election or with a broker that lost its disk. Other records take
    /// the places of those that it had up to the wanted offset; `offsets` is empty.
    case cutBack
  }

  public var partition: TopicPartition
  /// From the offset that was wanted to the first one that is there.
  public var offsets: Range<Int64>
  public var reason: Reason
  /// The offset at which reading goes on: lower than the wanted one, but after `.expired`.
  public var resumedAt: Int64

  /// The number of offsets lost, as far as it can be known.
  public var count: Int64 { offsets.upperBound - offsets.lowerBound }
}
