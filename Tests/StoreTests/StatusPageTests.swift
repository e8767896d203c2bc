import Detection
import Events
import Testing

@testable import Store

struct StatusPageTests {
  /// Subjects of two kinds with few distinct values, so that every sort meets ties and absences.
  private func populate(_ store: Store, _ random: inout SplitMix, count: UInt32) throws {
    var batch = Decisions()
    batch.subjects = (0..<count).map {
      let kind = $0 % 5 == 0 ? "camera" : "wearer"
      let user = ["u-\($0 % 40)", "ü-\($0 % 7)", "v"][Int($0 % 3)]
      return NewSubject(
        index: $0, identity: SubjectIdentity(kind: kind, user: user, device: "d\($0)"))
    }
    try store.apply(batch)
    for _ in 0..<3 {
      batch = Decisions()
      for subject in 0..<count where Bool.random(using: &random) {
        batch.rows.append(
          row(
            subject, SafetyState.allCases.randomElement(using: &random) ?? .safe,
            transition: Bool.random(using: &random),
            since: moment + Int64.random(in: 0..<6, using: &random),
            lastSeen: moment + Int64.random(in: 0..<9, using: &random),
            value: [nil, 1.5, -2, 3].randomElement(using: &random) ?? nil,
            score: [nil, 0, 7].randomElement(using: &random) ?? nil))
      }
      try store.apply(batch)
    }
  }

  private func precedes(_ a: StatusRecord, _ b: StatusRecord, _ sort: StatusSort) -> Bool {
    func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
    let ids = (a.subjectID, b.subjectID)
    switch sort {
    case .state:
      // Only those that somebody must look at are in the order of time.
      let times = [a, b].map { [.unknown, .safe].contains($0.state) ? 0 : $0.since }
      return (a.state.urgency, times[0], ids.0) < (b.state.urgency, times[1], ids.1)
    case .user:
      let (x, y) = (bytes(a.identity.user), bytes(b.identity.user))
      if x != y { return x.lexicographicallyPrecedes(y) }
      let (v, w) = (bytes(a.identity.device), bytes(b.identity.device))
      return v == w ? ids.0 < ids.1 : v.lexicographicallyPrecedes(w)
    case .since: return (a.since, ids.0) < (b.since, ids.1)
    case .lastSeen: return (a.lastSeen, ids.0) < (b.lastSeen, ids.1)
    case .revision: return a.revision < b.revision
    case .value:
      return (a.value ?? -.infinity, ids.0) < (b.value ?? -.infinity, ids.1)
    case .score:
      return (a.score ?? -.infinity, ids.0) < (b.score ?? -.infinity, ids.1)
    }
  }

