import Testing

@testable import Kafka

/// Logs that end before an offset that has been read: another topic of the same name, or one that was cut back.
@Suite struct ShorterLogTests {
  private let wanted: Int64 = 1_000

  /// A log of ten records, and one who has read up to the wanted offset, or begins at the first.
  private func withLog(
    _ kind: ClusterUnderTest, newest: Int64? = nil, begins: StartPosition? = nil,
    _ check: @escaping @Sendable (OpenCluster, String, Consumer, Recorder) throws -> Void
  ) async throws {
    let start = begins ?? .at(wanted)
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic()
      try cluster.produce(0..<10, to: topic)
      let consumer = try cluster.consumer([topic])
      let recorder = Recorder { _ in start }
      recorder.newest = newest
      try check(cluster, topic, consumer, recorder)
      consumer.close(delegate: recorder)
    }
  }

  /// In the year 2017 nothing of the log had been written yet.
  @Test(arguments: ClusterUnderTest.available, [nil, 1_500_000_000_000] as [Int64?])
  func whatIsNewerThanAllThatWasReadIsOfAnotherTopic(
    _ kind: ClusterUnderTest, newest: Int64?
  ) async throws {
    try await withLog(kind, newest: newest) { [wanted] _, _, consumer, recorder in
      try recorder.poll(consumer, count: 10)
      let loss = try #require(recorder.losses.first)
      #expect(recorder.losses.count == 1)
      #expect(loss.reason == .recreated)
      #expect(loss.offsets == wanted..<wanted)
      #expect(loss.resumedAt == 0)
      #expect(recorder.records.map(\.offset) == Array(0..<10))
    }
  }

  /// The embedded broker cannot look for times: it could be another topic there.
  @Test(arguments: ClusterUnderTest.available)
  func whatIsNotNewerThanWhatWasReadHasBeenRead(_ kind: ClusterUnderTest) async throws {
    let year2100: Int64 = 4_102_444_800_000
    try await withLog(kind, newest: year2100) { cluster, topic, consumer, recorder in
      try recorder.poll(consumer, until: "it to be found out") { !recorder.losses.isEmpty }
      let isKnown = cluster.broker == nil
      try cluster.produce(10..<13, to: topic)
      try recorder.poll(consumer, count: isKnown ? 3 : 13)
      #expect(recorder.losses.map(\.reason) == [isKnown ? .cutBack : .recreated])
      #expect(recorder.losses.map(\.resumedAt) == [isKnown ? 10 : 0])
      #expect(recorder.records.map(\.offset) == Array((isKnown ? 10 : 0)..<13))
    }
  }

  /// What is read before the offset that counts has no effects: an end that lies there is found by nobody
  /// else.
  @Test(arguments: ClusterUnderTest.available)
  func anEndThatCameTooEarlyIsLookedInto(_ kind: ClusterUnderTest) async throws {
    try await withLog(kind, begins: .beginning) { _, _, consumer, recorder in
      try recorder.poll(consumer, count: 10)
      let index = try #require(consumer.assignment.first?.index)
      consumer.suspectCut(of: index, before: 10)
      for _ in 0..<5 { try recorder.poll(consumer, timeout: 30) }
      #expect(recorder.losses.isEmpty && recorder.records.count == 10)

      consumer.suspectCut(of: index, before: 11)
      try recorder.poll(consumer, count: 20)
      #expect(recorder.losses.map(\.reason) == [.recreated])
      #expect(recorder.records.map(\.offset) == Array(0..<10) + Array(0..<10))
    }
  }
}
