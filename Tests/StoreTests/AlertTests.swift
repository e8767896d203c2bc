import Detection
import Events
import Foundation
import Synchronization
import Testing

@testable import Store

struct AlertTests {
  /// All open alerts are in memory; there may be one of each of a million subjects.
  @Test func anAlertIsSmall() { #expect(MemoryLayout<Alert>.size <= 176) }

  @Test func everyFieldComesBack() throws {
    let folder = try TemporaryFolder()
    var store = try makeStore(folder)
    var last = alert(2, of: 2, .stale, .danger).resolved(at: moment + 9, isSettled: false)
    last.identity = identity(2)
    let events = AlertEvent.Kind.allCases.map {
      AlertEvent(alert: 1, kind: $0, time: moment + 5, text: "why \($0)", author: "Ann")
    }
    #expect(try store.write(AlertChanges(alerts: [.full, last], events: events)) == 1)
    let reader = try StoreReader(path: folder.database)
    let record = try #require(try reader.alert(1))
    #expect(record.alert == .full && record.unit == "g" && record.configVersion == "a1b2c3d4")
    #expect(record.place == RecordPlace(topic: "accelerometer", partition: 3, offset: 4_711))
    #expect(record.revision == 1)
    let other = try #require(try reader.alert(2))
    #expect(other.alert == last && other.place == nil && other.revision == 2)
    #expect(try reader.alertEvents(of: 1) == events && reader.alertEvents(of: 2).isEmpty)
    #expect(try reader.alert(3) == nil && reader.alertEvents(of: 3).isEmpty)
    #expect(try store.unsettledAlerts() == [.full, last])
    store.close()
    store = try Store(path: folder.database)
    #expect(try store.unsettledAlerts() == [.full, last] && store.lastAlertID == 2)
    let open = [Alert.full, last].filter(\.isOpen)
    #expect(try store.alertingSubjects() == Set(open.map(\.identity)))
    #expect(store.currentRevision == 2)
  }

  @Test func eachCauseKeepsItsName() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let causes: [Cause] = [.abnormal, .rule(200), .rule(-3), .voidImage, .stale]
    let alerts = causes.enumerated().map { alert(Int64($0.offset + 1), $0.element) }
    try store.write(AlertChanges(alerts: alerts))
    #expect(try store.unsettledAlerts().map(\.cause) == causes)
    #expect(
      try texts("SELECT cause FROM alerts ORDER BY id", store.connection) == causes.map(\.name))
  }

  @Test func alertsTakeTheRevisionsBehindTheRows() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(0, .danger), row(1)]
    // The subject is introduced by the same batch.
    batch.subjects = [NewSubject(index: 3, identity: identity(7))]
    let applied = try store.apply(
      batch, alerts: AlertChanges(alerts: [alert(1, of: 7), alert(2, of: 1)]))
    #expect(
      applied
        == AppliedDecisions(firstRevision: 1, firstAlertRevision: 3, lastRevision: 4))
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.alerts(changedAfter: 0, limit: 10).map(\.revision) == [3, 4])
    #expect(try reader.alerts(changedAfter: 3, limit: 10).map(\.alert.id) == [2])
    #expect(try reader.currentRevision() == 4 && store.currentRevision == 4)
    batch.subjects = []
    let rowsOnly = try store.apply(batch)
    #expect(rowsOnly.firstAlertRevision == 7 && rowsOnly.lastRevision == 6)
    // A changed alert moves to the end.
    try store.write(AlertChanges(alerts: [alert(1, of: 7)]))
    #expect(try reader.alerts(changedAfter: 0, limit: 10).map(\.alert.id) == [2, 1])
    #expect(try reader.alerts(changedAfter: 0, limit: 1).map(\.alert.id) == [2])
  }

  @Test func aFailingBatchLeavesNeitherRowsNorAlerts() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var batch = Decisions()
    batch.rows = [row(0, .danger)]
    let good = alert(1)
    let event = AlertEvent(alert: 1, kind: .opened, time: moment)
    func code(_ alerts: [Alert]) -> StoreError.Code? {
      StoreError.Code.thrown {
        try store.apply(batch, alerts: AlertChanges(alerts: alerts, events: [event]))
      }
    }
    #expect(code([good, alert(2, of: 99)]) == .misuse, "an unknown subject")
    var other = alert(2)
    other.identity.kind = "nothing"
    #expect(code([good, other]) == .misuse, "an unknown kind")
    other = alert(2)
    other.origin = RecordOrigin(partition: 9, offset: 1)
    #expect(code([good, other]) == .misuse, "an unknown partition")
    // And the other way round: the alerts do not outlive the rows.
    batch.progress = [PartitionProgress(partition: 5, next: 2, rewind: 1)]
    #expect(code([good]) == .misuse)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.counts().total == 0 && reader.alert(1) == nil)
    #expect(try texts("SELECT count(*) FROM alert_event_rows", store.connection) == ["0"])
    #expect(store.lastAlertID == 0 && store.currentRevision == 0)
    batch.progress = []
    #expect(code([good]) == nil)
    #expect(try reader.counts().total == 1 && reader.alert(1)?.revision == 2)
  }

  @Test func subjectsAreNamedByTheirIndex() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    #expect(try store.identity(of: 2) == identity(2))
    #expect(try store.identity(of: 3) == nil && store.identity(of: 2, engine: 1) == nil)
    var batch = Decisions()
    batch.subjects = [NewSubject(index: 0, identity: camera(4))]
    try store.apply(batch, engine: 1)
    #expect(try store.identity(of: 0, engine: 1) == camera(4))
  }

  @Test func numbersAreNeverGivenTwiceWhateverWasDeleted() throws {
    let folder = try TemporaryFolder()
    var store = try makeStore(folder)
    try store.write(
      AlertChanges(
        alerts: [alert(41), alert(42)], events: [.init(alert: 41, kind: .opened, time: 0)]))
    _ = try store.enqueue([notification(telling: [41])])
    try store.add(silence())
    try store.connection.execute(
      """
      DELETE FROM alert_rows; DELETE FROM alert_event_rows; DELETE FROM notification_rows;
      DELETE FROM silence_rows
      """, attempted: "")
    store.close()
    store = try Store(path: folder.database)
    #expect(store.lastAlertID == 42)
    // Lower than the highest, but gone: it is written all the same.
    try store.write(
      AlertChanges(alerts: [alert(41)], events: [.init(alert: 41, kind: .opened, time: 0)]))
    #expect(try store.unsettledAlerts().map(\.id) == [41] && store.lastAlertID == 42)
    #expect(try texts("SELECT id FROM alert_event_rows", store.connection) == ["2"])
    #expect(try store.enqueue([notification(telling: [41])]) == [2])
    #expect(try store.add(silence()) == 2)
  }

  @Test func acknowledgementsAreBounded() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    func code(note: Int, author: Int) -> StoreError.Code? {
      var acknowledged = alert(1)
      acknowledged.acknowledgement = .init(
        time: moment, author: String(repeating: "é", count: author / 2),
        note: String(repeating: "é", count: note / 2))
      return StoreError.Code.thrown {
        _ = try store.write(AlertChanges(alerts: [acknowledged]))
      }
    }
    #expect(code(note: 2_000, author: 256) == nil)
    #expect(code(note: 2_002, author: 0) == .invalidValue)
    #expect(code(note: 0, author: 258) == .invalidValue)
    #expect(try store.unsettledAlerts().first?.acknowledgement?.note.utf8.count == 2_000)
  }

  @Test func longTextsOfEventsAreCutBetweenCharacters() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let text = "a" + String(repeating: "é", count: 2_000)
    try store.write(
      AlertChanges(
        alerts: [alert(1)],
        events: [
          .init(alert: 1, kind: .opened, time: 0, text: text),
          .init(alert: 77, kind: .opened, time: 0, text: "of an alert that nobody knows"),
        ]))
    let reader = try StoreReader(path: folder.database)
    #expect(
      try reader.alertEvents(of: 1).map(\.text) == ["a" + String(repeating: "é", count: 1_023)])
    #expect(try texts("SELECT count(*) FROM alert_event_rows", store.connection) == ["1"])
    #expect("äöü".cut(toBytes: 6) == "äöü" && "äöü".cut(toBytes: 5) == "äö")
    #expect("äöü".cut(toBytes: 4) == "äö" && "🌙".cut(toBytes: 3) == "" && "".cut(toBytes: 0) == "")
  }

  /// Whatever is written, the table holds the newest value of each alert, the readers' figures agree
  /// with it, and each change has its revision.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func theTableIsTheDictionaryOfTheNewestValues(seed: UInt64) throws {
    let folder = try TemporaryFolder()
    var store = try makeStore(folder, subjects: 20)
    var random = SplitMix(state: seed)
    var model: [Int64: (alert: Alert, revision: Int64)] = [:]
    for turn in 0..<120 {
      var changes: [Int64: Alert] = [:]
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let id = Int64.random(in: 1...60, using: &random)
        var changed = model[id]?.alert ?? alert(id, of: UInt32(id % 20), .rule(Int(id % 7)))
        changed.severity = Bool.random(using: &random) ? .danger : .warning
        changed.flaps = Int.random(in: 0...1_000, using: &random)
        changed.phase = Alert.Phase.allCases.randomElement(using: &random) ?? .firing
        changed.resolved = changed.phase == .resolved ? moment + Int64(turn) : nil
        changed.isSettled = changed.phase == .resolved && Bool.random(using: &random)
        changed.acknowledgement =
          Bool.random(using: &random) ? .init(time: Int64(turn), author: "a\(turn)") : nil
        changed.value = Bool.random(using: &random) ? Double(turn) / 3 : nil
        changed.site = Bool.random(using: &random) ? "s-\(turn % 3)" : ""
        changed.reason = "turn \(turn)"
        changes[id] = changed
      }
      let list = changes.values.shuffled(using: &random)
      let first = try store.write(AlertChanges(alerts: list))
      for (place, changed) in list.enumerated() {
        model[changed.id] = (changed, first + Int64(place))
      }
      if turn % 40 == 39 {
        store.close()
        store = try Store(path: folder.database)
        try store.forEachStatus { _, _, _ in nil }
      }
    }
    let reader = try StoreReader(path: folder.database)
    for (id, expected) in model {
      let record = try #require(try reader.alert(id))
      #expect(record.alert == expected.alert && record.revision == expected.revision)
    }
    let values = model.values.map(\.alert)
    #expect(
      try store.unsettledAlerts() == values.filter { !$0.isSettled }.sorted { $0.id < $1.id })
    #expect(
      try reader.alerts(changedAfter: 0, limit: 1_000).map(\.revision)
        == model.values.map(\.revision).sorted())
    let counts = try reader.alertCounts()
    #expect(counts.danger == values.count { $0.isOpen && $0.severity == .danger })
    #expect(counts.warning == values.count { $0.isOpen && $0.severity == .warning })
    #expect(counts.acknowledged == values.count { $0.isOpen && $0.acknowledgement != nil })
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
  }

  /// A reader sees whole transactions while the writer works: of each the row and its alert.
  @Test func aReaderSeesRowsAndAlertsOfTheSameMoment() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let turns = 100
    // A thread of its own: all those of the tests' pool may be at work for a while.
    let ended = DispatchSemaphore(value: 0)
    let failure = Mutex<(any Error)?>(nil)
    Thread.detachNewThread {
      defer { ended.signal() }
      do {
        for turn in 1...turns {
          var batch = Decisions()
          batch.rows = [row(0, .danger, offset: Int64(turn))]
          var changed = alert(1)
          changed.flaps = turn
          try store.apply(
            batch,
            alerts: AlertChanges(
              alerts: [changed], events: [.init(alert: 1, kind: .flapped, time: Int64(turn))]))
        }
      } catch {
        failure.withLock { $0 = error }
      }
    }
    let reader = try StoreReader(path: folder.database)
    var last: Int64 = 0
    var hasEnded = false
    while true {
      let page = try reader.alertPage(AlertQuery())
      #expect(page.revision >= last && page.revision % 2 == 0)
      last = page.revision
      if let record = page.items.first {
        #expect(record.revision == page.revision && record.alert.flaps == Int(page.revision / 2))
      }
      #expect(page.counts.warning == page.items.count)
      let newest = try reader.alertEvents(of: 1).last?.time ?? 0
      #expect(newest >= page.revision / 2)
      if hasEnded { break }
      hasEnded = ended.wait(timeout: .now()) == .success
    }
    #expect(failure.withLock { $0 } == nil)
    #expect(last == Int64(turns * 2))
  }

  @Test func theViewsShowNamesAndReadableTimes() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var resolved = alert(2)
    resolved = resolved.resolved(at: moment)
    try store.write(
      AlertChanges(
        alerts: [.full, resolved],
        events: [.init(alert: 1, kind: .acknowledged, time: moment, text: "note", author: "Ann")]))
    func ask(_ sql: String) throws -> [String] { try texts(sql, store.connection) }
    #expect(
      try ask(
        """
        SELECT kind || ' ' || user || ' ' || device || ' ' || site || ' ' || cause || ' ' || severity
          || ' ' || phase || ' ' || opened || ' ' || author || ' ' || unit || ' ' || topic || ' '
          || partition || ' ' || offset || ' ' || config_version || ' ' || settled
        FROM alerts WHERE phase != 'resolved'
        """)
        == [
          "wearer u-1 watch s-1 rule:200 danger recovering 2026-11-21T04:32:00.123Z Ann g"
            + " accelerometer 3 4711 a1b2c3d4 no"
        ])
    #expect(
      try ask(
        """
        SELECT alert || ' ' || kind || ' ' || user || ' ' || time || ' ' || event || ' ' || text
        FROM alert_events
        """) == ["1 wearer u-1 2026-11-21T04:32:00.123Z acknowledged note"])
    #expect(try ask("SELECT ifnull(acknowledged, 'nobody') FROM alerts WHERE id = 2") == ["nobody"])
  }
}
