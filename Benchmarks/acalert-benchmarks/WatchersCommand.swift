import ArgumentParser
import Foundation

/// Very many watchers of one feed.
struct WatchersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watchers",
    abstract: "Measures what thousands of watchers cost, and when they get to know of a change.",
    discussion: """
      A process has the store, the feed and the server; rows change there at even distances, each in a \
      transaction of its own. All watchers are another process, which reads their sockets with epoll \
      and looks at every event. A time is from before the change is written to after the last byte of \
      its event has been read.

      Exit code 1: a goal is missed, a watcher was cut off, or one did not get every event.
      """)

  @Option(help: "How many.")
  var watchers = 10_000

  @Option(help: "Changes a second.")
  var rate = 100.0

  @Option(help: "Seconds that are measured, behind 3 of warm-up.")
  var seconds = 20.0

  @Option(help: "Rows of the status table, all of which are in each watcher's snapshot.")
  var rows = 200

  @Option(help: "The most cores that the server may use.")
  var goalCores: Double?

  @Option(help: "The most milliseconds that 99 of 100 events may take.")
  var goalP99: Double?

  @Option(help: "The most kilobytes (1,000 bytes) of the server's memory for a watcher.")
  var goalKilobytes: Double?

  @Option(help: ArgumentHelp("Write the figures to this file.", valueName: "file"))
  var json: String?

  @Option(help: "Where the database is made, and removed again.")
  var folder = NSTemporaryDirectory()

  func validate() throws {
    guard (1...12_000).contains(watchers), rate > 0, rows > 0 else {
      throw ValidationError("--watchers is 1 to 12000, --rate and --rows are above 0")
    }
  }

  func run() throws {
    try ScratchFolder.with(in: folder, "watchers") { scratch in
      let times = "\(scratch)/times"
      let server = try ChildProcess([
        "feed", "--rows", "\(rows)", "--folder", scratch, "--times", times,
      ])
      defer { server.stop() }
      let started: FeedCommand.Started = try server.answer()
      // One row changes first, so that what every server needs is there before memory is looked at.
      let first: FeedCommand.Published = try server.ask("10 0.1")
      let before = (memory: server.meter.residentBytes, sockets: ProcessMeter.socketBytes)
      let crowd = try ChildProcess([
        "crowd", "--watchers", "\(watchers)", "--times", times, "--base",
        "\(first.lastRevision)", "--port", "\(try PlainHTTP.port(of: started.url))",
      ])
      defer { crowd.stop() }
      let connected: CrowdCommand.Connected = try crowd.answer()
      let afterConnecting = server.meter.residentBytes
      let warmUp: FeedCommand.Published = try server.ask("\(rate) 3")
      _ = try crowd.ask("\(warmUp.lastRevision)", CrowdCommand.Seen.self)
      // Answered, so that no event of the run is forgotten with those before it.
      _ = try crowd.ask("forget", CrowdCommand.Forgotten.self)

      let cpu = server.meter.cpu
      let begin = Meter.now
      try server.send("\(rate) \(seconds)")
      var most = (memory: 0, sockets: 0)
      while !server.hasAnswer {
        usleep(250_000)
        most.memory = max(most.memory, server.meter.residentBytes)
        most.sockets = max(most.sockets, ProcessMeter.socketBytes)
      }
      let published: FeedCommand.Published = try server.answer()
      let cores = (server.meter.cpu - cpu) / (Meter.now - begin)
      let seen: CrowdCommand.Seen = try crowd.ask("\(published.lastRevision)")

      func each(_ bytes: Int) -> Double { Double(bytes) / Double(watchers) / 1_000 }
      var goals = Goals()
      goals.add("watchers", Double(watchers), "")
      goals.add("until all had their snapshot", connected.seconds, "s")
      goals.add("changes", Double(published.events) / published.seconds, "a second")
      goals.add("server, cores", cores, "", atMost: goalCores)
      goals.add(
        "of these the writer of rows", published.publisherCPU / published.seconds, "")
      goals.add("watchers' process, cores", seen.cpu / (published.seconds), "")
      goals.add("change to arrival, p50", seen.times.median, "ms")
      goals.add("change to arrival, p99", seen.times.p99, "ms", atMost: goalP99)
      goals.add("change to arrival, max", seen.times.largest, "ms")
      goals.add("server's memory a watcher, idle", each(afterConnecting - before.memory), "kB")
      goals.add(
        "server's memory a watcher, most", each(max(most.memory, afterConnecting) - before.memory),
        "kB", atMost: goalKilobytes)
      goals.add("kernel's socket buffers a watcher", each(most.sockets - before.sockets), "kB")
      goals.add(
        "events that a watcher lacks, most", Double(published.events - seen.fewest), "", atMost: 0)
      goals.add("watchers cut off", Double(seen.closed), "", atMost: 0)
      goals.add("watchers behind at the end", Double(seen.behind), "", atMost: 0)
      try goals.report(json: json)
    }
  }
}
