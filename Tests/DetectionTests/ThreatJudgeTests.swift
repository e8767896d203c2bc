import Events
import Testing

@testable import Detection

/// One camera, one frame after the other: what the rules say, in words.
@Suite struct ThreatJudgeTests {
  private let scene = ThreatScene()

  private func square(_ name: String, _ low: Int32, _ high: Int32) -> ThreatRule.Zone {
    .polygon(
      name: name,
      [(low, low), (high, low), (high, high), (low, high)].map {
        Point(x: $0.0 * 1000, y: $0.1 * 1000)
      })
  }

  @Test func personInTheLoadingDock_firesAtTheThirdOfFiveFrames() {
    let judge = scene.judge([
      ThreatRule(
        id: 200, name: "person", unsafe: ["person"], probability: 850_000,
        zones: [.named("loading-dock")], persist: .init(frames: 3, of: 5, within: 4_000))
    ])
    func see(_ time: Int64, _ percent: Int, _ zones: [String] = ["Loading-Dock"]) -> String {
      scene.words(judge, time, [scene.object("person", percent, zones: zones)])[0]
    }
    #expect(
      see(0, 93) == "rule 200: no: person 0.93 in loading-dock, 1 of 5 frames, needs 3 within 4 s")
    #expect(see(1_000, 62) == "rule 200: no: person 0.62 is below 0.85")
    #expect(
      see(2_000, 90)
        == "rule 200: no: person 0.90 in loading-dock, 2 of 5 frames, needs 3 within 4 s")
    #expect(see(3_000, 90, ["gate"]) == "rule 200: no: person 0.90 is outside of loading-dock")
    #expect(see(4_000, 93) == "person 0.93 in loading-dock, 3 of 5 frames, rule 200")
    // The frame at 0 has left the four seconds.
    #expect(
      see(4_001, 20) == "rule 200: no: person 0.20 is below 0.85")
    #expect(
      see(5_000, 99)
        == "person 0.99 in loading-dock, 3 of 5 frames, rule 200")
    #expect(
      scene.words(judge, 6_000, []) == [
        "rule 200: no: nothing of an unsafe class (person)"
      ])
  }

  @Test func oneFrameRule_saysNothingOfFramesAndZones() {
    let judge = scene.judge([ThreatRule(id: 7, name: "n", unsafe: ["person", "dog"])])
    let people = [scene.object("person", 81), scene.object("dog", 93), scene.object("cat", 99)]
    #expect(scene.words(judge, 0, people) == ["dog 0.93 and person 0.81, rule 7"])
    let crowd = (0..<6).map { scene.object("person", 80 + $0) }
    #expect(
      scene.words(judge, 1, crowd) == [
        "person 0.85, person 0.84, person 0.83, person 0.82 and 2 more, rule 7"
      ])
  }

  @Test func objectsThatLeftOrAreFalse_doNotCount() {
    let judge = scene.judge([ThreatRule(id: 7, name: "n", unsafe: ["person"])])
    let ghosts = [
      scene.object("person", 99, flags: .ended), scene.object("person", 99, flags: .falsePositive),
    ]
    #expect(
      scene.words(judge, 0, ghosts) == ["rule 7: no: nothing of an unsafe class (person)"])
  }

  @Test func matchAll_asksThatEverythingThatCountsIsUnsafe() {
    let judge = scene.judge([
      ThreatRule(
        id: 1, name: "n", unsafe: ["dog", "cat"], match: .all, probability: 800_000,
        zones: [square("yard", 0, 600)])
    ])
    let dog = scene.object("dog", 90)
    func see(_ objects: [SceneObject]) -> String { scene.words(judge, 0, objects)[0] }
    #expect(see([]) == "rule 1: no: nothing of an unsafe class (dog, cat)")
    #expect(see([dog, scene.object("cat", 85)]) == "dog 0.90 in yard and cat 0.85 in yard, rule 1")
    #expect(
      see([dog, scene.object("person", 81), scene.object("person", 95)])
        == "rule 1: no: person 0.95 is there as well, and all must be unsafe")
    // Too unsure, or elsewhere: it does not count, and so is not in the way.
    #expect(see([dog, scene.object("person", 79)]) == "dog 0.90 in yard, rule 1")
    #expect(see([dog, scene.object("person", 99, foot: (700, 700))]) == "dog 0.90 in yard, rule 1")
  }

  @Test func exemptedClasses_areDroppedBeforeAnythingElse() {
    let rules = [
      ThreatRule(id: 1, name: "n", unsafe: ["dog", "person"], match: .all),
      ThreatRule(id: 2, name: "n", unsafe: ["person"]),
    ]
    let judge = scene.judge(
      rules,
      exemptions: [
        ClassExemption(users: ["u"], classes: ["dog"]),
        ClassExemption(users: ["u"], classes: ["person"], zones: [square("scarecrow", 0, 100)]),
        ClassExemption(users: ["other"], classes: ["person"]),
      ])
    #expect(
      scene.words(judge, 0, [scene.object("dog", 91)]) == [
        "rule 1: no: dog 0.91 is ignored here",
        "rule 2: no: nothing of an unsafe class (person)",
      ])
    #expect(
      scene.words(judge, 1, [scene.object("person", 91, foot: (50, 50))]) == [
        "rule 1: no: person 0.91 is ignored here", "rule 2: no: person 0.91 is ignored here",
      ])
    #expect(
      scene.words(judge, 2, [scene.object("person", 91), scene.object("dog", 95)]) == [
        "person 0.91, rule 1", "person 0.91, rule 2",
      ])
  }

  @Test func medianOfTheTrack_hasToBeReachedOnce() {
    let judge = scene.judge([
      ThreatRule(
        id: 3, name: "n", unsafe: ["person"], probability: 600_000, medianProbability: 800_000)
    ])
    func see(_ time: Int64, _ percent: Int, isInOrder: Bool = true) -> String {
      scene.words(judge, time, [scene.object("person", percent)], isInOrder: isInOrder)[0]
    }
    #expect(
      see(0, 99)
        == "rule 3: no: person 0.99, but the median of its track, 0.00, is below 0.80")
    #expect(see(500, 90) == "person 0.90, rule 3")
    #expect(see(1_000, 60) == "person 0.60, rule 3")
    #expect(see(1_500, 60) == "person 0.60, rule 3")
    #expect(
      see(1_200, 99, isInOrder: false)
        == "rule 3: no: person 0.99 came late, and its track is not known")
  }

  @Test func textsOfProbabilities_tellTheSidesOfALimitApart() {
    #expect(ProbabilityText.rounded(849_999, below: 850_000) == "0.849999")
    #expect(ProbabilityText.rounded(840_000, below: 850_000) == "0.84")
    #expect(ProbabilityText.exact(875_000) == "0.875")
    #expect(ProbabilityText.exact(1_000_000) == "1.00")
    #expect(ProbabilityText.rounded(935_000) == "0.94")
    #expect(ProbabilityText.rounded(0) == "0.00")
  }

  @Test func outsideOfTheSchedule_theLocalTimeIsSaid() throws {
    let scene = ThreatScene(zones: [
      "test/east": ZoneOffsets(changes: [.init(from: .min, offset: 2 * 3_600_000)])
    ])
    let judge = scene.judge([
      ThreatRule(
        id: 200, name: "n", unsafe: ["person"],
        schedule: Schedule(days: 0x1f, from: 1320, to: 360))
    ])
    let east = try #require(scene.timeZones.find("Test/East"))
    // 1970-01-01 was a Thursday.
    let person = [scene.object("person", 93)]
    #expect(
      scene.words(judge, 12 * 3_600_000, person, zone: east) == [
        "rule 200: no: person 0.93 at thu 14:00, outside of mon-fri 22:00-06:00"
      ])
    #expect(scene.words(judge, 20 * 3_600_000, person, zone: east) == ["person 0.93, rule 200"])
    #expect(
      scene.words(judge, 20 * 3_600_000, person) == [
        "rule 200: no: person 0.93 at thu 20:00, outside of mon-fri 22:00-06:00"
      ])
  }

  @Test func lateFrame_completesWhatLaterOnesHaveBegun() {
    let judge = scene.judge([
      ThreatRule(
        id: 1, name: "n", unsafe: ["person"], persist: .init(frames: 3, of: 3, within: 4_000))
    ])
    let person = [scene.object("person", 90)]
    _ = scene.words(judge, 1_000, person)
    _ = scene.words(judge, 3_000, person)
    #expect(
      scene.words(judge, 2_000, person, isInOrder: false) == ["person 0.90, 3 of 3 frames, rule 1"])
  }

  @Test func partialFramesWithoutAnythingUnsafe_areNotFrames() {
    let rule = ThreatRule(
      id: 1, name: "n", unsafe: ["person"], persist: .init(frames: 2, of: 2, within: 4_000))
    for isWhole in [true, false] {
      let judge = scene.judge([rule])
      _ = scene.words(judge, 0, [scene.object("person", 90)], isWhole: isWhole)
      _ = scene.words(judge, 100, [scene.object("dog", 90)], isWhole: isWhole)
      let words = scene.words(judge, 200, [scene.object("person", 90)], isWhole: isWhole)
      #expect(words[0].hasPrefix("person") == !isWhole)
    }
  }

  @Test func newRules_beginAnew_andUnchangedOnesGoOn() {
    func rule(_ id: Int, _ probability: Int32) -> ThreatRule {
      ThreatRule(
        id: id, name: "n", unsafe: ["person"], probability: probability,
        persist: .init(frames: 3, of: 4, within: 4_000))
    }
    let judge = scene.judge([rule(1, 500_000), rule(2, 500_000)])
    let person = [scene.object("person", 90)]
    for time in [0, 100] as [Int64] { _ = scene.words(judge, time, person) }
    var long = rule(3, 500_000)
    long.persist.of = 20
    judge.adopt(scene.list([long, rule(2, 500_000), rule(1, 400_000)]))
    #expect(
      scene.words(judge, 200, person) == [
        "rule 3: no: person 0.90, 1 of 20 frames, needs 3 within 4 s",
        "person 0.90, 3 of 4 frames, rule 2",
        "rule 1: no: person 0.90, 1 of 4 frames, needs 3 within 4 s",
      ])
    judge.adopt(scene.list([]))
    #expect(scene.words(judge, 300, person) == [])
    judge.adopt(
      scene.list([rule(2, 500_000)], exemptions: [ClassExemption(users: ["x"], classes: ["dog"])]))
    #expect(
      scene.words(judge, 400, person) == [
        "rule 2: no: person 0.90, 1 of 4 frames, needs 3 within 4 s"
      ])
  }

  @Test func objectsOfAThreat_areNamedSurestFirst() {
    let judge = scene.judge([
      ThreatRule(id: 1, name: "n", unsafe: ["person", "dog"], zones: [.named("Gate")])
    ])
    let objects = [
      scene.object("dog", 70, zones: ["gate"]), scene.object("person", 80, zones: ["x", "gate"]),
    ]
    scene.withFrame(0, objects) { frame, batch in
      #expect(judge.take(frame, batch, isInOrder: true))
      #expect(
        judge.objects(judge.outcomes[0], batch) == [
          .init(className: "person", probability: 0.8, zone: "Gate"),
          .init(className: "dog", probability: 0.7, zone: "Gate"),
        ])
    }
  }
}
