import CRdkafka
import Glibc
import Synchronization

/// Sends messages and accounts for each one: it is acknowledged, or failed with a reason, or in flight.
///
/// Life: `init` starts the client and one thread, named `kafka-producer`, that serves delivery reports;
/// `close` sends what is left within a time-out, joins the thread and frees the client. Every method
/// may be used from any thread, several at once.
///
/// A full local queue is back-pressure: `send` waits for room up to its deadline.
public final class Producer: Sendable {
  /// A topic that this producer has looked up once, so that sending need not look for its name.
  ///
  /// It is of use only with the producer that made it, and not after that is closed.
  public struct Topic: @unchecked Sendable {
    // Unchecked for the raw pointer: librdkafka's topics are thread-safe, and owned by the producer.
    let pointer: OpaquePointer
    public let name: String
  }

  private struct State {
    var topics: [String: Topic] = [:]
    var isClosed = false
  }

  /// Unchecked for the raw pointer: librdkafka's client is thread-safe.
  private struct Client: @unchecked Sendable {
    var pointer: OpaquePointer
  }

  private let client: Client
  /// Unchecked because the class is not final; what it holds is immutable, atomic or behind a mutex.
  private struct Context: @unchecked Sendable {
    var object: ProducerContext
  }
  private let context: Context
  private let thread: ServingThread
  private let state = Mutex(State())
  /// Calls of `send` and `flush` under way; `close` waits for them before it frees the client.
  private let callers = Atomic<Int>(0)
  private let isClosing = Atomic<Bool>(false)

  /// Makes the client. Brokers that cannot be reached are no error here.
  ///
  /// - Parameters:
  ///   - delivered: Called once for each message taken. Nil costs less.
  ///   - failed: Called for errors of the client and of messages, each code at most once in ten
  ///     seconds, with the number of errors held back since.
  /// - Throws: a property that is unknown, bad or reserved.
  public init(
    _ configuration: ProducerConfiguration, delivered: DeliveryHandler? = nil,
    failed: (@Sendable (_ error: KafkaError, _ suppressed: Int) -> Void)? = nil
  ) throws(KafkaError) {
    let properties = try configuration.clientProperties()
    let context = ProducerContext(log: configuration.log, delivered: delivered, failed: failed)
    context.attach(to: properties)
    let pointer = try properties.makeClient(
      RD_KAFKA_PRODUCER, attempted: "create the Kafka producer")
    do {
      thread = try ServingThread(name: "kafka-producer", client: pointer)
    } catch {
      rd_kafka_destroy(pointer)
      throw KafkaError(
        code: RD_KAFKA_RESP_ERR__FAIL.rawValue, message: "\(error)",
        attempted: "create the Kafka producer")
    }
    self.context = Context(object: context)
    client = Client(pointer: pointer)
  }

  deinit {
    close(timeoutMilliseconds: 0)
  }

  /// What has become of all messages so far.
  public var counters: ProducerCounters { context.object.counters }

  /// The topic of a name, for `send(to:)`. The broker is not asked.
  ///
  /// - Throws: when the name is not valid, or the producer closed.
  public func topic(_ name: String) throws(KafkaError) -> Topic {
    let found = state.withLock { state -> Topic? in
      if let topic = state.topics[name] { return topic }
      guard !state.isClosed, let pointer = rd_kafka_topic_new(client.pointer, name, nil) else {
        return nil
      }
      let topic = Topic(pointer: pointer, name: name)
      state.topics[name] = topic
      return topic
    }
    guard let found else {
      throw KafkaError(RD_KAFKA_RESP_ERR__INVALID_ARG, attempted: "use the topic \(name)")
    }
    return found
  }

