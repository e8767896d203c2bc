import Testing

@testable import Kafka

@Suite struct RebalanceTests {
  @Test(
    arguments: ["cooperative-sticky", "range,roundrobin"], ClusterUnderTest.available)
  func twoMembersShareThePartitionsAndLoseNothing(
    _ strategy: String, _ kind: ClusterUnderTest
  ) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic(partitions: 4)
      for partition in 0..<4 {
        try cluster.produce(0..<500, to: topic, partition: Int32(partition))
      }
      let properties = ["partition.assignment.strategy": strategy]
      let one = try cluster.consumer([topic], properties: properties)
      // As the service does, the members keep the offsets themselves. (Real brokers take commits while
      // a rebalance is under way, the embedded one refuses them.)
      var done: [Int32: Int64] = [:]
      func note(_ consumer: Consumer, _ recorder: Recorder) {
        for record in recorder.records {
          guard let partition = consumer.partition(at: record.partition)?.partition else {
            continue
          }
          done[partition] = max(done[partition] ?? 0, record.offset + 1)
        }
      }
      let recorderOne = Recorder { .at(done[$0.partition] ?? 0) }
      recorderOne.whenRevoked = { _ in note(one, recorderOne) }
      try recorderOne.poll(one, max: 100, count: 1_000)
      #expect(one.assignment.count == 4)

      let two = try cluster.consumer([topic], properties: properties)
      let recorderTwo = Recorder { .at(done[$0.partition] ?? 0) }
      recorderTwo.whenRevoked = { _ in note(two, recorderTwo) }
      try eventually(within: 60, "each has two partitions") {
        try recorderOne.poll(one, max: 10, timeout: 20)
        try recorderTwo.poll(two, max: 10, timeout: 20)
        return one.assignment.count == 2 && two.assignment.count == 2
      }
      #expect(recorderOne.assignments.first?.count == 4)
      // On a machine so busy that the member was taken for dead it loses all; that is no revocation.
      if let revoked = recorderOne.revocations.first(where: { !$0.lost }) {
        #expect(revoked.partitions.count == (strategy == "cooperative-sticky" ? 2 : 4))
      } else {
        #expect(recorderOne.revocations.contains { $0.lost })
      }
      for partition in 0..<4 {
        try cluster.produce(500..<600, to: topic, partition: Int32(partition))
      }
      func seen() -> Set<String> {
        Set(
          zip([one, two], [recorderOne, recorderTwo]).flatMap { consumer, recorder in
            recorder.records.map {
              "\(consumer.partition(at: $0.partition)?.partition ?? -1) \($0.value)"
            }
          })
      }
      try eventually(within: 60, "all records") {
        try recorderOne.poll(one, timeout: 20)
        try recorderTwo.poll(two, timeout: 20)
        return seen().count == 2_400
      }
      // Nothing twice either: what was noted at revocation is where the other one began.
      #expect(recorderOne.records.count + recorderTwo.records.count == 2_400)
      #expect(one.skippedOffsets == 0 && two.skippedOffsets == 0)
      #expect(recorderOne.losses.isEmpty && recorderTwo.losses.isEmpty)

      // One leaves; the other takes over all.
      #expect(two.close(delegate: recorderTwo))
      try recorderOne.poll(one, until: "all partitions again") { one.assignment.count == 4 }
      #expect(one.close(delegate: recorderOne))
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func aMemberThatJoinsWhilePausedStaysPaused(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic(partitions: 2)
      let one = try cluster.consumer([topic])
      let two = try cluster.consumer([topic])
      let recorderOne = Recorder()
      let recorderTwo = Recorder()
      try Self.pollUntilEachHasOne((one, recorderOne), (two, recorderTwo))
      one.pause()
      two.close(delegate: recorderTwo)
      try recorderOne.poll(one, until: "both partitions") { one.assignment.count == 2 }
      for partition in 0..<2 { try cluster.produce(0..<10, to: topic, partition: Int32(partition)) }
      for _ in 0..<10 { try recorderOne.poll(one, timeout: 30) }
      #expect(recorderOne.records.isEmpty)
      one.resume()
      try recorderOne.poll(one, count: 20)
      one.close(delegate: recorderOne)
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func aPartitionThatLeavesWhilePausedIsReadWhenItIsBack(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic(partitions: 2)
      let one = try cluster.consumer([topic])
      let recorderOne = Recorder()
      try recorderOne.poll(one, until: "both partitions") { one.assignment.count == 2 }
      one.pause()
      let two = try cluster.consumer([topic])
      let recorderTwo = Recorder()
      try Self.pollUntilEachHasOne((one, recorderOne), (two, recorderTwo))
      one.resume()
      two.close(delegate: recorderTwo)
      try recorderOne.poll(one, until: "both partitions again") { one.assignment.count == 2 }
      for partition in 0..<2 { try cluster.produce(0..<10, to: topic, partition: Int32(partition)) }
      try recorderOne.poll(one, count: 20)
      one.close(delegate: recorderOne)
    }
  }

  /// The embedded broker knows no static members.
  @Test(
    "A member that was killed has its partitions back at once by its name, though its session lives",
    .enabled(if: ClusterUnderTest.realServers != nil), arguments: [true, false])
  func aMemberComesBackByItsName(isKilled: Bool) async throws {
    try await onThread {
      let cluster = try ClusterUnderTest.real.open()
      let topic = try cluster.createTopic(partitions: 2)
      let recorder = Recorder()
      func join() throws -> Consumer {
        let consumer = try cluster.consumer(
          [topic], instanceID: "one", properties: ["session.timeout.ms": "60000"])
        let begin = MonotonicClock.milliseconds()
        try recorder.poll(consumer, until: "both partitions") { consumer.assignment.count == 2 }
        #expect(MonotonicClock.milliseconds() - begin < 20_000)
        return consumer
      }
      let first = try join()
      // What is not closed says no good-bye when it goes.
      if !isKilled { first.close(delegate: recorder) }
      let second = try join()
      try cluster.produce(0..<10, to: topic)
      try recorder.poll(second, count: 10)
      second.close(delegate: recorder)
    }
  }

  private static func pollUntilEachHasOne(_ members: (Consumer, Recorder)...) throws {
    try eventually(within: 60, "one partition each") {
      for (consumer, recorder) in members { try recorder.poll(consumer, timeout: 20) }
      return members.allSatisfy { consumer, _ in consumer.assignment.count == 1 }
    }
  }
}
