/// What a consumer tells and asks the one who polls it.
///
/// Every method is called from within `Consumer.poll` or `Consumer.close`, on the thread that called
/// it, never between two messages of one batch that precede the event. None may call `poll` or `close`.
public protocol ConsumerDelegate: AnyObject {
  /// The group has given these partitions to this member, in addition to those it has.
  ///
  /// - Returns: where to begin, one for each partition in the same order. A position that is missing
  ///   counts as `.committed(orElse: .beginning)`.
  func assigned(_ partitions: [TopicPartition]) -> [StartPosition]

  /// A partition that is to begin where the group has committed, and what was stored there beside the offset.
  ///
  /// - Returns: the offset at which to begin, which may lie before the committed one.
  func begins(_ partition: TopicPartition, at committed: Int64, metadata: String) -> Int64

  /// These partitions are to be given up. All messages of them that `poll` has lent before are the last
  /// ones; offsets stored from within this call are still committed, unless `lost`: then another member
  /// may own the partitions already.
  func revoked(_ partitions: [TopicPartition], lost: Bool)

  /// Records that should have been read are gone. Called before the first message that follows them.
  func recordsLost(_ loss: LostRecords)

  /// The newest timestamp of the records of a partition that have been processed, in milliseconds since 1970,
  /// now or in an earlier life; `nil` if it is not known. Asked if a log is shorter than it was: it tells
  /// whether the topic is another one.
  func newestProcessed(of partition: TopicPartition) -> Int64?

  /// Something failed; the consumer lives on and tries again. The same error of the same broker code is
  /// told at most once in ten seconds.
  ///
  /// - Parameter suppressed: how many errors of this code were not told since the last one that was.
  func consumerFailed(_ error: KafkaError, suppressed: Int)

  /// All of the partition has been read for now; `offset` is where its next message will be. Only with
  /// `reportsPartitionEnd`.
  func reachedEnd(of partition: TopicPartition, at offset: Int64)

  /// So long ago the partition held nothing that had not been read until now, as its leader has said. Told
  /// about every two seconds for as long as that is so, and never while the leader does not answer: then
  /// records may wait of which nobody here knows. Only with `reportsPartitionEnd`.
  func hadReadAll(of partition: TopicPartition, millisecondsAgo: Int64)
}

extension ConsumerDelegate {
  public func begins(_ partition: TopicPartition, at committed: Int64, metadata: String) -> Int64 {
    committed
  }

  public func newestProcessed(of partition: TopicPartition) -> Int64? { nil }
  public func reachedEnd(of partition: TopicPartition, at offset: Int64) {}
  public func hadReadAll(of partition: TopicPartition, millisecondsAgo: Int64) {}
}
