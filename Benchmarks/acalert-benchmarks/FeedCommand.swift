import ArgumentParser
import Dashboard
import Detection
import Foundation
import HTTPServer
import Store

/// Store, feed and server without Kafka and judgement, in a process of their own: what changes, and
/// when, is said from outside.
struct FeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "feed", abstract: "A feed with its server, for other commands of this program.",
    shouldDisplay: false)

  @Option(help: "Rows of the status table.")
  var rows: Int

  @Option(help: "The folder of the database.")
  var folder: String

  @Option(help: "The file of times, see PublishTimes.")
  var times: String

  struct Started: Codable { var url: String }

  /// The answer to a run.
  struct Published: Codable {
    var events: Int
    var lastRevision: Int64
    var seconds: Double
    /// Of the whole process, and of the thread that writes rows and publishes them, in seconds.
    var cpu: Double
    var publisherCPU: Double
  }

  func run() throws {
    let path = "\(folder)/feed.db"
    let store = try Store(path: path)
    defer { store.close() }
    let configuration = ConfigurationVersion(
      version: "benchmark", text: "", firstUsed: 0, units: ["wearer": "g"])
    try store.useConfiguration(configuration)
    _ = try store.partitionIndex(for: .init(topic: Workload.topic, partition: 0))
    let log = EventLog(entryCapacity: 262_144)
    let feed = try Feed(store: store, events: log)
    feed.useConfiguration(configuration)
    var first = Decisions()
    first.subjects = StoreStage.subjects(UInt32(rows))
    first.rows = (0..<UInt32(rows)).map { StoreStage.row($0, turn: 0, .safe, isTransition: true) }
    let applied = try store.apply(first)
    feed.publish(first, applied: applied, now: 0)
    let readers = try ReaderPool(path: path)
    defer { readers.close() }
    let dashboard = Dashboard(
      readers: readers, feed: feed, facts: ServiceFacts(streams: { [StreamRules()] }))
    let server = HTTPServer(events: log, handler: dashboard.handler)
    try server.start()
    defer { server.stop() }
    let table = try PublishTimes(path: times, isWritable: true)
    try ChildProcess.reply(Started(url: server.url ?? ""))
    var turn: Int64 = 0
    while let line = readLine() {
      let words = line.split(separator: " ").compactMap { Double($0) }
      guard words.count == 2 else { throw BenchmarkError("not understood: \(line)") }
      try ChildProcess.reply(
        try publish(rate: words[0], seconds: words[1], turn: &turn, store, feed, table))
    }
  }

  /// Changes one row after the other, each in a transaction of its own, at even distances.
  private func publish(
    rate: Double, seconds: Double, turn: inout Int64, _ store: Store, _ feed: Feed,
    _ table: PublishTimes
  ) throws -> Published {
    let begin = (now: Meter.now, cpu: Meter.cpu, thread: Meter.threadCPU)
    var published = Published(
      events: 0, lastRevision: 0, seconds: 0, cpu: 0, publisherCPU: 0)
    let count = Int(rate * seconds)
    while published.events < count {
      let due = begin.now + Double(published.events) / rate
      while Meter.now < due { usleep(500) }
      turn += 1
      var change = Decisions()
      change.rows = [
        StoreStage.row(
          UInt32(turn) % UInt32(rows), turn: turn,
          turn / Int64(rows) % 2 == 0 ? .danger : .safe, isTransition: true)
      ]
      let time = Meter.now
      let applied = try store.apply(change)
      table.set(time, of: applied.lastRevision)
      feed.publish(change, applied: applied, now: Int64(time * 1_000))
      published.events += 1
      published.lastRevision = applied.lastRevision
    }
    published.seconds = Meter.now - begin.now
    published.cpu = Meter.cpu - begin.cpu
    published.publisherCPU = Meter.threadCPU - begin.thread
    return published
  }
}

extension Meter {
  /// Processor time of the calling thread so far, in seconds.
  static var threadCPU: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
