import CRdkafka

/// A message in librdkafka's own memory, for as long as `Consumer.poll` lends it.
///
/// It cannot be copied out of the closure; its buffers must not be either: copy the bytes that are to
/// be kept. Reading any property allocates nothing.
public struct MessageView: ~Copyable {
  let message: UnsafePointer<rd_kafka_message_t>

  /// The `index` of the message's `TopicPartition`.
  public let partitionIndex: Int

  /// The message's offset in its partition.
  public var offset: Int64 { message.pointee.offset }

  /// The message's value, nil for a tombstone (a message without one).
  public var value: UnsafeRawBufferPointer? {
    message.pointee.payload.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.len) }
  }

  /// The message's key, nil when it has none.
  public var key: UnsafeRawBufferPointer? {
    message.pointee.key.map { UnsafeRawBufferPointer(start: $0, count: message.pointee.key_len) }
  }

  /// The time that the producer gave the message or, where the topic says so, the time when the broker
  /// appended it: Unix milliseconds, −1 when there is none.
  public var timestamp: Int64 {
    var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    return rd_kafka_message_timestamp(message, &type)
  }

  /// Whether `timestamp` is the broker's append time rather than the producer's.
  public var hasAppendTime: Bool {
    var type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    _ = rd_kafka_message_timestamp(message, &type)
    return type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME
  }

  /// The value of the last header of this name; an empty buffer for a header without a value, nil when
  /// there is no such header. The headers are decoded when first asked for.
  public func header(_ name: String) -> UnsafeRawBufferPointer? {
    guard let headers else { return nil }
    var value: UnsafeRawPointer?
    var size = 0
    guard rd_kafka_header_get_last(headers, name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR
    else { return nil }
    return UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : size)
  }

  /// Calls the body with every header in order.
  public func forEachHeader(
    _ body: (_ name: UnsafePointer<CChar>, _ value: UnsafeRawBufferPointer) -> Void
  ) {
    guard let headers else { return }
    var index = 0
    var name: UnsafePointer<CChar>?
    var value: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(headers, index, &name, &value, &size)
      == RD_KAFKA_RESP_ERR_NO_ERROR
    {
      if let name {
        body(name, UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : size))
      }
      index += 1
    }
  }

  private var headers: OpaquePointer? {
    var headers: OpaquePointer?
    let result = rd_kafka_message_headers(message, &headers)
    return result == RD_KAFKA_RESP_ERR_NO_ERROR ? headers : nil
  }
}
