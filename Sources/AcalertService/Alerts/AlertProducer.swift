import Alerting
import Kafka
import Synchronization

/// The producer behind the receivers that are Kafka topics, made when the first one needs it: most
/// services have none.
final class AlertProducer: Sendable {
  private let settings: KafkaSettings
  private let producer = Mutex<KafkaAlertProducer?>(nil)

  init(_ settings: KafkaSettings) { self.settings = settings }

  deinit { producer.withLock { $0?.close() } }

  /// - Throws: `KafkaError` for properties that no producer takes.
  func sink(topic: String, timeout: Int64) throws -> any Sink {
    try producer.withLock { producer in
      if let producer { return producer.sink(topic: topic, timeout: timeout) }
      let made = try KafkaAlertProducer(
        ProducerConfiguration(
          bootstrapServers: settings.bootstrapServers, clientID: "acalert-alerts",
          properties: settings.properties))
      producer = made
      return made.sink(topic: topic, timeout: timeout)
    }
  }
}
