import Alerting
import Foundation
import Kafka
import Testing

@testable import AcalertService

/// Against a broker of this process.
@Suite struct KafkaSinkTests {
  private let message = AlertMessage(
    key: "acalert/root/1", receiver: "bus", group: "root/kind=wearer", generation: 1,
    status: .firing, severity: "danger", created: 1_795_257_121_000,
    entries: [
      AlertMessage.Entry(
        id: 1, status: .firing, severity: "danger", kind: "wearer", user: "u-17",
        device: "watch", cause: "abnormal", reason: "why", began: 1_795_257_120_000)
    ])

  @Test func bringsTheMessageToTheTopic() throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("acalert.alerts", partitions: 1)
    let producer = try KafkaAlertProducer(
      ProducerConfiguration(bootstrapServers: broker.bootstrapServers))
    defer { producer.close() }
    let sink = producer.sink(topic: "acalert.alerts", timeout: 20_000)
    let answer = sink.send(message)
    #expect(answer.outcome == .accepted)
    #expect(answer.reason == "ok")
    #expect(answer.answer == "partition 0, offset 0")
    var group = message
    group.entries.append(group.entries[0])
    group.entries[1].user = "u-18"
    #expect(sink.send(group).answer == "partition 0, offset 1")

    let reader = Reader()
    let consumer = try Consumer(
      ConsumerConfiguration(
        bootstrapServers: broker.bootstrapServers, groupID: "test", topics: ["acalert.alerts"],
        properties: EmbeddedBroker.consumerProperties))
    defer { consumer.close(delegate: reader) }
    let end = Date(timeIntervalSinceNow: 30)
    while reader.found.count < 2, Date() < end {
      try consumer.poll(max: 10, timeoutMilliseconds: 50, delegate: reader) { view in
        func text(_ bytes: UnsafeRawBufferPointer?) -> String {
          bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        reader.found.append(
          Reader.Found(
            key: text(view.key), value: view.value.map { Array($0) } ?? [],
            header: text(view.header("acalert-key")), time: view.timestamp))
      }
    }
    try #require(reader.found.count == 2)
    #expect(try AlertMessage(json: reader.found[0].value) == message)
    #expect(reader.found.map(\.key) == ["u-17/watch", "root/kind=wearer"])
    #expect(reader.found.map(\.header) == ["acalert/root/1", "acalert/root/1"])
    #expect(reader.found[0].time == message.created)
  }

  @Test func isToTryAgainWhileNoBrokerAnswers() throws {
    let producer = try KafkaAlertProducer(
      ProducerConfiguration(bootstrapServers: "127.0.0.1:1"))
    defer { producer.close() }
    let start = Date()
    let answer = producer.sink(topic: "acalert.alerts", timeout: 200).send(message)
    #expect(answer.outcome == .retried)
    #expect(answer.reason == "timeout")
    #expect(Date().timeIntervalSince(start) < 10)
  }

  @Test func isRefusedIfTheMessageIsTooLarge() throws {
    let producer = try KafkaAlertProducer(
      ProducerConfiguration(
        bootstrapServers: "127.0.0.1:1", properties: ["message.max.bytes": "2000"]))
    defer { producer.close() }
    var large = message
    large.notice = String(repeating: "x", count: 3_000)
    let answer = producer.sink(topic: "acalert.alerts", timeout: 200).send(large)
    #expect(answer.outcome == .refused)
    #expect(answer.reason == "invalid")
  }

  @Test func isToTryAgainOnceItsProducerIsClosed() throws {
    let producer = try KafkaAlertProducer(
      ProducerConfiguration(bootstrapServers: "127.0.0.1:1"))
    producer.close()
    #expect(
      producer.sink(topic: "acalert.alerts", timeout: 200).send(message).outcome == .retried)
  }

  /// Takes all there is, from the beginning.
  private final class Reader: ConsumerDelegate {
    struct Found {
      var key: String
      var value: [UInt8]
      var header: String
      var time: Int64
    }

    var found: [Found] = []

    func assigned(_ partitions: [TopicPartition]) -> [StartPosition] {
      partitions.map { _ in .beginning }
    }
    func revoked(_ partitions: [TopicPartition], lost: Bool) {}
    func recordsLost(_ loss: LostRecords) {}
    func consumerFailed(_ error: KafkaError, suppressed: Int) {}
  }
}
