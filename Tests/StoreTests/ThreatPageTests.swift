import Detection
import Testing

@testable import Store

struct ThreatPageTests {
  private func expected(_ stored: [Stored], _ query: ThreatQuery) -> [Int64] {
    stored.filter { stored in
      let identity = camera(stored.threat.subject)
      let verdict: ThreatQuery.VerdictFilter =
        switch stored.verdict {
        case .confirmed: .confirmed
        case .falseAlarm: .falseAlarm
        case nil: .none
        }
      return (query.kind ?? identity.kind) == identity.kind
        && (query.user ?? identity.user) == identity.user
        && (query.device ?? identity.device) == identity.device
        && (query.rule ?? stored.threat.rule) == stored.threat.rule
        && (query.verdict ?? verdict) == verdict
        && stored.threat.time >= query.from ?? .min && stored.threat.time < query.to ?? .max
    }
    .sorted { ($1.threat.time, $1.id) < ($0.threat.time, $0.id) }.map(\.id)
  }

  @Test func pagesAgreeWithBruteForce() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    let stored = try addRandomThreats(store, count: 600, span: 0..<2_000_000, seed: 1)
    let reader = try StoreReader(path: folder.database)
    var random = SplitMix(state: 2)
    var matches = 0
    for trial in 0..<300 {
      var query = ThreatQuery(limit: [1, 7, 50, 1_000][trial % 4])
      func maybe<T>(_ values: [T]) -> T? {
        Bool.random(using: &random) ? nil : values.randomElement(using: &random)
      }
      query.kind = maybe(["camera", "thermal", "wearer"])
      query.user = maybe(["c-0", "c-1", "c-2", "c-9"])
      query.device = maybe(["door", "yard", "attic"])
      query.rule = maybe([100, 200, 900])
      query.verdict = maybe([.confirmed, .falseAlarm, .none])
      query.from = maybe([0, 1_000_000, 1_234_567])
      query.to = maybe([.min, 900_000, 1_500_000, .max])
      var found: [Int64] = []
      repeat {
        let page = try reader.threatPage(query)
        #expect(page.items.count <= query.limit && (page.next == nil || !page.items.isEmpty))
        found += page.items.map(\.id)
        query.cursor = page.next
      } while query.cursor != nil && found.count <= 600
      let wanted = expected(stored, query)
      #expect(found == wanted, "\(query)")
      matches += wanted.count
    }
    #expect(matches > 1_000)
  }

  @Test func recordsComeBackWhole() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    let stored = try addRandomThreats(store, count: 200, span: 0..<2_000_000, seed: 3)
    let reader = try StoreReader(path: folder.database)
    let page = try reader.threatPage(ThreatQuery(limit: 1_000))
    #expect(page.items.count == 200 && page.next == nil)
    for record in page.items {
      let (threat, verdict) = (
        stored[Int(record.id) - 1].threat, stored[Int(record.id) - 1].verdict
      )
      #expect(record.identity == camera(threat.subject) && record.objects == threat.objects)
      #expect(record.name == threat.name && record.place?.offset == threat.origin.offset)
      #expect(record.severity == threat.severity && record.verdict?.kind == verdict)
      #expect(try reader.threat(record.id) == record)
    }
  }

  @Test func newThreatsMoveNothingOnLaterPages() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    let stored = try addRandomThreats(store, count: 300, span: 1_000_000..<2_000_000, seed: 4)
    let reader = try StoreReader(path: folder.database)
    for query in [ThreatQuery(limit: 10), ThreatQuery(user: "c-1", limit: 10)] {
      var query = query
      let wanted = expected(stored, query)
      var found: [Int64] = []
      repeat {
        let page = try reader.threatPage(query)
        found += page.items.map(\.id)
        query.cursor = page.next
        var batch = Decisions()
        // Newer than all, as old as the page's last, and older than all.
        batch.threats = [threat(2, at: 3_000_000), threat(2, at: page.items.last?.time ?? 0)]
        try store.apply(batch)
      } while query.cursor != nil
      #expect(found.filter { $0 <= 300 } == wanted)
    }
  }

  @Test func cursorsOfOtherQueriesAreRefused() throws {
    let folder = try TemporaryFolder()
    let store = try makeCameraStore(folder)
    var batch = Decisions()
    batch.rows = (0..<3).map { row($0) }
    try store.apply(batch)
    let reader = try StoreReader(path: folder.database)
    let status = try #require(
      try reader.statusPage(StatusQuery(sort: .revision, limit: 1)).next)
    for text in ["", "x", "!!", status] {
      #expect(
        StoreError.Code.thrown { _ = try reader.threatPage(ThreatQuery(cursor: text)) }
          == .invalidCursor)
    }
    let ours = ThreatCursor(time: .max, id: .min).text
    #expect(try reader.threatPage(ThreatQuery(cursor: ours)).items.isEmpty)
    #expect(
      StoreError.Code.thrown {
        _ = try reader.statusPage(StatusQuery(sort: .revision, cursor: ours))
      } == .invalidCursor)
  }
}
