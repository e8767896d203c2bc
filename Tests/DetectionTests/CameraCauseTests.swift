import Events
import Testing

@testable import Detection

/// What cameras' frames make known as the causes of alerts.
@Suite struct CameraCauseTests {
  static let rules = RuleSet(
    rules: [
      ThreatRule(id: 200, name: "people", unsafe: ["person"], probability: 800_000),
      ThreatRule(id: 300, name: "dogs", unsafe: ["dog"], probability: 800_000, severity: .warning),
    ], assignments: [RuleAssignment(rules: [200, 300])])
  static let person = Seen("person", 0.93)
  static let dog = Seen("dog", 0.9)

  static func bench(clearAfter: Int64 = 10_000) throws -> CameraBench {
    try CameraBench(
      rules,
      StreamRules(
        kind: "camera", unit: "", status: StatusRules(clearAfter: clearAfter),
        cameras: CameraRules()))
  }

  static func words(_ decisions: Decisions) -> [String] { CauseTests.words(decisions) }

  @Test func aRule_IsToldWithItsWords_AndIsOverWhenItIsLowered() throws {
    var bench = try Self.bench()
    bench.see([], at: 0)
    bench.see([Self.person, Self.dog], at: 1_000)
    let raised = bench.take()
    #expect(Self.words(raised) == ["danger rule:200", "warning rule:300"])
    let change = try #require(raised.causes.first)
    #expect(change.ruleName == "people" && change.reason == raised.threats.first?.reason)
    #expect(change.value == 0.93 && change.origin?.offset == 1)
    // The dog stays longer.
    for second in 2...8 { bench.see([Self.dog], at: Int64(second) * 1_000) }
    #expect(bench.take().causes.isEmpty)
    bench.see([], at: 12_000)
    let lowered = bench.take()
    #expect(Self.words(lowered) == ["over rule:200"])
    #expect(lowered.causes.first?.time == CameraBench.start + 11_000)
    bench.engine.advanceClock(of: 0, to: CameraBench.start + 30_000)
    #expect(Self.words(bench.take(sweep: 1)) == ["over rule:300"])
  }

  @Test func severalThatEndInOneBatch_AreInTheOrderOfTheirEnds() throws {
    var bench = try Self.bench()
    bench.see([Self.person], at: 0)
    bench.see([Self.dog], at: 1_000)
    bench.see([Self.person], at: 2_000)
    _ = bench.take()
    bench.engine.advanceClock(of: 0, to: CameraBench.start + 40_000)
    #expect(Self.words(bench.take(sweep: 1)) == ["over rule:300", "over rule:200"])
  }

  @Test func raisedAgainWithinTheCooldown_IsToldThoughThereIsNoNewThreat() throws {
    var bench = try Self.bench()
    bench.see([Self.person], at: 0)
    bench.see([], at: 11_000)
    bench.see([Self.person], at: 12_000)
    let decisions = bench.take()
    #expect(decisions.threats.count == 1)
    #expect(Self.words(decisions) == ["danger rule:200", "over rule:200", "danger rule:200"])
  }

  @Test func aRuleThatIsTakenAway_IsOver() throws {
    var bench = try Self.bench()
    bench.see([Self.person], at: 0)
    _ = bench.take()
    bench.engine.install(
      RuleSet(rules: [Self.rules.rules[1]], assignments: [RuleAssignment(rules: [300])]), stream: 0)
    bench.see([Self.person], at: 1_000)
    let decisions = bench.take()
    #expect(Self.words(decisions) == ["over rule:200"])
    #expect(decisions.row()?.state == .safe)
  }

  @Test func voidImages_AreACause() throws {
    var bench = try Self.bench()
    bench.see([], at: 0)
    for second in 1...6 { bench.see([], at: Int64(second) * 1_000, contrast: 0.001) }
    let blind = bench.take()
    #expect(Self.words(blind) == ["warning void_image"])
    #expect(blind.causes.first?.reason == blind.equipmentFaults.first?.reason)
    bench.see([], at: 17_000)
    let sees = bench.take()
    #expect(Self.words(sees) == ["over void_image"])
    #expect(sees.causes.first?.time == CameraBench.start + 16_000)
  }

  /// Whoever covers the lens does not call off the danger.
  @Test func aRuleLoweredWhileTheLensIsCovered_IsOverOnceTheCameraSeesNothingUnsafe() throws {
    var bench = try Self.bench()
    bench.see([Self.person], at: 0)
    for second in 1...20 { bench.see([], at: Int64(second) * 1_000, contrast: 0.001) }
    let covered = bench.take()
    #expect(Self.words(covered) == ["danger rule:200", "warning void_image"])
    #expect(covered.row()?.state == .danger)
    bench.engine.advanceClock(of: 0, to: CameraBench.start + 31_000)
    let gone = bench.take(sweep: 1)
    #expect(Self.words(gone) == ["over void_image"] && gone.row()?.state == .unknown)
    bench.see([], at: 32_000)
    let sees = bench.take()
    #expect(Self.words(sees) == ["over rule:200"] && sees.row()?.state == .safe)
  }

  @Test func silence_IsACause_AndEndsNoOther() throws {
    var bench = try Self.bench(clearAfter: 90_000)
    bench.see([Self.person], at: 0)
    for second in 1...6 { bench.see([], at: Int64(second) * 1_000, contrast: 0.001) }
    _ = bench.take()
    bench.engine.advanceClock(of: 0, to: CameraBench.start + 70_000)
    let silent = bench.take(sweep: 1)
    #expect(Self.words(silent) == ["warning stale"])
    let row = try #require(silent.row())
    #expect(row.state == .stale)

    // Also across a restart.
    let names = FrameNames()
    var engine = try Engine(
      streams: [
        StreamRules(
          kind: "camera", unit: "", status: StatusRules(clearAfter: 90_000), cameras: CameraRules())
      ], names: names)
    engine.install(Self.rules, stream: 0)
    _ = engine.restore(SubjectIdentity(kind: "camera", user: "c-9", device: "door"), row: row)
    engine.assign(0, rewind: bench.offset, next: bench.offset)
    let frame = RecordedFrame(
      user: "c-9", device: "door", time: CameraBench.start + 71_000, contrast: 0.4, objects: [],
      arrival: CameraBench.start + 71_000)
    frame.feed(&engine, names, at: bench.offset)
    #expect(
      Self.words(engine.takeDecisions()) == ["over stale", "over void_image", "over rule:200"])
  }

  @Test func aRuleTakenAwayDuringSilence_IsOver_AndNobodyIsSafeForIt() throws {
    var bench = try Self.bench(clearAfter: 90_000)
    bench.see([Self.person], at: 0)
    bench.engine.advanceClock(of: 0, to: CameraBench.start + 70_000)
    _ = bench.take(sweep: 1)
    bench.engine.install(
      RuleSet(rules: [Self.rules.rules[1]], assignments: [RuleAssignment(rules: [300])]), stream: 0)
    bench.see([], at: 71_000, contrast: 0.001)
    let decisions = bench.take()
    #expect(Self.words(decisions) == ["over rule:200", "over stale"])
    #expect(decisions.row()?.state == .unknown)
  }

  @Test func silenceAfterQuiet_FindsTheRulesLoweredBefore() throws {
    var bench = try Self.bench()
    bench.see([Self.person], at: 0)
    _ = bench.take()
    bench.engine.advanceClock(of: 0, to: CameraBench.start + 61_000)
    #expect(Self.words(bench.take(sweep: 1)) == ["over rule:200", "warning stale"])
  }
}
