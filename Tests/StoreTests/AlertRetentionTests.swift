import Detection
import Testing

@testable import Store

struct AlertRetentionTests {
  /// Times of the wall clock in these tests: alert `id` is opened at `id` and resolved at `id + 10`.
  private func resolved(_ ids: ClosedRange<Int64>, isSettled: Bool = true) -> [Alert] {
    ids.map { alert($0, opened: $0).resolved(at: $0 + 10, isSettled: isSettled) }
  }

  private func add(_ store: Store, _ alerts: [Alert]) throws {
    try store.write(
      AlertChanges(
        alerts: alerts,
        events: alerts.flatMap { alert in
          [.opened, .resolved].map { AlertEvent(alert: alert.id, kind: $0, time: alert.opened) }
        }))
  }

  private func pruneAll(_ store: Store, now: Int64, _ policy: Retention) throws -> PruneResult {
    var sum = PruneResult()
    for _ in 0..<10_000 {
      let result = try store.prune(now: now, policy: policy, budget: 50)
      #expect(result.deleted <= 50)
      sum.windows += result.windows
      sum.alerts += result.alerts
      sum.notifications += result.notifications
      sum.silences += result.silences
      sum.alertGroups += result.alertGroups
      if result.isFinished { return sum }
    }
    Issue.record("never finished")
    return sum
  }

  private func column(_ sql: String, _ store: Store) throws -> [String] {
    try texts(sql, store.connection)
  }

  private let policy = Retention(maxAge: 100_000)

  @Test func resolvedAndSettledOnesGoWithAllThatIsTheirs() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    try add(store, resolved(1...40))
    try add(store, [alert(41, opened: 0)])
    try add(store, resolved(42...42, isSettled: false))
    // Open for long, resolved just now: it is as young as its end.
    try add(store, [alert(43, opened: 0).resolved(at: 1_060_000)])
    let ids = try store.enqueue([
      notification(created: 5, telling: [1, 2]), notification(created: 5, telling: [3, 41]),
      notification(created: 5, telling: [4]), notification(created: 5, telling: []),
    ])
    for id in [ids[0], ids[1], ids[3]] {
      try store.record(delivery(of: id, attempt: 1, started: 100, .retried), nextAttempt: 0)
      try store.record(delivery(of: id, attempt: 2, started: 200), nextAttempt: nil)
    }
    #expect(try pruneAll(store, now: 1_000_000, policy).deleted == 0)
    let pruned = try pruneAll(store, now: 1_100_000, policy)
    #expect(pruned.alerts == 40 && pruned.notifications == 2)
    #expect(try column("SELECT id FROM alert_rows ORDER BY id", store) == ["41", "42", "43"])
    #expect(
      try column("SELECT DISTINCT alert FROM alert_event_rows ORDER BY 1", store)
        == ["41", "42", "43"])
    // What alert 41 is known by stays, and what still waits, though its alert is gone.
    #expect(try column("SELECT id FROM notification_rows", store) == ["2", "3"])
    #expect(try column("SELECT alert FROM notification_alerts", store) == ["41"])
    #expect(try column("SELECT notification FROM delivery_rows", store) == ["2", "2"])
    #expect(try store.toldRecords().map(\.told.alert) == [41])
    #expect(try store.waitingNotifications().map(\.told) == [[]])
    // Once it is finished it goes as well; and so does what has come to an end since.
    try store.record(delivery(of: 3, started: 300), nextAttempt: nil)
    try store.enqueue([], settled: [42])
    try store.write(AlertChanges(alerts: [alert(41, opened: 0).resolved(at: 1_150_000)]))
    #expect(try pruneAll(store, now: 1_200_000, policy).notifications == 1)
    #expect(try column("SELECT id FROM alert_rows ORDER BY id", store) == ["41"])
    #expect(try pruneAll(store, now: 1_300_000, policy).alerts == 1)
    for table in ["alert_rows", "alert_event_rows", "notification_rows", "notification_alerts"]
      + ["delivery_rows"]
    {
      #expect(try column("SELECT count(*) FROM \(table)", store) == ["0"], "\(table)")
    }
    #expect(store.lastAlertID == 43)
  }

  @Test func silencesGoWhenTheyHaveBeenOverForAsLong() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    try store.add(silence(starts: 0, ends: 900_000))
    try store.add(silence(starts: 0, ends: 1_050_000))
    try store.add(silence(starts: 0, ends: 9_000_000))
    #expect(try pruneAll(store, now: 1_000_000, policy).silences == 0)
    #expect(try pruneAll(store, now: 1_100_000, policy).silences == 1)
    // The limit of size takes what is over, and never what holds or will.
    #expect(try pruneAll(store, now: 1_100_000, Retention(maxBytes: 0)).silences == 1)
    #expect(try store.silences(endingAfter: 0).map(\.id) == [3])
  }

  @Test func groupsGoUnlessSomebodyIsStillToBeTold() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    try add(store, [alert(1, opened: 0)])
    try add(store, resolved(2...2))
    func group(_ receiver: String, _ name: String, notified: Int64 = 5) -> AlertGroup {
      AlertGroup(receiver: receiver, group: name, generation: 1, notified: notified)
    }
    try store.enqueue(
      [
        notification("ops", group: "open", telling: [1]),
        notification("ops", group: "over", telling: [2]),
        notification("ops", group: "waiting", telling: []),
      ],
      groups: [
        group("ops", "open"), group("mail", "open"), group("ops", "over"), group("ops", "waiting"),
        group("ops", "young", notified: 1_050_000),
      ])
    for id in [1, 2] { try store.record(delivery(of: Int64(id), started: 10), nextAttempt: nil) }
    #expect(try pruneAll(store, now: 1_000_000, policy).alertGroups == 0)
    #expect(try pruneAll(store, now: 1_100_000, policy).alertGroups == 2)
    #expect(try store.alertGroups().map(\.group) == ["open", "waiting", "young"])
  }

  @Test func theLimitOfSizeSparesTheNewestAndTheOpenOnes() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    for turn in 0..<10 as Range<Int64> {
      try add(store, resolved(turn * 100 + 1...turn * 100 + 99))
      try add(store, [alert(turn * 100 + 100)])
      var batch = Decisions()
      for place in 0..<300 as Range<Int64> {
        batch.addWindow(0, start: place * 10_000, values: (0..<500).map { $0 &* 7_777_777 })
      }
      try store.apply(batch)
      _ = try store.prune(now: 10_000 + turn * 1_000_000, policy: Retention())
    }
    let used = try store.prune(now: 20_000_000, policy: Retention()).usedBytes
    let limit = used / 4
    let pruned = try pruneAll(store, now: 20_000_000, Retention(maxBytes: limit))
    let spared = Int(limit / 8 / Store.alertBytes)
    #expect(pruned.windows > 1_000 && pruned.alerts > 0 && pruned.alerts <= 1_000 - spared)
    #expect(
      try column("SELECT max(id), count(*) FROM alert_rows WHERE phase = 2", store) == ["999"])
    #expect(try store.unsettledAlerts().count == 10)
    // Without any room all that is over goes.
    #expect(try pruneAll(store, now: 20_000_000, Retention(maxBytes: 0)).alerts > 0)
    #expect(try column("SELECT count(*) FROM alert_rows", store) == ["10"])
    #expect(try column("PRAGMA integrity_check", store) == ["ok"])
  }
}
