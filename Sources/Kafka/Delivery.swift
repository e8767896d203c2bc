/// What became of one message that a producer was given.
public struct Delivery: Sendable {
  /// The token that `send` was given with it.
  public var token: UInt64
  public var partition: Int32
  /// Where the message is in its partition; −1 when it was not delivered.
  public var offset: Int64
  /// Why it was not delivered; nil when the brokers have acknowledged it.
  public var error: KafkaError?
}

/// Takes the deliveries of a producer. Called on the producer's own thread or on the one that is in
/// `flush` or `close`: be quick, and do not call the producer. With a handler, each acknowledged
/// message costs a call; without, only a counter.
public typealias DeliveryHandler = @Sendable (Delivery) -> Void

/// What a producer has done so far.
public struct ProducerCounters: Hashable, Sendable {
  /// Messages that `send` took.
  public var accepted: Int
  /// Messages that the brokers acknowledged.
  public var acknowledged: Int
  /// Messages that were given up.
  public var failed: Int
  /// The failed ones by librdkafka's name of the reason, such as `_MSG_TIMED_OUT`.
  public var failures: [String: Int]

  /// Messages of which nothing is known yet.
  public var inFlight: Int { max(0, accepted - acknowledged - failed) }
}
