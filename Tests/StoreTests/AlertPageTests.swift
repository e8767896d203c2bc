import Detection
import Testing

@testable import Store

struct AlertPageTests {
  /// Alerts at random, of wearers and cameras, a third of them open.
  private func addAlerts(_ store: Store, _ count: Int, seed: UInt64) throws -> [Alert] {
    var random = SplitMix(state: seed)
    var batch = Decisions()
    batch.subjects = (0..<10).map { NewSubject(index: $0, identity: camera($0)) }
    try store.apply(batch)
    let alerts = (1...Int64(count)).map { id in
      // The clock was set back in the middle.
      let opened = moment + (id > count / 2 ? id - 30 : id)
      var alert = alert(
        id, .rule(Int.random(in: 1...3, using: &random)),
        Bool.random(using: &random) ? .danger : .warning, opened: opened)
      let subject = UInt32.random(in: 0..<10, using: &random)
      alert.identity = Bool.random(using: &random) ? camera(subject) : identity(subject % 3)
      alert.site = "s-\(Int.random(in: 0...2, using: &random))"
      if Bool.random(using: &random) { alert.acknowledgement = .init(time: moment) }
      if Int.random(in: 0..<3, using: &random) > 0 {
        alert = alert.resolved(at: moment + 1_000, isSettled: Bool.random(using: &random))
      }
      return alert
    }
    try store.write(AlertChanges(alerts: alerts))
    return alerts
  }

  /// All pages of a query.
  private func all(_ reader: StoreReader, _ query: AlertQuery, limit: Int) throws -> [Alert] {
    var query = query
    query.limit = limit
    var found: [Alert] = []
    for _ in 0..<1_000 {
      let page = try reader.alertPage(query)
      #expect(page.items.count == limit || page.next == nil)
      found += page.items.map(\.alert)
      guard let next = page.next else { return found }
      query.cursor = next
    }
    Issue.record("no last page")
    return found
  }

  private func expected(_ alerts: [Alert], _ query: AlertQuery) -> [Alert] {
    alerts.filter {
      (query.phases == .all || $0.isOpen == (query.phases == .open))
        && query.severity.map { [$0] }?.contains($0.severity) != false
        && (query.kind == nil || query.kind == $0.identity.kind)
        && (query.user == nil || query.user == $0.identity.user)
        && (query.device == nil || query.device == $0.identity.device)
        && (query.site == nil || query.site == $0.site)
        && (query.cause == nil || query.cause == $0.cause.name)
        && (query.isAcknowledged == nil
          || query.isAcknowledged == ($0.acknowledgement != nil))
        && $0.opened >= query.from ?? .min && $0.opened < query.to ?? .max
    }.sorted {
      query.phases == .open
        ? ($0.severity.urgency, $0.id) > ($1.severity.urgency, $1.id) : $0.id > $1.id
    }
  }

