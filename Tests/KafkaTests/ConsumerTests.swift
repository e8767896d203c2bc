import Foundation
import Synchronization
import Testing

@testable import Kafka

@Suite struct ConsumerTests {
  /// A topic of two partitions with a hundred records each.
  private func twoPartitions(_ kind: ClusterUnderTest) throws -> (OpenCluster, topic: String) {
    let cluster = try kind.open()
    let topic = try cluster.createTopic(partitions: 2)
    for partition in 0..<2 as Range<Int32> {
      try cluster.produce(0..<100, to: topic, partition: partition)
    }
    return (cluster, topic)
  }

  @Test(arguments: ClusterUnderTest.available)
  func keysHeadersAndTimestampsArriveAsSent(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic()
      let producer = try cluster.producer()
      let now = Int64(Date().timeIntervalSince1970 * 1_000)
      try producer.send(
        topic: topic, partition: 0, key: Array("k".utf8), value: Array("v".utf8),
        headers: [("a", [1, 2]), ("empty", []), ("none", nil), ("a", [3])], timestamp: now)
      try producer.send(topic: topic, partition: 0, key: nil, value: nil)
      try producer.send(topic: topic, partition: 0, key: [], value: [])
      #expect(producer.close())

      struct Seen: Equatable {
        var key: [UInt8]?
        var value: [UInt8]?
      }
      var seen: [Seen] = []
      var headers: [String] = []
      let consumer = try cluster.consumer([topic])
      let recorder = Recorder()
      try eventually {
        try consumer.poll(max: 10, timeoutMilliseconds: 50, delegate: recorder) { message in
          seen.append(
            Seen(key: message.key.map { Array($0) }, value: message.value.map { Array($0) }))
          guard message.offset == 0 else { return }
          let found = ["a", "empty", "none", "missing"].map { name in
            message.header(name).map { Array($0) }
          }
          #expect(found == [[3], [], [], nil])
          let (time, isAppendTime) = (message.timestamp, message.hasAppendTime)
          #expect(time == now && !isAppendTime)
          message.forEachHeader { headers.append("\(String(cString: $0))=\(Array($1))") }
        }
        return seen.count == 3
      }
      #expect(
        seen == [
          Seen(key: Array("k".utf8), value: Array("v".utf8)), Seen(key: nil, value: nil),
          Seen(key: [], value: []),
        ])
      #expect(headers == ["a=[1, 2]", "empty=[]", "none=[]", "a=[3]"])
      #expect(consumer.close(delegate: recorder))
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func batchesKeepTheOrderOfEachPartition(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic(partitions: 3)
      for partition in 0..<3 {
        try cluster.produce(0..<2_000, to: topic, partition: Int32(partition))
      }
      let consumer = try cluster.consumer([topic])
      let recorder = Recorder()
      try recorder.poll(consumer, max: 700, count: 6_000)
      for index in 0..<3 {
        let ofPartition = recorder.records.filter { $0.partition == index }
        #expect(ofPartition.map(\.offset) == Array(0..<2_000))
        #expect(ofPartition.map(\.value) == (0..<2_000).map(String.init))
        #expect(consumer.partition(at: index)?.topic == topic)
      }
      #expect(consumer.partition(at: 3) == nil)
      #expect(Set(consumer.assignment.map(\.partition)) == [0, 1, 2])
      #expect(recorder.losses.isEmpty && recorder.errors.isEmpty)
      #expect(consumer.skippedOffsets == 0 && consumer.repeatedMessages == 0)
      consumer.close(delegate: recorder)
      #expect(recorder.revocations.flatMap(\.partitions).count == 3)
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func startsWhereTheDelegateSays(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic(partitions: 3)
      for partition in 0..<3 {
        try cluster.produce(0..<100, to: topic, partition: Int32(partition))
      }
      let consumer = try cluster.consumer([topic], reportsPartitionEnd: true)
      let recorder = Recorder {
        switch $0.partition {
        case 0: .at(40)
        case 1: .end
        default: .committed(orElse: .beginning)
        }
      }
      try recorder.poll(consumer, until: "three ends") {
        Set(recorder.ends.map { $0.0.partition }) == [0, 1, 2]
      }
      let byPartition = Dictionary(grouping: recorder.records) {
        consumer.partition(at: $0.partition)?.partition ?? -1
      }
      #expect(byPartition[0]?.map(\.offset) == Array(40..<100))
      #expect(byPartition[1] == nil)
      #expect(byPartition[2]?.count == 100)
      try cluster.produce(100..<101, to: topic, partition: 1)
      try recorder.poll(consumer, count: 161)
      #expect(recorder.records.last?.offset == 100)
      #expect(recorder.losses.isEmpty)
      consumer.close(delegate: recorder)
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func storedOffsetsAreCommittedAndNothingElseIs(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let (cluster, topic) = try twoPartitions(kind)
      let first = try cluster.consumer([topic])
      let recorder = Recorder { _ in .committed(orElse: .beginning) }
      try recorder.poll(first, count: 200)
      let zero = try #require(first.assignment.first { $0.partition == 0 })
      #expect(first.storeOffset(zero.index, next: 30))
      #expect(!first.storeOffset(77, next: 1))
      try first.commitStored()
      try first.commitStored()  // nothing new is no error
      #expect(first.storeOffset(zero.index, next: 50))
      #expect(first.close(delegate: recorder))  // commits 50

      #expect(!first.storeOffset(zero.index, next: 60))
      #expect(throws: KafkaError.self) { try recorder.poll(first) }

      let second = try cluster.consumer([topic])
      let later = Recorder { _ in .committed(orElse: .beginning) }
      try later.poll(second, count: 150)
      let offsets = Dictionary(grouping: later.records) {
        second.partition(at: $0.partition)?.partition ?? -1
      }
      #expect(offsets[0]?.first?.offset == 50)
      #expect(offsets[1]?.first?.offset == 0)
      second.close(delegate: later)
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func pauseLosesNothing(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic(partitions: 2)
      for partition in 0..<2 {
        try cluster.produce(0..<5_000, to: topic, partition: Int32(partition))
      }
      let consumer = try cluster.consumer([topic])
      let recorder = Recorder()
      // Before anything was assigned, then again and again in the middle.
      consumer.pause()
      try recorder.poll(consumer, until: "assignment") { !recorder.assignments.isEmpty }
      for _ in 0..<5 { try recorder.poll(consumer, timeout: 50) }
      #expect(recorder.records.isEmpty)
      consumer.resume()
      var target = 0
      while target < 10_000 {
        target += 1_700
        try recorder.poll(consumer, max: 170, count: min(target, 10_000))
        consumer.pause()
        #expect(consumer.isPaused)
        let before = recorder.records.count
        for _ in 0..<4 { try recorder.poll(consumer, max: 170, timeout: 30) }
        #expect(recorder.records.count == before)
        consumer.resume()
      }
      for index in 0..<2 {
        #expect(
          recorder.records.filter { $0.partition == index }.map(\.offset) == Array(0..<5_000))
      }
      #expect(consumer.skippedOffsets == 0)
      #expect(recorder.losses.isEmpty)
      consumer.close(delegate: recorder)
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func aPatternSubscribesToEveryTopicThatFits(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topics = try (0..<2).map { try cluster.createTopic("regex-\($0)") }
      let other = try cluster.createTopic("other")
      for topic in topics + [other] { try cluster.produce(0..<10, to: topic) }
      let consumer = try cluster.consumer(
        ["^acalert-test-\(cluster.unique)-regex-.*"],
        properties: ["topic.metadata.refresh.interval.ms": "500"])
      let recorder = Recorder()
      try recorder.poll(consumer, count: 20)
      #expect(Set(consumer.assignment.map(\.topic)) == Set(topics))
      let late = try cluster.createTopic("regex-late")
      try cluster.produce(0..<10, to: late)
      try recorder.poll(consumer, count: 30)
      #expect(Set(consumer.assignment.map(\.topic)) == Set(topics + [late]))
      consumer.close(delegate: recorder)
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func whatIsStoredBesideAnOffset_IsToldToWhoBeginsThere(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let (cluster, topic) = try twoPartitions(kind)
      let first = try cluster.consumer([topic])
      let recorder = Recorder { _ in .committed(orElse: .beginning) }
      try recorder.poll(first, count: 200)
      #expect(recorder.committed.isEmpty)
      for partition in first.assignment {
        first.storeOffset(partition.index, next: 60, metadata: "öld \(partition.partition)")
      }
      // In its own time, and what is stored while it leaves.
      try recorder.poll(first, until: "the commit") {
        first.groupOffsets.withLock { $0.entries.values.allSatisfy(\.isSent) }
      }
      recorder.whenRevoked = { partitions in
        for partition in partitions where partition.partition == 1 {
          first.storeOffset(partition.index, next: 70, metadata: "last")
        }
      }
      #expect(first.close(delegate: recorder))
      #expect(recorder.errors.isEmpty)

      let second = try cluster.consumer([topic])
      let later = Recorder { _ in .committed(orElse: .beginning) }
      later.whereToBegin = { $0 - 5 }
      try later.poll(second, count: 45 + 35)
      #expect(later.committed[0]?.offset == 60 && later.committed[0]?.metadata == "öld 0")
      #expect(later.committed[1]?.offset == 70 && later.committed[1]?.metadata == "last")
      #expect(later.records.map(\.offset).min() == 55)
      second.close(delegate: later)
    }
  }

  @Test func aCommitWaitsForTheAnswerToTheOneBefore() async throws {
    try await onThread {
      let (cluster, topic) = try twoPartitions(.embedded)
      let consumer = try cluster.consumer([topic], properties: ["auto.commit.interval.ms": "10"])
      let recorder = Recorder()
      try recorder.poll(consumer, count: 200)
      let index = try #require(consumer.assignment.first?.index)
      func isSent() -> Bool {
        consumer.groupOffsets.withLock { $0.entries[index]?.isSent } ?? false
      }
      func isUnderway() -> Bool { consumer.context.awaitsCommit(at: MonotonicClock.milliseconds()) }
      try cluster.broker?.setRoundTripTime(milliseconds: 1_500)
      consumer.storeOffset(index, next: 10)
      try recorder.poll(consumer, until: "the first is on its way") { isSent() && isUnderway() }
      consumer.storeOffset(index, next: 20)
      var waited = 0
      try recorder.poll(consumer, until: "the second is on its way") {
        waited += isSent() ? 0 : 1
        return isSent()
      }
      // It is looked at once before the first poll.
      #expect(waited > 1)
      try recorder.poll(consumer, until: "the answer") { !isUnderway() }
      try cluster.broker?.setRoundTripTime(milliseconds: 0)
      #expect(recorder.errors.isEmpty)
      consumer.close(delegate: recorder)
    }
  }

  @Test(arguments: ClusterUnderTest.available)
  func lagIsNilUntilKnownAndFallsWithWhatIsStored(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let topic = try cluster.createTopic()
      try cluster.produce(0..<100, to: topic)
      let consumer = try cluster.consumer([topic])
      #expect(consumer.lag() == nil)
      let recorder = Recorder()
      try recorder.poll(consumer, count: 100)
      consumer.storeOffset(0, next: 40)
      try recorder.poll(consumer, until: "lag 60") { consumer.lag() == 60 }
      #expect(consumer.lagByPartition().map(\.lag) == [60])
      consumer.storeOffset(0, next: 100)
      try recorder.poll(consumer, until: "lag 0") { consumer.lag() == 0 }
      consumer.close(delegate: recorder)
      #expect(consumer.lag() == nil)
    }
  }

  @Test func messagesOfAnotherProgramAreRead() async throws {
    let kcat = URL(fileURLWithPath: "/usr/bin/kcat")
    guard FileManager.default.isExecutableFile(atPath: kcat.path) else { return }
    try await onThread {
      let cluster = try ClusterUnderTest.embedded.open()
      let topic = try cluster.createTopic()
      let process = Process()
      process.executableURL = kcat
      process.arguments = [
        "-P", "-b", cluster.bootstrapServers, "-t", topic, "-p", "0", "-K:", "-H", "h=x",
      ]
      let input = Pipe()
      process.standardInput = input
      try process.run()
      input.fileHandleForWriting.write(Data("user:value\n".utf8))
      try input.fileHandleForWriting.close()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let consumer = try cluster.consumer([topic])
      let recorder = Recorder()
      var seen: [String] = []
      try eventually {
        try consumer.poll(max: 10, timeoutMilliseconds: 50, delegate: recorder) { message in
          seen = [message.key, message.value, message.header("h")].map {
            $0.map { String(decoding: $0, as: UTF8.self) } ?? "<nil>"
          }
        }
        return !seen.isEmpty
      }
      #expect(seen == ["user", "value", "x"])
      consumer.close(delegate: recorder)
    }
  }
}
