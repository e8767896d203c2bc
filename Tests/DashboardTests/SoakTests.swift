import Detection
import Events
import Foundation
import Store
import Synchronization
import Testing

@testable import Dashboard

/// Applies random rows to a table and remembers what it must hold.
private struct RandomWriter {
  let subjects: UInt32
  var random: Seeded
  var states: [SafetyState]
  var previous: [SafetyState]
  var since: [Int64]
  var time = moment

  init(subjects: UInt32, seed: UInt64) {
    self.subjects = subjects
    random = Seeded(state: seed)
    states = Array(repeating: .unknown, count: Int(subjects))
    previous = states
    since = Array(repeating: moment, count: Int(subjects))
  }

  mutating func batch() -> Decisions {
    var decisions = Decisions()
    time += 1_000
    let count = Int.random(in: 1...40, using: &random)
    for subject in Set((0..<count).map { _ in UInt32.random(in: 0..<subjects, using: &random) }) {
      let index = Int(subject)
      let old = states[index]
      let isNew = old == .unknown
      let new = SafetyState.allCases.dropFirst().randomElement(using: &random) ?? .safe
      let isTransition = isNew || (new != old && Bool.random(using: &random))
      if isTransition {
        // Sometimes by way of a state that no row shows.
        let between = Bool.random(using: &random) ? old : .warning
        previous[index] = between == new ? old : between
        states[index] = new
        since[index] = time
      }
      decisions.rows.append(
        row(
          subject, states[index], previous: previous[index], transition: isTransition,
          since: since[index], lastSeen: time, value: Double(time % 1_000_000) / 1_000,
          replaced: isTransition ? old : states[index]))
    }
    return decisions
  }
}

/// What one client believes, and every rule that it saw broken.
private final class Believer {
  let query: String
  /// Revision and state of each subject it was told of.
  var known: [String: (revision: Int64, state: String, connection: Int)] = [:]
  var lastID: Int64?
  var faults: [String] = []
  var connections = 0
  var random: Seeded
  private let port: UInt16
  private var isFresh = true

  init(query: String, port: UInt16, seed: UInt64) {
    self.query = query
    self.port = port
    random = Seeded(state: seed)
  }

  /// Connects in one of the ways there are, and reads until `isDone`.
  func watch(until isDone: (Believer) -> Bool) {
    connections += 1
    var target = "/events?" + query
    var header: String?
    switch (lastID, Int.random(in: 0..<6, using: &random)) {
    case (nil, _), (_, 0): lastID = nil
    case (let id?, 1...3): header = String(id)
    case (let id?, _): target += "&since=\(id)"
    }
    let expectsSnapshot = lastID == nil
    isFresh = true
    guard let client = try? StreamClient(port: port, target, lastEventID: header) else {
      faults.append("cannot connect")
      return
    }
    repeat {
      for event in client.read(milliseconds: 5) { take(event, expectsSnapshot) }
    } while !client.isClosed && !isDone(self)
  }

  private func take(_ event: StreamEvent, _ expectsSnapshot: Bool) {
    switch event.name {
    case "snapshot":
      if !expectsSnapshot { faults.append("an unasked snapshot") }
      if isFresh { known = [:] }
      isFresh = false
      for row in event.rows { note(row) }
      if let id = event.id { lastID = id }
    case "status":
      if let id = event.id {
        if id <= lastID ?? -1 { faults.append("id \(id) after \(lastID ?? -1)") }
        lastID = id
      }
      note(event.json)
    case "counts":
      if let id = event.id {
        if id < lastID ?? -1 { faults.append("id \(id) of counts after \(lastID ?? -1)") }
        lastID = id
      }
    default: break
    }
  }

  private func note(_ row: [String: Any]) {
    let user = row["user"] as? String ?? ""
    let revision = (row["revision"] as? NSNumber)?.int64Value ?? -1
    // A row of a snapshot may be newer than the snapshot's id: after a cut it comes once more.
    if let old = known[user],
      old.revision > revision || (old.revision == revision && old.connection == connections)
    {
      faults.append("\(user) at \(revision) after \(old.revision)")
    }
    known[user] = (revision, row["state"] as? String ?? "", connections)
  }
}

