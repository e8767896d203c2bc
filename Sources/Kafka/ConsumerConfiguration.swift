import CRdkafka

/// What a consumer is made from.
public struct ConsumerConfiguration: Sendable {
  /// `host:port`, several separated by commas.
  public var bootstrapServers: String
  /// The consumer group. Every member of it reads its own share of the partitions.
  public var groupID: String
  /// The topics to read. One that begins with `^` is a regular expression (POSIX extended) for topics,
  /// those that are created later included (seen within `topic.metadata.refresh.interval.ms`).
  public var topics: [String]
  /// The name by which brokers know this client in their logs and quotas.
  public var clientID: String
  /// A name that this member of the group keeps over restarts, and that no other has (`group.instance.id`,
  /// static membership). Who comes back by it within `session.timeout.ms` has its partitions at once, after
  /// a crash too: without one the group waits that long for the dead member first. When it leaves, the
  /// others wait as long before they share its partitions. `nil` for none; `properties` may say otherwise.
  public var instanceID: String?
  /// How often librdkafka measures its lag, in milliseconds; 0 for never, and `lag()` is then nil.
  public var statisticsIntervalMilliseconds: Int
  /// Whether to tell the delegate each time the end of a partition is reached.
  public var reportsPartitionEnd: Bool
  /// Any other property of librdkafka, passed on as it stands: SASL, TLS, sizes, time-outs. Those that
  /// would break the promise that no record is lost or done twice are refused (see
  /// `reservedProperties`).
  public var properties: [String: String]
  /// Takes librdkafka's log lines; nil drops them.
  public var log: KafkaLogHandler?

  public init(
    bootstrapServers: String, groupID: String, topics: [String], clientID: String = "acalert",
    instanceID: String? = nil, statisticsIntervalMilliseconds: Int = 1_000,
    reportsPartitionEnd: Bool = false, properties: [String: String] = [:],
    log: KafkaLogHandler? = nil
  ) {
    self.bootstrapServers = bootstrapServers
    self.groupID = groupID
    self.topics = topics
    self.clientID = clientID
    self.instanceID = instanceID
    self.statisticsIntervalMilliseconds = statisticsIntervalMilliseconds
    self.reportsPartitionEnd = reportsPartitionEnd
    self.properties = properties
    self.log = log
  }

  /// The properties that the caller may change, and what they are otherwise.
  ///
  /// The local queue is small, because the consumer wakes librdkafka's fetcher in time (`PartitionEnds`);
  /// without that it would have to hold a second's worth of records. `fetch.max.bytes` bounds what comes
  /// on top of a full queue, and keeps each answer in memory that the allocator uses again. What waits there
  /// is memory, each message some 300 bytes beside its payload. `fetch.message.max.bytes` leaves room in an
  /// answer for a dozen of a broker's partitions, so that a backlog of all of them is read side by side.
  /// `session.timeout.ms` is how long a dead member's subjects are looked at by nobody; it is longer than a
  /// cluster takes to replace a dead coordinator. `reconnect.backoff.max.ms` is how late a broker may be
  /// found to be back.
  public static let defaults: [String: String] = [
    "partition.assignment.strategy": "cooperative-sticky",
    "queued.min.messages": "80000",
    "queued.max.messages.kbytes": "32768",
    "fetch.max.bytes": "3000000",
    "fetch.message.max.bytes": "262144",
    "fetch.wait.max.ms": "100",
    "session.timeout.ms": "15000",
    "reconnect.backoff.max.ms": "2000",
    "topic.metadata.refresh.interval.ms": "30000",
    "auto.commit.interval.ms": "1000",
    "allow.auto.create.topics": "false",
  ]

  /// The properties that cannot be passed on, each with the reason.
  public static let reservedProperties: [String: String] = {
    let exactlyOnce = "the consumer sets it itself, so that no record is lost or counted twice"
    return [
      "enable.auto.offset.store": exactlyOnce,
      "enable.auto.commit": exactlyOnce,
      "auto.commit.enable": exactlyOnce,
      "auto.offset.reset": exactlyOnce,
      "offset.store.method": exactlyOnce,
      "bootstrap.servers": "it has a setting of its own",
      "metadata.broker.list": "bootstrap.servers has a setting of its own",
      "group.id": "it has a setting of its own",
      "client.id": "it has a setting of its own",
      "statistics.interval.ms": "it has a setting of its own",
      "enable.partition.eof": "it has a setting of its own",
    ]
  }()

  /// Checks the properties without connecting to anything.
  ///
  /// - Throws: the first property that is reserved, unknown or has a bad value.
  public func validate() throws(KafkaError) {
    _ = try clientProperties()
  }

  func clientProperties() throws(KafkaError) -> ClientProperties {
    for property in properties.keys.sorted() {
      if let reason = Self.reservedProperties[property] {
        throw KafkaError(
          code: KafkaError.invalidArgument, message: reason, isRetriable: false,
          attempted: "set the Kafka property \(property)", hint: "remove it")
      }
    }
    guard !topics.isEmpty, !topics.contains("") else {
      throw KafkaError(
        code: KafkaError.invalidArgument, message: "no topic is named", isRetriable: false,
        attempted: "create the consumer")
    }
    let result = ClientProperties()
    var defaults = Self.defaults
    defaults["group.instance.id"] = instanceID
    if properties["group.protocol"] == "consumer" {
      // The broker assigns the partitions then, and has a time-out of its own: librdkafka refuses both.
      defaults["partition.assignment.strategy"] = nil
      defaults["session.timeout.ms"] = nil
    }
    // Two names of one property: theirs counts, whichever they use.
    if properties["max.partition.fetch.bytes"] != nil { defaults["fetch.message.max.bytes"] = nil }
    var chosen = defaults.merging(properties) { _, theirs in theirs }
    // An empty name would be sent as one.
    if chosen["group.instance.id"] == "" { chosen["group.instance.id"] = nil }
    try result.set(chosen)
    try result.set([
      "bootstrap.servers": bootstrapServers,
      "group.id": groupID,
      "client.id": clientID,
      "statistics.interval.ms": String(statisticsIntervalMilliseconds),
      "enable.partition.eof": reportsPartitionEnd ? "true" : "false",
      // Offsets are stored by hand, after the results are safe, and committed by hand, with their metadata.
      "enable.auto.offset.store": "false",
      "enable.auto.commit": "false",
      // An offset that the broker does not have must come to us as an error. Any other value makes
      // librdkafka jump without a word.
      "auto.offset.reset": "error",
    ])
    return result
  }
}
