import CRdkafka
import Synchronization

/// Where librdkafka's callbacks leave what they have to say, for `poll` to act upon afterwards.
///
/// The rebalance, error and statistics callbacks run inside librdkafka's consume and queue calls, on
/// the polling thread, so everything but `lags` belongs to that thread. Only the log callback (see
/// `CallbackContext`) runs elsewhere.
///
/// A rebalance is put on a list instead of being answered at once. The batch that is being gathered
/// may already hold messages of the partitions that go, and of none that come; answered after the batch
/// has been lent out, `revoked` comes strictly after the last of them. librdkafka waits for the answer
/// (`rd_kafka_assign` and the like) as it does when rebalances are taken as events.
final class ConsumerContext: CallbackContext {
  struct Rebalance {
    var code: rd_kafka_resp_err_t
    var partitions: PartitionList
    var lost: Bool
  }

  var rebalances: [Rebalance] = []
  var errors: [KafkaError] = []
  private var hasCommitFailed = false
  /// Commits that have not been answered, and when the last one was sent.
  private var commitsUnderway = 0
  private var lastCommit = Int64.min
  /// When no broker could be reached last, by `MonotonicClock`.
  private(set) var cutOff = Int64.min
  /// (topic, partition, lag) triples of the newest statistics.
  let lags = Mutex<[PartitionLag]>([])

  override func attach(to configuration: ClientProperties) {
    super.attach(to: configuration)
    rd_kafka_conf_set_rebalance_cb(configuration.pointer) {
      @Sendable client, code, partitions, opaque in
      guard let client, let partitions, let context = ConsumerContext.consumer(opaque) else {
        return
      }
      context.rebalances.append(
        Rebalance(
          code: code, partitions: PartitionList(copyOf: partitions),
          lost: rd_kafka_assignment_lost(client) != 0))
      // End the consume call here, so that nothing of after the rebalance is in its batch.
      rd_kafka_yield(client)
    }
    rd_kafka_conf_set_error_cb(configuration.pointer) { @Sendable client, code, reason, opaque in
      guard let client, let context = ConsumerContext.consumer(opaque) else { return }
      if code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue {
        context.cutOff = MonotonicClock.milliseconds()
      }
      context.errors.append(
        CallbackContext.error(client, code, reason, attempted: "talk to the Kafka cluster"))
    }
    rd_kafka_conf_set_offset_commit_cb(configuration.pointer) { @Sendable _, code, _, opaque in
      ConsumerContext.consumer(opaque)?.commitAnswered(code)
    }
    rd_kafka_conf_set_stats_cb(configuration.pointer) { @Sendable _, json, count, opaque in
      guard let json, let context = ConsumerContext.consumer(opaque) else { return 0 }
      let lags = PartitionLag.parse(UnsafeRawBufferPointer(start: json, count: count))
      context.lags.withLock { $0 = lags }
      return 0
    }
  }

  func commitSent(at now: Int64) {
    commitsUnderway += 1
    lastCommit = now
  }

  /// Whether a commit is on its way. librdkafka answers each, in the end by itself; should one be forgotten,
  /// that is not waited for for ever.
  func awaitsCommit(at now: Int64) -> Bool {
    if commitsUnderway > 0, now - lastCommit > Self.longestCommit { commitsUnderway = 0 }
    return commitsUnderway > 0
  }

  private func commitAnswered(_ code: rd_kafka_resp_err_t) {
    commitsUnderway = max(0, commitsUnderway - 1)
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { commitFailed(code) }
  }

  /// In milliseconds; librdkafka gives a request one minute by default (`socket.timeout.ms`).
  private static let longestCommit: Int64 = 120_000

  /// The group refused a commit, or could not be reached.
  func commitFailed(_ code: rd_kafka_resp_err_t) {
    hasCommitFailed = true
    errors.append(KafkaError(code, attempted: "commit the offsets to the group"))
  }

  /// Whether a commit has failed since this was asked last.
  func takeCommitFailure() -> Bool {
    defer { hasCommitFailed = false }
    return hasCommitFailed
  }

  private static func consumer(_ opaque: UnsafeMutableRawPointer?) -> ConsumerContext? {
    CallbackContext.of(opaque) as? ConsumerContext
  }
}

extension CallbackContext {
  /// The error that an error callback tells of, with the cause when it is a fatal one.
  static func error(
    _ client: OpaquePointer, _ code: Int32, _ reason: UnsafePointer<CChar>?, attempted: String
  ) -> KafkaError {
    if code == RD_KAFKA_RESP_ERR__FATAL.rawValue, let fatal = fatalError(of: client, attempted) {
      return fatal
    }
    return KafkaError(
      code: code,
      message: reason.map { String(cString: $0) }
        ?? String(cString: rd_kafka_err2str(rd_kafka_resp_err_t(rawValue: code))),
      attempted: attempted)
  }

  /// The error that made this client unusable, if there is one.
  static func fatalError(of client: OpaquePointer, _ attempted: String) -> KafkaError? {
    var text = [CChar](repeating: 0, count: 512)
    let code = rd_kafka_fatal_error(client, &text, text.count)
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    var error = KafkaError(
      code: code.rawValue, message: ClientProperties.string(text), isFatal: true,
      isRetriable: false, attempted: attempted)
    error.hint = error.hint ?? "the client cannot go on; it has to be made anew"
    return error
  }
}
