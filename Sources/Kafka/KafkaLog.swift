import CRdkafka

/// One line that librdkafka would have written to standard error.
public struct KafkaLogLine: Sendable {
  /// Severity as syslog counts it: 0 emergency … 3 error, 4 warning, 6 informational, 7 debug.
  public var level: Int
  /// librdkafka's subject of the line, such as `FAIL` or `REBALANCE`.
  public var facility: String
  public var message: String
}

/// Takes librdkafka's log lines. Called on librdkafka's own threads, several at a time: be quick, do
/// not call back into the client.
public typealias KafkaLogHandler = @Sendable (KafkaLogLine) -> Void

/// The log callback of a client together with the closure that it leads to.
///
/// A class because librdkafka hands a raw pointer back to its callbacks (`rd_kafka_conf_set_opaque`);
/// the client that owns it keeps it alive until `rd_kafka_destroy` has returned. Subclasses add what
/// their own callbacks need. Not final for that reason only.
class CallbackContext {
  let log: KafkaLogHandler?

  init(log: KafkaLogHandler?) {
    self.log = log
  }

  /// Points the configuration's callbacks at this object, which must outlive the client.
  func attach(to configuration: ClientProperties) {
    rd_kafka_conf_set_opaque(
      configuration.pointer, Unmanaged<CallbackContext>.passUnretained(self).toOpaque())
    rd_kafka_conf_set_log_cb(configuration.pointer) { @Sendable client, level, facility, text in
      guard let client, let context = CallbackContext.of(rd_kafka_opaque(client)),
        let log = context.log
      else { return }
      log(
        KafkaLogLine(
          level: Int(level), facility: facility.map { String(cString: $0) } ?? "",
          message: text.map { String(cString: $0) } ?? ""))
    }
  }

  static func of(_ opaque: UnsafeMutableRawPointer?) -> CallbackContext? {
    opaque.map { Unmanaged<CallbackContext>.fromOpaque($0).takeUnretainedValue() }
  }
}
