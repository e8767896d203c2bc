import CRdkafka
import Synchronization

/// Where a producer's callbacks count, and the closures that they lead to.
///
/// Callbacks come on every thread that serves the client's queue (the producer's own one, and those in
/// `flush`), so all state is atomic or behind a mutex.
final class ProducerContext: CallbackContext {
  let delivered: DeliveryHandler?
  let failed: (@Sendable (KafkaError, Int) -> Void)?
  let accepted = Atomic<Int>(0)
  let acknowledged = Atomic<Int>(0)
  let failures = Mutex<[Int32: Int]>([:])
  let throttle = Mutex(ErrorThrottle())

  init(
    log: KafkaLogHandler?, delivered: DeliveryHandler?,
    failed: (@Sendable (KafkaError, Int) -> Void)?
  ) {
    self.delivered = delivered
    self.failed = failed
    super.init(log: log)
  }

  override func attach(to configuration: ClientProperties) {
    super.attach(to: configuration)
    rd_kafka_conf_set_dr_msg_cb(configuration.pointer) { @Sendable _, message, opaque in
      guard let message, let opaque else { return }
      // Only `Producer` makes clients with this callback, and its opaque pointer is this class: a
      // checked cast for each message would cost more than the rest.
      Unmanaged<ProducerContext>.fromOpaque(opaque)._withUnsafeGuaranteedRef {
        $0.count(message.pointee)
      }
    }
    rd_kafka_conf_set_error_cb(configuration.pointer) { @Sendable client, code, reason, opaque in
      guard let client, let context = CallbackContext.of(opaque) as? ProducerContext else { return }
      context.tell(
        CallbackContext.error(client, code, reason, attempted: "talk to the Kafka cluster"))
    }
  }

  private func count(_ message: rd_kafka_message_t) {
    var error: KafkaError?
    if message.err == RD_KAFKA_RESP_ERR_NO_ERROR {
      acknowledged.wrappingAdd(1, ordering: .relaxed)
      guard delivered != nil else { return }
    } else {
      failures.withLock { $0[message.err.rawValue, default: 0] += 1 }
      let failure = KafkaError(message.err, attempted: "deliver a message")
      tell(failure)
      error = failure
    }
    delivered?(
      Delivery(
        token: UInt64(UInt(bitPattern: message._private)), partition: message.partition,
        offset: error == nil ? message.offset : -1, error: error))
  }

  private func tell(_ error: KafkaError) {
    guard let failed else { return }
    let now = MonotonicClock.milliseconds()
    if let suppressed = throttle.withLock({ $0.admit(error.code, now: now) }) {
      failed(error, suppressed)
    }
  }

  var counters: ProducerCounters {
    // In this order, so that `inFlight` is never negative.
    let acknowledged = acknowledged.load(ordering: .acquiring)
    let failures = failures.withLock { $0 }
    return ProducerCounters(
      accepted: accepted.load(ordering: .acquiring), acknowledged: acknowledged,
      failed: failures.values.reduce(0, +),
      failures: Dictionary(
        failures.map { (KafkaError.name(of: $0.key), $0.value) }, uniquingKeysWith: +))
  }
}
