import ArgumentParser
import Foundation
import Kafka
import Synchronization

/// An embedded broker and a producer with a constant rate, in a process of their own.
struct SourceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "source", abstract: "Broker and producer, for other commands of this program.",
    shouldDisplay: false)

  @Option(help: "Wearers, whose turns come one after the other.")
  var users: Int

  @Option(help: "Partitions of the topic.")
  var partitions: Int

  @Option(help: "Milliseconds that the producer waits for a batch to fill.")
  var linger: Int

  @Flag(
    help: "Records say one second later with each turn, from a day ago on, not the clock's time.")
  var past = false

  struct Started: Codable { var bootstrapServers: String }

  /// The answer to a run.
  struct Sent: Codable {
    var records: Int
    var seconds: Double
    var bytesPerRecord: Int
    /// Spikes, and how long it took from sending one to the broker's acknowledgement.
    var acknowledged: Histogram.Summary
  }

  func run() throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic(Workload.topic, partitions: partitions)
    try broker.createTopic(Workload.topic + ".dlq", partitions: 1)
    let field = try SourceField(
      broker, users: users, partitions: partitions, linger: linger, isPast: past)
    try ChildProcess.reply(Started(bootstrapServers: broker.bootstrapServers))
    while let line = readLine() {
      let words = line.split(separator: " ").compactMap { Double($0) }
      guard words.count == 3 else { throw BenchmarkError("not understood: \(line)") }
      try ChildProcess.reply(
        try field.send(rate: words[0], seconds: words[1], spikesPerSecond: words[2]))
    }
    field.close()
    broker.close()
  }
}

/// The same, seen from its parent.
final class SourceProcess {
  private let child: ChildProcess
  let bootstrapServers: String

  init(users: Int, partitions: Int, linger: Int, isPast: Bool = false) throws {
    child = try ChildProcess(
      [
        "source", "--users", "\(users)", "--partitions", "\(partitions)", "--linger", "\(linger)",
      ] + (isPast ? ["--past"] : []))
    bootstrapServers = try child.answer(SourceCommand.Started.self).bootstrapServers
  }

  /// Begins to send; ``sent()`` gives the outcome.
  ///
  /// - Parameters:
  ///   - rate: records a second; 0 for as many as the broker takes.
  ///   - spikesPerSecond: records whose value is far from usual, at uneven distances.
  func send(rate: Double, seconds: Double, spikesPerSecond: Double) throws {
    try child.send("\(rate) \(seconds) \(spikesPerSecond)")
  }

  var hasSent: Bool { child.hasAnswer }

  /// Waits until all is sent and acknowledged.
  func sent() throws -> SourceCommand.Sent { try child.answer() }

  var meter: ProcessMeter { child.meter }

  func stop() { child.stop() }
}

/// The producers behind ``SourceCommand``.
final class SourceField {
  private let partitions: Int
  private let bulk: Producer
  private let bulkTopic: Producer.Topic
  /// Sends spikes without waiting for company, so that the time of sending is that of the broker.
  private let single: Producer
  private let singleTopic: Producer.Topic
  private let delays = Delays()
  private let records: PacedRecords
  private var user = 0
  /// The time of the first turn, in milliseconds, if records do not go by the clock.
  private let firstTime: Int64?
  private var turns: Int64 = 0
  private var lastSpikes: [Int64]
  private var random = SystemRandomNumberGenerator()

  private final class Delays: Sendable {
    let histogram = Mutex(Histogram())
  }

  /// Two spikes of a user have this distance at least, in milliseconds: the first is called off by then.
  private static let recovery: Int64 = 16_000

  init(_ broker: EmbeddedBroker, users: Int, partitions: Int, linger: Int, isPast: Bool) throws {
    self.partitions = partitions
    firstTime = isPast ? Self.microseconds / 1_000 - 86_400_000 : nil
    records = PacedRecords(users: users)
    lastSpikes = Array(repeating: 0, count: users)
    func configuration(_ properties: [String: String]) -> ProducerConfiguration {
      ProducerConfiguration(
        bootstrapServers: broker.bootstrapServers,
        properties: properties.merging(["compression.type": "none"]) { theirs, _ in theirs })
    }
    bulk = try Producer(
      configuration([
        "linger.ms": "\(linger)", "batch.num.messages": "10000",
        "queue.buffering.max.messages": "1000000",
      ]))
    bulkTopic = try bulk.topic(Workload.topic)
    let delays = delays
    single = try Producer(
      configuration(["linger.ms": "0"]),
      delivered: { delivery in
        let delay = Double(Self.microseconds - Int64(delivery.token)) / 1_000
        delays.histogram.withLock { $0.add(milliseconds: delay) }
      })
    singleTopic = try single.topic(Workload.topic)
  }

  private static var microseconds: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
  }

  func send(rate: Double, seconds: Double, spikesPerSecond: Double) throws -> SourceCommand.Sent {
    delays.histogram.withLock { $0 = Histogram() }
    let begin = Meter.now
    var sent = 0
    var elapsed = 0.0
    var nextSpike = spikesPerSecond > 0 ? 0.5 / spikesPerSecond : .infinity
    while elapsed < seconds {
      let due = rate > 0 ? Int(elapsed * rate) - sent : 2_000
      if due <= 0 { usleep(300) }
      let now = Self.microseconds
      records.setTime(firstTime.map { $0 + turns * 1_000 } ?? now / 1_000)
      if elapsed >= nextSpike, spike(at: now / 1_000) {
        try sendNext(isSpike: true)
        sent += 1
        nextSpike += Double.random(in: 0.5..<1.5, using: &random) / spikesPerSecond
      }
      for _ in 0..<max(0, min(due, 2_000)) {
        try sendNext(isSpike: false)
        sent += 1
      }
      elapsed = Meter.now - begin
    }
    guard bulk.flush(timeoutMilliseconds: 60_000), single.flush(timeoutMilliseconds: 10_000) else {
      throw BenchmarkError("the broker did not take all records")
    }
    return SourceCommand.Sent(
      records: sent, seconds: Meter.now - begin, bytesPerRecord: records.bytesPerRecord,
      acknowledged: delays.histogram.withLock { $0.summary })
  }

  /// Whether the next user may be in for a spike; users that may not are passed over.
  private func spike(at time: Int64) -> Bool {
    for step in 0..<records.users {
      let candidate = (user + step) % records.users
      guard time - lastSpikes[candidate] >= Self.recovery else { continue }
      lastSpikes[candidate] = time
      user = candidate
      return true
    }
    return false
  }

  @inline(__always)
  private func sendNext(isSpike: Bool) throws {
    let (producer, topic) = isSpike ? (single, singleTopic) : (bulk, bulkTopic)
    let partition = Int32(truncatingIfNeeded: user % partitions)
    let token = isSpike ? UInt64(Self.microseconds) : 0
    let record = records.record(of: user, isSpike: isSpike)
    try producer.send(
      to: topic, partition: partition, key: record.key, value: record.value, token: token)
    user += 1
    guard user == records.users else { return }
    user = 0
    turns += 1
    if let firstTime { records.setTime(firstTime + turns * 1_000) }
  }

  func close() {
    bulk.close()
    single.close()
  }
}
