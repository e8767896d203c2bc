import Events
import Testing

@testable import Detection

/// From the frames of a camera to its row, its threats and its faults.
@Suite struct CameraTimelineTests {
  /// A person, three frames of five within four seconds.
  static let rules = RuleSet(
    rules: [
      ThreatRule(
        id: 200, name: "person in restricted area", unsafe: ["person"], probability: 850_000,
        zones: [.named("loading-dock")],
        persist: ThreatRule.Persistence(frames: 3, of: 5, within: 4_000))
    ],
    assignments: [RuleAssignment(users: ["c-*"], devices: ["door*"], rules: [200])])

  static let person = Seen("person", 0.93, zones: ["loading-dock"])

  @Test func aFrameWithoutThreat_MakesTheCameraSafe() throws {
    var bench = try CameraBench(Self.rules)
    bench.see([Seen("dog", 0.9)], at: 0)
    let decisions = bench.take()
    #expect(decisions.row()?.state == .safe)
    #expect(decisions.row()?.reason == "nothing unsafe in sight")
    #expect(decisions.threats.isEmpty && decisions.anomalies.isEmpty)
    #expect(decisions.frameCount == 1)
    #expect(
      decisions.unmatched == [
        UnmatchedDetections(
          hour: CameraBench.start, className: "dog", count: 1, maxProbability: 0.9)
      ])
  }

  @Test func aPersonWhoStays_IsOneThreatInWords() throws {
    var bench = try CameraBench(Self.rules)
    bench.see([], at: 0)
    for step in 1...20 { bench.see([Self.person], at: Int64(step) * 500) }
    let decisions = bench.take()
    let threat = try #require(decisions.threats.first)
    #expect(decisions.threats.count == 1)
    #expect(threat.rule == 200 && threat.severity == .danger)
    #expect(threat.origin.offset == 3)
    #expect(threat.time == CameraBench.start + 1_500)
    #expect(threat.reason == "person 0.93 in loading-dock, 3 of 5 frames, rule 200")
    #expect(
      threat.objects == [
        Threat.Object(className: "person", probability: 0.93, zone: "loading-dock")
      ])
    let row = try #require(decisions.row())
    #expect(row.state == .danger && row.since == CameraBench.start + 1_500)
    #expect(row.reason == threat.reason)
    #expect(row.cause?.offset == 3)
    #expect(row.value == 0.93 && row.mean == nil)
    #expect(!row.evidence.isEmpty)
  }

  @Test(arguments: [true, false])
  func whatHasGone_IsCalledOffAfterAWhile(byAFrame: Bool) throws {
    var bench = try CameraBench(Self.rules)
    for step in 0...4 { bench.see([Self.person], at: Int64(step) * 500) }
    #expect(bench.take().row()?.state == .danger)
    bench.see([], at: 11_900)
    #expect(bench.take().row()?.state ?? .danger == .danger)
    if byAFrame {
      bench.see([], at: 30_000)
    } else {
      bench.engine.advanceClock(of: 0, to: CameraBench.start + 30_000)
    }
    let row = try #require(bench.take(sweep: 1).row())
    #expect(row.state == .safe && row.previousState == .danger)
    #expect(row.since == CameraBench.start + 12_000)
    #expect(row.cause == nil)
    #expect(row.reason == "nothing unsafe in sight")
  }

  @Test func comingBackWithinTheCooldown_IsDangerButNoNewThreat() throws {
    var bench = try CameraBench(Self.rules)
    for step in 0...4 { bench.see([Self.person], at: Int64(step) * 500) }
    bench.see([], at: 20_000)
    for step in 0...4 { bench.see([Self.person], at: 30_000 + Int64(step) * 500) }
    var decisions = bench.take()
    #expect(decisions.row()?.state == .danger)
    #expect(decisions.threats.count == 1)
    bench.see([], at: 50_000)
    for step in 0...4 { bench.see([Self.person], at: 70_000 + Int64(step) * 500) }
    decisions = bench.take()
    #expect(decisions.threats.count == 1)
  }

  @Test func voidImages_AreAFaultAndNoThreat() throws {
    var bench = try CameraBench(Self.rules)
    bench.see([], at: 0)
    bench.see([Self.person], at: 1_000, contrast: 0.004)
    #expect(bench.take().row()?.state == .safe)
    for step in 2...6 { bench.see([Self.person], at: Int64(step) * 1_000, contrast: 0.004) }
    var decisions = bench.take()
    let row = try #require(decisions.row())
    #expect(row.state == .warning)
    #expect(row.reason == "nothing can be seen in its images: contrast 0.004")
    #expect(decisions.threats.isEmpty)
    #expect(decisions.equipmentFaults.map(\.kind) == [.void])
    #expect(decisions.voidFrameCount == 5)

    bench.engine.advanceClock(of: 0, to: CameraBench.start + 20_000)
    decisions = bench.take(sweep: 1)
    #expect(decisions.row()?.state == .unknown)
    #expect(decisions.row()?.since == CameraBench.start + 16_000)
    bench.see([], at: 21_000)
    #expect(bench.take().row()?.state == .safe)
  }

  @Test func aCameraThatFallsSilent_IsStaleAndAFault() throws {
    var bench = try CameraBench(Self.rules)
    bench.see([], at: 0)
    _ = bench.take()
    bench.engine.advanceClock(of: 0, to: CameraBench.start + 61_000)
    let decisions = bench.take(sweep: 1)
    #expect(decisions.row()?.state == .stale)
    #expect(decisions.equipmentFaults.map(\.kind) == [.silent])
    #expect(decisions.equipmentFaults.first?.reason == "no data for 60 s")
    bench.see([], at: 62_000)
    #expect(bench.take().row()?.state == .safe)
  }

  @Test func otherRules_HoldFromTheNextFrame() throws {
    var bench = try CameraBench(Self.rules)
    bench.see([Seen("dog", 0.9)], at: 0)
    #expect(bench.take().row()?.state == .safe)
    bench.engine.install(
      RuleSet(
        rules: [ThreatRule(id: 7, name: "dogs", unsafe: ["dog"])],
        assignments: [RuleAssignment(rules: [7])]), stream: 0)
    let version = JudgementVersion(version: "b", text: "…", firstUsed: 1)
    bench.engine.useJudgement(version)
    bench.see([Seen("dog", 0.9)], at: 1_000)
    let decisions = bench.take()
    #expect(decisions.judgement == version)
    #expect(decisions.threats.map(\.rule) == [7])
    #expect(decisions.row()?.state == .danger)
  }

  @Test func aLateFrame_StillCounts() throws {
    var bench = try CameraBench(Self.rules)
    bench.see([Self.person], at: 0)
    bench.see([Self.person], at: 1_000)
    bench.see([], at: 2_000)
    #expect(bench.take().threats.isEmpty)
    bench.see([Self.person], at: 1_500)
    let decisions = bench.take()
    #expect(decisions.threats.count == 1)
    bench.see([Self.person], at: -20_000)
    #expect(bench.take().lateSamples.count == 1)
  }
}
