import CRdkafka

extension Consumer {
  /// Leaves the group and frees the client. The polling thread only; a second call does nothing.
  ///
  /// The delegate's `revoked` is called for the partitions that are left, and what has been stored by
  /// the end of it is committed. When the group does not answer in time, the member leaves without
  /// good-bye: the others then notice after `session.timeout.ms`, and freeing the client may take up to
  /// five seconds more (librdkafka waits that long for a request to leave the group).
  ///
  /// - Returns: whether the group took notice in time.
  @discardableResult
  public func close(timeoutMilliseconds: Int = 5_000, delegate: any ConsumerDelegate) -> Bool {
    guard isOpen else { return true }
    let deadline = MonotonicClock.milliseconds() + Int64(timeoutMilliseconds)
    // A rebalance under way is answered first, so that its partitions are known.
    settleRebalances(delegate)
    let farewell = rd_kafka_queue_new(client)
    defer { destroy(leavesGroup: false) }
    defer { rd_kafka_queue_destroy(farewell) }
    if let error = rd_kafka_consumer_close_queue(client, farewell) {
      tell(KafkaError(consuming: error, attempted: "leave the consumer group"), delegate)
      return false
    }
    while rd_kafka_consumer_closed(client) == 0 {
      guard MonotonicClock.milliseconds() < deadline else {
        tell(
          KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, attempted: "leave the consumer group"), delegate)
        return false
      }
      // Messages that come here have not been lent and are not committed: the next owner reads them.
      if let event = rd_kafka_queue_poll(farewell, 20) {
        if rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE,
          let partitions = rd_kafka_event_topic_partition_list(event)
        {
          // On a queue of its own a rebalance comes as an event, in spite of the callback.
          context.rebalances.append(
            ConsumerContext.Rebalance(
              code: rd_kafka_event_error(event), partitions: PartitionList(copyOf: partitions),
              lost: rd_kafka_assignment_lost(client) != 0))
        }
        rd_kafka_event_destroy(event)
      }
      settleRebalances(delegate)
    }
    return true
  }
}
