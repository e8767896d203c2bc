import Events
import Testing

@testable import Detection

/// What falls do to a wearer's state, over event time.
@Suite struct FallTimelineTests {
  static let start: Int64 = 1_700_000_000_000

  /// Possible with a high peak; a fall if the posture is another afterwards.
  static let rules = StreamRules(
    falls: FallRules(
      model: FallModelRules(model: .by(.turn) { $0 / 90 }, threshold: 0.5),
      early: FallModelRules(model: .by(.peak, hash: "01") { $0 / 6 }, threshold: 0.5)))

  static func words(_ decisions: Decisions) -> [String] { CauseTests.words(decisions) }

  @Test func aFall_IsPossibleAtHalfASecond_AndCertainAtTwo() throws {
    var bench = try Bench(Self.rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    wearer.fall()
    let impact = wearer.time - 60
    wearer.rest(3)
    bench.send(&wearer, size: 1)
    let decisions = bench.take()
    #expect(Self.words(decisions) == ["warning fall", "danger fall"])
    let told = decisions.causes
    #expect(told[0].time == impact + 500 && told[1].time == impact + 2_000)
    #expect(told[0].reason.hasPrefix("possible fall: impact of 4.0 g"))
    #expect(told[1].reason.hasPrefix("fall: impact of 4.0 g (probability"))
    let row = try #require(decisions.row())
    #expect(row.state == .danger && row.reason == told[1].reason && row.since == impact + 2_000)
    let candidate = try #require(decisions.fallCandidates.first)
    #expect(
      candidate.outcome == .fall && candidate.time == impact && candidate.decided == impact + 2_000)
    #expect(candidate.scores.map(\.role) == [.early, .active])
    #expect(candidate.features.count == FallFeature.allCases.count)
    #expect(decisions.anomalies.contains { $0.detector == "model" && $0.time == impact })
  }

  @Test func aJump_IsWithdrawn_AndRaisesNothingElse() throws {
    var bench = try Bench(Self.rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    wearer.jump()
    wearer.walk(5)
    bench.send(&wearer)
    let decisions = bench.take()
    #expect(Self.words(decisions) == ["warning fall", "over fall"])
    #expect(decisions.row()?.state == .safe)
    // What the z-score finds is kept, and leaves the state alone.
    #expect(decisions.anomalies.contains { $0.detector == "zscore" })
    #expect(decisions.fallCandidates.map(\.outcome).contains(.none))
  }

  @Test func withoutAxes_TheZScoreRaisesAsEver() throws {
    var bench = try Bench(Self.rules)
    var wearer = Wearer(at: Self.start)
    wearer.rest(10)
    wearer.fall()
    wearer.rest(3)
    let (samples, _) = wearer.take()
    for sample in samples { bench.send([sample]) }
    let decisions = bench.take()
    #expect(Self.words(decisions).contains("warning abnormal"))
    #expect(!decisions.causes.contains { $0.cause == .fall })
    #expect(decisions.fallCandidates.isEmpty)
  }

  @Test func whoGetsUp_IsSafeAgain_WhoLies_IsNot() throws {
    for getsUp in [true, false] {
      var bench = try Bench(Self.rules)
      var wearer = Wearer(at: Self.start)
      wearer.walk(10)
      wearer.fall()
      wearer.rest(20)
      bench.send(&wearer)
      _ = bench.take()
      if getsUp { wearer.getUp() }
      wearer.rest(60)
      bench.send(&wearer)
      let decisions = bench.take()
      #expect(Self.words(decisions) == (getsUp ? ["over fall"] : []))
      #expect(
        bench.take(sweep: 1).row()?.state ?? decisions.row()?.state == (getsUp ? .safe : .danger))
    }
  }

