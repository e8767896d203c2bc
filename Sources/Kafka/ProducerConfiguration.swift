/// What a producer is made from.
public struct ProducerConfiguration: Sendable {
  /// `host:port`, several separated by commas.
  public var bootstrapServers: String
  /// The name by which brokers know this client in their logs and quotas.
  public var clientID: String
  /// Any other property of librdkafka, passed on as it stands; it wins over `defaults`.
  public var properties: [String: String]
  /// Takes librdkafka's log lines; nil drops them.
  public var log: KafkaLogHandler?

  public init(
    bootstrapServers: String, clientID: String = "acalert", properties: [String: String] = [:],
    log: KafkaLogHandler? = nil
  ) {
    self.bootstrapServers = bootstrapServers
    self.clientID = clientID
    self.properties = properties
    self.log = log
  }

  /// The properties that the caller may change, and what they are otherwise.
  ///
  /// Idempotence and `acks=all` together mean: what is acknowledged is on all in-sync replicas, once and
  /// in order. `murmur2_random` puts a key into the same partition as Java's producers do.
  public static let defaults: [String: String] = [
    "enable.idempotence": "true",
    "acks": "all",
    "linger.ms": "5",
    "compression.type": "lz4",
    "partitioner": "murmur2_random",
    "queue.buffering.max.messages": "100000",
    "queue.buffering.max.kbytes": "131072",
    "message.timeout.ms": "120000",
  ]

  /// The properties that have a setting of their own and cannot be passed on.
  public static let reservedProperties: Set<String> = [
    "bootstrap.servers", "metadata.broker.list", "client.id",
  ]

  /// Checks the properties without connecting to anything.
  ///
  /// - Throws: the first property that is reserved, unknown or has a bad value.
  public func validate() throws(KafkaError) {
    _ = try clientProperties()
  }

  func clientProperties() throws(KafkaError) -> ClientProperties {
    for property in properties.keys.sorted() where Self.reservedProperties.contains(property) {
      throw KafkaError(
        code: KafkaError.invalidArgument, message: "it has a setting of its own",
        isRetriable: false, attempted: "set the Kafka property \(property)", hint: "remove it")
    }
    let result = ClientProperties()
    try result.set(Self.defaults.merging(properties) { _, theirs in theirs })
    try result.set(["bootstrap.servers": bootstrapServers, "client.id": clientID])
    return result
  }
}
