import CRdkafka

/// A partition that stands still because the broker has no record at the wanted offset.
struct Recovery {
  var index: Int
  /// The offset that was asked for; negative when a logical one (beginning, committed) failed.
  var wanted: Int64
  /// When to try (again), by the monotonic clock.
  var due: Int64
  /// The partition is being read, but its end is said to lie before `wanted`.
  var isSuspicion = false
}

extension Consumer {
  /// A partition cannot be read at `offset`; librdkafka has stopped fetching it.
  ///
  /// Two fetches may be under way when the first is refused, and the second error then comes after the
  /// partition has been put right. Whether it stopped the fetcher once more cannot be told. So the offset
  /// that counts is our own where we have one: a late error then finds nothing lost and only starts the
  /// fetcher again.
  func startRecovery(of index: Int, refused offset: Int64) {
    guard table.states[index].isAssigned else { return }
    recoveries.removeAll { $0.index == index }
    let expected = table.states[index].expected
    recoveries.append(
      Recovery(index: index, wanted: expected >= 0 ? expected : offset, due: 0))
  }

  /// Waits no longer than to the next recovery.
  func timeToWait(_ timeout: Int) -> Int {
    guard let due = recoveries.map(\.due).min() else { return max(0, timeout) }
    return max(0, min(Int64(timeout), due - MonotonicClock.milliseconds()).clampedToInt)
  }

  /// Finds out, for every partition that stands still, what is gone, and lets it go on.
  func recoverPartitions(_ delegate: any ConsumerDelegate) {
    guard !recoveries.isEmpty else { return }
    let now = MonotonicClock.milliseconds()
    let due = recoveries.filter { $0.due <= now }
    recoveries.removeAll { $0.due <= now }
    for var recovery in due where table.states[recovery.index].isAssigned {
      guard let partition = partition(at: recovery.index) else { continue }
      do throws(KafkaError) {
        try recover(recovery, partition, delegate)
      } catch {
        tell(error, delegate)
        recovery.due = MonotonicClock.milliseconds() + Self.retryInterval
        recoveries.append(recovery)
      }
    }
  }

  private func recover(
    _ recovery: Recovery, _ partition: TopicPartition, _ delegate: any ConsumerDelegate
  ) throws(KafkaError) {
    guard recovery.wanted >= 0 else {
      // A logical start that failed: nothing committed, or the broker could not say where.
      let offset =
        switch table.states[recovery.index].start {
        case .committed(let fallback): Self.logical(fallback)
        case .end: PartitionList.end
        case .beginning, .at: PartitionList.beginning
        }
      return try restart(partition, at: offset)
    }
    let (low, high) = try watermarks(of: partition, timeout: Self.brokerTimeout)
    // Messages that had been fetched before the refusal may have been lent out since: they are not lost.
    let wanted = max(recovery.wanted, table.states[recovery.index].expected)
    if wanted > high {
      // The bounds are two answers: in between the log may have moved beyond the first of them.
      let unread = try firstUnread(of: partition, low..<max(low, high), delegate)
      try resume(partition, at: unread)
      return delegate.recordsLost(
        LostRecords(
          partition: partition, offsets: wanted..<wanted,
          reason: unread > low ? .cutBack : .recreated, resumedAt: unread))
    }
    // What a leader says that has just been elected may have been too little.
    if recovery.isSuspicion { return }
    guard wanted < low else {
      // The broker refused the offset a moment ago and has it now: a change of leader.
      return try resume(partition, at: wanted)
    }
    let loss = LostRecords(
      partition: partition, offsets: wanted..<low, reason: .expired, resumedAt: low)
    try resume(partition, at: low)
    lost.wrappingAdd(loss.count, ordering: .relaxed)
    delegate.recordsLost(loss)
  }

  private func resume(_ partition: TopicPartition, at offset: Int64) throws(KafkaError) {
    try restart(partition, at: offset)
    table.states[partition.index].expected = offset
    table.states[partition.index].endReached = -1
  }

