import CRdkafka
import Foundation
import Testing

@testable import AcalertService
@testable import Kafka

/// Kafka's client can come to an end; the watch must not.
@Suite(.serialized) struct KeeperTests {
  private func keeper(_ cluster: TestCluster, _ topic: String) throws -> ServiceKeeper {
    var settings = Configuration()
    settings.kafka.bootstrapServers = cluster.brokers
    settings.kafka.group = cluster.group
    settings.kafka.properties = cluster.properties
    settings.streams[0].topics = [topic]
    settings.store.folder = RunningService.makeFolder()
    settings.http.port = 0
    return try ServiceKeeper(settings)
  }

  /// Has librdkafka give its client up, as it does when the member's name is another's.
  private func fence(_ service: Service) throws {
    let client = try #require(service.rooms.withLock { $0?.consumer.client })
    rd_kafka_test_fatal_error(client, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, "fenced by a test")
    try eventually("the service notices") { service.failure != nil }
  }

  private func send(_ count: Int, to topic: String, _ cluster: TestCluster) throws {
    let producer = try Producer(ProducerConfiguration(bootstrapServers: cluster.brokers))
    for place in 0..<count {
      let record = "{\"user\":\"u\",\"ts\":\(1_700_000_000_000 + place),\"acc\":1}"
      try producer.send(topic: topic, partition: 0, key: nil, value: Array(record.utf8))
    }
    #expect(producer.close() && producer.counters.acknowledged == count)
  }

  @Test func whoIsGivenUpByKafkasClientGoesOnWhereItWas() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    let keeper = try keeper(cluster, topic)
    defer { keeper.stop() }
    let first = keeper.service
    try send(3, to: topic, cluster)
    try eventually("all are stored") { first.counters.records.current == 3 }
    try keeper.look()
    #expect(keeper.service === first)
    try fence(first)
    try keeper.look()
    #expect(keeper.service !== first)
    try send(4, to: topic, cluster)
    try eventually("the next has all that is new") {
      keeper.service.counters.records.current == 4
    }
  }

  /// Two of one name would take each other's place for ever.
  @Test func whoIsGivenUpAgainAndAgainEnds() throws {
    let cluster = try TestCluster()
    let keeper = try keeper(cluster, try cluster.topic("accelerometer"))
    defer { keeper.stop() }
    for now in [1_000.0, 1_020, 1_040, 1_070, 1_090] {
      let before = keeper.service
      try fence(before)
      try keeper.look(at: now)
      #expect(keeper.service !== before)
    }
    try fence(keeper.service)
    let error = #expect(throws: KafkaError.self) { try keeper.look(at: 1_100) }
    #expect(error?.hint?.contains("group.instance.id") == true)
  }
}
