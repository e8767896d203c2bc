import Detection
import Events
import Testing

/// What the engine does otherwise when there are very many subjects.
struct ManySubjectsTests {
  private static let start: Int64 = 1_700_000_000_000

  @Test func rowsOfALargeBatch_ComeInTheOrderOfSubjects() throws {
    var bench = try Bench()
    for user in 0..<1_000 { bench.send(Self.start, 1_000_000, user: "u\(user)") }
    _ = bench.take(sweep: 1)
    for tick in 1..<20 {
      for user in (0..<1_000).reversed() {
        bench.send(Self.start + Int64(tick) * 500, 1_000_000, user: "u\(user)")
      }
    }
    #expect(bench.engine.pendingBytes >= 1_000 * MemoryLayout<StatusRow>.stride)
    let rows = bench.take().rows
    #expect(rows.count == 1_000)
    #expect(rows.map(\.subject) == rows.map(\.subject).sorted())
    #expect(bench.engine.pendingBytes == 0)
  }

  @Test func roomMadeBefore_ChangesNothing() throws {
    var bench = try Bench()
    bench.send(Self.start, 1, user: "first")
    bench.engine.reserve(subjects: 100_000)
    for user in 0..<5_000 { bench.send(Self.start, 1, user: "u\(user)") }
    bench.send(Self.start + 1, 1, user: "first")
    let subjects = bench.take().subjects
    #expect(subjects.map(\.index) == Array(0...5_000))
    #expect(subjects.last?.identity.user == "u4999")
  }

  @Test func ofSeveralRevokedPartitions_OneMayComeBack() throws {
    var bench = try Bench()
    bench.engine.assign(1, rewind: 0, next: 0)
    bench.send(Self.start, 1_000_000)
    _ = bench.take(sweep: 1)
    bench.engine.revoke([0, 1, 7])
    #expect(bench.ring().isEmpty)
    bench.engine.assign(1, rewind: 0, next: 0)
    bench.engine.advanceClock(of: 1, to: Self.start + 3_600_000)
    #expect(bench.take(sweep: 1).rows.isEmpty)
    bench.engine.assign(0, rewind: 0, next: 1)
    bench.engine.advanceClock(of: 0, to: Self.start + 3_600_000)
    // A pass begins with the partition assigned, and the subject is one of those that are watched again.
    bench.offset = 1
    bench.send(Self.start + 1_000, 1_000_000)
    #expect(!bench.ring().isEmpty)
  }
}
