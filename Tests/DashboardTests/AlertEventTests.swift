import Detection
import Events
import Foundation
import Store
import Testing

@testable import Dashboard

@Suite struct AlertEventTests {
  private func ids(_ alerts: [[String: Any]]?) -> [Int]? { alerts?.compactMap { $0["id"] as? Int } }

  @Test func openAlertsAreInTheSnapshotAndChangesFollow() throws {
    let room = try alertRoom([
      alert(1, user: 1), alert(2, user: 2, severity: .warning), alert(3, user: 3, phase: .resolved),
    ])
    try room.apply(row(0))
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    let snapshots = watcher.named("snapshot")
    #expect(snapshots.count == 1)
    #expect(ids(snapshots[0].alerts) == [1, 2])
    #expect(snapshots[0].rows.count == 1)
    #expect(snapshots[0].id == 4)
    #expect(watcher.alerts.isEmpty)
    try room.apply(alerts: alert(2, user: 2, severity: .danger), alert(4, user: 4))
    #expect(watcher.read { $0.alerts.count == 2 })
    #expect(watcher.alerts.map(\.id) == [5, 6])
    #expect(watcher.alerts.map(\.revision) == [5, 6])
    #expect(watcher.alerts[0].json["severity"] as? String == "danger")
    _ = try room.post("/api/v1/alerts/4/ack", "{}")
    _ = try room.post("/api/v1/alerts/1/resolve", "{}")
    #expect(watcher.read { $0.alerts.count == 4 })
    #expect(watcher.alerts.last?.json["phase"] as? String == "resolved")
  }

  @Test func rowsAndAlertsOfABatchComeInTheOrderOfTheirRevisions() throws {
    let room = try alertRoom()
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    var decisions = Decisions()
    decisions.rows = [row(0, .danger), row(1, .danger)]
    try room.apply(decisions, alerts: AlertChanges(alerts: [alert(1), alert(2, user: 1)]))
    try room.apply(row(0, .safe, previous: .danger))
    #expect(watcher.read { $0.statuses.count == 3 })
    let changes = watcher.events.filter { $0.name != "counts" && $0.name != "snapshot" }
    #expect(changes.map(\.id) == [1, 2, 3, 4, 5])
    #expect(changes.map(\.name) == ["status", "status", "alert", "alert", "status"])
    for id in 0...5 {
      let resumed = try room.watch(lastEventID: String(id))
      #expect(resumed.read { $0.isLive })
      let told = resumed.events.dropLast()
      // The first subject's row has a newer revision, and comes with that one only.
      #expect(told.map { $0.id ?? -1 } == [2, 3, 4, 5].filter { $0 > id })
    }
  }

  @Test func aManyPagedSnapshotHasEveryOpenAlert() throws {
    let room = try alertRoom(
      (1...700).map { alert($0, user: Int($0) % 10, cause: .rule(Int($0))) }, subjects: 10)
    var decisions = Decisions()
    decisions.rows = (0..<10).map { row($0) }
    try room.apply(decisions)
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    let snapshots = watcher.named("snapshot")
    #expect(snapshots.map { $0.alerts?.count } == [250, 250, 200])
    #expect(snapshots.map(\.rows.count) == [10, 0, 0])
    #expect(snapshots.map(\.id) == [nil, nil, 710])
    #expect(Set(snapshots.flatMap { ids($0.alerts) ?? [] }).count == 700)
    #expect(watcher.alerts.isEmpty)
    let resumed = try room.watch("/events?since=0")
    #expect(resumed.read { $0.isLive })
    #expect(resumed.events.dropLast().map(\.id) == (1...710).map { $0 })
  }

