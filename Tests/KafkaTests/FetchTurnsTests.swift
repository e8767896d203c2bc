import Glibc
import Testing

@testable import Kafka

@Suite struct FetchTurnsTests {
  /// Partitions that hold so many records, of which in each turn only the first few that do not rest are
  /// read, as librdkafka does.
  private struct Topic {
    var next: [Int64]
    var end: [Int64]
    var breadth: Int
    var perTurn: Int64

    var partitions: [FetchTurns.Partition] {
      next.indices.map { FetchTurns.Partition(index: $0, next: next[$0], end: end[$0]) }
    }

    mutating func read(_ resting: Set<Int>) {
      let first = next.indices.filter { !resting.contains($0) && next[$0] < end[$0] }
      for place in first.prefix(breadth) { next[place] = min(end[place], next[place] + perTurn) }
    }
  }

  @Test(arguments: [1, 2, 3, 7])
  func everybodyIsReadOnceBeforeAnybodyIsReadTwice(_ breadth: Int) {
    var turns = FetchTurns(length: 100)
    var topic = Topic(
      next: Array(repeating: 0, count: 10), end: Array(repeating: 1_000, count: 10),
      breadth: breadth, perTurn: 1)
    for turn in 0..<200 {
      #expect(turns.isOver(now: Int64(turn) * 100, isIdle: false) { topic.next[$0] })
      turns.next(now: Int64(turn) * 100, wasFull: true, topic.partitions)
      topic.read(turns.resting)
      // The first turn of a round is spent on finding out who has had something.
      #expect(topic.next.max()! - topic.next.min()! <= 2)
    }
    #expect(topic.next.min()! >= Int64(200 * breadth / 10 / 2 - 2))
  }

  /// All are read in each turn; or one only, but the queue is never full.
  @Test(arguments: [(breadth: 4, wasFull: true), (breadth: 1, wasFull: false)])
  func nobodyRestsWithoutNeed(_ breadth: Int, _ wasFull: Bool) {
    var turns = FetchTurns(length: 100)
    var topic = Topic(
      next: [0, 0, 0, 0], end: [900, 900, 900, 900], breadth: breadth, perTurn: 10)
    for turn in 0..<50 {
      turns.next(now: Int64(turn) * 100, wasFull: wasFull, topic.partitions)
      #expect(turns.resting.isEmpty)
      topic.read(turns.resting)
    }
  }

  @Test func whoHasNoBacklogOrWhoseEndIsUnknownIsNotWaitedFor() {
    var turns = FetchTurns(length: 100)
    for turn in 0..<50 as Range<Int64> {
      turns.next(
        now: turn * 100, wasFull: true,
        [
          .init(index: 0, next: turn, end: 900), .init(index: 1, next: 7, end: 7),
          .init(index: 2, next: 0, end: nil),
        ])
      #expect(turns.resting.isEmpty)
    }
  }

  @Test func aTurnEndsEarlyOnceThoseWhoWaitedHaveCaughtUp() {
    var turns = FetchTurns(length: 2_000)
    turns.next(
      now: 0, wasFull: true, [.init(index: 0, next: 0, end: 900), .init(index: 1, next: 0, end: 5)])
    turns.next(
      now: 2_000, wasFull: true,
      [.init(index: 0, next: 100, end: 900), .init(index: 1, next: 0, end: 5)])
    #expect(turns.resting == [0])
    #expect(!turns.isOver(now: 2_010, isIdle: true) { _ in 4 })
    #expect(!turns.isOver(now: 2_010, isIdle: false) { _ in 5 })
    #expect(turns.isOver(now: 2_010, isIdle: true) { _ in 5 })
    // Those who bring nothing do not keep the others for long.
    #expect(turns.isOver(now: 3_000, isIdle: true) { _ in 0 })
    turns.next(
      now: 2_010, wasFull: false,
      [.init(index: 0, next: 100, end: 900), .init(index: 1, next: 5, end: 5)])
    #expect(turns.resting.isEmpty)
    #expect(!turns.isOver(now: 2_020, isIdle: true) { _ in 0 })
  }

  @Test func partitionsThatCannotBeReadHoldUpTheOthersOnceInHalfAMinute() {
    var turns = FetchTurns(length: 1_000)
    var rests = 0
    for second in 0..<300 as Range<Int64> {
      turns.next(
        now: second * 1_000, wasFull: true,
        [
          .init(index: 0, next: turns.resting.isEmpty ? second : second - 1, end: 9_000),
          .init(index: 1, next: 0, end: 10),
        ])
      rests += turns.resting.isEmpty ? 0 : 1
    }
    #expect(1...12 ~= rests)
  }

  @Test func whatIsForgottenNoLongerRests() {
    var turns = FetchTurns(length: 100)
    turns.next(
      now: 0, wasFull: true, [.init(index: 0, next: 0, end: 9), .init(index: 1, next: 0, end: 9)])
    turns.next(
      now: 100, wasFull: true, [.init(index: 0, next: 1, end: 9), .init(index: 1, next: 0, end: 9)])
    #expect(turns.resting == [0])
    turns.forget([0])
    #expect(turns.resting.isEmpty)
    turns.next(now: 200, wasFull: true, [.init(index: 1, next: 3, end: 9)])
    #expect(turns.resting.isEmpty)
  }

  /// More partitions than an answer has room for, more records than can be done: librdkafka by itself reads
  /// the first to their ends before it asks for the others.
  @Test(arguments: ClusterUnderTest.available)
  func allPartitionsOfABacklogAreReadSideBySide(_ kind: ClusterUnderTest) async throws {
    try await onThread {
      let cluster = try kind.open()
      let partitions = 6
      let each = 40_000
      let topic = try cluster.createTopic(partitions: partitions)
      let producer = try cluster.producer(["batch.num.messages": "500", "compression.type": "none"])
      for number in 0..<each {
        let value = Array(String(number).utf8)
        for partition in 0..<partitions {
          try producer.send(topic: topic, partition: Int32(partition), key: nil, value: value)
        }
      }
      #expect(producer.close() && producer.counters.failed == 0)
      let consumer = try cluster.consumer(
        [topic],
        properties: [
          "queued.min.messages": "2000", "message.max.bytes": "20000", "fetch.max.bytes": "20000",
        ])
      consumer.turns = FetchTurns(length: 200)
      let recorder = Recorder()
      // A turn needs to know who has a backlog.
      consumer.pause()
      try recorder.poll(consumer, until: "the ends") { !consumer.lastEnds.offsets.isEmpty }
      consumer.resume()
      var sides: [Int] = []
      try recorder.poll(consumer, max: 100, within: 120, until: "all records") {
        // What is done with the records takes longer than fetching them.
        usleep(2_000)
        let read = consumer.table.states.map { Int(max(0, $0.expected)) }
        if sides.isEmpty, read.contains(each) { sides = read }
        return recorder.records.count >= partitions * each
      }
      #expect(sides.count == partitions && sides.min()! > 0, "\(sides)")
      #expect(recorder.records.count == partitions * each)
      for partition in consumer.assignment {
        let offsets = recorder.records.filter { $0.partition == partition.index }.map(\.offset)
        #expect(offsets == Array(0..<Int64(each)))
      }
      #expect(consumer.skippedOffsets == 0 && recorder.losses.isEmpty)
      consumer.close(delegate: recorder)
    }
  }
}
