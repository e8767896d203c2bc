import Detection
import Events
import Foundation
import Store
import Synchronization
import Testing

@testable import Dashboard

/// What one client believes of alerts, and every rule that it saw broken.
private final class AlertBeliever {
  struct Known {
    var revision: Int64
    var isOpen: Bool
    var connection: Int
  }

  let query: String
  var known: [Int64: Known] = [:]
  var faults: [String] = []
  var connections = 0
  var random: Seeded
  private var lastID: Int64?
  private var isFresh = true
  private let port: UInt16

  init(query: String, port: UInt16, seed: UInt64) {
    self.query = query
    self.port = port
    random = Seeded(state: seed)
  }

  /// Connects, mostly going on from where it was, and reads until `isDone`.
  func watch(until isDone: (AlertBeliever) -> Bool) {
    connections += 1
    if Int.random(in: 0..<5, using: &random) == 0 { lastID = nil }
    let goesOn = lastID != nil
    isFresh = true
    guard
      let client = try? StreamClient(
        port: port, "/events?" + query, lastEventID: lastID.map { String($0) })
    else {
      faults.append("cannot connect")
      return
    }
    repeat {
      for event in client.read(milliseconds: 5) { take(event, goesOn: goesOn) }
    } while !client.isClosed && !isDone(self)
  }

  private func take(_ event: StreamEvent, goesOn: Bool) {
    switch event.name {
    case "snapshot":
      if goesOn { faults.append("an unasked snapshot") }
      if isFresh { known = [:] }
      isFresh = false
      for alert in event.alerts ?? [] { note(alert) }
    case "alert":
      note(event.json)
      if let id = event.id, id != event.revision { faults.append("\(id) for \(event.revision)") }
    default: break
    }
    guard let id = event.id else { return }
    let mayRepeat = event.name == "counts" || event.name == "snapshot"
    if let lastID, mayRepeat ? id < lastID : id <= lastID {
      faults.append("id \(id) of \(event.name) after \(lastID)")
    }
    lastID = id
  }

  private func note(_ alert: [String: Any]) {
    let id = (alert["id"] as? NSNumber)?.int64Value ?? 0
    let revision = (alert["revision"] as? NSNumber)?.int64Value ?? -1
    if let old = known[id],
      old.revision > revision || (old.revision == revision && old.connection == connections)
    {
      faults.append("alert \(id) at \(revision) after \(old.revision)")
    }
    known[id] = Known(
      revision: revision, isOpen: alert["phase"] as? String != "resolved", connection: connections)
  }

  /// Whether it knows what it asked for.
  func agrees(with table: [AlertRecord]) -> Bool {
    let mine = table.filter { record in
      switch query {
      case "alerts=0", "kind=truck": false
      case "user=u-7": record.alert.identity.user == "u-7"
      default: true
      }
    }
    let revisions = Dictionary(
      mine.map { ($0.alert.id, $0.revision) }, uniquingKeysWith: { first, _ in first })
    return known.allSatisfy { revisions[$0.key] == $0.value.revision }
      && mine.allSatisfy { !$0.alert.isOpen || known[$0.alert.id]?.isOpen == true }
  }
}

/// Opens, changes and resolves alerts at random.
private struct RandomEpisodes {
  var random: Seeded
  var open: [Alert] = []
  var last: Int64 = 0
  let subjects: Int

  mutating func changes() -> AlertChanges {
    var changed: [Int64: Alert] = [:]
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      let place = open.indices.randomElement(using: &random)
      switch (Int.random(in: 0..<9, using: &random), place) {
      case (0...2, let place?):
        var alert = open.remove(at: place)
        alert.phase = .resolved
        alert.resolved = moment
        changed[alert.id] = alert
      case (3...5, let place?):
        open[place].flaps += 1
        open[place].severity = .danger
        changed[open[place].id] = open[place]
      default:
        last += 1
        let severity: SafetyState = Bool.random(using: &random) ? .danger : .warning
        open.append(
          alert(
            last, user: Int.random(in: 0..<subjects, using: &random), cause: .rule(Int(last)),
            severity: severity))
        changed[last] = open[open.count - 1]
      }
    }
    return AlertChanges(alerts: changed.values.sorted { $0.id < $1.id }.shuffled(using: &random))
  }
}

@Suite struct AlertSoakTests {
  @Test func watchersThatComeAndGoKnowEveryOpenAlert() throws {
    let subjects = 40
    let room = try alertRoom(subjects: subjects)
    let port = room.port
    let isOver = Atomic(false)
    let faults = Mutex<[String]>([])
    let table = Mutex<[AlertRecord]>([])
    let group = DispatchGroup()

    func start(_ body: @escaping @Sendable () -> Void) {
      group.enter()
      Thread.detachNewThread {
        body()
        group.leave()
      }
    }
    start {
      var episodes = RandomEpisodes(random: Seeded(state: 7), subjects: subjects)
      do {
        for number in 0..<300 {
          var decisions = Decisions()
          for subject in 0..<UInt32.random(in: 0...5, using: &episodes.random) {
            decisions.rows.append(
              row(subject, number % 2 == 0 ? .danger : .safe, lastSeen: moment + Int64(number)))
          }
          try room.apply(decisions, alerts: episodes.changes(), after: 20)
        }
        let all = try room.readers.withReader { try $0.alerts(changedAfter: 0, limit: 1_000_000) }
        table.withLock { $0 = all }
      } catch {
        faults.withLock { $0.append("\(error)") }
      }
      isOver.store(true, ordering: .sequentiallyConsistent)
    }
    let queries = [
      "", "", "state=danger", "transitions=1", "user=u-7", "alerts=0", "kind=truck",
      "state=stale&transitions=1",
    ]
    for (number, query) in queries.enumerated() {
      start {
        let believer = AlertBeliever(query: query, port: port, seed: UInt64(number))
        while !isOver.load(ordering: .sequentiallyConsistent) {
          let end = Date(timeIntervalSinceNow: .random(in: 0...0.3, using: &believer.random))
          believer.watch { _ in Date() > end }
        }
        let expected = table.withLock { $0 }
        let deadline = Date(timeIntervalSinceNow: 20)
        believer.watch { believer in Date() > deadline || believer.agrees(with: expected) }
        if !believer.agrees(with: expected) {
          believer.faults.append("ended with other alerts: \(believer.known.count)")
        }
        faults.withLock { $0 += believer.faults.prefix(5).map { "\(number) \(query): \($0)" } }
      }
    }
    #expect(group.wait(timeout: .now() + 60) == .success)
    #expect(faults.withLock { $0 } == [])
    #expect(table.withLock { $0.contains { $0.alert.isOpen } && $0.contains { !$0.alert.isOpen } })
  }
}
