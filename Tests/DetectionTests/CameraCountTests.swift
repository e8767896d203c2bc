import Events
import Testing

@testable import Detection

/// The numbers of detections, each class of each camera a series of its own.
@Suite struct CameraCountTests {
  /// Counts that differ by a few are few enough to tell apart.
  static let stream: StreamRules = {
    var counts = CountRules()
    counts.zscore.minStd = 1
    return CameraBench.rules(CameraRules(counts: counts))
  }()

  /// Sends `count` persons a minute for some minutes from `minute` on; returns the next minute.
  private func send(
    _ counts: [Int], from minute: Int64, _ bench: inout CameraBench, name: String = "person"
  ) -> Int64 {
    var minute = minute
    for count in counts {
      for step in 0..<20 {
        let objects = step < count ? [Seen(name, 0.9, box: nil)] : []
        let extra = max(0, count - 20) / 20
        bench.see(
          objects + Array(repeating: Seen(name, 0.9, box: nil), count: extra),
          at: minute * 60_000 + Int64(step) * 3_000)
      }
      minute += 1
    }
    return minute
  }

  private func usual(_ minutes: Int) -> [Int] { (0..<minutes).map { 5 + $0 % 3 } }

  private func series(_ decisions: [Decisions]) -> StatusRow? {
    var index: UInt32?
    var row: StatusRow?
    for batch in decisions {
      for subject in batch.subjects where subject.identity.kind == "camera-count" {
        #expect(subject.identity.user == "c-9" && subject.identity.device == "door/person")
        index = subject.index
      }
      for found in batch.rows where found.subject == index { row = found }
    }
    return row
  }

  @Test func theUsualNumber_IsSafe() throws {
    var bench = try CameraBench(RuleSet(), Self.stream)
    _ = send(usual(30), from: 0, &bench)
    let row = try #require(series([bench.take(sweep: 1)]))
    #expect(row.state == .safe)
    // Minute 28: the first one was cut short, the last one is still open.
    #expect(row.value == 6)
    #expect((row.mean ?? 0) > 5.5 && (row.mean ?? 0) < 6.5)
  }

  @Test(arguments: [60, 0])
  func tenTimesAsMany_OrNone_IsFlagged(count: Int) throws {
    var bench = try CameraBench(RuleSet(), Self.stream)
    let minute = send(usual(25), from: 0, &bench)
    let before = bench.take(sweep: 1)
    #expect(before.anomalies.isEmpty)
    _ = send([count, count], from: minute, &bench)
    let after = bench.take(sweep: 1)
    #expect(after.anomalies.count == 1)
    #expect(after.anomalies.first?.value == Double(count == 60 ? 20 + 20 * 2 : 0))
    #expect(series([before, after])?.state == .warning)
  }

  @Test func aClassThatIsSeenNoMore_IsUnknownAfterAWindow() throws {
    var bench = try CameraBench(RuleSet(), Self.stream)
    let minute = send(usual(15), from: 0, &bench)
    let before = bench.take(sweep: 1)
    _ = send(Array(repeating: 0, count: 40), from: minute, &bench)
    let row = try #require(series([before, bench.take(sweep: 1)]))
    #expect(row.state == .unknown)
    #expect(row.reason == "no person for a whole window: nothing to compare with")
  }

  @Test func aSilentCamera_TakesItsSeriesAlong() throws {
    var bench = try CameraBench(RuleSet(), Self.stream)
    _ = send(usual(15), from: 0, &bench)
    let before = bench.take(sweep: 1)
    bench.engine.advanceClock(of: 0, to: CameraBench.start + 20 * 60_000)
    let row = try #require(series([before, bench.take(sweep: 1)]))
    #expect(row.state == .unknown && row.reason == "its camera is silent")
  }

  private func causes(_ decisions: Decisions) -> [String] {
    CauseTests.words(decisions).filter { !$0.hasSuffix("stale") }
  }

  @Test func anAbnormalNumber_IsACause_UntilNothingIsLeftToCount() throws {
    var bench = try CameraBench(RuleSet(), Self.stream)
    var minute = send(usual(25), from: 0, &bench)
    #expect(bench.take(sweep: 1).causes.isEmpty)
    minute = send([60, 60], from: minute, &bench)
    #expect(causes(bench.take(sweep: 1)) == ["warning abnormal"])
    _ = send(Array(repeating: 0, count: 40), from: minute, &bench)
    #expect(causes(bench.take(sweep: 1)).last == "over abnormal")
  }

  @Test func anAbnormalNumber_IsNotOverBecauseTheCameraIsSilent() throws {
    var bench = try CameraBench(RuleSet(), Self.stream)
    let minute = send(usual(25) + [60, 60], from: 0, &bench)
    #expect(causes(bench.take(sweep: 1)) == ["warning abnormal"])
    bench.engine.advanceClock(of: 0, to: CameraBench.start + (minute + 5) * 60_000)
    let silent = bench.take(sweep: 1)
    #expect(CauseTests.words(silent) == ["warning stale"])
    _ = send(usual(25), from: minute + 6, &bench)
    #expect(causes(bench.take(sweep: 1)) == ["over abnormal"])
  }

  @Test func whoeverPassesAQuietCamera_IsNoAnomaly() throws {
    var bench = try CameraBench(RuleSet())
    _ = send([1] + Array(repeating: 0, count: 25) + [20, 0, 0], from: 0, &bench)
    let decisions = bench.take(sweep: 1)
    #expect(decisions.anomalies.isEmpty)
    #expect(series([decisions])?.state == .safe)
  }

  @Test func onlyTheClassesAskedFor_AreCounted() throws {
    var counts = CountRules()
    counts.classes = ["Person"]
    var bench = try CameraBench(RuleSet(), CameraBench.rules(CameraRules(counts: counts)))
    var minute = send(usual(3), from: 0, &bench)
    minute = send(usual(3), from: minute, &bench, name: "car")
    let names = bench.take().subjects.map(\.identity.device)
    #expect(names == ["door", "door/person"])
  }
}
