import CRdkafka
import Synchronization

/// A member of a consumer group that lends out messages in batches and loses none in silence.
///
/// Life: `init` subscribes; one thread, always the same, calls `poll` again and again, also while
/// paused (the group drops a member that does not poll for `max.poll.interval.ms`); that thread calls
/// `close`. `storeOffset`, `storeOffsets`, `lag`, `partition(at:)` and the counters may be used from
/// any thread.
///
/// Offsets: where a partition is read from is the caller's decision (`ConsumerDelegate.assigned`); what
/// has been done is told by `storeOffset` and committed to the group about once a second, on
/// revocation and on closing. Nothing is committed that has not been stored.
///
/// Gaps: `auto.offset.reset` is `error`, so librdkafka never jumps by itself. When the broker no longer
/// has the wanted offset, the consumer asks for the partition's bounds, tells the delegate what is
/// lost and goes on at the oldest record. A jump in the offsets of messages is normal on topics with
/// transactions (each commit takes an offset) and on compacted ones; it is counted in `skippedOffsets`
/// and, at most once in five seconds for each partition, held against the broker's low watermark.
///
/// `@unchecked Sendable`: the unprotected state below belongs to the polling thread; what other
/// threads reach is a `Mutex` or an `Atomic`; librdkafka's client is thread-safe, and `lifecycle` keeps
/// it from being destroyed under a caller.
public final class Consumer: @unchecked Sendable {
  let client: OpaquePointer
  let queue: OpaquePointer
  let context: ConsumerContext

  // The polling thread's.
  var table = PartitionTable()
  var recoveries: [Recovery] = []
  var throttle = ErrorThrottle()
  typealias Batch = UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>
  var batch = Batch(start: nil, count: 0)
  var isPausedByCaller = false
  var level: FetchLevel
  var turns = FetchTurns()
  /// A second after partitions came or were resumed, by `MonotonicClock`.
  var hurriesUntil: Int64 = .min
  /// What the leaders said last of the partitions' ends, and when to ask again, by `MonotonicClock`.
  var lastEnds = PartitionEnds.Answer()
  /// When brokers were asked last of which at least one has answered, by `MonotonicClock`.
  var lastAnswered = Int64.min
  var asksNext = Int64.min
  /// Milliseconds between two commits (0: only when a partition is given up), and when the next is due, by
  /// `MonotonicClock`.
  let commitInterval: Int64
  var commitsNext = Int64.min
  let ends: PartitionEnds
  let reportsPartitionEnd: Bool

  // Any thread's.
  enum Lifecycle { case open, closed }
  let lifecycle = Mutex(Lifecycle.open)
  let known = Mutex<[TopicPartition]>([])
  let groupOffsets = Mutex(GroupOffsets())
  let assignedIndices = Mutex<Set<Int>>([])
  let skipped = Atomic<Int64>(0)
  let lost = Atomic<Int64>(0)
  let repeated = Atomic<Int64>(0)
  /// When the leaders of all partitions were asked that have answered since, by `MonotonicClock`.
  let heard = Atomic(MonotonicClock.milliseconds())
  /// The group has not been reached since the start, or has taken all partitions away because it did not
  /// hear of this member in time.
  let awaitsGroup = Atomic(true)

