import CRdkafka

/// What went wrong when talking to Kafka, in a form that callers can match on and operators can read.
public struct KafkaError: Error, Hashable, Sendable {
  /// librdkafka's error code: negative codes are the client's own, positive ones the broker's.
  public var code: Int32
  /// The code's name as librdkafka's documentation has it, such as `_ALL_BROKERS_DOWN`.
  public var name: String
  /// What librdkafka or the broker said.
  public var message: String
  /// The client that raised the error cannot be used any more and has to be made anew.
  public var isFatal: Bool
  /// Trying the same again later may succeed.
  public var isRetriable: Bool
  /// What was being done, as a phrase that follows "cannot": `create the consumer`.
  public var attempted: String
  /// What the operator may do about it, where that is known.
  public var hint: String?

  public init(
    code: Int32, name: String? = nil, message: String, isFatal: Bool = false,
    isRetriable: Bool? = nil, attempted: String, hint: String? = nil
  ) {
    self.code = code
    self.name = name ?? Self.name(of: code)
    self.message = message
    self.isFatal = isFatal
    self.isRetriable = isRetriable ?? Self.retriable.contains(code)
    self.attempted = attempted
    self.hint = hint ?? Self.hint(for: code)
  }
}

extension KafkaError: CustomStringConvertible {
  public var description: String {
    var text = "cannot \(attempted): \(message) (\(name))"
    if let hint { text += "; \(hint)" }
    return text
  }
}

extension KafkaError {
  /// The local queue of a producer is full: `send` gave up waiting at its deadline.
  public static let queueFull = RD_KAFKA_RESP_ERR__QUEUE_FULL.rawValue
  /// An operation did not end in its time.
  public static let timedOut = RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue
  /// None of the brokers can be reached.
  public static let allBrokersDown = RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue
  /// A property or an argument is not valid.
  public static let invalidArgument = RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue
  /// The client has been closed.
  public static let closed = RD_KAFKA_RESP_ERR__DESTROY.rawValue
  /// The message is larger than the client or the broker allows.
  public static let messageTooLarge = RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue

  init(_ code: rd_kafka_resp_err_t, attempted: String, message: String? = nil) {
    self.init(
      code: code.rawValue, message: message ?? String(cString: rd_kafka_err2str(code)),
      isFatal: code == RD_KAFKA_RESP_ERR__FATAL, attempted: attempted)
  }

  /// Takes over an error object of librdkafka and destroys it.
  init(consuming error: OpaquePointer, attempted: String) {
    self.init(
      code: rd_kafka_error_code(error).rawValue,
      message: String(cString: rd_kafka_error_string(error)),
      isFatal: rd_kafka_error_is_fatal(error) != 0,
      isRetriable: rd_kafka_error_is_retriable(error) != 0 ? true : nil, attempted: attempted)
    rd_kafka_error_destroy(error)
  }

  static func name(of code: Int32) -> String {
    guard let name = rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: code)) else {
      return "\(code)"
    }
    return String(cString: name)
  }

  private static let retriable: Set<Int32> = Set(
    [
      RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT,
      RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
      RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__WAIT_COORD,
      RD_KAFKA_RESP_ERR__WAIT_CACHE, RD_KAFKA_RESP_ERR__QUEUE_FULL,
      RD_KAFKA_RESP_ERR__RETRY, RD_KAFKA_RESP_ERR__RESOLVE,
      RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_REPLICA_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
      RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS,
      RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
      RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS,
      RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
      RD_KAFKA_RESP_ERR_OFFSET_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_KAFKA_STORAGE_ERROR,
    ].map(\.rawValue))

  private static func hint(for code: Int32) -> String? {
    switch rd_kafka_resp_err_t(rawValue: code) {
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, RD_KAFKA_RESP_ERR__TRANSPORT:
      "check that the brokers run and that bootstrap.servers names them; it is tried again"
    case RD_KAFKA_RESP_ERR__RESOLVE:
      "check the host names in bootstrap.servers"
    case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      "check sasl.mechanism, sasl.username and sasl.password"
    case RD_KAFKA_RESP_ERR__SSL:
      "check security.protocol and the ssl.* properties"
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      "give this client the right to read or write the topic"
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
      "give this client the right to read the consumer group"
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      "create the topic, or check its name"
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      "see message.max.bytes of the client and max.message.bytes of the topic"
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
      "another process has joined the group under the same group.instance.id: was the data folder copied? "
        + "Set a group.instance.id of its own for one of them"
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED:
      "processing took longer than max.poll.interval.ms; the group has given the partitions away"
    default: nil
    }
  }
}
