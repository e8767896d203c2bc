import CRdkafka

extension Consumer {
  /// Waits for messages and lends each one to `body`, in the order of each partition's offsets.
  ///
  /// Rebalances, losses and errors are told to the delegate within this call. A batch under way is lent
  /// out whole before a rebalance is acted upon. Costs about 0.2 µs of CPU a message, and allocates
  /// nothing on the way of a good one.
  ///
  /// - Parameters:
  ///   - max: The most messages to lend, 1 or more. Large batches (thousands) are several times
  ///     cheaper a message than small ones.
  ///   - timeoutMilliseconds: How long to wait for the first message.
  ///   - lingerMilliseconds: How long to wait, once the first is there, for the batch to fill. With 0
  ///     the batch is what has been fetched already: the least delay, and large batches under load.
  ///   - beforeRelease: Called before messages that were lent are freed, and after the last one.
  ///   - body: Must not call `poll` or `close`. What it keeps of a message is valid until the next call of
  ///     `beforeRelease` has returned.
  /// - Returns: How many messages were lent out; 0 after the time-out, after an event, or when paused.
  /// - Throws: Only when the consumer cannot go on: it is closed, or librdkafka says the error is fatal
  ///   (such as a second static member of the same `group.instance.id`). Messages of this call have
  ///   been lent out all the same.
  @discardableResult
  public func poll(
    max: Int, timeoutMilliseconds: Int, lingerMilliseconds: Int = 0,
    delegate: any ConsumerDelegate, beforeRelease: () -> Void = {},
    body: (borrowing MessageView) -> Void
  ) throws(KafkaError) -> Int {
    try checkOpen("read from Kafka")
    watchLevel()
    let count = gather(
      max: Swift.max(1, max), timeout: timeToWait(timeoutMilliseconds), linger: lingerMilliseconds)
    if count == 0 { hurryFetch() } else { watchLevel() }
    let lent = lend(count, delegate, beforeRelease, body)
    settleRebalances(delegate)
    commitInTime()
    // After a rebalance that was under way, never between it and its answer.
    recoverPartitions(delegate)
    lookAtEnds(delegate)
    takeTurns(isIdle: count == 0)
    try tellErrors(delegate)
    return lent
  }

  /// Fills the batch: one message with the time-out, then what is there. One call for all would wait
  /// out the time-out whenever there are fewer than `max`.
  private func gather(max: Int, timeout: Int, linger: Int) -> Int {
    if batch.count < max {
      batch.deallocate()
      batch = .allocate(capacity: max)
      batch.initialize(repeating: nil)
    }
    let first = rd_kafka_consume_batch_queue(queue, Int32(timeout), batch.baseAddress, 1)
    guard first > 0 else { return 0 }
    guard max > 1, context.rebalances.isEmpty else { return 1 }
    let rest = rd_kafka_consume_batch_queue(
      queue, Int32(linger), batch.baseAddress?.advanced(by: 1), max - 1)
    return 1 + Swift.max(0, rest)
  }

  /// What the table knows of the partition whose messages lie one behind the other in a batch: it is looked
  /// up and noted once for all of them.
  private struct Run {
    var topic: OpaquePointer?
    var partition: Int32 = -1
    /// The partition's index; −1 for none.
    var index = -1
    /// The offset that the next message should have.
    var expected: Int64 = -1
  }

  private func lend(
    _ count: Int, _ delegate: any ConsumerDelegate, _ beforeRelease: () -> Void,
    _ body: (borrowing MessageView) -> Void
  ) -> Int {
    let batch = self.batch[..<count]
    var lent = 0
    var bytes = 0
    var run = Run()
    table.beginBatch()
    var kept = 0
    for i in batch.indices {
      if i - kept == Self.freedAtOnce {
        beforeRelease()
        free(batch[kept..<i])
        kept = i
      }
      guard let message = batch[i] else { continue }
      if message.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR {
        if message.pointee.partition != run.partition || message.pointee.rkt != run.topic {
          note(run)
          run = beginRun(with: message)
        }
        bytes += message.pointee.len
        if accepts(message.pointee.offset, &run, delegate) {
          body(MessageView(message: message, partitionIndex: run.index))
          lent += 1
        }
      } else {
        note(run)
        run = Run()
        handleError(message, delegate)
      }
    }
    beforeRelease()
    free(batch[kept...])
    note(run)
    batch.update(repeating: nil)
    level.took(messages: count, bytes: bytes)
    return lent
  }

  /// So many messages are given back at a time. Each counts down its partition's references, which
  /// librdkafka's thread counts up for each message it brings: one by one, that number would go back and
  /// forth between two processors all the time. Few enough to be in the cache still.
  private static let freedAtOnce = 64

  private func free(_ messages: Slice<Batch>) {
    for message in messages {
      if let message { rd_kafka_message_destroy(message) }
    }
  }

  private func beginRun(with message: UnsafeMutablePointer<rd_kafka_message_t>) -> Run {
    var run = Run(topic: message.pointee.rkt, partition: message.pointee.partition)
    run.index = table.index(of: message.pointee.rkt, message.pointee.partition, known: known)
    if run.index >= 0 { run.expected = table.states[run.index].expected }
    return run
  }

  private func note(_ run: Run) {
    if run.index >= 0 { table.states[run.index].expected = run.expected }
  }

  private func accepts(
    _ offset: Int64, _ run: inout Run, _ delegate: any ConsumerDelegate
  ) -> Bool {
    guard run.index >= 0 else { return false }
    if run.expected == offset {
      run.expected = offset + 1
      return true
    }
    note(run)
    defer { run.expected = table.states[run.index].expected }
    return acceptsUnexpected(offset, of: run.index, delegate)
  }

  /// An error that came in place of a message: it concerns one partition, one topic or the group.
  private func handleError(
    _ message: UnsafeMutablePointer<rd_kafka_message_t>, _ delegate: any ConsumerDelegate
  ) {
    let code = message.pointee.err
    guard let topic = message.pointee.rkt, message.pointee.partition >= 0 else {
      tell(error(of: message, attempted: "read from Kafka"), delegate)
      return
    }
    let index = table.index(of: topic, message.pointee.partition, known: known)
    guard let partition = partition(at: index) else { return }
    switch code {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      table.states[index].endReached = message.pointee.offset
      delegate.reachedEnd(of: partition, at: message.pointee.offset)
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE,
      Self.logTruncation:
      startRecovery(of: index, refused: message.pointee.offset)
    default:
      tell(error(of: message, attempted: "read \(partition)"), delegate)
    }
  }

  /// `RD_KAFKA_RESP_ERR__LOG_TRUNCATION`, which librdkafka knows from 2.1 on.
  private static let logTruncation = rd_kafka_resp_err_t(rawValue: -139)

  private func error(
    of message: UnsafeMutablePointer<rd_kafka_message_t>, attempted: String
  ) -> KafkaError {
    let text = rd_kafka_message_errstr(message).map { String(cString: $0) }
    return KafkaError(message.pointee.err, attempted: attempted, message: text)
  }

  private func tellErrors(_ delegate: any ConsumerDelegate) throws(KafkaError) {
    if !context.errors.isEmpty {
      let errors = context.errors
      context.errors.removeAll()
      for error in errors where !error.isFatal { tell(error, delegate) }
    }
    if let fatal = CallbackContext.fatalError(of: client, "go on reading from Kafka") {
      throw fatal
    }
  }
}