  @Test func everyFilterChoosesWhatItSaysInTheRightOrder() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let alerts = try addAlerts(store, 300, seed: 1)
    let reader = try StoreReader(path: folder.database)
    var random = SplitMix(state: 2)
    func maybe<T>(_ values: [T]) -> T? {
      Int.random(in: 0..<3, using: &random) == 0 ? values.randomElement(using: &random) : nil
    }
    for trial in 0..<400 {
      var query = AlertQuery()
      query.phases = AlertQuery.Phases.allCases[trial % 3]
      if trial > 2 {
        query.severity = maybe([.danger, .warning])
        query.kind = maybe(["wearer", "camera", "thermal", "nothing"])
        query.user = maybe(["u-0", "u-1", "c-0", "c-2"])
        query.device = maybe(["watch", "door"])
        query.site = maybe(["s-0", "s-1", "s-2"])
        query.cause = maybe(["rule:1", "rule:2", "stale"])
        query.isAcknowledged = maybe([true, false])
        query.from = maybe([moment + 40, moment + 130, moment + 900])
        query.to = maybe([moment + 140, moment + 250, moment])
      }
      let limit = Int.random(in: 1...40, using: &random)
      #expect(try all(reader, query, limit: limit) == expected(alerts, query), "\(query)")
    }
  }

  @Test func pagesCarryTheCountsAndTheRevision() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    let open = try addAlerts(store, 100, seed: 3).filter(\.isOpen)
    let reader = try StoreReader(path: folder.database)
    var query = AlertQuery()
    query.kind = "nothing"
    let page = try reader.alertPage(query)
    #expect(page.items.isEmpty && page.next == nil && page.revision == 100)
    #expect(page.counts.danger == open.count { $0.severity == .danger })
    #expect(page.counts.warning == open.count { $0.severity == .warning })
    #expect(page.counts.acknowledged == open.count { $0.acknowledgement != nil })
    #expect(try reader.alertCounts() == page.counts)
  }

  /// While pages are turned, alerts open, change and are resolved. What was there before and has kept its
  /// place comes exactly once.
  @Test(arguments: AlertQuery.Phases.allCases)
  func turningPagesIsSteadyUnderChange(phases: AlertQuery.Phases) throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    var alerts = try addAlerts(store, 200, seed: 4)
    let reader = try StoreReader(path: folder.database)
    var query = AlertQuery()
    query.phases = phases
    let before = expected(alerts, query)
    query.limit = 7
    var random = SplitMix(state: 5)
    var found: [Int64] = []
    var touched: Set<Int64> = []
    let firstRevision = store.currentRevision
    for turn in 0..<200 as Range<Int64> {
      let page = try reader.alertPage(query)
      found += page.items.map(\.alert.id)
      guard let next = page.next else { break }
      query.cursor = next
      var changed = alerts[Int.random(in: 0..<200, using: &random)]
      if changed.isOpen {
        if turn % 2 == 0 { changed = changed.resolved(at: moment + 2_000) }
        changed.severity = .danger
        touched.insert(changed.id)
      }
      alerts[Int(changed.id) - 1] = changed
      try store.write(AlertChanges(alerts: [changed, alert(201 + turn, .stale, .danger)]))
    }
    #expect(Set(found).count == found.count)
    let steady = before.map(\.id).filter { !touched.contains($0) }
    #expect(found.filter { !touched.contains($0) } == steady)
    // What was missed is among the changes since the first page.
    let changes = try reader.alerts(changedAfter: firstRevision, limit: 1_000)
    #expect(touched.isSubset(of: Set(changes.map(\.alert.id))))
  }

  @Test func cursorsBelongToTheirQuery() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    _ = try addAlerts(store, 50, seed: 6)
    let reader = try StoreReader(path: folder.database)
    var query = AlertQuery()
    query.limit = 1
    query.cursor = try reader.alertPage(query).next
    #expect(query.cursor != nil)
    query.phases = .all
    #expect(StoreError.Code.thrown { _ = try reader.alertPage(query) } == .invalidCursor)
    for text in ["", "x", ThreatCursor(time: 1, id: 1).text] {
      query.cursor = text
      #expect(StoreError.Code.thrown { _ = try reader.alertPage(query) } == .invalidCursor)
    }
    query.cursor = AlertCursor(phases: .all, urgency: 0, id: .min).text
    #expect(try reader.alertPage(query).items.isEmpty)
  }

  /// The queries that the service asks all the time must not read the whole table.
  @Test func frequentQueriesUseTheirIndices() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    func plan(_ sql: String) throws -> String {
      let statement = try Statement(sql: "EXPLAIN QUERY PLAN \(sql)", connection: store.connection)
      defer { statement.finalize() }
      var lines: [String] = []
      try statement.forEachRow("test") { lines.append(statement.text(3)) }
      return lines.joined(separator: "; ")
    }
    let counts = try plan(
      """
      SELECT severity, count(*), count(acknowledged) FROM alert_rows INDEXED BY alerts_open
      WHERE phase != 2 GROUP BY severity
      """)
    #expect(counts == "SCAN alert_rows USING COVERING INDEX alerts_open")
    let open = try plan(StoreReader.pageSQL(.open, isOfUser: false))
    #expect(open.hasPrefix("SEARCH a USING INDEX alerts_open (severity<?"))
    #expect(!open.contains("TEMP"))
    let all = try plan(StoreReader.pageSQL(.all, isOfUser: false))
    #expect(all.hasPrefix("SEARCH a USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"))
    #expect(!all.contains("TEMP"))
    let user = try plan(StoreReader.pageSQL(.resolved, isOfUser: true))
    #expect(user.hasPrefix("SEARCH a USING INDEX alerts_by_subject (subject=?"))
    #expect(user.contains("subjects_by_user (user=?)"))
    let numbers = try plan(
      "SELECT min(id), max(id) FROM alert_rows INDEXED BY alerts_by_opened WHERE opened >= 1")
    #expect(numbers.contains("COVERING INDEX alerts_by_opened (opened>?)"))
  }
}
