import Foundation
import Kafka
import Testing

/// Records that the broker removed before they were read are counted, and said aloud.
@Suite(.serialized) struct LossTests {
  @Test func recordsTheBrokerForgot_AreCountedAsLost() throws {
    let cluster = try TestCluster()
    // Only the embedded broker forgets so soon; on a real one retention would have to be awaited.
    guard cluster.isEmbedded else { return }
    let topic = try cluster.topic("accelerometer", partitions: 1)
    let running = try RunningService(cluster, topic: topic)
    try running.waitUntilReady()
    let producer = try Producer(ProducerConfiguration(bootstrapServers: cluster.brokers))
    func send(_ count: Int) throws {
      for place in 0..<count {
        // Random, so that no compression helps.
        let padding = (0..<250).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 16) }
          .joined()
        let record =
          "{\"user\":\"u\",\"ts\":\(1_700_000_000_000 + place),\"acc\":1,\"note\":\"\(padding)\"}"
        try producer.send(
          topic: topic, partition: 0, key: Array("u".utf8), value: Array(record.utf8))
      }
      #expect(producer.flush(timeoutMilliseconds: 20_000))
    }
    try send(10)
    try eventually("the first are stored") { running.service.counters.records.current == 10 }
    running.service.stop()
    // Some 12 MB into a partition that keeps about 5.
    try send(3_000)
    let again = try RunningService(cluster, topic: topic, folder: running.folder)
    try eventually("the rest is read") {
      again.service.counters.records.current + again.service.counters.lostRecords.current == 3_000
    }
    let lost = again.service.counters.lostRecords.current
    #expect(lost > 500)
    #expect(
      try again.query("select sum(records) from lost_ranges") == "\(lost)")
    #expect(try again.get("api/v1/service")["lost"] as? Int == lost)
  }
}
