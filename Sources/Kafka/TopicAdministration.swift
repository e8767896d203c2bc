import CRdkafka

/// A topic to be created.
public struct NewTopic: Hashable, Sendable {
  public var name: String
  public var partitions: Int
  /// How many brokers keep each partition; −1 for the cluster's default (Kafka 2.4 or newer).
  public var replication: Int
  /// Settings of the topic such as `cleanup.policy`.
  public var settings: [String: String]

  public init(
    name: String, partitions: Int, replication: Int = -1, settings: [String: String] = [:]
  ) {
    self.name = name
    self.partitions = partitions
    self.replication = replication
    self.settings = settings
  }
}

/// A topic as the cluster describes it.
public struct TopicDescription: Hashable, Sendable {
  public var name: String
  public var partitions: Int
}

/// Creates, deletes and lists topics of a real cluster. The embedded broker can only list; its topics
/// come from `EmbeddedBroker.createTopic`.
///
/// Blocking, each call for no longer than its time-out. One thread at a time.
public final class TopicAdministration {
  private let client: OpaquePointer
  private let context: CallbackContext

  /// - Parameter properties: Properties of librdkafka, such as those for SASL and TLS.
  /// - Throws: a property that is unknown or bad.
  public init(
    bootstrapServers: String, properties: [String: String] = [:], log: KafkaLogHandler? = nil
  ) throws(KafkaError) {
    let configuration = ClientProperties()
    try configuration.set(properties)
    try configuration.set("bootstrap.servers", bootstrapServers)
    context = CallbackContext(log: log)
    context.attach(to: configuration)
    client = try configuration.makeClient(
      RD_KAFKA_PRODUCER, attempted: "create the Kafka admin client")
  }

  deinit {
    rd_kafka_destroy(client)
  }

  /// Creates a topic and waits until the cluster has it.
  ///
  /// - Returns: false if it was there already, with whatever settings.
  /// - Throws: when the cluster refuses, or does not answer in time.
  @discardableResult
  public func create(
    _ topic: NewTopic, timeoutMilliseconds: Int = 15_000
  ) throws(KafkaError) -> Bool {
    let attempted = "create the topic \(topic.name)"
    var text = [CChar](repeating: 0, count: 512)
    var request = rd_kafka_NewTopic_new(
      topic.name, Int32(clamping: topic.partitions), Int32(clamping: topic.replication), &text,
      text.count)
    guard let created = request else {
      throw KafkaError(
        code: KafkaError.invalidArgument, message: ClientProperties.string(text),
        attempted: attempted)
    }
    defer { rd_kafka_NewTopic_destroy(created) }
    for (name, value) in topic.settings { rd_kafka_NewTopic_set_config(created, name, value) }
    let event = try ask(RD_KAFKA_ADMIN_OP_CREATETOPICS, timeoutMilliseconds, attempted) {
      rd_kafka_CreateTopics(client, &request, 1, $0, $1)
    }
    defer { rd_kafka_event_destroy(event) }
    var count = 0
    let results = rd_kafka_CreateTopics_result_topics(
      rd_kafka_event_CreateTopics_result(event), &count)
    return try outcome(
      of: results, count, unless: RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, attempted)
  }

  /// Deletes a topic.
  ///
  /// - Returns: false if there was none of that name.
  @discardableResult
  public func delete(
    _ name: String, timeoutMilliseconds: Int = 15_000
  ) throws(KafkaError) -> Bool {
    let attempted = "delete the topic \(name)"
    guard let deletion = rd_kafka_DeleteTopic_new(name) else { return false }
    defer { rd_kafka_DeleteTopic_destroy(deletion) }
    var request: OpaquePointer? = deletion
    let event = try ask(RD_KAFKA_ADMIN_OP_DELETETOPICS, timeoutMilliseconds, attempted) {
      rd_kafka_DeleteTopics(client, &request, 1, $0, $1)
    }
    defer { rd_kafka_event_destroy(event) }
    var count = 0
    let results = rd_kafka_DeleteTopics_result_topics(
      rd_kafka_event_DeleteTopics_result(event), &count)
    return try outcome(
      of: results, count, unless: RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, attempted)
  }

  /// Every topic of the cluster that this client may see, in the order of their names.
  public func topics(timeoutMilliseconds: Int = 10_000) throws(KafkaError) -> [TopicDescription] {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    let result = rd_kafka_metadata(client, 1, nil, &metadata, Int32(clamping: timeoutMilliseconds))
    guard result == RD_KAFKA_RESP_ERR_NO_ERROR, let metadata else {
      throw KafkaError(result, attempted: "list the topics")
    }
    defer { rd_kafka_metadata_destroy(metadata) }
    let topics = UnsafeBufferPointer(
      start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
    return topics.filter { $0.err == RD_KAFKA_RESP_ERR_NO_ERROR }.map {
      TopicDescription(name: String(cString: $0.topic), partitions: Int($0.partition_cnt))
    }.sorted { $0.name < $1.name }
  }

  private func ask(
    _ operation: rd_kafka_admin_op_t, _ timeoutMilliseconds: Int, _ attempted: String,
    _ request: (_ options: OpaquePointer?, _ replies: OpaquePointer?) -> Void
  ) throws(KafkaError) -> OpaquePointer {
    let options = rd_kafka_AdminOptions_new(client, operation)
    defer { rd_kafka_AdminOptions_destroy(options) }
    var text = [CChar](repeating: 0, count: 512)
    let timeout = Int32(clamping: timeoutMilliseconds)
    rd_kafka_AdminOptions_set_request_timeout(options, timeout, &text, text.count)
    // The broker answers only when the topic has got its leaders, or at the end of this.
    rd_kafka_AdminOptions_set_operation_timeout(options, timeout, &text, text.count)
    let replies = rd_kafka_queue_new(client)
    defer { rd_kafka_queue_destroy(replies) }
    request(options, replies)
    guard let event = rd_kafka_queue_poll(replies, Int32(clamping: timeoutMilliseconds + 1_000))
    else { throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, attempted: attempted) }
    let code = rd_kafka_event_error(event)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
      defer { rd_kafka_event_destroy(event) }
      throw KafkaError(
        code, attempted: attempted,
        message: rd_kafka_event_error_string(event).map { String(cString: $0) })
    }
    return event
  }

  private func outcome(
    of results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int,
    unless harmless: rd_kafka_resp_err_t, _ attempted: String
  ) throws(KafkaError) -> Bool {
    for i in 0..<count {
      guard let result = results?[i] else { continue }
      let code = rd_kafka_topic_result_error(result)
      if code == harmless { return false }
      guard code == RD_KAFKA_RESP_ERR_NO_ERROR else {
        throw KafkaError(
          code, attempted: attempted,
          message: rd_kafka_topic_result_error_string(result).map { String(cString: $0) })
      }
    }
    return true
  }
}
