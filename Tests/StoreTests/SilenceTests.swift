import Testing

@testable import Store

struct SilenceTests {
  @Test func silencesComeBackUntilTheyAreOver() throws {
    let folder = try TemporaryFolder()
    var store = try Store(path: folder.database)
    var first = silence(["user=u-17\r", "device=~door|yard", "site!="])
    var second = silence(starts: moment + 10, ends: moment + 20)
    first.id = try store.add(first)
    second.id = try store.add(second)
    #expect([first.id, second.id] == [1, 2])
    store.close()
    store = try Store(path: folder.database)
    #expect(try store.silences(endingAfter: moment) == [first, second])
    #expect(try store.silences(endingAfter: moment + 20) == [first])
    #expect(try store.silences(endingAfter: moment + 1_000).isEmpty)
    let reader = try StoreReader(path: folder.database)
    #expect(try reader.silences(endingAfter: .min, limit: 10) == [second, first])
    #expect(try reader.silences(endingAfter: .min, limit: 1) == [second])
    #expect(try reader.silence(1) == first && reader.silence(3) == nil)
  }

  @Test func expiringEndsNowAndChangesNothingThatIsOver() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.database)
    var active = silence()
    active.id = try store.add(active)
    let coming = try store.add(silence(starts: moment + 100, ends: moment + 200))
    active.ends = moment + 5
    #expect(try store.expireSilence(1, now: moment + 5) == active)
    #expect(try store.expireSilence(1, now: moment + 50) == active)
    #expect(try store.expireSilence(coming, now: moment + 5)?.isActive(at: moment + 150) == false)
    #expect(try store.expireSilence(9, now: moment) == nil)
    #expect(try store.silences(endingAfter: moment + 5).isEmpty)
  }

  @Test func unusableOnesAreRefused() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.database)
    func code(_ change: (inout Silence) -> Void) -> StoreError.Code? {
      var silence = silence()
      change(&silence)
      return StoreError.Code.thrown { try store.add(silence) }
    }
    #expect(code { _ in } == nil)
    #expect(code { $0.matchers = [] } == .invalidValue)
    #expect(code { $0.matchers = [""] } == .invalidValue)
    #expect(code { $0.matchers = ["user=a\nb"] } == .invalidValue)
    #expect(code { $0.matchers = ["user=a\r\nb"] } == .invalidValue)
    #expect(code { $0.matchers = Array(repeating: "user=a", count: 32) } == nil)
    #expect(code { $0.matchers = Array(repeating: "user=a", count: 33) } == .invalidValue)
    #expect(code { $0.matchers = [String(repeating: "a", count: 1_025)] } == .invalidValue)
    #expect(code { $0.ends = $0.starts } == .invalidValue)
    #expect(code { $0.author = String(repeating: "é", count: 129) } == .invalidValue)
    #expect(code { $0.comment = String(repeating: "é", count: 1_001) } == .invalidValue)
    #expect(try store.silences(endingAfter: 0).map(\.id) == [1, 2])
  }

  @Test func thereAreOnlySoManyAtATime() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.database)
    for _ in 0..<Silence.maxCurrent { try store.add(silence()) }
    #expect(StoreError.Code.thrown { try store.add(silence()) } == .invalidValue)
    _ = try store.expireSilence(500, now: moment)
    try store.add(silence())
  }

  @Test func theViewSaysWhichHold() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.database)
    try store.add(silence(["user=a", "site=b"], starts: 0, ends: 1))
    try store.add(silence(starts: 0, ends: 32_503_680_000_000))
    try store.add(silence(starts: 32_503_680_000_000, ends: 32_503_680_000_001))
    #expect(
      try texts("SELECT matchers || ': ' || state FROM silences ORDER BY id", store.connection)
        == ["user=a, site=b: expired", "user=u-17: active", "user=u-17: pending"])
  }
}
