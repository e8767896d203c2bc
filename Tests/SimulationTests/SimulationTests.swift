import Foundation
import Kafka
import Synchronization
import Testing

@testable import simulation

@Suite struct SimulationTests {
  private static func configuration(
    count: Int?, _ change: (inout PopulationConfiguration) -> Void = { _ in }
  ) -> SimulationConfiguration {
    var population = PopulationConfiguration(startTime: StreamRecording.start)
    population.users = 20
    change(&population)
    var configuration = SimulationConfiguration(population)
    configuration.count = count
    configuration.isPaced = false
    return configuration
  }

  /// Runs into a temporary file and returns its lines.
  private static func run(
    _ configuration: SimulationConfiguration
  ) throws -> (lines: [String], counters: SimulationCounters) {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("simulation-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    let simulation = try Simulation(configuration, sink: .file(descriptor: descriptor))
    simulation.start()
    simulation.wait()
    close(descriptor)
    #expect(simulation.error == nil)
    #expect(simulation.isFinished)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    return (text.split(separator: "\n").map(String.init), simulation.counters)
  }

  @Test func aFileGetsEveryRecord() throws {
    let (lines, counters) = try Self.run(
      Self.configuration(count: 5_000) {
        $0.disturbances.late = 0.01
        $0.disturbances.duplicates = 0.01
      })
    #expect(counters.population.records == 5_000)
    #expect(counters.sent == 5_000 + counters.population.duplicates)
    #expect(counters.acknowledged == counters.sent)
    #expect(counters.failed == 0)
    #expect(lines.count == counters.sent)
    #expect(lines.allSatisfy { ReadRecord(Array($0.utf8), .axes) != nil })
  }

  @Test func eventTimeBeginsWhenItIsStartedIfItIsToldSo() throws {
    var configuration = Self.configuration(count: 100)
    configuration.beginsNow = true
    let begin = Date().timeIntervalSince1970 * 1_000
    let (lines, _) = try Self.run(configuration)
    let end = Date().timeIntervalSince1970 * 1_000
    let times = try lines.map { try #require(ReadRecord(Array($0.utf8), .axes)).time }
    let first = try #require(times.min())
    // Within the first second of 20 wearers; a hundred of them are five seconds.
    #expect(first >= begin - 1 && first <= end + 1_000 && times.allSatisfy { $0 <= end + 6_000 })
  }

  @Test(arguments: CameraRecordFormat.allCases)
  func camerasRunLikeWearers(_ format: CameraRecordFormat) throws {
    var population = CameraPopulationConfiguration(startTime: StreamRecording.start)
    population.users = 20
    population.activity = 100
    population.format = format
    var configuration = SimulationConfiguration(population)
    configuration.durationMilliseconds = 60_000
    configuration.isPaced = false
    let (lines, counters) = try Self.run(configuration)
    #expect(counters.population.records == 60 * 20 * 2 * 2)
    #expect(lines.count == counters.population.messages && lines.count > 1_000)
    #expect(counters.population.visits > 10)
    #expect(lines.allSatisfy { ReadFrame(Array($0.utf8), format) != nil })
  }

  @Test func theDurationIsOfEventTime() throws {
    var configuration = Self.configuration(count: nil) { $0.rate = 2 }
    configuration.durationMilliseconds = 30_000
    let (lines, _) = try Self.run(configuration)
    #expect(lines.count == 30 * 20 * 2)
  }

  @Test func pacedRecordsKeepToTheClock() throws {
    var configuration = Self.configuration(count: 40)
    configuration.isPaced = true
    let start = monotonicMilliseconds()
    let (lines, _) = try Self.run(configuration)
    #expect(lines.count == 40)
    // 20 wearers at one a second: the 40th record is due after 1,950 ms, and not before.
    #expect(monotonicMilliseconds() - start >= 1_950)
  }

  @Test func stoppingEndsAPacedRunAtOnce() throws {
    let descriptor = open("/dev/null", O_WRONLY)
    defer { close(descriptor) }
    var configuration = Self.configuration(count: nil) { $0.rate = 0.001 }
    configuration.isPaced = true
    let simulation = try Simulation(configuration, sink: .file(descriptor: descriptor))
    simulation.start()
    simulation.stop()
    #expect(simulation.isFinished && simulation.error == nil)
    simulation.stop()
  }

  @Test func aFileThatCannotBeWrittenIsAnError() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let simulation = try Simulation(
      Self.configuration(count: 10_000), sink: .file(descriptor: descriptor))
    simulation.start()
    simulation.wait()
    #expect(simulation.error != nil)
    #expect(simulation.counters.failed > 0)
    #expect(simulation.counters.acknowledged == 0)
  }

  @Test func whatIsAcknowledgedIsInTheTopic() throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic("accelerometer", partitions: 3)
    let truths = Mutex<[Truth]>([])
    let simulation = try Simulation(
      Self.configuration(count: 20_000) {
        $0.anomalyEvery = 100
        $0.disturbances.malformed = 0.01
        $0.disturbances.duplicates = 0.01
      },
      sink: .kafka(
        ProducerConfiguration(bootstrapServers: broker.bootstrapServers), topic: "accelerometer"),
      truth: { truth in truths.withLock { $0.append(truth) } })
    simulation.start()
    simulation.wait()
    let counters = simulation.counters
    #expect(simulation.error == nil)
    #expect(counters.acknowledged == counters.sent && counters.failed == 0)
    #expect(counters.sent == 20_000 + counters.population.duplicates)
    #expect(truths.withLock { $0.count } > 300)

    final class Reader: ConsumerDelegate {
      func assigned(_ partitions: [TopicPartition]) -> [StartPosition] {
        partitions.map { _ in .at(0) }
      }
      func revoked(_ partitions: [TopicPartition], lost: Bool) {}
      func recordsLost(_ loss: LostRecords) { Issue.record("\(loss)") }
      func consumerFailed(_ error: KafkaError, suppressed: Int) { Issue.record("\(error)") }
    }
    let reader = Reader()
    let consumer = try Consumer(
      ConsumerConfiguration(
        bootstrapServers: broker.bootstrapServers, groupID: "g", topics: ["accelerometer"],
        properties: EmbeddedBroker.consumerProperties))
    var consumed = 0
    var partitions: [String: Set<Int>] = [:]
    let deadline = monotonicMilliseconds() + 30_000
    while consumed < counters.acknowledged, monotonicMilliseconds() < deadline {
      consumed += try consumer.poll(max: 10_000, timeoutMilliseconds: 50, delegate: reader) {
        let key = $0.key.map { String(decoding: $0, as: UTF8.self) } ?? ""
        partitions[key, default: []].insert($0.partitionIndex)
      }
    }
    #expect(consumed == counters.acknowledged)
    // Each wearer's records are in one partition.
    #expect(partitions.count == 20 && partitions.values.allSatisfy { $0.count == 1 })
    consumer.close(delegate: reader)
  }