  /// Makes the client and subscribes. Brokers that cannot be reached are no error here: they are told
  /// to the delegate, and tried again for ever.
  ///
  /// - Throws: a property that is unknown, bad or reserved; a topic that is no valid name or pattern.
  public init(_ configuration: ConsumerConfiguration) throws(KafkaError) {
    let properties = try configuration.clientProperties()
    context = ConsumerContext(log: configuration.log)
    context.attach(to: properties)
    client = try properties.makeClient(RD_KAFKA_CONSUMER, attempted: "create the Kafka consumer")
    // Everything (messages, rebalances, errors, statistics) comes out of one queue.
    rd_kafka_poll_set_consumer(client)
    queue = rd_kafka_queue_get_consumer(client)
    level = FetchLevel(of: client)
    commitInterval = Int64(
      ClientProperties.value("auto.commit.interval.ms", of: client, otherwise: 1_000))
    reportsPartitionEnd = configuration.reportsPartitionEnd
    do {
      ends = try PartitionEnds(client: client)
    } catch {
      rd_kafka_queue_destroy(queue)
      rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
      throw KafkaError(
        RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, attempted: "create the Kafka consumer",
        message: "\(error)")
    }
    let subscription = PartitionList(capacity: configuration.topics.count)
    for topic in configuration.topics { subscription.append(topic: topic) }
    let result = rd_kafka_subscribe(client, subscription.pointer)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(
        result, attempted: "subscribe to \(configuration.topics.joined(separator: ", "))")
    }
  }

  deinit {
    destroy(leavesGroup: false)
    batch.deallocate()
  }

  /// The partition of an index that this consumer has given.
  public func partition(at index: Int) -> TopicPartition? {
    known.withLock { $0.indices.contains(index) ? $0[index] : nil }
  }

  /// The partitions that this member has now.
  public var assignment: [TopicPartition] {
    let indices = assignedIndices.withLock { $0.sorted() }
    return known.withLock { known in indices.map { known[$0] } }
  }

  /// Offsets at which there was no record for this consumer though none was lost: the marks of
  /// transactions, aborted records, what compaction removed.
  public var skippedOffsets: Int64 { skipped.load(ordering: .relaxed) }

  /// Offsets told to the delegate as lost.
  public var lostOffsets: Int64 { lost.load(ordering: .relaxed) }

  /// Messages that came a second time and were dropped, because their offset had been lent out.
  public var repeatedMessages: Int64 { repeated.load(ordering: .relaxed) }

  /// How long ago the leaders of all partitions that this member has were last known to be there, in
  /// milliseconds: seldom more than four seconds, or there are records that cannot be seen. It goes on while
  /// there are no partitions because the group cannot be reached, from the start too; `nil` while there are
  /// none otherwise. Any thread.
  public var unheardMilliseconds: Int64? {
    guard awaitsGroup.load(ordering: .relaxed) || !assignedIndices.withLock({ $0.isEmpty }) else {
      return nil
    }
    return max(0, MonotonicClock.milliseconds() - heard.load(ordering: .relaxed))
  }

  var isOpen: Bool { lifecycle.withLock { $0 == .open } }

  func checkOpen(_ attempted: String) throws(KafkaError) {
    guard isOpen else {
      throw KafkaError(
        code: KafkaError.closed, message: "the consumer is closed", isRetriable: false,
        attempted: attempted)
    }
  }

  /// Tells the delegate of an error, unless the same one was told a moment ago.
  func tell(_ error: KafkaError, _ delegate: any ConsumerDelegate) {
    if let suppressed = throttle.admit(error.code, now: MonotonicClock.milliseconds()) {
      delegate.consumerFailed(error, suppressed: suppressed)
    }
  }

  /// Reads how full the queue is, and wakes the fetcher if it may sleep though there is room.
  func watchLevel() {
    let length = rd_kafka_queue_length(queue)
    if level.passesDown(length: length) { ends.wakeFetchers() }
  }

  /// There is something new to fetch: the fetcher may be asleep since before.
  func hurry() { hurriesUntil = MonotonicClock.milliseconds() + 1_000 }

  /// Wakes the fetcher if there was something new to fetch a moment ago and none of it has come.
  func hurryFetch() {
    if MonotonicClock.milliseconds() < hurriesUntil { ends.wakeFetchers() }
  }

  /// Frees the client. Other threads that still hold this object find it closed.
  func destroy(leavesGroup: Bool) {
    let wasOpen = lifecycle.withLock { state in
      defer { state = .closed }
      return state == .open
    }
    guard wasOpen else { return }
    ends.stop()
    rd_kafka_queue_destroy(queue)
    rd_kafka_destroy_flags(client, leavesGroup ? 0 : RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
  }
}
