import Foundation
import Kafka
import Testing

/// Two services of one group share the partitions; what moves between them is neither lost, and each database is whole.
@Suite(.serialized) struct GroupTests {
  @Test func aSecondMember_TakesPartitionsOver_AndNothingIsLost() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer", partitions: 4)
    let producer = try Producer(ProducerConfiguration(bootstrapServers: cluster.brokers))
    var sent = 0
    func send(_ count: Int) throws {
      for _ in 0..<count {
        let user = "u-\(sent % 50)"
        let record = "{\"user\":\"\(user)\",\"ts\":\(1_700_000_000_000 + sent * 10),\"acc\":1}"
        try producer.send(topic: topic, key: Array(user.utf8), value: Array(record.utf8))
        sent += 1
      }
      #expect(producer.flush(timeoutMilliseconds: 20_000))
    }
    let first = try RunningService(cluster, topic: topic)
    try first.waitUntilReady()
    try send(2_000)
    try eventually("the first member has all") { first.service.counters.records.current == sent }

    let second = try RunningService(cluster, topic: topic)
    try eventually(within: 60, "the second member has some; all are taken") {
      try send(20)
      return second.service.counters.records.current > 0
    }
    try send(2_000)
    func total() -> Int {
      first.service.counters.records.current + second.service.counters.records.current
    }
    try eventually(within: 30, "every record is taken") { total() >= sent }
    // Both may have taken the last second's records of a partition that moved: the group's offsets are
    // committed beside the databases, and a broker may refuse them while it rebalances.

    // The second leaves. What it has taken is in its own database; the first reads on from where its
    // database stands, so that this one is whole in the end.
    second.service.stop()
    try send(2_000)
    try eventually(within: 60, "the first member has everything") {
      first.service.counters.records.current >= sent
    }
    #expect(first.service.counters.records.current == sent)
    #expect(try first.query("select sum(next_offset) from partitions") == "\(sent)")
    #expect(first.service.counters.lostRecords.current == 0)
    #expect(first.service.failure == nil)
  }

  @Test func aMemberWithoutAPast_JudgesByTheWindowsOfTheOneBefore() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer", partitions: 1)
    let producer = try Producer(ProducerConfiguration(bootstrapServers: cluster.brokers))
    var sent = 0
    func send(_ values: [Double]) throws {
      for value in values {
        let time = 1_700_000_000_000 + sent * 100
        let record = "{\"user\":\"u\",\"ts\":\(time),\"acc\":\(value)}"
        try producer.send(topic: topic, partition: 0, key: nil, value: Array(record.utf8))
        sent += 1
      }
      #expect(producer.flush(timeoutMilliseconds: 20_000))
    }
    let calm = (0..<600).map { 1 + Double($0 * 7 % 11) / 100 }
    let first = try RunningService(cluster, topic: topic)
    // How far back windows reach is known by batches.
    for part in 0..<6 {
      try send(Array(calm[(part * 100)..<(part * 100 + 100)]))
      try eventually("the first member has all") { first.service.counters.records.current == sent }
    }
    try eventually("not all of it is needed any more") {
      try first.query("select rewind_offset > 0 from partition_rows") == "1"
    }
    first.service.stop()
    let rewind = try #require(Int(try first.query("select rewind_offset from partition_rows")))

    try send([9] + calm.prefix(150))
    let second = try RunningService(cluster, topic: topic)
    try eventually("the second member has what came since") {
      second.service.counters.records.current == 151
    }
    second.service.stop()
    #expect(rewind < 600)
    #expect(try second.query("select offset from anomalies where value = 9") == "600")
    // Windows that the first member has closed are in its database, the others in that of the second.
    let ends = try first.query("select max(end) from windows")
    #expect(try second.query("select min(start) >= '\(ends)' from windows") == "1")
    #expect(try second.query("select next_offset from partition_rows") == "\(sent)")
    #expect(second.service.counters.lostRecords.current == 0)
  }
}
