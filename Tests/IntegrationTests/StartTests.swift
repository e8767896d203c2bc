import AcalertService
import Foundation
import Kafka
import Testing

/// Who begins at the end of a topic misses nothing from then on.
@Suite(.serialized) struct StartTests {
  private func send(
    _ count: Int, to topic: String, _ partition: Int32, _ brokers: String
  ) throws {
    let producer = try Producer(ProducerConfiguration(bootstrapServers: brokers))
    for place in 0..<count {
      let record = "{\"user\":\"u\(partition)\",\"ts\":\(1_700_000_000_000 + place),\"acc\":1}"
      try producer.send(topic: topic, partition: partition, key: nil, value: Array(record.utf8))
    }
    #expect(producer.close() && producer.counters.acknowledged == count)
  }

  private func positions(_ running: RunningService) throws -> String {
    try running.query(
      "select group_concat(next_offset) from (select * from partition_rows order by partition)")
  }

  @Test func aPartitionThatHadNoRecordsIsReadFromWhereTheOthersAre() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    for partition in 0..<2 as Range<Int32> { try send(5, to: topic, partition, cluster.brokers) }
    let running = try RunningService(cluster, topic: topic) { $0.kafka.start = .end }
    try eventually("both begin at the end") { try positions(running) == "5,5" }
    try send(3, to: topic, 0, cluster.brokers)
    try eventually("the new ones are stored") { running.service.counters.records.current == 3 }
    running.service.stop()

    try send(2, to: topic, 0, cluster.brokers)
    try send(4, to: topic, 1, cluster.brokers)
    let again = try RunningService(cluster, topic: topic, folder: running.folder) {
      $0.kafka.start = .end
    }
    try eventually("what came meanwhile is stored") { try positions(again) == "10,9" }
    #expect(again.service.counters.records.current == 6)
  }

  @Test func aPartitionThatIsAddedLaterIsReadFromItsBeginning() throws {
    let cluster = try TestCluster()
    // The embedded broker cannot add partitions; another one has them from the start.
    guard cluster.isEmbedded else { return }
    let topic = try cluster.topic("accelerometer", partitions: 1)
    let running = try RunningService(cluster, topic: topic) { $0.kafka.start = .end }
    try eventually("it begins at the end") { try positions(running) == "0" }
    try send(3, to: topic, 0, cluster.brokers)
    try eventually("all are stored") { try positions(running) == "3" }
    running.service.stop()

    let larger = try EmbeddedBroker()
    defer { larger.close() }
    try larger.createTopic(topic, partitions: 2)
    try send(3, to: topic, 0, larger.bootstrapServers)
    try send(5, to: topic, 1, larger.bootstrapServers)
    let again = try RunningService(cluster, topic: topic, folder: running.folder) {
      $0.kafka.start = .end
      $0.kafka.bootstrapServers = larger.bootstrapServers
    }
    try eventually("those of the new partition are stored") { try positions(again) == "3,5" }
    #expect(again.service.counters.records.current == 5)
  }
}
