import CRdkafka

/// Which partitions are not fetched for a while.
extension Consumer {
  /// Stops fetching, for partitions that come later too. `poll` must still be called; it lends nothing
  /// until `resume`. Messages that had been fetched but not lent are fetched again then: none is lost.
  /// The polling thread only; called from the body of `poll`, it takes effect after the batch.
  public func pause() {
    guard isOpen, !isPausedByCaller else { return }
    isPausedByCaller = true
    settlePauses()
  }

  /// Goes on after `pause`, at the message after the last one lent. The polling thread only.
  public func resume() {
    guard isOpen, isPausedByCaller else { return }
    isPausedByCaller = false
    settlePauses()
  }

  /// Whether the consumer is paused. The polling thread only.
  public var isPaused: Bool { isPausedByCaller }

  /// Tells librdkafka which partitions of this member it is to fetch now, where that has changed.
  func settlePauses() {
    let indices = assignedIndices.withLock { $0.sorted() }
    let isWanted = { [isPausedByCaller, turns] in !isPausedByCaller && !turns.resting.contains($0) }
    setPaused(true, indices.filter { !isWanted($0) })
    setPaused(false, indices.filter(isWanted))
  }

  /// Pauses or resumes those that are not so already.
  ///
  /// librdkafka keeps the mark of a pause with a partition that is given up, and it counts when the
  /// partition comes back. So whatever is given up is resumed before. And it must never be told to resume
  /// what is not paused: it would begin anew at an offset of long ago.
  func setPaused(_ isPaused: Bool, _ indices: [Int]) {
    let changed = indices.filter { table.states[$0].isPaused != isPaused }
    guard !changed.isEmpty else { return }
    let list = PartitionList(capacity: changed.count)
    known.withLock { known in
      for index in changed { list.append(known[index]) }
    }
    for index in changed { table.states[index].isPaused = isPaused }
    if isPaused {
      rd_kafka_pause_partitions(client, list.pointer)
    } else {
      rd_kafka_resume_partitions(client, list.pointer)
    }
    hurry()
  }
}
