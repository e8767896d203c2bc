import CRdkafka

/// Logs that end before what has been read of them: another topic of the same name, or one that was cut back.
extension Consumer {
  /// A partition was longer once: up to `offset`, which lies behind the end that has been reached. Whether its
  /// log has been cut back is found out, and the delegate told. The polling thread only.
  public func suspectCut(of index: Int, before offset: Int64) {
    guard table.states[index].isAssigned, !recoveries.contains(where: { $0.index == index })
    else { return }
    recoveries.append(Recovery(index: index, wanted: offset, due: 0, isSuspicion: true))
  }

  /// Where the records begin in a log, shorter than it was, that have not been read: its first one if it is
  /// another topic's, for those are all newer than what had been read; its end if none is newer.
  func firstUnread(
    of partition: TopicPartition, _ log: Range<Int64>, _ delegate: any ConsumerDelegate
  ) throws(KafkaError) -> Int64 {
    guard let newest = delegate.newestProcessed(of: partition) else { return log.lowerBound }
    if let later = try firstOffset(of: partition, since: newest + 1) {
      return min(max(log.lowerBound, later), log.upperBound)
    }
    // A broker that finds nothing since 1970 cannot look for times at all.
    let canLook = try firstOffset(of: partition, since: 0) != nil
    return canLook ? log.upperBound : log.lowerBound
  }

  /// The first offset whose record has at least this timestamp; `nil` if there is none.
  private func firstOffset(
    of partition: TopicPartition, since time: Int64
  ) throws(KafkaError) -> Int64? {
    let list = PartitionList(capacity: 1)
    list.append(partition, offset: time)
    var result = rd_kafka_offsets_for_times(client, list.pointer, Self.brokerTimeout)
    if result == RD_KAFKA_RESP_ERR_NO_ERROR { result = list.elements[0].err }
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(result, attempted: "find the offset of a time in \(partition)")
    }
    let offset = list.elements[0].offset
    return offset >= 0 ? offset : nil
  }
}