  /// A message that is not the one after the last: the first of a partition, a repeated one, or the
  /// first behind a gap.
  func acceptsUnexpected(
    _ offset: Int64, of index: Int, _ delegate: any ConsumerDelegate
  ) -> Bool {
    let expected = table.states[index].expected
    guard table.states[index].isAssigned, expected < 0 || offset >= expected else {
      repeated.wrappingAdd(1, ordering: .relaxed)
      return false
    }
    table.states[index].expected = offset + 1
    guard expected >= 0 else { return true }
    let missing = judgeGap(expected..<offset, of: index)
    skipped.wrappingAdd(offset - expected - missing, ordering: .relaxed)
    if missing > 0, let partition = partition(at: index) {
      lost.wrappingAdd(missing, ordering: .relaxed)
      delegate.recordsLost(
        LostRecords(
          partition: partition, offsets: expected..<(expected + missing), reason: .expired,
          resumedAt: offset))
    }
    return true
  }

  /// How many of the offsets in a gap are lost, from its beginning.
  ///
  /// A broker that deletes what is about to be read says so (`OFFSET_OUT_OF_RANGE`), so a gap between
  /// messages is nearly always a transaction's mark or compaction's work. It is lost only if the log
  /// now begins inside the gap. If it begins behind the gap, nothing can be learned: retention may
  /// have passed us after the messages were fetched. Asked at most once in five seconds for each
  /// partition, because transactions make gaps all the time.
  private func judgeGap(_ gap: Range<Int64>, of index: Int) -> Int64 {
    let now = MonotonicClock.milliseconds()
    let last = table.states[index].lastJudged
    guard last == .min || now - last >= Self.judgementInterval,
      let partition = partition(at: index)
    else { return 0 }
    table.states[index].lastJudged = now
    guard let (low, _) = try? watermarks(of: partition, timeout: 1_000),
      low > gap.lowerBound, low <= gap.upperBound
    else { return 0 }
    return low - gap.lowerBound
  }

  private func watermarks(
    of partition: TopicPartition, timeout: Int32
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    var low: Int64 = -1
    var high: Int64 = -1
    let result = rd_kafka_query_watermark_offsets(
      client, partition.topic, partition.partition, &low, &high, timeout)
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(result, attempted: "ask for the first and last offset of \(partition)")
    }
    return (low, high)
  }

  /// Begins anew to fetch a partition that librdkafka has given up.
  ///
  /// A seek is refused then (`_STATE`: the partition's fetcher is not running), so the partition is
  /// taken out of the assignment and put back, in the way that the group's protocol allows. If it was
  /// paused it stays so.
  private func restart(_ partition: TopicPartition, at offset: Int64) throws(KafkaError) {
    let attempted = "continue \(partition) at offset \(offset)"
    let list = PartitionList(capacity: 1)
    if isCooperative {
      list.append(partition, offset: offset)
      if let error = rd_kafka_incremental_unassign(client, list.pointer)
        ?? rd_kafka_incremental_assign(client, list.pointer)
      {
        throw KafkaError(consuming: error, attempted: attempted)
      }
    } else {
      for other in assignment {
        let position = other == partition ? offset : position(of: other)
        list.append(other, offset: position)
      }
      let result = rd_kafka_assign(client, list.pointer)
      guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
        throw KafkaError(result, attempted: attempted)
      }
    }
  }

  /// Where a partition that runs well would be read next.
  private func position(of partition: TopicPartition) -> Int64 {
    let state = table.states[partition.index]
    if state.expected >= 0 { return state.expected }
    return switch state.start {
    case .at(let offset): offset
    case .beginning: PartitionList.beginning
    case .end: PartitionList.end
    case .committed: PartitionList.stored
    }
  }

  /// Milliseconds between two attempts to get a partition going again.
  private static let retryInterval: Int64 = 1_000
  /// Milliseconds between two gaps of a partition for which the broker is asked.
  private static let judgementInterval: Int64 = 5_000
}

extension Int64 {
  fileprivate var clampedToInt: Int { Int(clamping: self) }
}
