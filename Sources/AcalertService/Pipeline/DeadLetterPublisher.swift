import Foundation
import Kafka
import Logging
import Store
import Synchronization

/// Sends invalid records, their bytes untouched, to their dead-letter topics.
///
/// The table `invalid_records` is the outbox: a record waits there, whole, until the broker has
/// acknowledged it, so it arrives at least once whatever happens in between. Lives on one thread,
/// "dead-letters". The headers are those that Kafka Connect writes
/// (https://cwiki.apache.org/confluence/display/KAFKA/KIP-298%3A+Error+Handling+in+Connect).
final class DeadLetterPublisher: Sendable {
  private let store: Store
  private let readers: ReaderPool
  private let kafka: KafkaSettings
  private let settings: DeadLetterSettings
  private let counters: ServiceCounters
  private let log: Logger
  private let isStopping: @Sendable () -> Bool
  private let wake = DispatchSemaphore(value: 0)
  private let outcome = Mutex<Outcome>(Outcome())

  private struct Outcome {
    var delivered: [Int64] = []
    var failed = 0
    var error: KafkaError?
  }

  init(
    store: Store, readers: ReaderPool, kafka: KafkaSettings, settings: DeadLetterSettings,
    counters: ServiceCounters, log: Logger, isStopping: @escaping @Sendable () -> Bool
  ) {
    self.store = store
    self.readers = readers
    self.kafka = kafka
    self.settings = settings
    self.counters = counters
    self.log = log
    self.isStopping = isStopping
  }

  /// There may be something to send.
  func signal() { wake.signal() }

  func run() {
    var producer: Producer?
    var knownTopics: Set<String> = []
    var pause = 1.0
    while !isStopping() {
      do {
        let waiting = try readers.withReader { try $0.pendingDeadLetters(limit: 500) }
        if waiting.isEmpty {
          _ = wake.wait(timeout: .now() + 1)
          continue
        }
        let sender = try producer ?? makeProducer()
        producer = sender
        for topic in Set(waiting.compactMap(\.place?.topic))
        where knownTopics.insert(topic).inserted {
          createTopic(for: topic)
        }
        if try send(waiting, through: sender) { pause = 1 } else { pause = min(pause * 2, 60) }
      } catch {
        log.error("dead letters wait: \(error)")
        pause = min(pause * 2, 60)
      }
      if pause > 1 { _ = wake.wait(timeout: .now() + pause) }
    }
    producer?.close(timeoutMilliseconds: 500)
  }

  private func makeProducer() throws -> Producer {
    try Producer(
      ProducerConfiguration(
        bootstrapServers: kafka.bootstrapServers, clientID: "acalert-dead-letters",
        properties: kafka.properties),
      delivered: { [weak self] delivery in self?.note(delivery) })
  }

  /// On librdkafka's thread.
  private func note(_ delivery: Delivery) {
    outcome.withLock { outcome in
      if let error = delivery.error {
        outcome.failed += 1
        outcome.error = error
      } else {
        outcome.delivered.append(Int64(delivery.token))
      }
    }
  }

  /// Whether all were acknowledged.
  private func send(_ letters: [DeadLetter], through producer: Producer) throws -> Bool {
    for letter in letters {
      guard let place = letter.place else { continue }
      try producer.send(
        topic: place.topic + settings.suffix, key: letter.key, value: letter.value,
        headers: letter.headers.map { ($0.name, $0.value) }
          + Self.headers(
            topic: place.topic, partition: place.partition, offset: place.offset,
            reason: letter.reason, detail: letter.detail),
        timestamp: letter.timestamp, token: UInt64(letter.id))
    }
    producer.flush(timeoutMilliseconds: 30_000)
    let result = outcome.withLock { outcome in
      let taken = outcome
      outcome = Outcome()
      return taken
    }
    if !result.delivered.isEmpty {
      try store.markDelivered(result.delivered)
      counters.deadLettersDelivered.add(result.delivered.count)
    }
    if result.failed > 0 {
      counters.deadLettersFailed.add(result.failed)
      log.error(
        "dead letters were refused, trying again",
        metadata: ["count": "\(result.failed)", "why": "\(result.error?.description ?? "")"])
    }
    return result.delivered.count == letters.count
  }

  static func headers(
    topic: String, partition: Int32, offset: Int64, reason: String, detail: String
  ) -> [(name: String, value: [UInt8]?)] {
    func header(_ name: String, _ value: String) -> (name: String, value: [UInt8]?) {
      ("__connect.errors.\(name)", Array(value.utf8))
    }
    return [
      header("topic", topic),
      header("partition", "\(partition)"),
      header("offset", "\(offset)"),
      header("connector.name", "acalert"),
      header("task.id", "0"),
      header("stage", "VALUE_CONVERTER"),
      header("class.name", "acalert.Events"),
      header("exception.class.name", reason),
      header("exception.message", detail),
      header("exception.stacktrace", ""),
    ]
  }

  /// Not every cluster makes topics by itself. If this fails the sending will say so.
  private func createTopic(for topic: String) {
    do {
      let administration = try TopicAdministration(
        bootstrapServers: kafka.bootstrapServers, properties: kafka.properties)
      let name = topic + settings.suffix
      guard try !administration.topics().contains(where: { $0.name == name }) else { return }
      try administration.create(NewTopic(name: name, partitions: 1), timeoutMilliseconds: 3_000)
    } catch {
      log.debug("the dead-letter topic of \(topic) was not created: \(error)")
    }
  }
}
