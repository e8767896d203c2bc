import Synchronization
import Testing

@testable import Kafka

@Suite struct ProducerTests {
  @Test(arguments: ClusterUnderTest.available)
  func everyMessageComesBackWithItsToken(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic(partitions: 2)
      let tokens = Collected<UInt64>()
      let producer = try cluster.producer(delivered: { delivery in
        if delivery.error == nil, delivery.offset >= 0 { tokens.append(delivery.token) }
      })
      let handle = try producer.topic(topic)
      for token in 1...1_000 {
        try producer.send(
          to: handle, key: nil, value: nil, timestamp: token % 2 == 0 ? 1_700_000_000_000 : nil,
          token: UInt64(token))
      }
      #expect(producer.flush(timeoutMilliseconds: 20_000))
      #expect(tokens.values.sorted() == Array(1...1_000))
      #expect(
        producer.counters
          == ProducerCounters(accepted: 1_000, acknowledged: 1_000, failed: 0, failures: [:]))
      #expect(producer.close())
      #expect(throws: KafkaError.self) { try producer.send(topic: topic, key: nil, value: nil) }
      #expect(throws: KafkaError.self) { try producer.topic("another") }
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func oneKeyGoesToOnePartition(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic(partitions: 4)
      let partitions = Collected<Int32>()
      let producer = try cluster.producer(delivered: { partitions.append($0.partition) })
      for _ in 0..<50 { try producer.send(topic: topic, key: Array("u-17".utf8), value: [1]) }
      #expect(producer.close())
      #expect(Set(partitions.values).count == 1)
    }
  }

  @Test func aFullQueueHoldsTheSenderUntilThereIsRoom() async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let topic = try cluster.createTopic()
      try cluster.broker?.setRoundTripTime(milliseconds: 20)
      let producer = try cluster.producer(["queue.buffering.max.messages": "10"])
      for _ in 0..<200 { try producer.send(topic: topic, key: nil, value: [1]) }
      #expect(producer.close())
      #expect(producer.counters.acknowledged == 200)
    }
  }

  @Test func aQueueThatStaysFullIsAnErrorAtTheDeadline() async throws {
    try await onThread {
      let producer = try Producer(
        ProducerConfiguration(
          bootstrapServers: "127.0.0.1:1", properties: ["queue.buffering.max.messages": "10"]))
      for _ in 0..<10 { try producer.send(topic: "t", key: nil, value: [1]) }
      let error = #expect(throws: KafkaError.self) {
        try producer.send(topic: "t", key: nil, value: [1], timeoutMilliseconds: 50)
      }
      #expect(error?.code == KafkaError.queueFull)
      // What is given up is accounted for.
      #expect(!producer.close(timeoutMilliseconds: 100))
      #expect(producer.counters.failed == 10)
      #expect(producer.counters.accepted == 10)
      #expect(producer.counters.inFlight == 0)
    }
  }

  @Test func failuresAreCountedByReasonAndReported() async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let topic = try cluster.createTopic()
      let failures = Collected<Delivery>()
      let producer = try cluster.producer(
        ["enable.idempotence": "false", "linger.ms": "0"],
        delivered: { if $0.error != nil { failures.append($0) } })
      cluster.broker?.failNextProduceRequests(with: [KafkaError.messageTooLarge])
      try producer.send(topic: topic, key: nil, value: [1], token: 7)
      #expect(producer.flush(timeoutMilliseconds: 20_000))
      try producer.send(topic: topic, key: nil, value: [2], token: 8)
      #expect(producer.close())
      #expect(producer.counters.failures == ["MSG_SIZE_TOO_LARGE": 1])
      #expect(producer.counters.acknowledged == 1)
      #expect(failures.values.map(\.token) == [7])
      #expect(failures.values.first?.offset == -1)
    }
  }

  @Test func aMessageTooLargeIsRefusedAtOnce() throws {
    let producer = try Producer(
      ProducerConfiguration(
        bootstrapServers: "127.0.0.1:1", properties: ["message.max.bytes": "1000"]))
    let error = #expect(throws: KafkaError.self) {
      try producer.send(topic: "t", key: nil, value: [UInt8](repeating: 0, count: 2_000))
    }
    #expect(error?.code == KafkaError.messageTooLarge)
    #expect(producer.counters.accepted == 0)
    producer.close(timeoutMilliseconds: 0)
  }
}

/// Values from several threads.
final class Collected<Value: Sendable>: Sendable {
  private let all = Mutex<[Value]>([])
  func append(_ value: Value) { all.withLock { $0.append(value) } }
  var values: [Value] { all.withLock { $0 } }
}