@Suite struct SoakTests {
  @Test func watchersThatComeAndGoEndWithTheTable() throws {
    let subjects: UInt32 = 1_300
    let room = try Room(wearers(Int(subjects)))
    let port = room.port
    let finalRevision = Atomic<Int64>(-1)
    let faults = Mutex<[String]>([])
    let connections = Atomic(0)
    let group = DispatchGroup()
    let table = Mutex<[String: (revision: Int64, state: String, stateRevision: Int64)]>([:])
    let queries = [
      "", "", "", "state=danger", "state=danger,stale", "transitions=1", "kind=wearer", "user=u-7",
      "state=warning&transitions=1", "kind=truck",
    ]

    func start(_ body: @escaping @Sendable () -> Void) {
      group.enter()
      Thread.detachNewThread {
        body()
        group.leave()
      }
    }
    start {
      var writer = RandomWriter(subjects: subjects, seed: 42)
      do {
        for _ in 0..<800 { try room.apply(writer.batch(), after: 20) }
        let rows = try room.readers.withReader {
          try $0.changes(after: 0, limit: 1_000_000).items
        }
        table.withLock { table in
          for row in rows {
            table[row.identity.user] = (row.revision, row.state.name, row.stateRevision)
          }
        }
      } catch {
        faults.withLock { $0.append("\(error)") }
      }
      finalRevision.store(room.store.currentRevision, ordering: .sequentiallyConsistent)
    }
    for number in 0..<20 {
      let query = queries[number % queries.count]
      start {
        let believer = Believer(query: query, port: port, seed: UInt64(number))
        while finalRevision.load(ordering: .sequentiallyConsistent) < 0 {
          let end = Date(timeIntervalSinceNow: .random(in: 0...0.3, using: &believer.random))
          believer.watch { _ in Date() > end }
        }
        let expected = table.withLock { $0 }
        let deadline = Date(timeIntervalSinceNow: 20)
        believer.watch { believer in
          Date() > deadline || Self.agrees(believer.known, expected, query)
        }
        if !Self.agrees(believer.known, expected, query) {
          believer.faults.append("ended with another table")
        }
        connections.wrappingAdd(believer.connections, ordering: .relaxed)
        faults.withLock { $0 += believer.faults.prefix(5).map { "\(number) \(query): \($0)" } }
      }
    }
    #expect(group.wait(timeout: .now() + 60) == .success)
    #expect(faults.withLock { $0 } == [])
    #expect(connections.load(ordering: .relaxed) > 40)
    #expect(table.withLock { $0.count } > 1_000)
  }

  private static func agrees(
    _ known: [String: (revision: Int64, state: String, connection: Int)],
    _ table: [String: (revision: Int64, state: String, stateRevision: Int64)], _ query: String
  ) -> Bool {
    let isOfStates = query.hasPrefix("state=")
    if isOfStates {
      let states = Set(
        query.dropFirst(6).prefix { $0 != "&" }.split(separator: ",").map(String.init))
      let mine = known.filter { states.contains($0.value.state) }
      let theirs = table.filter { states.contains($0.value.state) }
      return mine.count == theirs.count
        && mine.allSatisfy { user, row in
          theirs[user].map {
            $0.state == row.state
              && (query.contains("transitions")
                ? row.revision >= $0.stateRevision : row.revision == $0.revision)
          } ?? false
        }
    }
    switch query {
    case "kind=truck": return known.isEmpty
    case "user=u-7": return known.count == 1 && known["u-7"]?.revision == table["u-7"]?.revision
    case "transitions=1":
      return known.count == table.count
        && known.allSatisfy { user, row in
          table[user].map { $0.state == row.state && row.revision >= $0.stateRevision } ?? false
        }
    default:
      return known.count == table.count
        && known.allSatisfy { user, row in table[user]?.revision == row.revision }
    }
  }
}
