import AcalertService
import ArgumentParser
import Detection
import Events
import Foundation
import Store

/// How long a start takes when the database knows very many subjects.
struct StartupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "startup",
    abstract: "Measures the start of a service whose status table is large.",
    discussion: """
      The database is made by the engine and the store themselves, from a few records of each wearer, \
      and put into a folder that is removed afterwards. The service starts in a process of its own, \
      several times; the fastest start counts.

      Exit code 1: it takes longer than --goal-seconds.
      """)

  @Option(help: "Rows of the status table.")
  var subjects = 1_000_000

  @Option(help: "Starts.")
  var rounds = 3

  @Flag(help: "Have the kernel forget the database's pages before each start.")
  var cold = false

  @Option(help: "The most seconds that a start may take.")
  var goalSeconds = 2.0

  @Option(help: ArgumentHelp("Write the figures to this file.", valueName: "file"))
  var json: String?

  @Option(help: "Where the database is made, and removed again.")
  var folder = NSTemporaryDirectory()

  func run() throws {
    try ScratchFolder.with(in: folder, "startup") { scratch in
      let path = "\(scratch)/acalert.db"
      try StatusTable.make(path: path, subjects: subjects)
      let bytes = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      let source = try SourceProcess(users: 1, partitions: 4, linger: 5)
      defer { source.stop() }
      var best: ServeCommand.Started?
      var launch = Double.infinity
      var page = Double.infinity
      for _ in 0..<rounds {
        if cold { try Self.forgetPages(of: path) }
        let service = try ServedService(brokers: source.bootstrapServers, folder: scratch)
        defer { service.stop() }
        let begin = Meter.now
        let answer = try PlainHTTP.get(
          "/api/v1/status?limit=100", port: PlainHTTP.port(of: service.started.url))
        guard answer.contains("\"total\":\(subjects),") else {
          throw BenchmarkError("the service does not know all \(subjects) subjects")
        }
        page = min(page, Meter.now - begin)
        launch = min(launch, service.secondsFromLaunch)
        if service.started.seconds < best?.seconds ?? .infinity { best = service.started }
      }
      var goals = Goals()
      goals.add("rows", Double(subjects), "")
      goals.add("database", Double(bytes) / 1_048_576, "MiB")
      goals.add("start", best?.seconds ?? .infinity, "s", atMost: goalSeconds)
      goals.add("start, with the process's own", launch, "s")
      goals.add("processor time", best?.cpu ?? .infinity, "s")
      goals.add("first page of rows after it", page * 1_000, "ms")
      goals.add("peak memory", Double(best?.peakBytes ?? 0) / 1_048_576, "MiB")
      try goals.report(json: json)
    }
  }

  /// Pages that are written back can be dropped (`posix_fadvise(2)`).
  private static func forgetPages(of path: String) throws {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw BenchmarkError("cannot open \(path)") }
    defer { close(file) }
    fsync(file)
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED)
  }
}

/// A status table as a running service would have left it.
enum StatusTable {
  /// So many wearers are judged and stored at a time.
  private static let slice = 50_000

  static func make(path: String, subjects: Int) throws {
    let store = try Store(path: path)
    defer { store.close() }
    let rules = Configuration().streams[0].rules
    let partition = try store.partitionIndex(for: .init(topic: Workload.topic, partition: 0))
    var engine = try Engine(streams: [rules])
    engine.assign(partition, rewind: 0, next: 0)
    try store.useConfiguration(
      ConfigurationVersion(
        version: "benchmark", text: "", firstUsed: 0, units: [rules.kind: rules.unit]))
    let decoder = RecordDecoder()
    var record: [UInt8] = []
    var offset: Int64 = 0
    for first in stride(from: 0, to: subjects, by: slice) {
      // A few seconds of each: enough to be judged, too little for a window to close.
      for second in 0..<6 {
        for subject in first..<min(first + slice, subjects) {
          record.removeAll(keepingCapacity: true)
          record += "{\"user\":\"u-\(subject)\",\"device\":\"watch\",\"ts\":".utf8
          record += "\(Workload.startTime + Int64(second) * 1_000)".utf8
          record += ",\"x\":0.0\(subject % 90 + 10),\"y\":0.0\(second + 1),\"z\":1.01}".utf8
          let origin = RecordOrigin(partition: partition, offset: offset)
          offset += 1
          guard engine.admit(origin, arrival: Workload.startTime) else { continue }
          try record.withUnsafeBytes { try decoder.decode($0, arrival: Workload.startTime) }
          engine.ingest(
            stream: 0, user: decoder.user, device: decoder.device, samples: decoder.samples,
            axes: decoder.axes, origin: origin, arrival: Workload.startTime)
        }
      }
      try store.apply(engine.takeDecisions(sweep: 1))
    }
  }
}
