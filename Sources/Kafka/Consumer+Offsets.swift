import CRdkafka

extension Consumer {
  /// Marks everything before `next` as done; it is committed to the group in a moment. Any thread.
  ///
  /// - Parameter index: The partition's `TopicPartition.index`.
  /// - Returns: false when this member does not have the partition (any more), and nothing was stored.
  @discardableResult
  public func storeOffset(_ index: Int, next: Int64) -> Bool {
    storeOffsets([(index, next)]) == 1
  }

  /// The same for several partitions at once.
  ///
  /// - Returns: for how many of them the offset was stored.
  @discardableResult
  public func storeOffsets(_ offsets: [(index: Int, next: Int64)]) -> Int {
    let list = PartitionList(capacity: offsets.count)
    known.withLock { known in
      for (index, next) in offsets where known.indices.contains(index) {
        list.append(known[index], offset: next)
      }
    }
    guard list.count > 0 else { return 0 }
    return lifecycle.withLock { state in
      guard state == .open else { return 0 }
      rd_kafka_offsets_store(client, list.pointer)
      return list.elements.reduce(0) { $0 + ($1.err == RD_KAFKA_RESP_ERR_NO_ERROR ? 1 : 0) }
    }
  }

  /// Commits what has been stored, and waits for the group's answer. The polling thread only.
  ///
  /// - Throws: when the group refused or did not answer in time.
  public func commitStored(timeoutMilliseconds: Int = 5_000) throws(KafkaError) {
    let attempted = "commit the offsets to the group"
    try checkOpen(attempted)
    let replies = rd_kafka_queue_new(client)
    defer { rd_kafka_queue_destroy(replies) }
    let result = rd_kafka_commit_queue(client, nil, replies, nil, nil)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(result, attempted: attempted)
    }
    guard let event = rd_kafka_queue_poll(replies, Int32(clamping: timeoutMilliseconds)) else {
      throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, attempted: attempted)
    }
    defer { rd_kafka_event_destroy(event) }
    let outcome = rd_kafka_event_error(event)
    // _NO_OFFSET: nothing new has been stored since the last commit.
    guard outcome == RD_KAFKA_RESP_ERR_NO_ERROR || outcome == RD_KAFKA_RESP_ERR__NO_OFFSET else {
      throw KafkaError(outcome, attempted: attempted)
    }
  }

  /// How many records this member still has to do, over all partitions of which that is known; nil
  /// when it is known of none. Up to `statisticsIntervalMilliseconds` old. Any thread.
  public func lag() -> Int64? {
    let lags = lagByPartition().map(\.lag)
    return lags.isEmpty ? nil : lags.reduce(0, +)
  }

  /// The lag of each partition that this member has and of which it is known. Any thread.
  public func lagByPartition() -> [(partition: TopicPartition, lag: Int64)] {
    let lags = context.lags.withLock { $0 }
    return assignment.compactMap { partition in
      let match = lags.first { $0.partition == partition.partition && $0.topic == partition.topic }
      return match?.lag.map { (partition, $0) }
    }
  }
}
