import Synchronization
import Testing

@testable import Kafka

@Suite struct FailureTests {
  @Test func aPropertyThatDoesNotExistIsNamed() {
    let error = #expect(throws: KafkaError.self) {
      try Consumer(
        ConsumerConfiguration(
          bootstrapServers: "127.0.0.1:1", groupID: "g", topics: ["t"],
          properties: ["fetch.wait.max.mss": "1"]))
    }
    #expect(error?.attempted.contains("fetch.wait.max.mss") == true)
    #expect(error?.message.isEmpty == false)
    let value = #expect(throws: KafkaError.self) {
      try Producer(
        ProducerConfiguration(bootstrapServers: "127.0.0.1:1", properties: ["acks": "many"]))
    }
    #expect(value?.attempted.contains("acks") == true)
  }

  @Test(arguments: ConsumerConfiguration.reservedProperties.keys.sorted())
  func aPropertyThatWouldBreakOurPromiseIsRefused(_ property: String) {
    let configuration = ConsumerConfiguration(
      bootstrapServers: "127.0.0.1:1", groupID: "g", topics: ["t"], properties: [property: "true"])
    let error = #expect(throws: KafkaError.self) { try configuration.validate() }
    #expect(error?.description.contains(property) == true)
    #expect(error?.code == KafkaError.invalidArgument)
  }

  @Test func noTopicIsAnError() {
    #expect(throws: KafkaError.self) {
      try Consumer(ConsumerConfiguration(bootstrapServers: "x", groupID: "g", topics: []))
    }
    #expect(throws: KafkaError.self) {
      try Consumer(ConsumerConfiguration(bootstrapServers: "x", groupID: "g", topics: ["^[("]))
    }
  }

  @Test func aBrokerThatCannotBeReachedIsReportedAndClosingIsBounded() async throws {
    try await onThread {
      let logged = Counter()
      let consumer = try Consumer(
        ConsumerConfiguration(
          bootstrapServers: "127.0.0.1:1", groupID: "g", topics: ["t"],
          log: { _ in logged.add() }))
      let recorder = Recorder()
      try recorder.poll(consumer, until: "an error") {
        recorder.errors.contains { $0.code == KafkaError.allBrokersDown }
      }
      let error = try #require(recorder.errors.first { $0.code == KafkaError.allBrokersDown })
      #expect(error.isRetriable && !error.isFatal && error.hint != nil)
      let before = recorder.errors.count
      for _ in 0..<10 { try recorder.poll(consumer, timeout: 100) }
      #expect(recorder.errors.count <= before + 1)  // rate limited
      #expect(logged.value > 0)
      #expect(consumer.unheardMilliseconds! >= 1_000)
      let start = MonotonicClock.milliseconds()
      consumer.close(timeoutMilliseconds: 2_000, delegate: recorder)
      #expect(MonotonicClock.milliseconds() - start < 10_000)
      consumer.close(delegate: recorder)
    }
  }

  @Test func brokersThatFallSilentAndComeBackCostNoRecord() async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let broker = try #require(cluster.broker)
      let topic = try cluster.createTopic()
      // A connection is given up after a second without an answer.
      let properties = ["reconnect.backoff.max.ms": "500", "socket.timeout.ms": "1000"]
      let producer = try cluster.producer(properties)
      func send(_ numbers: Range<Int>) throws {
        for number in numbers {
          try producer.send(topic: topic, key: nil, value: Array(String(number).utf8))
        }
      }
      let consumer = try cluster.consumer([topic], properties: properties)
      let recorder = Recorder()
      try send(0..<100)
      try recorder.poll(consumer, count: 100)
      try broker.setRoundTripTime(milliseconds: 600_000)
      try send(100..<200)
      try recorder.poll(consumer, until: "an error") { !recorder.errors.isEmpty }
      #expect(recorder.records.count == 100)
      try broker.setRoundTripTime(milliseconds: 0)
      // The embedded broker keeps what it is sent twice; a real one does not.
      try recorder.poll(consumer, until: "all records") { Set(recorder.values).count == 200 }
      #expect(Set(recorder.values) == Set((0..<200).map(String.init)))
      #expect(recorder.records.map(\.offset) == Array(0..<Int64(recorder.records.count)))
      #expect(recorder.losses.isEmpty)
      #expect(producer.close())
      #expect(producer.counters.acknowledged == 200)
      consumer.close(delegate: recorder)
    }
  }

  @Test(arguments: ["cooperative-sticky", "range"])
  func closingIsBoundedWhenTheBrokersHaveDied(_ strategy: String) async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let topic = try cluster.createTopic()
      try cluster.produce(0..<100, to: topic)
      let consumer = try cluster.consumer(
        [topic], properties: ["partition.assignment.strategy": strategy])
      let recorder = Recorder()
      try recorder.poll(consumer, count: 100)
      consumer.storeOffset(0, next: 100)
      cluster.broker?.close()
      #expect(throws: KafkaError.self) { try consumer.commitStored(timeoutMilliseconds: 200) }
      let start = MonotonicClock.milliseconds()
      consumer.close(timeoutMilliseconds: 500, delegate: recorder)
      #expect(MonotonicClock.milliseconds() - start < 10_000)
      #expect(recorder.revocations.count == 1)
    }
  }

  @Test func aTopicThatDoesNotExistIsReported() async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let consumer = try cluster.consumer([cluster.name("none")])
      let recorder = Recorder()
      try recorder.poll(consumer, until: "an answer") {
        !recorder.errors.isEmpty || !recorder.assignments.isEmpty
      }
      consumer.close(delegate: recorder)
    }
  }
}

/// A number that several threads count up.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func add() { count.wrappingAdd(1, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}
