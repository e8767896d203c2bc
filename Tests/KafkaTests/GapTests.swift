import Testing

@testable import Kafka

@Suite struct GapTests {
  /// Fills a partition of the embedded broker beyond what it keeps, in many small batches.
  private static func overflow(_ cluster: OpenCluster, _ topic: String, messages: Int) throws {
    let producer = try cluster.producer([
      "compression.type": "none", "batch.num.messages": "100", "linger.ms": "0",
    ])
    let value = [UInt8](repeating: 0x61, count: 1_000)
    let handle = try producer.topic(topic)
    try value.withUnsafeBytes { bytes in
      for _ in 0..<messages { try producer.send(to: handle, partition: 0, key: nil, value: bytes) }
    }
    #expect(producer.close())
    #expect(producer.counters.acknowledged == messages)
  }

  @Test(arguments: ["cooperative-sticky", "range,roundrobin"])
  func whatTheBrokerForgotBeforeTheFirstReadIsReported(_ strategy: String) async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let topic = try cluster.createTopic()
      let sound = try cluster.createTopic("sound", partitions: 2)
      for partition in 0..<2 {
        try cluster.produce(0..<5_000, to: sound, partition: Int32(partition))
      }
      try Self.overflow(cluster, topic, messages: 20_000)
      let consumer = try cluster.consumer(
        [topic, sound], properties: ["partition.assignment.strategy": strategy])
      let all = Recorder { _ in .at(0) }
      // What is put right in one partition must not disturb the others.
      try all.poll(consumer, max: 100, until: "the newest record of each partition") {
        consumer.table.states.map(\.expected).sorted() == [5_000, 5_000, 20_000]
      }
      let index = consumer.assignment.first { $0.topic == topic }?.index
      for partition in consumer.assignment where partition.index != index {
        #expect(
          all.records.filter { $0.partition == partition.index }.map(\.offset)
            == Array(0..<5_000))
      }
      let recorder = Recorder()
      recorder.records = all.records.filter { $0.partition == index }
      recorder.losses = all.losses
      let loss = try #require(recorder.losses.first)
      #expect(recorder.losses.count == 1)
      #expect(loss.reason == .expired)
      #expect(loss.offsets.lowerBound == 0)
      // Exact: what was lost and what was read make the whole.
      #expect(loss.count + Int64(recorder.records.count) == 20_000)
      #expect(recorder.records.first?.offset == loss.offsets.upperBound)
      #expect(loss.resumedAt == loss.offsets.upperBound)
      #expect(consumer.lostOffsets == loss.count)
      #expect(consumer.skippedOffsets == 0)
      #expect(consumer.repeatedMessages == 0)
      consumer.close(delegate: recorder)
    }
  }

  @Test func whatTheBrokerForgotDuringAPauseIsReported() async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let topic = try cluster.createTopic()
      try cluster.produce(0..<100, to: topic)
      let consumer = try cluster.consumer([topic])
      let recorder = Recorder()
      try recorder.poll(consumer, count: 100)
      consumer.pause()
      try Self.overflow(cluster, topic, messages: 20_000)
      try recorder.poll(consumer)
      consumer.resume()
      try recorder.poll(consumer, until: "the newest record") {
        recorder.records.last?.offset == 20_099
      }
      let lost = recorder.losses.reduce(0) { $0 + $1.count }
      #expect(recorder.losses.first?.offsets.lowerBound == 100)
      #expect(lost + Int64(recorder.records.count) == 20_100)
      #expect(consumer.lostOffsets == lost)
      #expect(consumer.skippedOffsets == 0)
      consumer.close(delegate: recorder)
    }
  }

  /// Transactions' marks and compaction leave holes. The embedded broker makes none, so the expectation
  /// is set back to make one.
  @Test(arguments: ClusterUnderTest.available)
  func aHoleInTheLogIsCountedAndNotReported(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic()
      try cluster.produce(0..<10, to: topic)
      let consumer = try cluster.consumer([topic])
      let recorder = Recorder()
      try recorder.poll(consumer, count: 10)
      consumer.table.states[0].expected -= 3
      try cluster.produce(10..<20, to: topic)
      try recorder.poll(consumer, count: 20)
      #expect(consumer.skippedOffsets == 3)
      let judged = consumer.table.states[0].lastJudged
      // The next one within five seconds costs no question to the broker.
      consumer.table.states[0].expected -= 1
      try cluster.produce(20..<21, to: topic)
      try recorder.poll(consumer, count: 21)
      #expect(consumer.skippedOffsets == 4)
      #expect(consumer.table.states[0].lastJudged == judged)
      #expect(recorder.losses.isEmpty)
      // A message that comes again is not lent again.
      consumer.table.states[0].expected += 1
      try cluster.produce(21..<23, to: topic)
      try recorder.poll(consumer, count: 22)
      #expect(recorder.records.last?.value == "22")
      #expect(consumer.repeatedMessages == 1)
      consumer.close(delegate: recorder)
    }
  }

  @Test func aHoleInWhichTheLogNowBeginsIsALoss() async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let topic = try cluster.createTopic()
      try Self.overflow(cluster, topic, messages: 10_000)
      let consumer = try cluster.consumer([topic])
      let recorder = Recorder { _ in .beginning }
      try recorder.poll(consumer, until: "the newest record") {
        recorder.records.last?.offset == 9_999
      }
      let low = try #require(recorder.records.first?.offset)
      #expect(low > 0)
      #expect(recorder.losses.isEmpty)
      consumer.table.states[0].expected = low - 7
      try cluster.produce(0..<1, to: topic)
      try recorder.poll(consumer, until: "one more") { recorder.records.last?.offset == 10_000 }
      // One small record may make the broker forget no batch, or one.
      let loss = try #require(recorder.losses.first)
      #expect(loss.offsets.lowerBound == low - 7)
      #expect(loss.count >= 7)
      #expect(loss.count + consumer.skippedOffsets == 10_000 - (low - 7))
      consumer.close(delegate: recorder)
    }
  }
}