  /// `sortable` decides how a query is run; with 0 every filter goes the way of large tables.
  @Test(arguments: [0, 30, 20_000])
  func pagesAgreeWithBruteForce(sortable: Int) throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 0)
    var random = SplitMix(state: 7)
    try populate(store, &random, count: 200)
    let reader = try StoreReader(path: folder.database)
    reader.sortable = sortable
    let all = try reader.snapshot(limit: 10_000).items
    let stateSets: [Set<SafetyState>] = [[], [.danger], [.safe], [.danger, .unknown, .safe]]
    for sort in StatusSort.allCases {
      for states in stateSets {
        for kind in [nil, "camera", "wearer", "nobody"] {
          for prefix in ["", "u-1", "ü", "v", "none"] {
            let order: SortOrder = Bool.random(using: &random) ? .ascending : .descending
            let matching = all.filter {
              (states.isEmpty || states.contains($0.state))
                && (kind == nil || $0.identity.kind == kind)
                && $0.identity.user.hasPrefix(prefix)
            }.sorted {
              order == .ascending ? precedes($0, $1, sort) : precedes($1, $0, sort)
            }
            var query = StatusQuery(
              states: states, kind: kind, userPrefix: prefix, sort: sort, order: order,
              limit: Int.random(in: 7...90, using: &random))
            var items: [StatusRecord] = []
            repeat {
              let page = try reader.statusPage(query)
              #expect(page.total == matching.count && page.items.count <= query.limit)
              items += page.items
              query.cursor = page.next
            } while query.cursor != nil && items.count <= all.count
            #expect(items == matching, "\(sort) \(order) \(states) \(kind ?? "-") '\(prefix)'")
          }
        }
      }
    }
  }

  @Test func countsStayExact() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 0)
    var random = SplitMix(state: 11)
    try populate(store, &random, count: 150)
    let reader = try StoreReader(path: folder.database)
    let all = try reader.snapshot(limit: 10_000).items
    for kind in [nil, "camera", "wearer"] {
      for state in SafetyState.allCases {
        let count = all.filter {
          $0.state == state && (kind == nil || $0.identity.kind == kind)
        }.count
        #expect(try reader.counts(kind: kind)[state] == count)
      }
    }
  }

  @Test func pagesByUserShowEveryRowOnceWhileRowsChange() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 60)
    var batch = Decisions()
    batch.rows = (0..<60).map { row($0) }
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    var query = StatusQuery(sort: .user, limit: 7)
    var seen: [String] = []
    repeat {
      let page = try reader.statusPage(query)
      seen += page.items.map(\.identity.user)
      query.cursor = page.next
      batch.rows = (0..<60).map { row($0, .danger, since: moment + Int64(seen.count)) }
      try store.apply(batch)
    } while query.cursor != nil
    #expect(seen.count == 60 && Set(seen).count == 60)
  }

  @Test func cursorsOfOtherQueriesAndRubbishAreRefused() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 3)
    var batch = Decisions()
    batch.rows = (0..<3).map { row($0) }
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    let next = try #require(try reader.statusPage(StatusQuery(sort: .user, limit: 1)).next)
    #expect(next.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
    var cases = ["", "!", "AAAA", next + "AAAA", String(next.dropLast(2))]
    cases += [try #require(try reader.statusPage(StatusQuery(sort: .since, limit: 1)).next)]
    for text in cases {
      #expect(
        StoreError.Code.thrown {
          _ = try reader.statusPage(StatusQuery(sort: .user, cursor: text))
        } == .invalidCursor, "\(text)")
    }
    var random = SplitMix(state: 3)
    for _ in 0..<2_000 {
      let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
      for sort in StatusSort.allCases {
        _ = try? Cursor(Base64URL.encode([2] + bytes), sort: sort, order: .ascending)
      }
    }
  }

  @Test func changesAndSnapshotsTogetherMissNothing() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder, subjects: 30)
    var batch = Decisions()
    batch.rows = (0..<30).map { row($0) }
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    var known: [Int64: StatusRecord] = [:]
    var next: Int64? = 0
    var start: Int64?
    while let after = next {
      let chunk = try reader.snapshot(afterSubjectID: after, limit: 7)
      start = start ?? chunk.revision
      for item in chunk.items { known[item.subjectID] = item }
      next = chunk.next
      batch.rows = [row(2, .danger, since: after), row(UInt32(after % 30), .warning)]
      if batch.rows[1].subject == 2 { batch.rows.removeLast() }
      try store.apply(batch)
    }
    var revision = try #require(start)
    while true {
      let changes = try reader.changes(after: revision, limit: 2)
      #expect(changes.items.map(\.revision) == changes.items.map(\.revision).sorted())
      for item in changes.items { known[item.subjectID] = item }
      revision = changes.items.last?.revision ?? revision
      if changes.isComplete { break }
    }
    #expect(revision == store.currentRevision)
    let all = try reader.snapshot(limit: 100).items
    #expect(known.values.sorted { $0.subjectID < $1.subjectID } == all)
    #expect(try reader.changes(after: revision).items.isEmpty)
  }
}
