import Events
import Testing

@testable import Detection

/// Rules on trial: which fires on which frame.
@Suite struct ThreatTrialTests {
  private let scene = ThreatScene()

  private func trial(
    _ trial: RuleTrial, _ time: Int64, _ objects: [SceneObject], user: String = "c-1",
    device: String = "dock-1"
  ) -> FrameTrial? {
    scene.withFrame(time, objects, user: user, device: device) { trial.take($1).first }
  }

  @Test func camerasAreJudgedByTheirOwnRulesAndMemories() {
    let set = RuleSet(
      rules: [
        ThreatRule(
          id: 200, name: "person at the dock", unsafe: ["person"],
          persist: .init(frames: 2, of: 3, within: 4_000), cooldown: 30_000),
        ThreatRule(id: 300, name: "dog", unsafe: ["dog"], probability: 800_000),
      ],
      assignments: [
        RuleAssignment(users: ["c-*"], devices: ["dock*"], rules: [200]),
        RuleAssignment(users: ["c-2"], rules: [300]),
      ], exemptions: [ClassExemption(users: ["c-3"], classes: ["person"])])
    let trial = RuleTrial(set, names: scene.names, timeZones: scene.timeZones)
    let person = [scene.object("person", 93)]
    let first = self.trial(trial, 0, person)
    #expect(first?.user == "c-1" && first?.device == "dock-1" && first?.time == 0)
    #expect(
      first?.rules == [
        .init(
          id: 200, name: "person at the dock", fires: false, isThreat: false,
          words: "rule 200: no: person 0.93, 1 of 3 frames, needs 2 within 4 s")
      ])
    // Another camera does not add to it.
    #expect(
      self.trial(trial, 500, person, user: "c-2")?.rules.map(\.words) == [
        "rule 200: no: person 0.93, 1 of 3 frames, needs 2 within 4 s",
        "rule 300: no: nothing of an unsafe class (dog)",
      ])
    #expect(
      self.trial(trial, 1_000, person)?.rules == [
        .init(
          id: 200, name: "person at the dock", fires: true, isThreat: true,
          words: "person 0.93, 2 of 3 frames, rule 200")
      ])
    let next = self.trial(trial, 2_000, person)?.rules.first
    #expect(next?.fires == true && next?.isThreat == false)
    #expect(self.trial(trial, 3_000, person, user: "x")?.rules == [])
    #expect(
      self.trial(trial, 3_000, person, user: "c-3")?.rules.map(\.words) == [
        "rule 200: no: person 0.93 is ignored here"
      ])
    // Lowered after ten seconds; within the cooldown no new threat, after it one.
    for (time, isThreat) in [(20_000, false), (45_000, true)] as [(Int64, Bool)] {
      _ = self.trial(trial, time, person)
      let rule = self.trial(trial, time + 1_000, person)?.rules.first
      #expect(rule?.fires == true && rule?.isThreat == isThreat)
    }
  }
}
