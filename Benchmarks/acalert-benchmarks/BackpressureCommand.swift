import ArgumentParser
import Foundation
import Kafka

/// A producer that is faster than the service, for a while.
struct BackpressureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backpressure",
    abstract: "Measures memory, lag and recovery while records come faster than they are stored.",
    discussion: """
      Broker and producer are one process, the service another. The service is first measured with as \
      many records as come, then it gets --excess times as many for --seconds. With --limit it may run \
      only a part of each hundredth of a second, as a container with a quota of processor time does: \
      on a small machine the producer would otherwise not be fast enough.

      The time that is judged begins when more records wait than the client may hold. Memory is flat if \
      the second half of it needs hardly more than there was before.

      Exit code 1: memory grows by more than --goal-growth, a record is lost, the client's queue was not \
      full for long enough, or the producer was not --goal-excess times as fast.
      """)

  @Option(
    help: """
      The producer sends so many times what the service stored alone. That is measured while the broker is \
      being filled, and too low: see how many times it really was.
      """)
  var excess = 8.0

  @Option(help: "Seconds in which it sends.")
  var seconds = 20.0

  @Option(help: "The part of the time in which the service may run, above 0 to 1.")
  var limit = 0.02

  @Option(help: "Records that the service's Kafka client holds at most, `queued.min.messages`.")
  var held = 200_000

  @Option(help: "Wearers.")
  var users = 2_000

  @Option(help: "Partitions; each holds some 5 MiB in this broker.")
  var partitions = 800

  @Option(help: "How much more memory it may need once the queues are full, as a part.")
  var goalGrowth = 0.1

  @Option(help: "How many times as fast as the service the producer must really have been.")
  var goalExcess: Double?

  @Option(help: ArgumentHelp("Write the figures and the samples to this file.", valueName: "file"))
  var json: String?

  @Option(help: "Where the database is made, and removed again.")
  var folder = NSTemporaryDirectory()

  /// The service at one moment.
  private struct Sample {
    var time: Double
    var memory: Int
    var records: Int
    var lag: Int
  }

  func validate() throws {
    guard limit > 0, limit <= 1, excess > 0, seconds >= 4 else {
      throw ValidationError("--limit is above 0 and at most 1, --seconds at least 4")
    }
  }

  func run() throws {
    try ScratchFolder.with(in: folder, "backpressure") { scratch in
      let source = try SourceProcess(users: users, partitions: partitions, linger: 50, isPast: true)
      defer { source.stop() }
      let service = try ServedService(brokers: source.bootstrapServers, folder: scratch)
      defer { service.stop() }
      let quota = try Quota(of: service.meter.process, part: limit)
      defer { quota.end() }
      try service.wait(seconds: 60, for: "assignment") { $0.isReading }

      let before = try own(source, service)
      let bytes = before.speed * (excess - 1) * seconds * Double(before.bytesPerRecord + 20)
      guard bytes < Double(partitions * EmbeddedBroker.retainedBytes) * 0.9 else {
        throw BenchmarkError(
          "the broker would forget records: --partitions \(Int(bytes / 4.5e6) + 1), or a --limit")
      }
      var samples: [Sample] = []
      let begin = Meter.now
      try source.send(rate: before.speed * excess, seconds: seconds, spikesPerSecond: 0)
      while !source.hasSent { samples.append(try sample(service, since: begin)) }
      let sent = try source.sent()
      let end = Meter.now - begin
      let stored = (samples.last?.records ?? 0) - before.records
      let expected = before.records + sent.records
      while samples.last?.records ?? 0 < expected {
        samples.append(try sample(service, since: begin))
        guard Meter.now - begin < end + 120 else { break }
      }
      let drained = Meter.now - begin - end
      let last = try service.figures()

      // From then on the client holds all that it may.
      let full = samples.first { $0.lag >= held * 11 / 10 }?.time ?? .infinity
      let middle = (full + end) / 2
      func most(_ first: Double, _ last: Double) -> Double {
        Double(
          samples.filter { $0.time >= first && $0.time < last }.map(\.memory).max() ?? 0)
          / 1_048_576
      }
      var goals = Goals()
      goals.add("service alone", before.speed, "records/s")
      goals.add("sent", Double(sent.records) / end, "records/s")
      goals.add("stored meanwhile", Double(stored) / end, "records/s")
      let excess = Double(sent.records) / Double(max(1, stored))
      if let goalExcess {
        goals.add("the producer's excess", excess, "times", atLeast: goalExcess)
      } else {
        goals.add("the producer's excess", excess, "times")
      }
      goals.add("largest lag", Double(sent.records - stored), "records")
      goals.add("until the client's queue is full", full, "s", atMost: end * 0.7)
      goals.add("memory, until then, most", most(0, full), "MiB")
      goals.add("memory, first half of the rest, most", most(full, middle), "MiB")
      goals.add("memory, second half, most", most(middle, end), "MiB")
      goals.add("memory, after the producer, most", most(end, .infinity), "MiB")
      let usual = max(1, most(0, middle))
      goals.add("growth", most(middle, end) / usual - 1, "", atMost: goalGrowth)
      goals.add("growth, after the producer", most(end, .infinity) / usual - 1, "")
      goals.add("until the rest is stored", drained, "s")
      goals.add("records sent", Double(expected), "")
      goals.add("records not stored", Double(expected - last.records), "", atMost: 0)
      goals.add("records that the broker forgot", Double(last.lost), "", atMost: 0)
      goals.add("pauses of reading", Double(last.pauses), "")
      try goals.report(json: json)
    }
  }

  /// How fast the service is by itself: records are sent for some seconds as fast as the broker takes
  /// them, and what is left when the producer is silent again is timed.
  private func own(
    _ source: SourceProcess, _ service: ServedService
  ) throws -> (speed: Double, records: Int, bytesPerRecord: Int) {
    let begin = Meter.now
    try source.send(rate: 0, seconds: 4, spikesPerSecond: 0)
    let sent = try source.sent()
    let first = (records: try service.figures().records, time: Meter.now)
    try service.wait(seconds: 120, for: "end of the records") { $0.records >= sent.records }
    let rest = (records: sent.records - first.records, seconds: Meter.now - first.time)
    // A service that has kept up is at least so fast.
    let speed =
      rest.seconds > 0.5
      ? Double(rest.records) / rest.seconds : Double(sent.records) / (Meter.now - begin)
    return (speed, sent.records, sent.bytesPerRecord)
  }

  /// Ten times a second.
  private func sample(_ service: ServedService, since begin: Double) throws -> Sample {
    usleep(90_000)
    let figures = try service.figures()
    return Sample(
      time: Meter.now - begin, memory: service.meter.residentBytes, records: figures.records,
      lag: figures.lag ?? 0)
  }
}
