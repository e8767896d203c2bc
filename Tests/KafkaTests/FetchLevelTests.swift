import CRdkafka
import Testing

@testable import Kafka

@Suite struct FetchLevelTests {
  @Test func fallingBelowThreeQuartersIsToldOnce() {
    var level = FetchLevel(maxMessages: 100, maxBytes: 1 << 30)
    let lengths = [0, 30, 76, 120, 80, 75, 74, 10, 0, 80, 20]
    let told = lengths.map { level.passesDown(length: $0) }
    #expect(
      told == [false, false, false, false, false, true, false, false, false, false, true])
  }

  private func passes(
    _ level: inout FetchLevel, _ length: Int, _ expected: Bool,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let told = level.passesDown(length: length)
    #expect(told == expected, sourceLocation: location)
  }

  @Test func largeMessagesFillTheQueueByTheirBytes() {
    var level = FetchLevel(maxMessages: 100_000, maxBytes: 1_000_000)
    level.took(messages: 10, bytes: 10_000)
    passes(&level, 900, false)
    passes(&level, 700, true)
    // What was taken last decides; a poll that took nothing says nothing.
    level.took(messages: 0, bytes: 0)
    passes(&level, 900, false)
    level.took(messages: 10, bytes: 100)
    passes(&level, 900, true)
  }

  @Test func theLimitsAreTheClients() throws {
    let properties = ClientProperties()
    try properties.set(["queued.min.messages": "10", "queued.max.messages.kbytes": "1"])
    let client = try properties.makeClient(RD_KAFKA_CONSUMER, attempted: "test")
    defer { rd_kafka_destroy(client) }
    var level = FetchLevel(of: client)
    passes(&level, 8, false)
    passes(&level, 7, true)
    level.took(messages: 1, bytes: 512)
    passes(&level, 2, false)
    passes(&level, 1, true)
  }

  /// Each time the queue runs full, librdkafka by itself pauses for up to a second: 60 times here.
  @Test(arguments: ClusterUnderTest.available)
  func aSmallQueueDoesNotPause(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic()
      let count = 60_000
      try cluster.produce(0..<count, to: topic)
      let consumer = try cluster.consumer(
        [topic],
        properties: ["queued.min.messages": "1000", "max.partition.fetch.bytes": "20000"])
      let recorder = Recorder()
      try recorder.poll(consumer, max: 1_000, until: "the first record") {
        !recorder.records.isEmpty
      }
      try recorder.poll(consumer, max: 1_000, within: 20, until: "all records") {
        recorder.records.count >= count
      }
      #expect(recorder.values == (0..<count).map(String.init))
      consumer.close(delegate: recorder)
    }
  }
}
