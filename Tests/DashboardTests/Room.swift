import Detection
import Events
import Foundation
import HTTPServer
import Store
import Testing

@testable import Dashboard

/// 2026-11-21T04:32:00.123Z
let moment: Int64 = 1_795_235_520_123

/// A store in a folder of its own, its feed, and a server before them.
final class Room: @unchecked Sendable {
  // Unchecked: what changes is used by the one thread that applies.
  let folder: String
  let store: Store
  let feed: Feed
  let readers: ReaderPool
  let dashboard: Dashboard
  let server: HTTPServer
  let desk = Desk()
  private(set) var clock: Int64 = 0
  private(set) var identities: [SubjectIdentity] = []

  static let configuration = ConfigurationVersion(
    version: "a1b2c3d4", text: "streams: []", firstUsed: moment,
    units: ["wearer": "g", "truck": "m/s2"])

  init(
    _ identities: [SubjectIdentity] = [], facts: ServiceFacts? = nil, hosts: Set<String>? = nil,
    readerCount: Int = 4, in folder: String? = nil
  ) throws {
    self.folder = folder ?? NSTemporaryDirectory() + "dashboard-" + UUID().uuidString
    try FileManager.default.createDirectory(
      atPath: self.folder, withIntermediateDirectories: true)
    store = try Store(path: self.folder + "/acalert.db")
    try store.useConfiguration(Self.configuration)
    _ = try store.partitionIndex(for: TopicPartitionName(topic: "accelero\"meter", partition: 3))
    readers = try ReaderPool(path: store.path, size: readerCount)
    let events = EventLog()
    feed = try Feed(store: store, events: events)
    feed.useConfiguration(Self.configuration)
    var facts = facts ?? ServiceFacts(streams: { [StreamRules()] })
    facts.setVerdict = { [store] in try store.setVerdict($0, ofThreat: $1) }
    let receivers = facts.alerts.receivers
    facts.alerts = desk.facts(store: store, feed: feed, now: facts.now)
    facts.alerts.receivers = receivers
    dashboard = Dashboard(readers: readers, feed: feed, facts: facts, allowedHosts: hosts)
    var settings = HTTPServer.Configuration()
    settings.maxConnections = 200
    settings.longestFlushPause = .milliseconds(5)
    server = HTTPServer(configuration: settings, events: events, handler: dashboard.handler)
    try server.start()
    var first = Decisions()
    add(identities, to: &first)
    try apply(first)
  }

  deinit {
    server.stop()
    readers.close()
    store.close()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Introduces subjects with the next indices.
  func add(_ new: [SubjectIdentity], to decisions: inout Decisions) {
    for identity in new {
      decisions.subjects.append(
        NewSubject(index: UInt32(identities.count), identity: identity))
      identities.append(identity)
    }
  }

  /// Applies and publishes, `milliseconds` after the time before.
  @discardableResult
  func apply(
    _ decisions: Decisions, alerts: AlertChanges = AlertChanges(),
    after milliseconds: Int64 = 2_000
  ) throws -> Int64 {
    clock += milliseconds
    return try desk.inOrder {
      let applied = try store.apply(decisions, alerts: alerts)
      feed.publish(decisions, applied: applied, now: clock)
      feed.publish(alerts: alerts.alerts, firstRevision: applied.firstAlertRevision)
      return applied.lastRevision
    }
  }

  @discardableResult
  func apply(_ rows: StatusRow..., after milliseconds: Int64 = 2_000) throws -> Int64 {
    var decisions = Decisions()
    decisions.rows = rows
    return try apply(decisions, after: milliseconds)
  }

  var port: UInt16 { server.port ?? 0 }

  func get(
    _ target: String, method: String = "GET", host: String = "127.0.0.1:8080", fields: String = ""
  ) throws -> Answer {
    let client = try Client(port: port)
    client.request(target, method: method, host: host, fields: fields)
    return client.answer(toHead: method == "HEAD")
  }

  func post(
    _ target: String, _ body: String = "", type: String? = "application/json",
    host: String = "127.0.0.1:8080", fields: String = ""
  ) throws -> Answer {
    let client = try Client(port: port)
    let type = type.map { "Content-Type: \($0)\r\n" } ?? ""
    client.request(target, method: "POST", host: host, fields: type + fields, body: body)
    return client.answer()
  }

  func watch(_ target: String = "/events", lastEventID: String? = nil) throws -> StreamClient {
    try StreamClient(port: port, target, lastEventID: lastEventID)
  }
}

func wearers(_ count: Int) -> [SubjectIdentity] {
  (0..<count).map { SubjectIdentity(kind: "wearer", user: "u-\($0)", device: "watch") }
}

func row(
  _ subject: UInt32, _ state: SafetyState = .safe, previous: SafetyState = .unknown,
  transition: Bool = true, since: Int64 = moment, lastSeen: Int64 = moment, value: Double? = 1.02,
  mean: Double? = 1.012_345_678_91, std: Double? = 0.02, score: Double? = 0.5,
  reason: String = "because", offset: Int64? = 7, replaced: SafetyState? = nil
) -> StatusRow {
  StatusRow(
    subject: subject, state: state, previousState: previous, isTransition: transition,
    since: since, lastSeen: lastSeen, lastArrival: lastSeen + 5, value: value, mean: mean, std: std,
    score: score, reason: reason,
    cause: offset.map { RecordOrigin(partition: 0, offset: $0) }, evidence: [],
    replacedState: replaced ?? (transition ? previous : state))
}

/// Deterministic random numbers (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