  @Test func aLongCatchUpKeepsTheOrderOfRowsAndAlerts() throws {
    let room = try alertRoom(subjects: 1_200)
    var last: Int64 = 0
    for first in stride(from: UInt32(0), to: 1_200, by: 300) {
      var decisions = Decisions()
      decisions.rows = (first..<(first + 300)).map { row($0) }
      let alerts = (1...(first == 300 ? 700 : 10)).map {
        alert(last + Int64($0), cause: .rule(Int(last) + $0))
      }
      last += Int64(alerts.count)
      try room.apply(decisions, alerts: AlertChanges(alerts: alerts))
    }
    let resumed = try room.watch("/events?since=0")
    #expect(resumed.read { $0.isLive })
    #expect(resumed.events.dropLast().map(\.id) == (1...(1_200 + last)).map { $0 })
    #expect(resumed.events.dropLast().map(\.revision) == (1...(1_200 + last)).map { $0 })
    let ofStates = try room.watch("/events?since=0&state=safe")
    #expect(ofStates.read { $0.isLive })
    #expect(ofStates.events.dropLast().map(\.revision) == (1...(1_200 + last)).map { $0 })
    #expect(ofStates.events.last?.id == 1_200 + last)
  }

  @Test func kindAndUserApplyToAlertsAndStatesDoNot() throws {
    let room = try alertRoom([alert(1, user: 1), alert(2, user: 2)])
    let base = room.store.currentRevision
    let expected: [(query: String, users: [Int])] = [
      ("user=u-1", [1]), ("kind=wearer", [1, 2]), ("kind=ship", []), ("state=stale", [1, 2]),
      ("transitions=1", [1, 2]), ("state=danger&transitions=1&user=u-2", [2]),
      ("alerts=1", [1, 2]),
    ]
    let watchers = try expected.map { try room.watch("/events?" + $0.query) }
    for (watcher, expected) in zip(watchers, expected) {
      #expect(watcher.read { $0.isLive })
      #expect(ids(watcher.named("snapshot")[0].alerts)?.sorted() == expected.users)
    }
    try room.apply(alerts: alert(1, user: 1, flaps: 1), alert(2, user: 2, flaps: 1))
    for (watcher, expected) in zip(watchers, expected) {
      #expect(watcher.read { $0.alerts.count >= expected.users.count })
      #expect(watcher.alerts.map { $0.json["id"] as? Int } == expected.users)
      let resumed = try room.watch("/events?\(expected.query)&since=\(base)")
      #expect(resumed.read { $0.isLive })
      #expect(resumed.alerts.map { $0.json["id"] as? Int } == expected.users, "\(expected)")
      // A watcher of states gets the id at the end: rows may be missing before it.
      let judgesStates = expected.query.contains("=1") || expected.query.contains("state=")
      if judgesStates && !expected.query.contains("alerts") {
        #expect(resumed.alerts.allSatisfy { $0.id == nil })
      } else {
        #expect(resumed.alerts.map(\.id) == resumed.alerts.map(\.revision))
      }
      #expect(resumed.events.last?.id == 4)
    }
  }

