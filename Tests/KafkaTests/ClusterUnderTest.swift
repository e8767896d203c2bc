import Foundation

@testable import Kafka

/// A cluster that tests run against: an embedded broker of their own and, where
/// `ACALERT_TEST_BROKERS` names one (`host:port,…`), a real cluster as well.
enum ClusterUnderTest: String, CaseIterable, Sendable {
  case embedded
  case real

  static let realServers = ProcessInfo.processInfo.environment["ACALERT_TEST_BROKERS"]

  /// For `@Test(arguments:)`.
  static var available: [ClusterUnderTest] {
    realServers == nil ? [.embedded] : [.embedded, .real]
  }

  func open() throws -> OpenCluster {
    switch self {
    case .embedded:
      let broker = try EmbeddedBroker()
      return OpenCluster(bootstrapServers: broker.bootstrapServers, broker: broker)
    case .real:
      return OpenCluster(bootstrapServers: Self.realServers ?? "", broker: nil)
    }
  }
}

/// A running cluster, and names in it that no other test run uses.
final class OpenCluster: Sendable {
  let bootstrapServers: String
  let broker: EmbeddedBroker?
  let unique = String(UUID().uuidString.prefix(8).lowercased())

  init(bootstrapServers: String, broker: EmbeddedBroker?) {
    self.bootstrapServers = bootstrapServers
    self.broker = broker
  }

  func name(_ base: String) -> String { "acalert-test-\(unique)-\(base)" }

  func createTopic(_ base: String = "t", partitions: Int = 1) throws -> String {
    let topic = name(base)
    if let broker {
      try broker.createTopic(topic, partitions: partitions)
    } else {
      try TopicAdministration(bootstrapServers: bootstrapServers)
        .create(NewTopic(name: topic, partitions: partitions, replication: 1))
    }
    return topic
  }

  func consumer(
    _ topics: [String], group: String = "g", instanceID: String? = nil,
    properties: [String: String] = [:], reportsPartitionEnd: Bool = false
  ) throws -> Consumer {
    let own = broker == nil ? [:] : EmbeddedBroker.consumerProperties
    return try Consumer(
      ConsumerConfiguration(
        bootstrapServers: bootstrapServers, groupID: name(group), topics: topics,
        instanceID: instanceID, statisticsIntervalMilliseconds: 200,
        reportsPartitionEnd: reportsPartitionEnd, properties: own.merging(properties) { $1 }))
  }

  func producer(
    _ properties: [String: String] = [:], delivered: DeliveryHandler? = nil
  ) throws -> Producer {
    try Producer(
      ProducerConfiguration(bootstrapServers: bootstrapServers, properties: properties),
      delivered: delivered)
  }

  /// Sends values "0", "1", … to one partition and waits until all are acknowledged.
  func produce(_ numbers: Range<Int>, to topic: String, partition: Int32 = 0) throws {
    let producer = try producer()
    for number in numbers {
      try producer.send(
        topic: topic, partition: partition, key: nil, value: Array(String(number).utf8))
    }
    guard producer.close(), producer.counters.failed == 0 else {
      throw Unexpected("not all of \(numbers) was delivered: \(producer.counters)")
    }
  }
}

struct Unexpected: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Runs blocking work on a thread of its own, so that tests which wait for brokers do not wait for each
/// other.
func onThread<Value: Sendable>(
  _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
  try await withCheckedThrowingContinuation { continuation in
    let thread = Thread { continuation.resume(with: Result { try work() }) }
    thread.stackSize = 1 << 20
    thread.start()
  }
}

/// Waits until something is so, looking every few milliseconds.
func eventually(
  within seconds: Double = 30, _ what: String = "the condition", _ condition: () throws -> Bool
) throws {
  let deadline = MonotonicClock.milliseconds() + Int64(seconds * 1_000)
  while try !condition() {
    if MonotonicClock.milliseconds() > deadline { throw Unexpected("\(what) did not come true") }
    usleep(5_000)
  }
}
