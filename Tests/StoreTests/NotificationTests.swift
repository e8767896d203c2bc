import Detection
import Testing

@testable import Store

struct NotificationTests {
  private func makeAlerts(_ folder: TemporaryFolder, _ count: Int64 = 3) throws -> Store {
    let store = try makeStore(folder)
    try store.write(AlertChanges(alerts: (1...count).map { alert($0, of: UInt32($0 % 3)) }))
    return store
  }

  @Test func theOutboxComesBackAfterReopening() throws {
    let folder = try TemporaryFolder()
    var store = try makeAlerts(folder)
    var first = notification(telling: [2, 1, 3])
    first.told[1].status = .acknowledged
    first.told[2] = .init(alert: 3, status: .resolved, severity: .warning)
    var second = notification("mail", group: "site=s-1", telling: [])
    second.kind = .digest
    second.nextAttempt = moment + 99
    second.payload = [0, 255, 10]
    let groups = [
      AlertGroup(receiver: "mail", group: "", generation: 0, notified: 0, accepted: 9),
      AlertGroup(receiver: "ops", group: "g", generation: 1, notified: moment),
    ]
    #expect(try store.enqueue([first, second], groups: groups) == [1, 2])
    (first.id, second.id) = (1, 2)
    store.close()
    store = try Store(path: folder.database)
    #expect(try store.waitingNotifications() == [first, second])
    #expect(try store.alertGroups() == groups)
    #expect(
      try store.toldRecords()
        == [first.told[1], first.told[0], first.told[2]].map {
          ToldRecord(receiver: "ops", group: "g", told: $0, time: moment, state: .waiting)
        })
    let reader = try StoreReader(path: folder.database)
    #expect(
      try reader.outboxFigures() == [
        "ops": OutboxFigures(waiting: 1, oldest: moment),
        "mail": OutboxFigures(waiting: 1, oldest: moment),
      ])
  }

  @Test func anAcceptedOneIsFinishedWithAllThatFollows() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    let groups = [
      AlertGroup(receiver: "ops", group: "g", generation: 1, notified: moment),
      AlertGroup(receiver: "ops", group: "h", generation: 1, notified: moment),
    ]
    try store.enqueue([notification(telling: [1, 2]), notification(group: "h")], groups: groups)
    let calls = [
      delivery(of: 1, attempt: 1, started: moment + 10, .retried, answer: "busy"),
      delivery(of: 1, attempt: 2, started: moment + 500),
    ]
    try store.record(calls[0], nextAttempt: moment + 500)
    var waiting = try store.waitingNotifications()
    #expect(waiting[0].attempts == 1 && waiting[0].nextAttempt == moment + 500)
    #expect(waiting[0].payload == Array("{}".utf8) && waiting[0].told.count == 2)
    let told = [1, 2].map {
      AlertEvent(alert: $0, kind: .notified, time: moment + 535, text: "ops")
    }
    try store.record(calls[1], nextAttempt: nil, events: told)
    waiting = try store.waitingNotifications()
    #expect(waiting.map(\.id) == [2])
    #expect(try store.alertGroups().map(\.accepted) == [moment + 535, nil])
    #expect(try store.toldRecords().map(\.state) == [.delivered, .waiting, .delivered])
    let reader = try StoreReader(path: folder.database)
    let history = try reader.alertNotifications(of: 2)
    #expect(history.count == 1 && history[0].deliveries == calls)
    let done = history[0].notification
    #expect(done.state == .delivered && done.attempts == 2 && done.finished == moment + 535)
    #expect(
      done.payload.isEmpty && done.told.map(\.alert) == [2] && done.key == "key-ops-g-\(moment)")
    #expect(try reader.alertEvents(of: 2) == [told[1]])
    #expect(try reader.alertNotifications(of: 1).map(\.notification.id) == [1, 2])
    #expect(try reader.alertNotifications(of: 3).isEmpty)
    #expect(
      try texts("SELECT count(*) FROM notification_rows WHERE payload IS NULL", store.connection)
        == ["1"])
    #expect(try reader.outboxFigures()["ops"]?.waiting == 1)
  }

  @Test func aRefusedOneCountsAsTold() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    try store.enqueue(
      [notification(), notification("mail"), notification("gone", telling: [1, 3])],
      groups: [AlertGroup(receiver: "ops", group: "g", generation: 1, notified: moment)])
    try store.record(delivery(of: 1, .refused), nextAttempt: nil)
    try store.refuse([3, 3, 99], reason: "it is no longer configured", now: moment + 7)
    #expect(try store.waitingNotifications().map(\.receiver) == ["mail"])
    #expect(try store.alertGroups().map(\.accepted) == [nil])
    let told = try store.toldRecords()
    #expect(told.map(\.receiver) == ["gone", "mail", "ops", "gone"])
    #expect(told.map(\.state) == [.refused, .waiting, .refused, .refused])
    let reader = try StoreReader(path: folder.database)
    #expect(
      try reader.alertEvents(of: 3) == [
        AlertEvent(
          alert: 3, kind: .refused, time: moment + 7, text: "gone: it is no longer configured")
      ])
    #expect(try reader.alertNotifications(of: 3)[0].notification.finished == moment + 7)
  }

  @Test func onlyTheNewestOfAReceiverAndGroupIsWhatItKnows() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    try store.enqueue([notification(created: 1), notification(group: "other", created: 2)])
    try store.record(delivery(of: 1), nextAttempt: nil)
    try store.enqueue([notification(created: 3, telling: [2, 1], .acknowledged)])
    let told = try store.toldRecords()
    #expect(told.map(\.told.alert) == [1, 1, 2] && told.map(\.time) == [3, 2, 3])
    #expect(told.map(\.told.status) == [.acknowledged, .firing, .acknowledged])
    // Settled, it is nobody's business any more; open ones cannot be.
    try store.write(AlertChanges(alerts: [alert(1).resolved(at: 5, isSettled: false)]))
    try store.enqueue([], settled: [1, 2, 1, 77])
    #expect(try store.toldRecords().map(\.told.alert) == [2])
    #expect(try store.unsettledAlerts().map(\.id) == [2, 3])
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.alert(1)?.alert.isSettled == true)
    #expect(try reader.alert(1)?.revision == store.currentRevision && store.currentRevision == 5)
  }

  @Test func aFailingCallLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    #expect(
      StoreError.Code.thrown {
        try store.enqueue(
          [notification()],
          groups: [AlertGroup(receiver: "ops", group: "g", generation: 1, notified: moment)],
          settled: [1], changes: AlertChanges(alerts: [alert(9, of: 99)]))
      } == .misuse)
    #expect(try store.waitingNotifications().isEmpty && store.alertGroups().isEmpty)
    #expect(
      StoreError.Code.thrown {
        try store.record(
          delivery(of: 5), nextAttempt: nil, events: [.init(alert: 1, kind: .notified, time: 0)])
      } == .misuse)
    #expect(try texts("SELECT count(*) FROM delivery_rows", store.connection) == ["0"])
    #expect(try texts("SELECT count(*) FROM alert_event_rows", store.connection) == ["0"])
    #expect(try store.enqueue([notification()]) == [1])
  }

  @Test func theNewestHundredCallsOfANotificationStayAndAnswersAreCut() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    try store.enqueue([notification(), notification(group: "h")])
    try store.record(delivery(of: 2), nextAttempt: nil)
    let answer = String(repeating: "€", count: 1_000)
    for attempt in 1...130 {
      try store.record(
        delivery(of: 1, attempt: attempt, .retried, answer: answer),
        nextAttempt: moment + Int64(attempt))
    }
    let reader = try StoreReader(path: folder.database)
    let history = try reader.alertNotifications(of: 1)
    #expect(history[0].deliveries.map(\.attempt) == Array(31...130))
    #expect(history[0].deliveries.allSatisfy { $0.answer == String(answer.prefix(682)) })
    #expect(history[0].notification.attempts == 130 && history[1].deliveries.count == 1)
  }

  @Test func theViewsTellOfEachDelivery() throws {
    let folder = try TemporaryFolder()
    let store = try makeAlerts(folder)
    try store.enqueue([notification(telling: [2, 1])])
    try store.record(delivery(of: 1, .retried), nextAttempt: moment)
    func ask(_ sql: String) throws -> [String] { try texts(sql, store.connection) }
    #expect(
      try ask(
        """
        SELECT receiver || ' ' || group_name || ' ' || kind || ' ' || state || ' ' || attempts
          || ' ' || next_attempt || ' ' || alerts FROM notifications WHERE finished IS NULL
        """) == ["ops g alerts waiting 1 2026-11-21T04:32:00.123Z 2, 1"])
    #expect(
      try ask(
        """
        SELECT notification || ' ' || receiver || ' ' || attempt || ' ' || started || ' '
          || duration_ms || ' ' || outcome || ' ' || reason || ' ' || status || ' ' || answer
        FROM deliveries
        """) == ["1 ops 1 2026-11-21T04:32:00.123Z 35 retried http_5xx 503 thanks"])
  }
}

