import Detection
import Events
import Testing

/// Timelines of one wearer: what is sent when, and the state that follows.
@Suite struct StatusTimelineTests {
  static let start: Int64 = 1_700_000_000_000

  /// A wearer at rest at 1 g with a little noise, `count` samples a `step` apart, from `time` on.
  static func rest(
    _ bench: inout Bench, from time: Int64, count: Int, step: Int64 = 100, user: String = "u"
  ) {
    for place in 0..<count {
      bench.send(time + Int64(place) * step, 1_000_000 + Int32(place % 5) * 1_000, user: user)
    }
  }

  @Test func aNewWearer_IsUnknown_AndSafeOnlyOnceThereIsData() throws {
    var bench = try Bench()
    bench.send(Self.start, 1_000_000)
    let first = try #require(bench.take().row())
    #expect(first.state == .unknown && first.isTransition)
    #expect(first.value == 1 && first.mean == nil && first.score == nil)
    Self.rest(&bench, from: Self.start + 100, count: 20)
    let second = try #require(bench.take().row())
    #expect(second.state == .safe && second.replacedState == .unknown && second.isTransition)
    #expect(second.cause == RecordOrigin(partition: 0, offset: 5))
    #expect(second.since == Self.start + 500)
  }

  @Test func oneOddSample_Warns_AndIsCalledOffByQuiet() throws {
    var bench = try Bench()
    Self.rest(&bench, from: Self.start, count: 50)
    _ = bench.take()
    bench.send(Self.start + 5_000, 5_200_000)
    let decisions = bench.take()
    let warned = try #require(decisions.row())
    #expect(warned.state == .warning && warned.previousState == .safe)
    #expect(warned.reason.hasPrefix("abnormal: 5.200 g against mean 1.002, std 0.001"))
    #expect(decisions.anomalies.count == 1)
    #expect(decisions.anomalies.first?.value == 5.2)
    // One good sample does not call it off, nor does a gap: ten seconds of good ones do.
    Self.rest(&bench, from: Self.start + 14_000, count: 5)
    #expect(bench.take(sweep: 1).row()?.state == .warning)
    Self.rest(&bench, from: Self.start + 14_500, count: 100)
    let cleared = try #require(bench.take().row())
    #expect(cleared.state == .safe && cleared.reason == "within its usual range")
    #expect(cleared.evidence.isEmpty)
  }

  @Test func severalOddSamples_AreDanger_AndStepDownSlowly() throws {
    var bench = try Bench()
    Self.rest(&bench, from: Self.start, count: 50)
    for place in 0..<3 { bench.send(Self.start + 5_000 + Int64(place) * 100, 5_000_000) }
    let raised = try #require(bench.take().row())
    #expect(raised.state == .danger && raised.replacedState == .unknown)
    #expect(raised.since == Self.start + 5_200)
    #expect(raised.reason.hasPrefix("3 abnormal within 5 s: 5.000 g against mean 1.002"))
    Self.rest(&bench, from: Self.start + 5_300, count: 102)
    let recovering = try #require(bench.take().row())
    #expect(recovering.state == .warning)
    #expect(recovering.reason == "recovering: no abnormal sample for 10 s")
    Self.rest(&bench, from: Self.start + 15_500, count: 102)
    #expect(bench.take().row()?.state == .safe)
  }

  /// At one sample a second a ten-second window holds ten: the first odd sample hides the second from a
  /// plain z-score. The reference from before the anomaly still sees it.
  @Test func atOneSampleASecond_AnAnomalyIsNotSwallowedByItsOwnWindow() throws {
    var bench = try Bench()
    Self.rest(&bench, from: Self.start, count: 30, step: 1_000)
    for place in 30..<33 { bench.send(Self.start + Int64(place) * 1_000, 4_000_000) }
    let decisions = bench.take()
    #expect(decisions.row()?.state == .danger)
    #expect(decisions.anomalies.count == 1)
  }

  @Test func oddSamplesFarApart_AreNoDanger() throws {
    var bench = try Bench()
    var time = Self.start
    for _ in 0..<6 {
      Self.rest(&bench, from: time, count: 55)
      bench.send(time + 5_500, 5_000_000)
      time += 5_600
      #expect(bench.take().rows.allSatisfy { $0.state != .danger })
    }
  }

