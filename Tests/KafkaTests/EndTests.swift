import Testing

@testable import Kafka

/// That all has been read is told only while it is known.
@Suite struct EndTests {
  /// A round trip that takes so long is none.
  private static let outage = 600_000

  @Test(arguments: ClusterUnderTest.available)
  func recordsThatWaitAreNoEnd(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic(partitions: 2)
      try cluster.produce(0..<10, to: topic)
      let consumer = try cluster.consumer([topic], reportsPartitionEnd: true)
      let recorder = Recorder()
      // One has records and one never had any.
      try recorder.poll(consumer, until: "both ends") { recorder.readAll.count == 2 }
      #expect(recorder.records.count == 10)
      let first = try #require(consumer.assignment.first { $0.partition == 0 }).index

      consumer.pause()
      try cluster.produce(10..<20, to: topic)
      try recorder.pollPastNextAnswer(consumer)
      let told = recorder.readAll
      try recorder.pollPastNextAnswer(consumer)
      #expect(recorder.records.count == 10)
      #expect(recorder.times(first) == told[first])
      #expect(recorder.times(1 - first) > told[1 - first] ?? 0)

      consumer.resume()
      try recorder.poll(consumer, until: "the end again") {
        recorder.times(first) > told[first] ?? 0
      }
      #expect(recorder.records.count == 20)
      consumer.close(delegate: recorder)
    }
  }

  @Test func aClusterThatIsGoneSaysNothingOfEnds() async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let topic = try cluster.createTopic()
      let consumer = try cluster.consumer(
        [topic], properties: ["session.timeout.ms": "60000", "reconnect.backoff.max.ms": "500"],
        reportsPartitionEnd: true)
      let recorder = Recorder()
      try recorder.poll(consumer, until: "the end") { recorder.readAll.count == 1 }
      try cluster.broker?.setRoundTripTime(milliseconds: Self.outage)
      try recorder.pollPastNextAnswer(consumer)
      let told = recorder.readAll
      try recorder.pollPastNextAnswer(consumer)
      #expect(recorder.readAll == told)
      #expect(consumer.assignment.count == 1)
      // Two questions lie two seconds apart.
      let unheard = try #require(consumer.unheardMilliseconds)
      #expect(unheard >= 2_000)
      try cluster.broker?.setRoundTripTime(milliseconds: 0)
      try recorder.poll(consumer, until: "the end again") { recorder.readAll != told }
      #expect(consumer.unheardMilliseconds! < unheard)
      consumer.close(delegate: recorder)
    }
  }

  @Test func aLeaderThatIsGoneDoesNotHideTheEndsOfOthers() async throws {
    try await onThread {
      let broker = try EmbeddedBroker(brokers: 2)
      let cluster = OpenCluster(bootstrapServers: broker.bootstrapServers, broker: broker)
      // So many that each of the two surely leads some.
      let topic = try cluster.createTopic(partitions: 20)
      let consumer = try cluster.consumer(
        [topic], properties: ["session.timeout.ms": "60000", "reconnect.backoff.max.ms": "500"],
        reportsPartitionEnd: true)
      let recorder = Recorder()
      try recorder.poll(consumer, until: "all ends") { recorder.readAll.count == 20 }
      try broker.setRoundTripTime(milliseconds: Self.outage, broker: 2)
      try recorder.pollPastNextAnswer(consumer)
      let told = recorder.readAll
      func isToldSince(_ index: Int) -> Bool { recorder.times(index) > told[index] ?? 0 }
      try recorder.poll(consumer, until: "the ends of the other broker's partitions") {
        consumer.assignment.contains { isToldSince($0.index) }
      }
      let heard = consumer.assignment.filter { isToldSince($0.index) }
      #expect(1..<20 ~= heard.count)
      try broker.setRoundTripTime(milliseconds: 0, broker: 2)
      try recorder.poll(consumer, until: "all ends again") {
        consumer.assignment.count == 20 && consumer.assignment.allSatisfy { isToldSince($0.index) }
      }
      consumer.close(delegate: recorder)
    }
  }
  @Test func aBrokerThatIsFarAwayIsHeardAllTheSame() async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let topic = try cluster.createTopic()
      let consumer = try cluster.consumer([topic], reportsPartitionEnd: true)
      let recorder = Recorder()
      try recorder.poll(consumer, until: "the end") { recorder.readAll.count == 1 }
      try cluster.broker?.setRoundTripTime(milliseconds: 700)
      try recorder.pollPastNextAnswer(consumer)
      try recorder.pollPastNextAnswer(consumer)
      let told = recorder.times(0)
      try recorder.poll(consumer, until: "the end again and again") { recorder.times(0) > told + 1 }
      consumer.close(delegate: recorder)
    }
  }
}
