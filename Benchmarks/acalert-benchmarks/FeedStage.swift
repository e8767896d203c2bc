import Dashboard
import Detection
import HTTPServer
import Store

/// The feed: rows encoded once and put into the log that all watchers read.
enum FeedStage {
  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    let subjects = UInt32(clamping: workload.users)
    let batches = 100
    let store = try Store(path: "\(workload.folder)/feed.db")
    defer { store.close() }
    let configuration = ConfigurationVersion(
      version: "benchmark", text: "", firstUsed: 0, units: ["wearer": "g"])
    try store.useConfiguration(configuration)
    _ = try store.partitionIndex(for: .init(topic: Workload.topic, partition: 0))
    var first = Decisions()
    first.subjects = StoreStage.subjects(subjects)
    first.rows = (0..<subjects).map { StoreStage.row($0, turn: 0, .safe, isTransition: true) }
    let applied = try store.apply(first)

    let log = EventLog()
    let feed = try Feed(store: store, events: log)
    feed.useConfiguration(configuration)
    feed.publish(first, applied: applied, now: 0)
    let readers = try ReaderPool(path: store.path)
    defer { readers.close() }
    let dashboard = Dashboard(
      readers: readers, feed: feed, facts: ServiceFacts(streams: { [StreamRules()] }))

    var batch = Decisions()
    batch.rows = (0..<subjects).map { StoreStage.row($0, turn: 1, .safe, isTransition: false) }
    func run(_ name: String) {
      result(
        Meter.measure(
          "feed/\(name)", unit: "rows", count: batches * Int(subjects), rounds: workload.rounds
        ) {
          for number in 0..<batches {
            feed.publish(batch, applied: applied, now: Int64(number))
          }
        })
    }
    run("unwatched")
    // An open session makes the feed encode; a server with its thread takes the events into its ring.
    let session = dashboard.handler(try HTTPRequest(target: "/events?since=0"))
    let server = HTTPServer(events: log, handler: dashboard.handler)
    try server.start()
    run("watched")
    server.stop()
    withExtendedLifetime(session) {}
  }
}
