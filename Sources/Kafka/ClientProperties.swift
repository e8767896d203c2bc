import CRdkafka

/// A librdkafka configuration under construction: owned here until a client takes it over.
final class ClientProperties {
  private(set) var pointer: OpaquePointer?

  init() {
    pointer = rd_kafka_conf_new()
  }

  deinit {
    if let pointer { rd_kafka_conf_destroy(pointer) }
  }

  /// Sets one property.
  ///
  /// - Throws: librdkafka's own words when it does not know the property or refuses the value.
  func set(_ property: String, _ value: String) throws(KafkaError) {
    var text = [CChar](repeating: 0, count: 512)
    let result = rd_kafka_conf_set(pointer, property, value, &text, text.count)
    guard result == RD_KAFKA_CONF_OK else {
      throw KafkaError(
        code: KafkaError.invalidArgument, message: Self.string(text), isRetriable: false,
        attempted: "set the Kafka property \(property)",
        hint: "librdkafka's CONFIGURATION.md lists every property and its values")
    }
  }

  /// Sets the properties in the order of their names, so that the same error is always the first.
  func set(_ properties: [String: String]) throws(KafkaError) {
    for (property, value) in properties.sorted(by: { $0.key < $1.key }) {
      try set(property, value)
    }
  }

  /// Makes a client of this configuration, which is used up by that.
  func makeClient(_ type: rd_kafka_type_t, attempted: String) throws(KafkaError) -> OpaquePointer {
    var text = [CChar](repeating: 0, count: 512)
    guard let client = rd_kafka_new(type, pointer, &text, text.count) else {
      throw KafkaError(
        code: rd_kafka_last_error().rawValue, message: Self.string(text), attempted: attempted)
    }
    pointer = nil
    return client
  }

  /// A number that a client has been configured with.
  static func value(
    _ property: String, of client: OpaquePointer, otherwise fallback: Int
  ) -> Int {
    var text = [CChar](repeating: 0, count: 32)
    var size = text.count
    guard rd_kafka_conf_get(rd_kafka_conf(client), property, &text, &size) == RD_KAFKA_CONF_OK
    else { return fallback }
    return Int(string(text)) ?? fallback
  }

  /// A C string from a buffer that ends with its first zero.
  static func string(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
