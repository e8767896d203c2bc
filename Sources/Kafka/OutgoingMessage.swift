import CRdkafka

/// A message on its way into librdkafka's local queue.
struct OutgoingMessage {
  var topic: OpaquePointer
  var partition: Int32
  var key: UnsafeRawBufferPointer?
  var value: UnsafeRawBufferPointer?
  var headers: [(name: String, value: [UInt8]?)]
  var timestamp: Int64?
  var token: UInt64

  /// Copies the message into the queue of the client.
  func produce(with client: OpaquePointer) -> rd_kafka_resp_err_t {
    if headers.isEmpty, timestamp == nil { return produceBare() }
    return produceWhole(with: client)
  }

  private var opaque: UnsafeMutableRawPointer? {
    UnsafeMutableRawPointer(bitPattern: UInt(token))
  }

  /// The short way, which allocates nothing on our side.
  private func produceBare() -> rd_kafka_resp_err_t {
    let result = rd_kafka_produce(
      topic, partition, RD_KAFKA_MSG_F_COPY,
      UnsafeMutableRawPointer(mutating: nonNull(value)), value?.count ?? 0,
      nonNull(key), key?.count ?? 0, opaque)
    return result == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error()
  }

  /// An empty buffer may have no address; to librdkafka that would mean no value rather than an empty
  /// one. The byte behind the address is never read.
  private func nonNull(_ buffer: UnsafeRawBufferPointer?) -> UnsafeRawPointer? {
    guard let buffer else { return nil }
    return buffer.baseAddress ?? UnsafeRawPointer(topic)
  }

  /// With headers and a time: `rd_kafka_produceva` takes an array where `rd_kafka_producev` would take
  /// variadic arguments, which Swift cannot give.
  private func produceWhole(with client: OpaquePointer) -> rd_kafka_resp_err_t {
    let list = rd_kafka_headers_new(headers.count)
    for (name, value) in headers {
      if let value {
        value.withUnsafeBytes { bytes in
          _ = rd_kafka_header_add(list, name, -1, nonNull(bytes), bytes.count)
        }
      } else {
        _ = rd_kafka_header_add(list, name, -1, nil, 0)
      }
    }
    var fields: [rd_kafka_vu_t] = []
    func add(_ type: rd_kafka_vtype_t, _ fill: (inout rd_kafka_vu_t) -> Void) {
      var field = rd_kafka_vu_t()
      field.vtype = type
      fill(&field)
      fields.append(field)
    }
    add(RD_KAFKA_VTYPE_RKT) { $0.u.rkt = topic }
    add(RD_KAFKA_VTYPE_PARTITION) { $0.u.i32 = partition }
    add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.u.i = RD_KAFKA_MSG_F_COPY }
    add(RD_KAFKA_VTYPE_VALUE) {
      $0.u.mem.ptr = UnsafeMutableRawPointer(mutating: nonNull(value))
      $0.u.mem.size = value?.count ?? 0
    }
    add(RD_KAFKA_VTYPE_KEY) {
      $0.u.mem.ptr = UnsafeMutableRawPointer(mutating: nonNull(key))
      $0.u.mem.size = key?.count ?? 0
    }
    if let timestamp { add(RD_KAFKA_VTYPE_TIMESTAMP) { $0.u.i64 = timestamp } }
    if opaque != nil { add(RD_KAFKA_VTYPE_OPAQUE) { $0.u.ptr = opaque } }
    add(RD_KAFKA_VTYPE_HEADERS) { $0.u.headers = list }
    guard let error = rd_kafka_produceva(client, fields, fields.count) else {
      return RD_KAFKA_RESP_ERR_NO_ERROR
    }
    let code = rd_kafka_error_code(error)
    rd_kafka_error_destroy(error)
    // On success the headers belong to the message, on failure they are still ours.
    rd_kafka_headers_destroy(list)
    return code
  }
}
