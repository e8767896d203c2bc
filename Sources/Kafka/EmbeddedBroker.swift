import CRdkafka
import Synchronization

/// A small Kafka cluster inside this process: librdkafka's mock cluster, for demonstrations and tests.
///
/// It listens on loopback only, on a port of its own choosing, and any Kafka client on this machine can
/// use it. What it cannot do:
/// - It keeps about `retainedBytes` in each partition, in memory, and then forgets the oldest.
/// - It has no admin requests: create topics with `createTopic`. A topic that a client asks for without
///   that is created with 4 partitions.
/// - Transactions are cosmetic: aborted records are visible, nobody is fenced.
/// - An idle fetch sleeps out `fetch.wait.max.ms`, one batch is handed out for each fetch: give
///   consumers `consumerProperties`. The first join of a group takes about 3 seconds.
/// - It knows no static members: who comes back by its `group.instance.id` is another member to it.
/// - Nothing is kept when it is closed.
public final class EmbeddedBroker: Sendable {
  /// About how many bytes of batches a partition keeps before it forgets the oldest.
  public static let retainedBytes = 5 * 1_024 * 1_024

  /// What consumers of this broker should set for short delays.
  public static let consumerProperties = [
    // It takes a member that comes back by its name for another one.
    "group.instance.id": "",
    "fetch.wait.max.ms": "5", "fetch.error.backoff.ms": "0", "session.timeout.ms": "4000",
    // It knows only old requests for metadata, and librdkafka would complain about that now and then.
    "allow.auto.create.topics": "true",
  ]

  /// `127.0.0.1:port`, one for each broker, separated by commas.
  public let bootstrapServers: String

  private struct Handles: @unchecked Sendable {
    // Unchecked because raw pointers are; the mutex that holds this value gives one thread at a time.
    var client: OpaquePointer
    var cluster: OpaquePointer
  }
  private let handles: Mutex<Handles?>

  /// Starts the brokers.
  ///
  /// - Parameter brokers: 1 or more.
  /// - Throws: when no socket can be opened.
  public init(brokers: Int = 1) throws(KafkaError) {
    let attempted = "start the embedded broker"
    let properties = ClientProperties()
    // Keeps librdkafka from writing to standard error.
    try properties.set("log_level", "0")
    let client = try properties.makeClient(RD_KAFKA_PRODUCER, attempted: attempted)
    guard let cluster = rd_kafka_mock_cluster_new(client, Int32(clamping: max(1, brokers))),
      let servers = rd_kafka_mock_cluster_bootstraps(cluster)
    else {
      rd_kafka_destroy(client)
      throw KafkaError(
        code: RD_KAFKA_RESP_ERR__FAIL.rawValue, message: "no socket on 127.0.0.1",
        attempted: attempted)
    }
    bootstrapServers = String(cString: servers)
    handles = Mutex(Handles(client: client, cluster: cluster))
  }

  deinit {
    close()
  }

  /// Creates a topic.
  ///
  /// - Throws: when the topic exists already, or the broker is closed.
  public func createTopic(
    _ name: String, partitions: Int, replication: Int = 1
  ) throws(KafkaError) {
    try perform("create the topic \(name)") {
      rd_kafka_mock_topic_create(
        $0, name, Int32(clamping: partitions), Int32(clamping: replication))
    }
  }

  /// Makes the brokers answer each request only after so many milliseconds: after very many it is as if
  /// they could not be reached.
  ///
  /// Brokers that truly go down, as librdkafka offers too, could not be trusted to come back: whatever program
  /// is being started at that moment holds a copy of their sockets, their ports are taken for as long, and the
  /// process would end with an assertion.
  ///
  /// - Parameter broker: The number of one, from 1, or −1 for all.
  public func setRoundTripTime(milliseconds: Int, broker: Int32 = -1) throws(KafkaError) {
    try perform("set the round trip time") {
      rd_kafka_mock_broker_set_rtt($0, broker, Int32(clamping: milliseconds))
    }
  }

  /// Makes the brokers answer the next produce requests with these error codes, one each.
  public func failNextProduceRequests(with codes: [Int32]) {
    let errors = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
    handles.withLock { handles in
      guard let handles else { return }
      rd_kafka_mock_push_request_errors_array(handles.cluster, 0, errors.count, errors)
    }
  }

  /// Stops the brokers and forgets all records. A second call does nothing.
  public func close() {
    handles.withLock { handles in
      guard let open = handles else { return }
      rd_kafka_mock_cluster_destroy(open.cluster)
      rd_kafka_destroy(open.client)
      handles = nil
    }
  }

  private func perform(
    _ attempted: String, _ operation: (OpaquePointer) -> rd_kafka_resp_err_t
  ) throws(KafkaError) {
    let result = handles.withLock { handles in
      handles.map { operation($0.cluster) } ?? RD_KAFKA_RESP_ERR__DESTROY
    }
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR else {
      throw KafkaError(result, attempted: attempted)
    }
  }
}