  @Test func aLateOddSample_IsFlaggedOnArrival() throws {
    var bench = try Bench()
    Self.rest(&bench, from: Self.start, count: 50)
    _ = bench.take()
    bench.send(Self.start + 4_050, 5_000_000)
    let decisions = bench.take()
    #expect(decisions.anomalies.map(\.time) == [Self.start + 4_050])
    #expect(decisions.row()?.state == .warning)
    #expect(decisions.row()?.lastSeen == Self.start + 4_900)
  }

  @Test func aSampleLaterThanAllowed_IsKeptAsLate_NotJudged() throws {
    var bench = try Bench()
    Self.rest(&bench, from: Self.start, count: 50)
    _ = bench.take()
    bench.send(Self.start + 4_900 - 5_001, 5_000_000)
    let decisions = bench.take()
    #expect(decisions.anomalies.isEmpty && decisions.rows.isEmpty)
    let late = try #require(decisions.lateSamples.first)
    #expect(late.lateness == 5_001 && late.value == 5 && late.origin.offset == 50)
  }

  @Test func aDeviceWhoseClockRunsAhead_MakesNobodyElseLate() throws {
    var bench = try Bench()
    Self.rest(&bench, from: Self.start + 240_000, count: 10, user: "ahead")
    Self.rest(&bench, from: Self.start, count: 50, user: "u")
    #expect(bench.take().lateSamples.isEmpty)
  }

  @Test func silence_IsAState_AndEndsInUnknown() throws {
    var bench = try Bench()
    Self.rest(&bench, from: Self.start, count: 180)
    Self.rest(&bench, from: Self.start, count: 50, user: "other")
    #expect(bench.take(sweep: 1).windows.map(\.count) == [100])
    bench.engine.advanceClock(of: 0, to: Self.start + 17_900 + 60_000)
    #expect(bench.take(sweep: 1).row()?.state == nil)
    bench.engine.advanceClock(of: 0, to: Self.start + 17_900 + 60_001)
    let decisions = bench.take(sweep: 1)
    let stale = try #require(decisions.row())
    #expect(stale.state == .stale && stale.cause == nil && stale.value == nil)
    #expect(stale.since == Self.start + 17_900 && stale.reason == "no data for 60 s")
    // The window that was open is not lost.
    #expect(decisions.windows.map(\.count) == [80])
    bench.send(Self.start + 90_000, 1_000_000)
    let back = try #require(bench.take().row())
    #expect(back.state == .unknown && back.replacedState == .stale)
    #expect(back.since == Self.start + 90_000)
  }

  @Test func aWearerWhoFallsSilentInDanger_IsNotForgotten() throws {
    var bench = try Bench()
    Self.rest(&bench, from: Self.start, count: 50)
    for place in 0..<3 { bench.send(Self.start + 5_000 + Int64(place) * 100, 5_000_000) }
    _ = bench.take(sweep: 1)
    bench.engine.advanceClock(of: 0, to: Self.start + 100_000)
    let row = try #require(bench.take(sweep: 1).row())
    #expect(row.state == .stale && row.previousState == .danger)
    #expect(row.reason.hasPrefix("no data for 60 s; was danger: 3 abnormal within 5 s"))
  }

  @Test func recordsThatAreAllTooLate_AreNoSignOfLife() throws {
    var bench = try Bench()
    Self.rest(&bench, from: Self.start + 200_000, count: 20)
    _ = bench.take(sweep: 1)
    for place in 0..<10 {
      bench.send(
        [Sample(time: Self.start, value: 1_000_000)],
        arrival: Self.start + 201_900 + Int64(place) * 10_000)
    }
    #expect(bench.take(sweep: 1).row()?.state == .stale)
  }

  @Test func aSweep_HandsOutEachChangedRowOnce() throws {
    var bench = try Bench()
    for user in 0..<100 {
      Self.rest(&bench, from: Self.start, count: 20, user: "u-\(user)")
    }
    #expect(bench.take().rows.count == 100)
    for user in 0..<100 { bench.send(Self.start + 2_000, 1_000_000, user: "u-\(user)") }
    var seen: [UInt32] = []
    for _ in 0..<10 {
      let rows = bench.take(sweep: 0.1).rows
      #expect(rows.allSatisfy { !$0.isTransition && $0.lastSeen == Self.start + 2_000 })
      seen += rows.map(\.subject)
    }
    #expect(seen.sorted() == Array(0..<100))
    #expect(bench.take(sweep: 1).rows.isEmpty)
  }
}
