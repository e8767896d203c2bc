import Detection
import Events
import Foundation
import Store
import Testing

@testable import Dashboard

@Suite struct EventTests {
  @Test func firstASnapshotThenChanges() throws {
    let room = try Room(wearers(3))
    try room.apply(row(0), row(1), row(2, .danger))
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    #expect(watcher.head.contains("Content-Type: text/event-stream"))
    let snapshots = watcher.named("snapshot")
    #expect(snapshots.count == 1)
    #expect(snapshots[0].id == 3)
    #expect(snapshots[0].revision == 3)
    #expect(snapshots[0].json["last"] as? Bool == true)
    #expect(snapshots[0].rows.map { $0["user"] as? String } == ["u-0", "u-1", "u-2"])
    #expect(watcher.statuses.isEmpty)
    try room.apply(row(1, .warning, previous: .safe))
    #expect(watcher.read { $0.statuses.count == 1 })
    #expect(watcher.statuses[0].id == 4)
    #expect(watcher.statuses[0].revision == 4)
    #expect(watcher.statuses[0].json["previous"] as? String == "safe")
  }

  @Test func anEmptyTableIsASnapshotToo() throws {
    let room = try Room()
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    #expect(
      watcher.named("snapshot").map(\.data)
        == [#"{"revision":0,"rows":[],"alerts":[],"last":true}"#])
  }

  @Test func aLargeSnapshotComesInChunks() throws {
    let room = try Room(wearers(1_700))
    var decisions = Decisions()
    decisions.rows = (0..<1_700).map { row($0, $0 % 100 == 0 ? .danger : .safe) }
    try room.apply(decisions)
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    let snapshots = watcher.named("snapshot")
    #expect(snapshots.count == 4)
    #expect(snapshots.allSatisfy { $0.rows.count <= 500 && $0.revision == 1_700 })
    #expect(snapshots.map(\.id) == [nil, nil, nil, 1_700])
    #expect(snapshots.map { $0.json["last"] as? Bool } == [false, false, false, true])
    #expect(Set(snapshots.flatMap(\.rows).map { $0["user"] as? String }).count == 1_700)
    let danger = try room.watch("/events?state=danger")
    #expect(danger.read { $0.isLive })
    #expect(danger.named("snapshot").flatMap(\.rows).count == 17)
    #expect(danger.named("snapshot").last?.id == 1_700)
  }

  @Test(arguments: ["since", "header", "both"])
  func resumesAfterARevision(_ way: String) throws {
    let room = try Room(wearers(1_200))
    var decisions = Decisions()
    decisions.rows = (0..<1_200).map { row($0) }
    try room.apply(decisions)
    let watcher =
      switch way {
      case "since": try room.watch("/events?since=100")
      case "header": try room.watch("/events", lastEventID: "100")
      // The address of a browser that reconnects is the old one.
      default: try room.watch("/events?since=1", lastEventID: "100")
      }
    #expect(watcher.read { $0.isLive })
    #expect(watcher.named("snapshot").isEmpty)
    #expect(watcher.statuses.map(\.id) == (101...1_200).map { $0 })
    #expect(watcher.events.last?.name == "counts")
    try room.apply(row(5, .danger))
    #expect(watcher.read { $0.statuses.last?.id == 1_201 })
  }

  @Test func nothingMissedIsNothingSent() throws {
    let room = try Room(wearers(1))
    let revision = try room.apply(row(0))
    let watcher = try room.watch("/events?since=\(revision)")
    #expect(watcher.read { $0.isLive })
    #expect(watcher.events.map(\.name) == ["counts"])
  }

  @Test(arguments: ["99", "no number", "-4"])
  func aPlaceThatWasNeverGivenOutStartsAnew(_ id: String) throws {
    let room = try Room(wearers(1))
    try room.apply(row(0))
    let watcher = try room.watch("/events?since=1", lastEventID: id)
    #expect(watcher.read { $0.isLive })
    #expect(watcher.named("snapshot").last?.id == 1)
    #expect(watcher.statuses.isEmpty)
  }

  @Test func aWatcherOfAStateSeesRowsLeaveIt() throws {
    let room = try Room(wearers(4))
    try room.apply(row(0, .danger), row(1), row(2, .danger), row(3))
    let watcher = try room.watch("/events?state=danger")
    #expect(watcher.read { $0.isLive })
    #expect(watcher.named("snapshot")[0].rows.count == 2)
    try room.apply(
      row(1, .warning, previous: .safe), row(3, transition: false, value: 7),
      row(2, .danger, previous: .safe, transition: false, value: 6),
      row(0, .safe, previous: .danger))
    #expect(watcher.read { $0.statuses.last?.id == 8 })
    #expect(watcher.statuses.map { $0.json["user"] as? String } == ["u-2", "u-0"])
    // Two transitions between two rows: what it was last shown in is what counts.
    try room.apply(row(2, .safe, previous: .warning, replaced: .danger), row(1, .danger))
    #expect(watcher.read { $0.statuses.last?.id == 10 })
    #expect(watcher.statuses.suffix(2).map { $0.json["state"] as? String } == ["safe", "danger"])
  }

  @Test func aWatcherOfAStateSeesRowsThatLeftWhileItWasAway() throws {
    let room = try Room(wearers(3))
    let revision = try room.apply(row(0, .danger), row(1, .danger), row(2))
    try room.apply(row(0, .warning, previous: .danger), row(2, transition: false, value: 3))
    // The row says only where it came from last; and after this its newest revision is no transition.
    try room.apply(row(0, .safe, previous: .warning, since: moment + 1))
    try room.apply(
      row(0, .safe, previous: .warning, transition: false, since: moment + 1, value: 2))
    let watcher = try room.watch("/events?state=danger&since=\(revision)")
    #expect(watcher.read { $0.isLive })
    #expect(watcher.statuses.map { $0.json["user"] as? String } == ["u-0"])
    // Not before all is told may the watcher go on from a later place.
    #expect(watcher.statuses[0].id == nil)
    #expect(watcher.events.last?.name == "counts")
    #expect(watcher.events.last?.id == 7)
  }

  @Test func aWatcherOfAStateThatIsCutWhileItCatchesUpMissesNothing() throws {
    let room = try Room(wearers(1_001))
    var decisions = Decisions()
    decisions.rows = (0...1_000).map { row($0, $0 == 1_000 ? .danger : .safe) }
    let revision = try room.apply(decisions)
    // The last subject leaves the state first, and has the newest row.
    try room.apply(row(1_000, .safe, previous: .danger))
    decisions.rows = (0...1_000).map { row($0, transition: $0 < 1_000, value: 2) }
    try room.apply(decisions)
    for query in ["state=danger", "transitions=1"] {
      let first = try room.watch("/events?\(query)&since=\(revision)")
      #expect(first.read { $0.isLive })
      // Cut after any of its rows, the client comes again with the last id it was given.
      for cut in [1, 500, 1_000] {
        let id = first.events.prefix(cut).compactMap(\.id).last ?? Int64(revision)
        let again = try room.watch("/events?\(query)", lastEventID: String(id))
        #expect(again.read { $0.isLive })
        let told = (first.statuses.prefix(cut) + again.statuses).map { $0.json["user"] as? String }
        #expect(told.contains("u-1000"))
      }
    }
  }

  @Test func transitionsAloneIfAsked() throws {
    let room = try Room(wearers(3))
    let revision = try room.apply(row(0), row(1), row(2))
    try room.apply(row(0, transition: false, value: 4))
    let watcher = try room.watch("/events?transitions=1")
    let resumed = try room.watch("/events?transitions=1&since=\(revision - 1)")
    #expect(watcher.read { $0.isLive })
    #expect(resumed.read { $0.isLive })
    #expect(watcher.named("snapshot")[0].rows.count == 3)
    #expect(resumed.statuses.map { $0.json["user"] as? String } == ["u-2"])
    try room.apply(row(1, transition: false, value: 9), row(2, .danger, previous: .safe))
    for watcher in [watcher, resumed] {
      #expect(watcher.read { $0.statuses.last?.id == 6 })
      #expect(watcher.statuses.suffix(2).contains { $0.id == 5 } == false)
    }
  }

  @Test func kindAndUserFilterSnapshotCatchUpAndLive() throws {
    let room = try Room(
      wearers(2) + [SubjectIdentity(kind: "truck", user: "u-1", device: "fuel")])
    try room.apply(row(0), row(1), row(2))
    let truck = try room.watch("/events?kind=truck")
    let user = try room.watch("/events?user=u-1")
    let both = try room.watch("/events?user=u-1&kind=truck&since=0")
    let later = try room.watch("/events?kind=ship")
    for watcher in [truck, user, both, later] { #expect(watcher.read { $0.isLive }) }
    #expect(truck.named("snapshot")[0].rows.count == 1)
    #expect(user.named("snapshot")[0].rows.count == 2)
    #expect(both.statuses.map(\.id) == [3])
    #expect(later.named("snapshot")[0].rows.isEmpty)
    var decisions = Decisions()
    room.add([SubjectIdentity(kind: "ship", user: "s", device: "")], to: &decisions)
    decisions.rows = [row(0), row(1), row(2), row(3)]
    try room.apply(decisions)
    #expect(truck.read { $0.statuses.map(\.id) == [6] })
    #expect(user.read { $0.statuses.map(\.id) == [5, 6] })
    #expect(both.read { $0.statuses.map(\.id) == [3, 6] })
    // A kind that had not been seen when the stream began.
    #expect(later.read { $0.statuses.map(\.id) == [7] })
  }

  @Test func countsComeAtMostOnceASecondWhateverTheFilter() throws {
    let room = try Room(wearers(3))
    try room.apply(row(0), row(1))
    let watcher = try room.watch("/events?state=stale&user=nobody")
    #expect(watcher.read { $0.isLive })
    #expect(
      watcher.events.last?.json["counts"] as? [String: Int] == [
        "unknown": 0, "safe": 2, "warning": 0, "danger": 0, "stale": 0,
      ])
    #expect(watcher.events.last?.id == 2)
    try room.apply(row(2, .danger), after: 5_000)
    #expect(watcher.read { $0.named("counts").count == 2 })
    try room.apply(row(2, .warning, previous: .danger), after: 10)
    try room.apply(row(2, .safe, previous: .warning), after: 10)
    room.feed.tick(now: room.clock + 500)
    room.feed.tick(now: room.clock + 1_000)
    room.feed.tick(now: room.clock + 5_000)
    #expect(watcher.read { $0.named("counts").count == 3 })
    #expect(
      watcher.events.last?.json["counts"] as? [String: Int] == [
        "unknown": 0, "safe": 3, "warning": 0, "danger": 0, "stale": 0,
      ])
    #expect(watcher.events.last?.revision == 5)
    // Values alone change no counts.
    try room.apply(row(0, transition: false, value: 3), after: 5_000)
    try room.apply(row(0, .danger, previous: .safe), after: 5_000)
    #expect(watcher.read { $0.named("counts").count == 4 })
    #expect(watcher.events.last?.revision == 7)
    #expect(watcher.statuses.isEmpty)
  }

