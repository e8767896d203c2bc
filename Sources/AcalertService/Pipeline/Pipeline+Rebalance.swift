import Detection
import Kafka
import Logging
import Store

/// Partitions that come and go, and offsets that were lost. All on the pipeline's thread, inside poll.
extension Pipeline: ConsumerDelegate {
  /// More partitions than these are not named in the log.
  private static let mostNamed = 16

  private static func names(_ partitions: [TopicPartition]) -> Logger.Metadata {
    let isFew = partitions.count <= mostNamed
    return ["partitions": isFew ? "\(partitions.map(\.description))" : "\(partitions.count)"]
  }

  func assigned(_ partitions: [TopicPartition]) -> [StartPosition] {
    let knownTopics = Set(reached.keys.map(\.topic))
    // Of hundreds one line is enough.
    let level = partitions.count > Self.mostNamed ? Logger.Level.debug : .info
    shared.log.info("partitions have come", metadata: Self.names(partitions))
    return partitions.map { partition in
      guard let stream = settings.streams.firstIndex(where: { $0.topics.contains(partition.topic) })
      else { return .end }
      let name = TopicPartitionName(topic: partition.topic, partition: partition.partition)
      let index: PartitionIndex
      do {
        index = try shared.store.partitionIndex(for: name)
      } catch {
        shared.failed(error)
        return .end
      }
      shared.partitionMap.set(index, name: name, place: partition.index)
      var route = Route(stream: stream, partition: index, awaitsFirst: true)
      defer { routes[partition.index] = route }
      guard let known = reached[name] else {
        // What was added to a topic after its others had been taken up is new from its first record on.
        let isLater = knownTopics.contains(partition.topic)
        let start: StartPosition.Fallback =
          settings.kafka.start == .beginning || isLater ? .beginning : .end
        shared.log.log(
          level: level, "reading a new partition",
          metadata: ["partition": "\(partition)", "if the group knows no offset": "\(start)"])
        return .committed(orElse: start)
      }
      route.awaitsFirst = false
      engine.assign(
        index, rewind: known.rewind, next: known.next, lastArrival: known.lastArrival)
      shared.log.log(
        level: level, "going on with a partition",
        metadata: [
          "partition": "\(partition)", "next": "\(known.next)",
          "windows refilled from": "\(known.rewind)",
        ])
      return .at(known.rewind)
    }
  }

  /// A partition that another member of the group has had: its windows are filled with the records before the
  /// committed offset, as after a restart. What the other knew besides stays with it.
  func begins(_ partition: TopicPartition, at committed: Int64, metadata: String) -> Int64 {
    guard let route = routes[partition.index], let note = TakeoverNote(metadata),
      note.rewind <= committed
    else { return committed }
    let progress = PartitionProgress(
      partition: route.partition, next: committed, rewind: note.rewind)
    engine.assign(
      progress.partition, rewind: progress.rewind, next: progress.next, isNew: true)
    reached[
      TopicPartitionName(topic: partition.topic, partition: partition.partition)] = progress
    routes[partition.index]?.awaitsFirst = false
    shared.log.info(
      "taking a partition over",
      metadata: [
        "partition": "\(partition)", "next": "\(committed)",
        "windows filled from": "\(note.rewind)",
      ])
    return note.rewind
  }

  func revoked(_ partitions: [TopicPartition], lost: Bool) {
    flush(timeout: 10)
    engine.revoke(
      partitions.compactMap { routes.removeValue(forKey: $0.index)?.partition })
    forgetCurrentRoute()
    let names = Self.names(partitions)
    if lost {
      shared.log.warning(
        "the group has not heard of this member in time and may give its partitions away",
        metadata: names)
    } else {
      shared.log.info("partitions are given up", metadata: names)
    }
  }

  func newestProcessed(of partition: TopicPartition) -> Int64? {
    judgeAhead()
    guard let route = routes[partition.index] else { return nil }
    // A producer whose clock runs ahead must not have its time taken for that of all.
    return engine.lastArrival(in: route.partition).map { min($0, now) }
  }

  func recordsLost(_ loss: LostRecords) {
    judgeAhead()
    guard let route = routes[loss.partition.index] else { return }
    if loss.reason != .expired { return startOver(loss, route) }
    // What was needed only to refill windows had its effects long ago.
    let first = route.awaitsFirst ? loss.offsets.lowerBound : firstUnprocessed(route)
    let lower = max(loss.offsets.lowerBound, first)
    guard lower < loss.offsets.upperBound else { return }
    engine.lose(
      LostRange(
        partition: route.partition, offsets: lower..<loss.offsets.upperBound,
        why: "the broker had removed them before they were read"))
    shared.log.critical(
      "records are lost: the broker removed them before they were read",
      metadata: [
        "partition": "\(loss.partition)", "records": "\(loss.offsets.upperBound - lower)",
        "from": "\(lower)", "to": "\(loss.offsets.upperBound - 1)",
        "hint": "raise the topic's retention, or the service's speed",
      ])
  }

  /// A log that is shorter than it was: what has been processed stays, and offsets go on from a lower one. What
  /// the database remembers of higher ones must not hold them back.
  private func startOver(_ loss: LostRecords, _ route: Route) {
    flush(timeout: 10)
    engine.startOver(route.partition, at: loss.resumedAt)
    let wanted = loss.offsets.lowerBound
    let (why, hint) =
      loss.reason == .recreated
      ? ("the topic was created anew", "its records are read from the first one")
      : (
        "the log was cut back; it had been read up to offset \(wanted - 1)",
        "see unclean.leader.election.enable of the brokers"
      )
    engine.lose(
      LostRange(
        partition: route.partition, offsets: loss.resumedAt..<loss.resumedAt, why: why))
    shared.log.error(
      "offsets begin again: \(why)",
      metadata: [
        "partition": "\(loss.partition)", "resumed at": "\(loss.resumedAt)", "hint": "\(hint)",
      ])
  }

  func consumerFailed(_ error: KafkaError, suppressed: Int) {
    // What librdkafka tries again by itself is no error yet.
    shared.log.log(
      level: error.isRetriable ? .warning : .error, "Kafka: \(error)",
      metadata: ["suppressed": "\(suppressed)"])
  }

  func reachedEnd(of partition: TopicPartition, at offset: Int64) {
    judgeAhead()
    guard let route = routes[partition.index] else { return }
    // Remembered, or after a restart it would begin anew at an end that had moved on.
    if route.awaitsFirst { begin(partition.index, at: offset) }
    if let wanted = engine.liveStart(of: route.partition), offset < wanted {
      return shared.consumer.suspectCut(of: partition.index, before: wanted)
    }
    engine.skip(to: offset, in: route.partition)
  }

  func hadReadAll(of partition: TopicPartition, millisecondsAgo: Int64) {
    guard let route = routes[partition.index] else { return }
    engine.advanceClock(of: route.partition, to: now - millisecondsAgo)
  }

  /// The first offset of a partition whose effects are not stored or on their way.
  private func firstUnprocessed(_ route: Route) -> Int64 {
    let name = shared.partitionMap.name(of: route.partition)
    let known = name.flatMap { reached[$0] }?.next ?? 0
    return max(known, engine.position(of: route.partition))
  }
}
