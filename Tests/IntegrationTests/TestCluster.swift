import Foundation
import Kafka

/// Brokers for a test: those of `ACALERT_TEST_BROKERS`, or an embedded one of the test's own.
final class TestCluster: Sendable {
  private let embedded: EmbeddedBroker?
  let brokers: String
  /// What tells this test's topics and group from those of others on the same cluster.
  private let run = String(UInt32.random(in: 0...UInt32.max), radix: 36)

  init() throws {
    if let brokers = ProcessInfo.processInfo.environment["ACALERT_TEST_BROKERS"] {
      embedded = nil
      self.brokers = brokers
    } else {
      let broker = try EmbeddedBroker()
      embedded = broker
      brokers = broker.bootstrapServers
    }
  }

  deinit { embedded?.close() }

  var isEmbedded: Bool { embedded != nil }
  var group: String { "acalert-test-\(run)" }

  /// Properties that make this cluster quick enough for tests.
  var properties: [String: String] {
    isEmbedded ? EmbeddedBroker.consumerProperties : [:]
  }

  /// Has the embedded broker answer nothing, or all again.
  func setSilent(_ isSilent: Bool) throws {
    try embedded?.setRoundTripTime(milliseconds: isSilent ? 600_000 : 0)
  }

  /// Creates a topic of this test's own and returns its full name.
  func topic(_ name: String, partitions: Int = 2) throws -> String {
    let full = "\(name)-\(run)"
    if let embedded {
      try embedded.createTopic(full, partitions: partitions)
    } else {
      let administration = try TopicAdministration(bootstrapServers: brokers)
      try administration.create(NewTopic(name: full, partitions: partitions))
    }
    return full
  }
}
