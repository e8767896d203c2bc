import ArgumentParser
import Foundation
import Kafka
import simulation

/// The embedded broker in a process of its own, so that its work is not counted as ours: filled with
/// records, it says where it listens, and lives until its standard input is closed.
struct BrokerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker", abstract: "An embedded broker full of records, for the other stages.")

  @Option(help: "The kind of records.")
  var load = Load.original

  @Option(help: "The size: the kind of records says how many times as many there are.")
  var records = 1_000_000

  @Option(help: "Wearers that they come from; of a million, a five-hundredth.")
  var users = 2_000

  func run() throws {
    let size = load.size(records: records, users: users)
    let partitions = load.partitions(for: size)
    let broker = try EmbeddedBroker(brokers: load.brokers)
    try broker.createTopic(Workload.topic, partitions: partitions)
    try broker.createTopic(Workload.topic + ".dlq", partitions: 1)
    let producer = try Producer(
      ProducerConfiguration(
        bootstrapServers: broker.bootstrapServers,
        properties: [
          "linger.ms": "500", "batch.num.messages": "\(load.batchRecords(for: size))",
          "compression.type": "none",
          "queue.buffering.max.messages": "2000000",
        ]))
    let topic = try producer.topic(Workload.topic)
    let population = try Population(load.configuration(users: size.users))
    var failure: KafkaError?
    while population.counters.messages < size.records, failure == nil {
      population.next { record in
        do throws(KafkaError) {
          try producer.send(
            to: topic, partition: Int32(record.user % partitions), key: record.key,
            value: record.value)
        } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
    guard producer.flush(timeoutMilliseconds: 60_000) else {
      throw BenchmarkError("the broker did not take all records")
    }
    producer.close()
    try FileHandle.standardOutput.write(contentsOf: Data((broker.bootstrapServers + "\n").utf8))
    _ = try FileHandle.standardInput.readToEnd()
    broker.close()
  }
}

/// The same, seen from the process that wants it.
final class BrokerProcess {
  let bootstrapServers: String
  private let process = Process()
  private let input = Pipe()

  init(_ load: Load, records: Int, users: Int) throws {
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [
      "broker", "--load", load.rawValue, "--records", "\(records)", "--users", "\(users)",
    ]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      guard let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty else {
        throw BenchmarkError("the broker did not start")
      }
      line.append(byte)
    }
    bootstrapServers = String(decoding: line.dropLast(), as: UTF8.self)
  }

  func stop() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