  @Test func brokersThatAreNotThereDoNotHoldUpAStop() throws {
    let errors = Mutex(0)
    let simulation = try Simulation(
      Self.configuration(count: nil),
      sink: .kafka(
        ProducerConfiguration(
          bootstrapServers: "127.0.0.1:1", properties: ["queue.buffering.max.messages": "100"]),
        topic: "t"),
      failed: { _, _ in errors.withLock { $0 += 1 } })
    simulation.start()
    let deadline = monotonicMilliseconds() + 10_000
    // The queue is full before anything is given up.
    while errors.withLock({ $0 }) == 0 || simulation.counters.sent < 100,
      monotonicMilliseconds() < deadline
    { usleep(5_000) }
    simulation.stop(timeoutMilliseconds: 100)
    #expect(errors.withLock { $0 } > 0)
    #expect(simulation.counters.acknowledged == 0)
    #expect(simulation.counters.failed == simulation.counters.sent)
    #expect(simulation.counters.sent == 100)
  }

  @Test func badSettingsAreRefusedBeforeAnythingRuns() {
    #expect(throws: (any Error).self) {
      try Simulation(Self.configuration(count: 1) { $0.users = 0 }, sink: .file(descriptor: 1))
    }
    #expect(throws: KafkaError.self) {
      try Simulation(
        Self.configuration(count: 1),
        sink: .kafka(
          ProducerConfiguration(bootstrapServers: "x", properties: ["no.such": "1"]), topic: "t"))
    }
  }
}