  @Test func alertsAreLeftOutOnRequest() throws {
    let room = try alertRoom([alert(1)])
    let watcher = try room.watch("/events?alerts=0")
    let resumed = try room.watch("/events?alerts=0&since=0")
    #expect(watcher.read { $0.isLive })
    #expect(resumed.read { $0.isLive })
    #expect(
      watcher.named("snapshot").map(\.data) == [#"{"revision":1,"rows":[],"last":true}"#])
    try room.apply(alerts: alert(1, flaps: 1))
    try room.apply(row(0))
    for watcher in [watcher, resumed] {
      #expect(watcher.read { $0.statuses.count == 1 })
      #expect(watcher.alerts.isEmpty)
    }
  }

  @Test func anAlertHasOneFormWhereverItComesFrom() throws {
    let room = try alertRoom(subjects: 3)
    let watcher = try room.watch()
    #expect(watcher.read { $0.isLive })
    let base = room.store.currentRevision
    var first = alert(1)
    first.value = 1.0 / 3
    first.origin = RecordOrigin(partition: 0, offset: 9)
    first.location = GeoLocation(latitude: 1.5, longitude: -179.999_999)
    first.reason = "“quoted”\n\\ \u{1}"
    var second = alert(2, user: 1, cause: .rule(3), severity: .warning, phase: .recovering)
    second.acknowledgement = .init(time: moment, author: "Å", note: "\"")
    second.recovering = moment
    try room.apply(alerts: first, second)
    #expect(watcher.read { $0.alerts.count == 2 })
    let live = watcher.alerts.map(\.data)
    let resumed = try room.watch("/events?since=\(base)")
    #expect(resumed.read { $0.isLive })
    #expect(resumed.alerts.map(\.data) == live)
    let fresh = try room.watch()
    #expect(fresh.read { $0.isLive })
    #expect(
      fresh.named("snapshot").map(\.data) == [
        "{\"revision\":2,\"rows\":[],\"alerts\":[\(live[0]),\(live[1])],\"last\":true}"
      ])
    #expect(
      try room.get("/api/v1/alerts").body.contains("\"items\":[\(live[0]),\(live[1])],"))
    for (id, text) in zip(1..., live) {
      #expect(
        try room.get("/api/v1/alerts/\(id)").body.hasPrefix(text.dropLast() + ",\"verdicts\":"))
    }
  }

  @Test func anAlertKeepsTheConfigurationThatOpenedIt() throws {
    let folder: String
    do {
      let room = try alertRoom([alert(1), alert(2, user: 1)])
      folder = room.folder + "-kept"
      try FileManager.default.copyItem(atPath: room.folder, toPath: folder)
    }
    let room = try Room(in: folder)
    let newer = ConfigurationVersion(
      version: "ffff", text: "other", firstUsed: moment, units: ["wearer": "mg"])
    // Opened while nobody watches.
    try room.apply(alerts: alert(3, user: 2))
    try room.store.useConfiguration(newer)
    room.feed.useConfiguration(newer)
    let watcher = try room.watch("/events?since=\(room.store.currentRevision)")
    #expect(watcher.read { $0.isLive })
    try room.apply(
      alerts: alert(4, user: 3), alert(1, flaps: 1), alert(2, user: 1, phase: .resolved),
      alert(3, user: 2, flaps: 1))
    var settled = alert(2, user: 1, phase: .resolved)
    settled.isSettled = true
    try room.apply(alerts: settled)
    #expect(watcher.read { $0.alerts.count == 5 })
    #expect(
      watcher.alerts.map { $0.json["config"] as? String } == [
        "ffff", "a1b2c3d4", "a1b2c3d4", "a1b2c3d4", "a1b2c3d4",
      ])
    #expect(watcher.alerts.allSatisfy { $0.json["unit"] as? String == "mg" })
    #expect(watcher.alerts.last?.json["settled"] as? Bool == true)
    let page = try room.get("/api/v1/alerts?state=all").body
    for (place, alert) in watcher.alerts.enumerated() where place != 2 {
      #expect(page.contains(alert.data), "\(alert.data)")
    }
  }

  @Test func keysOfAlertsAreNobodyElses() {
    let keys = [FeedTag.key(ofAlert: 1), FeedTag.key(ofAlert: .max - 1)]
    #expect(!keys.contains(FeedTag.countsKey))
    #expect(keys.allSatisfy { $0 > FeedSubjects(serial: 1 << 30).key(.max) })
    #expect(keys[0] != keys[1])
  }

  @Test func aSlowWatcherGetsTheNewestOfEachAlert() throws {
    let room = try alertRoom((1...50).map { alert($0, user: Int($0) % 10, cause: .rule(Int($0))) })
    let watcher = try room.watch("/events?since=\(room.store.currentRevision)")
    #expect(watcher.read { $0.isLive })
    // More than the sockets' buffers hold, while nobody reads.
    let rounds = 200
    for flaps in 1...rounds {
      let alerts = (1...50).map {
        alert(Int64($0), user: $0 % 10, cause: .rule($0), flaps: flaps)
      }
      try room.apply(Decisions(), alerts: AlertChanges(alerts: alerts))
    }
    #expect(
      watcher.read {
        $0.alerts.suffix(50).filter { $0.json["flaps"] as? Int == rounds }.count == 50
      })
    var newest: [Int: Int] = [:]
    for event in watcher.alerts {
      let (id, flaps) = (event.json["id"] as? Int ?? 0, event.json["flaps"] as? Int ?? 0)
      #expect(flaps > newest[id] ?? 0, "alert \(id)")
      newest[id] = flaps
    }
    #expect(newest.count == 50)
    #expect(watcher.alerts.count < rounds * 50)
  }
}
