import Foundation
import Kafka
import Testing

/// With so many wearers that records are judged in groups, every kind of record still has its turn.
@Suite(.serialized) struct ManyWearersTests {
  private static let wearers = 12_000
  private static let start: Int64 = 1_700_000_000_000

  /// One record of each wearer; of some it is a burst, or a name that is not written plainly, or has axes or a place.
  private static func record(_ wearer: Int, _ second: Int) -> String {
    let time = start + Int64(second) * 1_000
    return switch wearer % 50 {
    case 7: "{\"user\":\"w\(wearer)\",\"t0\":\(time),\"hz\":4,\"samples\":[1.0,1.01,0.99]}"
    case 11: "{\"user\":\"\\u0077\(wearer)\",\"ts\":\(time),\"acc\":1.0\(second)}"
    case 13: "{\"user\":\"w\(wearer)\",\"ts\":\(time),\"x\":0,\"y\":0,\"z\":1.0\(second)}"
    case 17: "{\"user\":\"w\(wearer)\",\"ts\":\(time),\"acc\":1.0\(second),\"site\":\"here\"}"
    default: "{\"user\":\"w\(wearer)\",\"ts\":\(time),\"acc\":1.0\(second)}"
    }
  }

  @Test func everyRecordCounts_InItsOrder() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer", partitions: 3)
    let running = try RunningService(cluster, topic: topic)
    try running.waitUntilReady()
    let producer = try Producer(ProducerConfiguration(bootstrapServers: cluster.brokers))
    let seconds = 4
    var sent = 0
    var broken: [String] = []
    var offsets = [0, 0, 0]
    for second in 0..<seconds {
      for wearer in 0..<Self.wearers {
        let partition = wearer % 3
        if wearer % 400 == 399 {
          try producer.send(
            topic: topic, partition: Int32(partition), key: nil,
            value: Array("{\"user\":\(wearer)".utf8))
          broken.append("\(partition)|\(offsets[partition])")
          offsets[partition] += 1
          sent += 1
        }
        try producer.send(
          topic: topic, partition: Int32(partition), key: nil,
          value: Array(Self.record(wearer, second).utf8))
        offsets[partition] += 1
        sent += 1
      }
      #expect(producer.flush(timeoutMilliseconds: 20_000))
    }
    try eventually(within: 60, "all is stored") {
      running.service.counters.records.current == sent
    }
    try eventually(within: 30, "the last values are") {
      try running.query("select count(*) from status where value = 1.0\(seconds - 1)")
        == "\(Self.wearers - Self.wearers / 50)"
    }
    #expect(try running.query("select count(*) from status") == "\(Self.wearers)")
    #expect(
      try running.query("select count(*) from status where user like 'w%' and site = 'here'")
        == "\(Self.wearers / 50)")
    let found = try running.query(
      "select partition, \"offset\" from invalid_records order by partition, \"offset\"")
    #expect(
      found.split(separator: "\n").map(String.init)
        == broken.sorted { one, other in
          let (one, other) = (one.split(separator: "|"), other.split(separator: "|"))
          return (Int(one[0])!, Int(one[1])!) < (Int(other[0])!, Int(other[1])!)
        })
    #expect(
      try running.query("select sum(next_offset) from partitions") == "\(sent)")
    #expect(
      running.service.counters.samples.current == (sent - broken.count) + 2 * seconds * Self.wearers
        / 50)
  }
}
