import CRdkafka

/// What waits in Kafka, and for whom to wait.
extension Consumer {
  /// How often the leaders are asked where partitions end, in milliseconds.
  private static let interval: Int64 = 2_000

  /// Asks now and then where the partitions end, and tells of those of which all had been read then.
  ///
  /// That nothing comes is no proof of that: the partition may be waiting for its turn, or its leader may
  /// be gone while records wait.
  func lookAtEnds(_ delegate: any ConsumerDelegate) {
    if let answer = ends.takeAnswer() {
      lastEnds = answer
      if !answer.offsets.isEmpty { lastAnswered = answer.asked }
      if assignment.allSatisfy({ answer.end(of: $0) != nil }) {
        heard.store(answer.asked, ordering: .relaxed)
      }
      if reportsPartitionEnd { tellWhoseEndIsReached(delegate) }
    }
    let now = MonotonicClock.milliseconds()
    guard now >= asksNext else { return }
    asksNext = now + Self.interval
    ends.ask()
  }

  private func tellWhoseEndIsReached(_ delegate: any ConsumerDelegate) {
    let age = max(0, MonotonicClock.milliseconds() - lastEnds.asked)
    for partition in assignment {
      let state = table.states[partition.index]
      guard let end = lastEnds.end(of: partition), end <= max(state.expected, state.endReached)
      else { continue }
      delegate.hadReadAll(of: partition, millisecondsAgo: age)
    }
  }

  /// Sees to it that every partition is fetched now and then, however much there is to read.
  ///
  /// - Parameter isIdle: The last call brought nothing.
  func takeTurns(isIdle: Bool) {
    let now = MonotonicClock.milliseconds()
    let isOver = turns.isOver(now: now, isIdle: isIdle) { table.states[$0].expected }
    guard isOver, !isPausedByCaller else { return }
    let before = turns.resting
    let wasFull = level.takeHasBeenHigh()
    turns.next(now: now, wasFull: wasFull, wasFull || !before.isEmpty ? progress() : [])
    if turns.resting != before { settlePauses() }
  }

  private func progress() -> [FetchTurns.Partition] {
    assignment.compactMap { partition in
      let state = table.states[partition.index]
      // Who begins at the end has no backlog.
      if state.expected < 0, state.start == .end { return nil }
      return FetchTurns.Partition(
        index: partition.index, next: max(0, state.expected, state.endReached),
        end: lastEnds.end(of: partition))
    }
  }
}
