import Alerting
import Dispatch
import Kafka
import Store
import Synchronization

/// The producer behind all receivers that are Kafka topics.
///
/// Life: made once, gives each receiver its sink, and is closed by its owner when nobody sends any more.
/// A message that is not acknowledged within its receiver's time-out may still arrive; the next try brings
/// it once more, with the same key in its header.
final class KafkaAlertProducer: Sendable {
  private let producer: Producer
  private let waiting: Waiting

  /// What differs from the producer of records. A message is given up soon, for the outbox keeps it. Without
  /// idempotence no error is for ever: the client need not be made anew, and a group has at most one
  /// message under way, so that none can overtake another.
  private static let properties = [
    "message.timeout.ms": "15000", "linger.ms": "0", "enable.idempotence": "false",
  ]

  /// Brokers that cannot be reached are no error here.
  ///
  /// - Throws: a property that is unknown, bad or reserved.
  init(_ configuration: ProducerConfiguration) throws(KafkaError) {
    var configuration = configuration
    configuration.properties.merge(Self.properties) { theirs, _ in theirs }
    let waiting = Waiting()
    self.waiting = waiting
    producer = try Producer(configuration, delivered: { waiting.finish($0) })
  }

  /// - Parameter timeout: Milliseconds.
  func sink(topic: String, timeout: Int64) -> KafkaSink {
    KafkaSink(producer: self, topic: topic, timeout: timeout)
  }

  func close() { producer.close(timeoutMilliseconds: 2_000) }

  /// Sends and waits for the acknowledgement.
  ///
  /// - Returns: `nil` if there was none in time.
  fileprivate func send(
    _ message: AlertMessage, to topic: String, timeout: Int64
  ) throws(KafkaError) -> Delivery? {
    let end = DispatchTime.now() + .milliseconds(Int(clamping: max(0, timeout)))
    let (token, call) = waiting.begin()
    defer { waiting.forget(token) }
    try producer.send(
      topic: topic, key: Array(KafkaSink.key(of: message).utf8), value: message.json,
      headers: KafkaSink.headers(of: message), timestamp: message.created, token: token,
      timeoutMilliseconds: Int(clamping: max(0, timeout)))
    guard call.arrived.wait(timeout: end) == .success else { return nil }
    return call.delivery.withLock { $0 }
  }

  /// The calls that wait for their delivery. The producer's thread finishes them, so it must not hold the
  /// producer itself.
  private final class Waiting: Sendable {
    final class Call: Sendable {
      let arrived = DispatchSemaphore(value: 0)
      let delivery = Mutex<Delivery?>(nil)
    }

    private struct State {
      var next: UInt64 = 1
      /// One for each thread that sends: bounded by their number.
      var calls: [UInt64: Call] = [:]
    }

    private let state = Mutex(State())

    func begin() -> (UInt64, Call) {
      let call = Call()
      return state.withLock { state in
        defer { state.next += 1 }
        state.calls[state.next] = call
        return (state.next, call)
      }
    }

    func forget(_ token: UInt64) { state.withLock { _ = $0.calls.removeValue(forKey: token) } }

    func finish(_ delivery: Delivery) {
      guard let call = state.withLock({ $0.calls[delivery.token] }) else { return }
      call.delivery.withLock { $0 = delivery }
      call.arrived.signal()
    }
  }
}

/// A Kafka topic: the message as JSON, as a command gets it. The key is the subject, or the group if the
/// message speaks of several, so that what concerns one is in order.
struct KafkaSink: Sink {
  fileprivate let producer: KafkaAlertProducer
  fileprivate let topic: String
  fileprivate let timeout: Int64

  func send(_ message: AlertMessage) -> SinkAnswer {
    do {
      guard let delivery = try producer.send(message, to: topic, timeout: timeout) else {
        return SinkAnswer(
          outcome: .retried, reason: "timeout", answer: "not acknowledged in time")
      }
      if let error = delivery.error { return Self.answer(to: error) }
      return SinkAnswer(
        outcome: .accepted, reason: "ok",
        answer: "partition \(delivery.partition), offset \(delivery.offset)")
    } catch {
      return Self.answer(to: error)
    }
  }

  /// Only what is wrong with the message itself will never be accepted. A topic's name that cannot be used
  /// looks like a producer that is closed, which may be on its way down: so that is no reason to give up.
  static func answer(to error: KafkaError) -> SinkAnswer {
    let isFinal = error.code == KafkaError.messageTooLarge
    let reason =
      switch error.name {
      case "_MSG_TIMED_OUT", "_TIMED_OUT", "_QUEUE_FULL", "REQUEST_TIMED_OUT": "timeout"
      case "_TRANSPORT", "_ALL_BROKERS_DOWN": "connection"
      default: isFinal ? "invalid" : "kafka"
      }
    return SinkAnswer(
      outcome: isFinal ? .refused : .retried, reason: reason, status: Int(error.code),
      answer: error.description)
  }

  static func key(of message: AlertMessage) -> String {
    guard let first = message.entries.first,
      message.entries.allSatisfy({
        $0.kind == first.kind && $0.user == first.user && $0.device == first.device
      })
    else { return message.group }
    return first.device.isEmpty ? first.user : "\(first.user)/\(first.device)"
  }

  static func headers(of message: AlertMessage) -> [(name: String, value: [UInt8]?)] {
    [
      ("acalert-key", Array(message.key.utf8)),
      ("acalert-incident", Array(message.incidentKey.utf8)),
      ("content-type", Array("application/json".utf8)),
    ]
  }
}
