import CRdkafka

extension Consumer {
  /// Marks everything before `next` as done; it is committed to the group in a moment. Any thread.
  ///
  /// - Parameters:
  ///   - index: The partition's `TopicPartition.index`.
  ///   - metadata: What the next one who begins there is told, `ConsumerDelegate.begins(_:at:metadata:)`:
  ///     some words, of 4,096 bytes at most unless the brokers say otherwise.
  /// - Returns: false when this member does not have the partition (any more), and nothing was stored.
  @discardableResult
  public func storeOffset(_ index: Int, next: Int64, metadata: String = "") -> Bool {
    storeOffsets([(index, next, metadata)]) == 1
  }

  /// The same for several partitions at once.
  ///
  /// - Returns: for how many of them the offset was stored.
  @discardableResult
  public func storeOffsets(_ offsets: [(index: Int, next: Int64, metadata: String)]) -> Int {
    let list = PartitionList(capacity: offsets.count)
    var listed: [(index: Int, next: Int64, metadata: String)] = []
    known.withLock { known in
      for offset in offsets where known.indices.contains(offset.index) {
        list.append(known[offset.index], offset: offset.next)
        listed.append(offset)
      }
    }
    guard list.count > 0 else { return 0 }
    return lifecycle.withLock { state in
      guard state == .open else { return 0 }
      // librdkafka reckons the lag from it, and says which partitions are this member's.
      rd_kafka_offsets_store(client, list.pointer)
      let stored = zip(listed, list.elements).filter { $1.err == RD_KAFKA_RESP_ERR_NO_ERROR }
      groupOffsets.withLock { offsets in
        for (offset, _) in stored {
          offsets.store(offset.index, next: offset.next, metadata: offset.metadata)
        }
      }
      return stored.count
    }
  }

  /// Commits what has been stored, and waits for the group's answer. The polling thread only.
  ///
  /// - Throws: when the group refused or did not answer in time.
  public func commitStored(timeoutMilliseconds: Int = 5_000) throws(KafkaError) {
    let attempted = "commit the offsets to the group"
    try checkOpen(attempted)
    guard let list = takeUncommitted(of: assignedIndices.withLock { $0 }) else { return }
    let replies = rd_kafka_queue_new(client)
    defer { rd_kafka_queue_destroy(replies) }
    var outcome = rd_kafka_commit_queue(client, list.pointer, replies, nil, nil)
    if outcome == RD_KAFKA_RESP_ERR_NO_ERROR {
      let event = rd_kafka_queue_poll(replies, Int32(clamping: timeoutMilliseconds))
      outcome = event.map(rd_kafka_event_error) ?? RD_KAFKA_RESP_ERR__TIMED_OUT
      rd_kafka_event_destroy(event)
    }
    guard outcome == RD_KAFKA_RESP_ERR_NO_ERROR else {
      groupOffsets.withLock { $0.takeBack() }
      throw KafkaError(outcome, attempted: attempted)
    }
  }

  /// Commits what has been stored since, if it is time to and the commit before has been answered: of two on
  /// their way, the older might have to be sent again and arrive after the newer.
  ///
  /// None is begun while no broker can be reached: librdkafka would send it when they are back, in the name of a
  /// session that may have ended meanwhile. The group would take that for a stranger who uses this member's
  /// `group.instance.id`, and librdkafka would give its client up.
  func commitInTime() {
    if context.takeCommitFailure() { groupOffsets.withLock { $0.takeBack() } }
    let now = MonotonicClock.milliseconds()
    guard commitInterval > 0, now >= commitsNext, !context.awaitsCommit(at: now),
      lastAnswered > context.cutOff || context.cutOff == .min
    else { return }
    commitsNext = now + commitInterval
    commit(assignedIndices.withLock { $0 })
  }

  /// Commits what has been stored of some partitions. librdkafka does what it is asked in its order: a commit
  /// goes out before what is said of the partitions afterwards.
  func commit(_ indices: some Sequence<Int>) {
    guard let list = takeUncommitted(of: indices) else { return }
    let result = rd_kafka_commit(client, list.pointer, 1)
    if result == RD_KAFKA_RESP_ERR_NO_ERROR {
      context.commitSent(at: MonotonicClock.milliseconds())
    } else {
      context.commitFailed(result)
    }
  }

  private func takeUncommitted(of indices: some Sequence<Int>) -> PartitionList? {
    let taken = groupOffsets.withLock { $0.take(of: indices) }
    guard !taken.isEmpty else { return nil }
    let list = PartitionList(capacity: taken.count)
    known.withLock { known in
      for (index, entry) in taken {
        list.append(known[index], offset: entry.next, metadata: entry.metadata)
      }
    }
    return list
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