/// What a start of the alerting reads beside alerts and groups.
struct AlertMemoryTests {
  @Test func everyDatabaseHasANameOfItsOwn_ThatStays() throws {
    let folder = try TemporaryFolder()
    let first = try Store(path: folder.database)
    let name = try first.instance
    first.close()
    #expect(name.count == 8)
    let again = try Store(path: folder.database)
    #expect(try again.instance == name)
    again.close()
    let other = try TemporaryFolder()
    #expect(try Store(path: other.database).instance != name)
  }

  @Test func newestNotificationsAreCountedByReceiver_DigestsAndNoticesAreNot() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var old = notification("ops", group: "a")
    old.created = moment - 10
    var digest = notification("mail", group: "digest")
    digest.kind = .digest
    try store.enqueue([old, notification("ops", group: "b"), digest])
    #expect(try store.notificationTimes(since: moment) == ["ops": [moment]])
    #expect(try store.notificationTimes(since: 0) == ["ops": [moment - 10, moment]])
  }

  @Test func whyAlertsWereNotTold_IsReadOfThoseThatAreNotSettled() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var over = alert(2, of: 1)
    over.isSettled = true
    let events = [
      AlertEvent(alert: 1, kind: .opened, time: moment),
      AlertEvent(alert: 1, kind: .silenced, time: moment, text: "silence 4"),
      AlertEvent(alert: 2, kind: .muted, time: moment, text: "nights"),
    ]
    try store.write(AlertChanges(alerts: [alert(1, of: 0), over], events: events))
    #expect(try store.suppressionEvents() == [events[1]])
  }
}