  /// Takes a message over to be sent; its bytes are copied. Waits for room in the local queue.
  ///
  /// - Parameters:
  ///   - partition: nil lets the key decide.
  ///   - headers: In order; a name may occur more than once, a nil value is a header without one.
  ///   - timestamp: Unix milliseconds; nil for now.
  ///   - token: Comes back with the `Delivery`.
  ///   - timeoutMilliseconds: How long to wait for room. 0 tries once.
  /// - Throws: `KafkaError.queueFull` at the deadline; too large a message; a fatal error.
  public func send(
    to topic: Topic, partition: Int32? = nil, key: UnsafeRawBufferPointer?,
    value: UnsafeRawBufferPointer?, headers: [(name: String, value: [UInt8]?)] = [],
    timestamp: Int64? = nil, token: UInt64 = 0, timeoutMilliseconds: Int = 30_000
  ) throws(KafkaError) {
    try enter()
    defer { leave() }
    let message = OutgoingMessage(
      topic: topic.pointer, partition: partition ?? PartitionList.unassigned, key: key,
      value: value, headers: headers, timestamp: timestamp, token: token)
    var deadline: Int64?
    while true {
      let result = message.produce(with: client.pointer)
      if result == RD_KAFKA_RESP_ERR_NO_ERROR { break }
      guard result == RD_KAFKA_RESP_ERR__QUEUE_FULL else {
        let attempted = "send to \(topic.name)"
        throw CallbackContext.fatalError(of: client.pointer, attempted)
          ?? KafkaError(result, attempted: attempted)
      }
      let now = MonotonicClock.milliseconds()
      let end = deadline ?? now + Int64(timeoutMilliseconds)
      deadline = end
      guard now < end, !isClosing.load(ordering: .acquiring) else {
        throw KafkaError(
          code: KafkaError.queueFull,
          message: "the local queue stayed full for \(timeoutMilliseconds) ms",
          attempted: "send to \(topic.name)",
          hint: "the brokers take messages more slowly than they are sent, or not at all")
      }
      // A full queue takes at least a round trip to a broker to make room, so looking once a
      // millisecond costs nothing and delays nobody.
      usleep(1_000)
    }
    context.object.accepted.wrappingAdd(1, ordering: .relaxed)
  }

  /// The same by the topic's name.
  public func send(
    topic: String, partition: Int32? = nil, key: [UInt8]?, value: [UInt8]?,
    headers: [(name: String, value: [UInt8]?)] = [], timestamp: Int64? = nil, token: UInt64 = 0,
    timeoutMilliseconds: Int = 30_000
  ) throws(KafkaError) {
    let topic = try self.topic(topic)
    let result = (key ?? []).withUnsafeBytes { keyBytes in
      (value ?? []).withUnsafeBytes { valueBytes in
        Result { () throws(KafkaError) in
          try send(
            to: topic, partition: partition, key: key == nil ? nil : keyBytes,
            value: value == nil ? nil : valueBytes, headers: headers, timestamp: timestamp,
            token: token, timeoutMilliseconds: timeoutMilliseconds)
        }
      }
    }
    try result.get()
  }

  /// Sends everything at once instead of waiting for batches to fill, and waits for the answers.
  ///
  /// - Returns: whether nothing is in flight any more.
  @discardableResult
  public func flush(timeoutMilliseconds: Int) -> Bool {
    guard (try? enter()) != nil else { return counters.inFlight == 0 }
    defer { leave() }
    return rd_kafka_flush(client.pointer, Int32(clamping: timeoutMilliseconds))
      == RD_KAFKA_RESP_ERR_NO_ERROR
  }

  /// Flushes, gives up what is not acknowledged by then (each such message is reported as failed with
  /// `_PURGE_QUEUE` or `_PURGE_INFLIGHT`), and frees the client. A second call does nothing.
  ///
  /// - Returns: whether every message had been acknowledged or failed before anything was given up.
  @discardableResult
  public func close(timeoutMilliseconds: Int = 10_000) -> Bool {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    guard isFirst else { return true }
    let isFlushed =
      rd_kafka_flush(client.pointer, Int32(clamping: timeoutMilliseconds))
      == RD_KAFKA_RESP_ERR_NO_ERROR
    isClosing.store(true, ordering: .sequentiallyConsistent)
    while callers.load(ordering: .sequentiallyConsistent) > 0 { usleep(1_000) }
    if !isFlushed || rd_kafka_outq_len(client.pointer) > 0 {
      rd_kafka_purge(
        client.pointer, Int32(RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT))
      // Serves the reports of what was purged; nothing is sent any more.
      rd_kafka_flush(client.pointer, 1_000)
    }
    thread.stop()
    state.withLock { state in
      for topic in state.topics.values { rd_kafka_topic_destroy(topic.pointer) }
      state.topics.removeAll()
    }
    rd_kafka_destroy(client.pointer)
    return isFlushed
  }

  /// Announces a use of the client, so that `close` does not free it meanwhile.
  private func enter() throws(KafkaError) {
    callers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    if isClosing.load(ordering: .sequentiallyConsistent) {
      leave()
      throw KafkaError(
        code: KafkaError.closed, message: "the producer is closed", isRetriable: false,
        attempted: "send a message")
    }
  }

  private func leave() {
    callers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
  }
}
