import ArgumentParser
import Foundation

/// From a record in the broker to a row on a watcher's socket.
struct LatencyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latency",
    abstract: "Measures the time from a record in the broker to the row on a watcher's socket.",
    discussion: """
      Broker and producer are one process, the service another, the watcher is this one: a plain socket \
      that reads /events. The record's own time is the clock's when it is sent. Now and then a value is \
      far from usual: the row tells by its `since` when that record was sent, and the watcher's clock \
      says when it came. Rows whose value alone is new are told apart: they are written in turns, by \
      design some tenths of a second late.

      With --share the top rate is measured first, with a producer that sends as much as the broker \
      takes; --rate is not used then.

      Exit code 1: a goal is missed, or a change was not told.
      """)

  @Option(help: "Records a second.")
  var rate = 2_000.0

  @Option(help: "Instead of a rate: this part of the top rate, 0.1 to 1.")
  var share: Double?

  @Option(help: "Wearers.")
  var users = 2_000

  @Option(
    help: """
      Partitions; each holds some 5 MiB in this broker, and what it forgets before it is read is lost. 16 by \
      default, twice as many with --share.
      """)
  var partitions: Int?

  @Option(help: "Changes of state a second, at uneven distances.")
  var spikes = 50.0

  @Option(help: "Seconds that are measured, behind 15 of warm-up.")
  var seconds = 20.0

  @Option(
    help:
      "Milliseconds that the producer waits for a batch to fill; by default 5, or 50 with --share.")
  var linger: Int?

  @Option(help: "The most milliseconds that half of the changes may take.")
  var goalMedian: Double?

  @Option(help: "The most milliseconds that 99 of 100 changes may take.")
  var goalP99: Double?

  @Option(help: ArgumentHelp("Write the figures to this file.", valueName: "file"))
  var json: String?

  @Option(help: "Where the database is made, and removed again.")
  var folder = NSTemporaryDirectory()

  /// Seconds in which subjects get to know their usual values.
  private static let warmUp = 15.0

  func validate() throws {
    if let share, !(0.1...1).contains(share) { throw ValidationError("--share is 0.1 to 1") }
    guard spikes > 0, Double(users) >= spikes * 20 else {
      throw ValidationError("a wearer can change once in 20 s: --users must be 20 × --spikes")
    }
  }

  func run() throws {
    try ScratchFolder.with(in: folder, "latency") { scratch in
      let source = try SourceProcess(
        users: users, partitions: partitions ?? (share == nil ? 16 : 32),
        linger: linger ?? (share == nil ? 5 : 50))
      defer { source.stop() }
      let service = try ServedService(brokers: source.bootstrapServers, folder: scratch)
      defer { service.stop() }
      try service.wait(seconds: 20, for: "assignment") { $0.isReading }
      var goals = Goals()
      var total = 0
      var rate = rate
      if let share {
        // Also the warm-up: nobody is judged before.
        let top = try topRate(source, service, &total)
        goals.add("top rate", top, "records/s")
        rate = top * share
      }
      total += try warmUp(rate, source, service)
      let figures = try measure(rate, source, service, &total)
      goals.add("rate sent", figures.rate, "records/s")
      goals.add("service, cores", figures.cores, "")
      goals.add("broker's own (send to acknowledgement), p99", figures.broker.p99, "ms")
      goals.add("changes of state, p50", figures.changes.median, "ms", atMost: goalMedian)
      goals.add("changes of state, p99", figures.changes.p99, "ms", atMost: goalP99)
      goals.add("changes of state, max", figures.changes.largest, "ms")
      goals.add("changes of state", Double(figures.changes.count), "rows")
      goals.add("changes not told", Double(figures.missing), "", atMost: 0)
      goals.add("new values, p50 (age when they come)", figures.refreshes.median, "ms")
      goals.add("new values, p99", figures.refreshes.p99, "ms")
      goals.add("new values", Double(figures.refreshes.count), "rows")
      goals.add("service's peak memory", Double(service.meter.peakBytes) / 1_048_576, "MiB")
      goals.add("records lost", Double(try service.figures().lost), "", atMost: 0)
      try goals.report(json: json)
    }
  }

  /// What the service stores a second while the producer sends as much as the broker takes.
  private func topRate(
    _ source: SourceProcess, _ service: ServedService, _ total: inout Int
  ) throws -> Double {
    try source.send(rate: 0, seconds: 6, spikesPerSecond: 0)
    usleep(2_500_000)
    let first = (try service.figures().records, Meter.now)
    usleep(3_000_000)
    let last = (try service.figures().records, Meter.now)
    let sent = try source.sent()
    total += sent.records
    let expected = total
    try service.wait(seconds: 60, for: "end of the records") { $0.records >= expected }
    return Double(last.0 - first.0) / (last.1 - first.1)
  }

  private func warmUp(
    _ rate: Double, _ source: SourceProcess, _ service: ServedService
  ) throws -> Int {
    try source.send(rate: rate, seconds: Self.warmUp, spikesPerSecond: 0)
    return try source.sent().records
  }

  private struct Outcome {
    var rate: Double
    var cores: Double
    var broker: Histogram.Summary
    var changes: Histogram.Summary
    var refreshes: Histogram.Summary
    var missing: Int
  }

  private func measure(
    _ rate: Double, _ source: SourceProcess, _ service: ServedService, _ total: inout Int
  ) throws -> Outcome {
    let watcher = try EventStreamClient(
      port: PlainHTTP.port(of: service.started.url), target: "/events")
    var isLive = false
    let patience = Meter.now + 20
    while !isLive {
      try watcher.read { event, _ in isLive = isLive || event.name == "counts" }
      guard Meter.now < patience else { throw BenchmarkError("no snapshot came") }
    }
    let begin = (Meter.now, service.meter.cpu)
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let since = Int64(now.tv_sec) * 1_000
    try source.send(rate: rate, seconds: seconds, spikesPerSecond: spikes)
    var changes = Histogram()
    var refreshes = Histogram()
    var told: [String: Int64] = [:]
    var sent: SourceCommand.Sent?
    var end = (begin.0, begin.1)
    var deadline = Meter.now + seconds + 90
    while Meter.now < deadline {
      try watcher.read { event, arrival in
        guard event.name == "status", let row = StreamedRow(event.data) else { return }
        // The first row of a change; those that follow have newer values only.
        if row.since >= since, row.state == "warning" || row.state == "danger",
          told.updateValue(row.since, forKey: row.user) != row.since
        {
          changes.add(milliseconds: Double(arrival - row.since * 1_000) / 1_000)
        } else {
          refreshes.add(milliseconds: Double(arrival - row.lastSeen * 1_000) / 1_000)
        }
      }
      if sent == nil, source.hasSent {
        sent = try source.sent()
        end = (Meter.now, service.meter.cpu)
        // What is late may still come.
        deadline = Meter.now + 3
      }
    }
    guard let sent else { throw BenchmarkError("the producer did not come to an end") }
    total += sent.records
    return Outcome(
      rate: Double(sent.records) / sent.seconds, cores: (end.1 - begin.1) / (end.0 - begin.0),
      broker: sent.acknowledged, changes: changes.summary, refreshes: refreshes.summary,
      missing: sent.acknowledged.count - changes.count)
  }
}
