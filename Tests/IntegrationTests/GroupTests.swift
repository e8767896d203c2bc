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
}
