import CRdkafka
import Synchronization
import Testing

@testable import Kafka

@Suite struct StateTests {
  @Test func indicesAreDenseAndStable() {
    var table = PartitionTable()
    let known = Mutex<[TopicPartition]>([])
    #expect(table.index(named: "a", 3, known: known) == 0)
    #expect(table.index(named: "b", 0, known: known) == 1)
    #expect(table.index(named: "a", 0, known: known) == 2)
    #expect(table.index(named: "a", 3, known: known) == 0)
    #expect(known.withLock { $0.map(\.description) } == ["a[3]", "b[0]", "a[0]"])
    #expect(table.states.count == 3)
  }

  @Test func anErrorIsToldOnceAnIntervalWithTheNumberHeldBack() {
    var throttle = ErrorThrottle()
    #expect(throttle.admit(1, now: 0) == 0)
    #expect(throttle.admit(1, now: 9_999) == nil)
    #expect(throttle.admit(2, now: 9_999) == 0)
    #expect(throttle.admit(1, now: 9_999) == nil)
    #expect(throttle.admit(1, now: 10_000) == 2)
    #expect(throttle.admit(1, now: 30_000) == 0)
  }

  @Test func errorsExplainThemselves() {
    let error = KafkaError(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, attempted: "read")
    #expect(error.name == "_ALL_BROKERS_DOWN")
    #expect(error.description.hasPrefix("cannot read: "))
    #expect(error.isRetriable && !error.isFatal)
    #expect(KafkaError(code: 99_999, message: "m", attempted: "a").name.isEmpty == false)
  }

  /// What a consumer would be made with; nil where librdkafka would have none.
  private func property(
    _ name: String, instanceID: String? = nil, _ properties: [String: String] = [:]
  ) throws -> String? {
    let configuration = ConsumerConfiguration(
      bootstrapServers: "localhost", groupID: "g", topics: ["t"], instanceID: instanceID,
      properties: properties)
    let made = try configuration.clientProperties()
    var text = [CChar](repeating: 0, count: 64)
    var size = text.count
    guard rd_kafka_conf_get(made.pointer, name, &text, &size) == RD_KAFKA_CONF_OK else {
      return nil
    }
    return ClientProperties.string(text)
  }

  @Test func bothNamesOfAPropertyChangeItsDefault() throws {
    let name = "fetch.message.max.bytes"
    #expect(try property(name) == "262144")
    #expect(try property(name, ["max.partition.fetch.bytes": "5000"]) == "5000")
    #expect(try property(name, ["fetch.message.max.bytes": "6000"]) == "6000")
  }

  @Test func aMembersNameIsTheCallersUnlessThePropertiesSayOtherwise() throws {
    let name = "group.instance.id"
    let none = try property(name)
    #expect(none != "acalert-7")
    #expect(try property(name, instanceID: "acalert-7") == "acalert-7")
    #expect(try property(name, instanceID: "acalert-7", [name: "mine"]) == "mine")
    #expect(try property(name, instanceID: "acalert-7", [name: ""]) == none)
  }

  @Test func whoeverIsFencedIsToldWhy() {
    let error = KafkaError(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, attempted: "read")
    #expect(error.description.contains("group.instance.id of its own"))
  }

  private func lags(_ json: String) -> [PartitionLag] {
    Array(json.utf8).withUnsafeBytes { PartitionLag.parse($0) }
  }

  @Test func lagIsReadFromTheStatistics() {
    let json = #"""
      { "name": "a \"quoted\" {name}", "client_id":"x", "age":1.5e3, "topics": { "t.1":
      { "topic":"t.1", "batchsize": {"min":0,"consumer_lag":5}, "partitions": {
      "0": { "partition":0, "consumer_lag":7, "x":[1,{"consumer_lag":9}], "consumer_lag_stored":3},
      "1": { "partition":1, "consumer_lag":-1, "consumer_lag_stored":-1 },
      "2": { "partition":2, "consumer_lag":12, "consumer_lag_stored":-1 },
      "-1": { "partition":-1, "consumer_lag":4 } } }, "u": { "partitions": {} } },
      "cgrp": { "consumer_lag": 3 } }
      """#
    #expect(
      lags(json) == [
        PartitionLag(topic: "t.1", partition: 0, lag: 3),
        PartitionLag(topic: "t.1", partition: 1, lag: nil),
        PartitionLag(topic: "t.1", partition: 2, lag: 12),
      ])
  }

  @Test func statisticsCutOffAnywhereAreHarmless() {
    let json = #"{"topics":{"t":{"partitions":{"0":{"consumer_lag":7,"a":"\"}"}}}}}"#
    for count in 0...json.utf8.count {
      _ = lags(String(decoding: json.utf8.prefix(count), as: UTF8.self))
    }
    #expect(lags("}}]]\"") == [])
  }
}