  @Test func afterTheLimit_AFallIsOver() throws {
    var rules = Self.rules
    rules.falls?.recovery.limit = 60_000
    var bench = try Bench(rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    wearer.fall()
    wearer.rest(70)
    bench.send(&wearer)
    let decisions = bench.take()
    #expect(Self.words(decisions) == ["warning fall", "danger fall", "over fall"])
  }

  @Test func aSecondBlow_IsOneFallWithTheFirst_LaterOnes_AreToldAgain() throws {
    var bench = try Bench(Self.rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    wearer.fall()
    wearer.rest(3)
    wearer.fall()
    wearer.rest(12)
    bench.send(&wearer)
    let first = bench.take()
    #expect(Self.words(first) == ["warning fall", "danger fall"])
    #expect(first.fallCandidates.map(\.outcome) == [.fall, .repeated])
    wearer.fall()
    wearer.rest(5)
    bench.send(&wearer)
    #expect(Self.words(bench.take()) == ["danger fall"])
  }

  @Test func aLargerPeakSoonAfter_TakesTheFirstOnesPlace() throws {
    var bench = try Bench(Self.rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    wearer.jump(3.2)
    wearer.rest(0.2)
    wearer.fall(5)
    let impact = wearer.time - 60
    wearer.rest(4)
    bench.send(&wearer)
    let decisions = bench.take()
    #expect(decisions.fallCandidates.map(\.time) == [impact])
    #expect(Self.words(decisions) == ["warning fall", "danger fall"])
  }

  /// The record with the impact comes after those that follow it.
  @Test func aLateImpact_IsStillAFall() throws {
    var bench = try Bench(Self.rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    bench.send(&wearer)
    wearer.fall()
    let late = wearer.take()
    wearer.rest(3)
    bench.send(&wearer)
    #expect(bench.take().causes.isEmpty)
    bench.send(late.samples, axes: late.axes, arrival: wearer.time)
    #expect(Self.words(bench.take()) == ["warning fall", "danger fall"])
  }

  @Test func silenceInAFall_DoesNotCallItOff() throws {
    var bench = try Bench(Self.rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    wearer.fall()
    wearer.rest(3)
    bench.send(&wearer)
    _ = bench.take()
    bench.engine.advanceClock(of: 0, to: wearer.time + 100_000)
    let silent = bench.take(sweep: 1)
    #expect(Self.words(silent) == ["warning stale"])
    #expect(silent.row()?.state == .stale)
    wearer.time += 120_000
    wearer.rest(5)
    bench.send(&wearer)
    let heard = bench.take()
    #expect(Self.words(heard) == ["over stale"])
    #expect(heard.row()?.state == .danger)
    wearer.getUp()
    wearer.rest(40)
    bench.send(&wearer)
    let up = bench.take()
    #expect(Self.words(up) == ["over fall"] && up.row()?.state == .safe)
  }

  @Test func theImpactSequence_WorksByItself() throws {
    let rules = StreamRules(
      falls: FallRules(impact: ImpactRules(freeFall: 500)))
    var bench = try Bench(rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    wearer.jump()
    wearer.walk(8)
    bench.send(&wearer)
    // A warning at the impact, withdrawn because nobody lies there.
    #expect(Self.words(bench.take()) == ["warning fall", "over fall"])
    wearer.fall()
    let impact = wearer.time - 60
    wearer.rest(6)
    bench.send(&wearer)
    let decisions = bench.take()
    #expect(Self.words(decisions) == ["warning fall", "danger fall"])
    #expect(decisions.causes.map(\.time) == [impact, impact + 1_500])
    #expect(decisions.anomalies.contains { $0.detector == "impact" })
  }

  /// With `all`, a jump that the model takes for a fall is none if nobody lies still afterwards.
  @Test func combined_BothMustAgree() throws {
    let sure = Model.by(.peak) { _ in 1 }
    for (need, expected) in [(CombinationRules.Need.any, 1), (.all, 0), (.atLeast(2), 0)] {
      let rules = StreamRules(
        falls: FallRules(
          impact: ImpactRules(), model: FallModelRules(model: sure, threshold: 0.5),
          combination: CombinationRules(need: need)))
      var bench = try Bench(rules)
      var wearer = Wearer(at: Self.start)
      wearer.walk(10)
      wearer.jump()
      wearer.walk(10)
      bench.send(&wearer)
      #expect(bench.take().causes.filter { $0.level == .danger }.count == expected)
    }
  }

  @Test func theShadow_IsRecorded_AndAlertsNobody() throws {
    var rules = Self.rules
    rules.falls?.shadow = FallModelRules(model: .by(.peak, hash: "02") { _ in 1 }, threshold: 0.5)
    var bench = try Bench(rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    wearer.jump(2.5)
    wearer.walk(5)
    bench.send(&wearer)
    let decisions = bench.take()
    #expect(!decisions.causes.contains { $0.level == .danger })
    let shadow = decisions.fallCandidates.flatMap(\.scores).filter { $0.role == .shadow }
    #expect(!shadow.isEmpty && shadow.allSatisfy { $0.model == "02" && $0.isFall })
  }

  @Test func modelsAreSwapped_BetweenTwoRecords() throws {
    var bench = try Bench(Self.rules)
    var wearer = Wearer(at: Self.start)
    wearer.walk(10)
    bench.send(&wearer)
    bench.engine.use(
      models: FallModels(
        model: FallModelRules(model: .by(.peak, hash: "09") { _ in 0 }, threshold: 0.5)),
      stream: 0, judgement: JudgementVersion(version: "new", text: "", firstUsed: 0))
    wearer.fall()
    wearer.rest(4)
    bench.send(&wearer)
    bench.engine.recordsAllCandidates = true
    let decisions = bench.take()
    #expect(decisions.judgement?.version == "new")
    #expect(decisions.causes.isEmpty)
  }

  @Test func overrides_HoldForThoseTheyName() throws {
    var rules = Self.rules
    rules.overrides = [
      RulesOverride(
        users: ["climber-*"], zscore: rules.zscore, series: rules.series, falls: nil,
        status: rules.status)
    ]
    var bench = try Bench(rules)
    for user in ["climber-1", "u"] {
      var wearer = Wearer(at: Self.start)
      wearer.walk(10)
      wearer.fall()
      wearer.rest(4)
      bench.send(&wearer, user: user)
      let causes = bench.take().causes
      #expect(causes.contains { $0.cause == .fall } == (user == "u"))
    }
  }
}