  @Test func sessionsAreCountedUntilTheConnectionIsGone() throws {
    let room = try Room(wearers(1))
    #expect(room.feed.watchers == 0)
    do {
      let one = try room.watch()
      let two = try room.watch("/events?since=0")
      #expect(one.read { $0.isLive })
      #expect(two.read { $0.isLive })
      #expect(room.feed.watchers == 2)
    }
    let deadline = Date(timeIntervalSinceNow: 10)
    while room.feed.watchers > 0, Date() < deadline { usleep(1_000) }
    #expect(room.feed.watchers == 0)
  }

  @Test func namesMayBeTheEngines() throws {
    let room = try Room()
    let names = SubjectNames()
    for var user in ["u-0", "u-1", "ü \"2\""] {
      _ = user.withUTF8 { user in
        names.append(
          user: UnsafeRawBufferPointer(user), device: UnsafeRawBufferPointer(start: nil, count: 0))
      }
    }
    room.feed.useNames(names)
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    var decisions = Decisions()
    room.add(
      ["u-0", "u-1", "ü \"2\""].map { SubjectIdentity(kind: "wearer", user: $0) }, to: &decisions)
    decisions.rows = [row(2), row(0)]
    try room.apply(decisions)
    #expect(watcher.read { $0.statuses.count == 2 })
    #expect(watcher.statuses.map { $0.json["user"] as? String } == ["ü \"2\"", "u-0"])
    #expect(watcher.statuses.allSatisfy { $0.json["device"] as? String == "" })
  }

  @Test func anIndexThatIsGivenAnewNamesItsNewSubject() throws {
    let room = try Room(wearers(2))
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    try room.apply(row(0), row(1))
    room.store.forgetSubjects(ofEngine: 0)
    room.feed.forgetSubjects(ofEngine: 0)
    var decisions = Decisions()
    decisions.subjects = [
      NewSubject(index: 0, identity: SubjectIdentity(kind: "wearer", user: "other"))
    ]
    decisions.rows = [row(0)]
    try room.apply(decisions)
    #expect(watcher.read { $0.statuses.count == 3 })
    #expect(watcher.statuses.map { $0.json["user"] as? String } == ["u-0", "u-1", "other"])
  }
}
