import Events
import Testing

@testable import Detection

/// Timelines of raised rules, and their durable form.
@Suite struct ThreatAlarmTests {
  private let scene = ThreatScene()

  private func rule(_ id: Int, _ severity: ThreatRule.Severity = .danger, cooldown: Int64 = 60_000)
    -> ThreatRule
  {
    ThreatRule(id: id, name: "n", unsafe: ["person"], cooldown: cooldown, severity: severity)
  }

  /// Alarms of one camera with rules of which some hold.
  private final class Camera {
    let list: CameraRuleList
    var alarms = CameraAlarms()

    init(_ list: CameraRuleList) { self.list = list }

    func hold(_ rules: [Int], at time: Int64, arrival: Int64? = nil) -> [CameraAlarms.News] {
      let outcomes = list.rules.indices.map {
        RuleOutcome(rule: $0, finding: rules.contains($0) ? .fires : .belowProbability, of: 1)
      }
      return alarms.take(
        outcomes, of: list, time: time, arrival: arrival ?? time,
        words: { "rule \($0.rule) at \(time)" })
    }

    func clear(_ time: Int64, arrival: Int64? = nil) -> [String] {
      alarms.clear(before: time, arrival: arrival ?? time, clearAfter: 10_000).map {
        "\($0.rule) at \($0.at)"
      }
    }
  }

  @Test func conditionThatHolds_raisesOnceAndIsOneThreat() {
    let camera = Camera(scene.list([rule(100), rule(200)]))
    #expect(camera.hold([1], at: 1_000) == [.init(outcome: 1, isThreat: true)])
    #expect(camera.hold([1], at: 2_000) == [])
    #expect(camera.alarms.highest == .danger)
    #expect(camera.alarms.reason == "rule 1 at 1000")
    #expect(camera.hold([0, 1], at: 3_000) == [.init(outcome: 0, isThreat: true)])
    // Raised for longer than the cooldown: still the same threat.
    var time: Int64 = 3_000
    while time < 200_000 {
      time += 5_000
      #expect(camera.clear(time) == (time == 13_000 ? ["100 at 13000"] : []))
      #expect(camera.hold([1], at: time) == [])
    }
    #expect(camera.clear(time + 9_999) == [])
    #expect(camera.clear(time + 10_000) == ["200 at \(time + 10_000)"])
    #expect(camera.alarms.highest == nil)
    #expect(camera.alarms.reason == nil)
  }

  @Test func conditionThatReturnsWithinTheCooldown_goesOnWithTheThreat() {
    let camera = Camera(scene.list([rule(100)]))
    #expect(camera.hold([0], at: 0) == [.init(outcome: 0, isThreat: true)])
    #expect(camera.clear(20_000) == ["100 at 10000"])
    #expect(camera.alarms.continues == nil)
    #expect(camera.hold([0], at: 20_000) == [.init(outcome: 0, isThreat: false)])
    #expect(camera.alarms.continues == 0)
    #expect(camera.alarms.highest == .danger)
    #expect(camera.clear(59_999) == ["100 at 30000"])
    #expect(!camera.alarms.isEmpty)
    #expect(camera.hold([0], at: 59_999) == [.init(outcome: 0, isThreat: false)])
    #expect(camera.clear(80_000) == ["100 at 69999"])
    #expect(camera.alarms.isEmpty)
    #expect(camera.hold([0], at: 80_000) == [.init(outcome: 0, isThreat: true)])
  }

  @Test func cooldownOfLoweredRule_endsInTime() {
    let camera = Camera(scene.list([rule(100)]))
    _ = camera.hold([0], at: 0)
    _ = camera.clear(10_000)
    // No clearing in between: the cooldown is held against the frame's own time.
    #expect(camera.hold([0], at: 60_000) == [.init(outcome: 0, isThreat: true)])
    #expect(camera.alarms.continues == nil)
  }

  @Test func silentCamera_isLoweredByTheClock() {
    let camera = Camera(scene.list([rule(100)]))
    _ = camera.hold([0], at: 1_000, arrival: 500_000)
    #expect(camera.clear(.min, arrival: 509_999) == [])
    #expect(camera.clear(.min, arrival: 510_000) == ["100 at 11000"])
    #expect(!camera.alarms.isEmpty)
  }

  @Test func lateFrame_doesNotShortenTheAlarm() {
    let camera = Camera(scene.list([rule(100)]))
    _ = camera.hold([0], at: 9_000)
    _ = camera.hold([0], at: 2_000, arrival: 9_500)
    #expect(camera.clear(18_999, arrival: 9_500) == [])
    #expect(camera.clear(19_000) == ["100 at 19000"])
  }

  @Test func reason_isThatOfTheMostUrgent() {
    let camera = Camera(scene.list([rule(100, .warning), rule(200), rule(300)]))
    _ = camera.hold([0], at: 0)
    #expect(camera.alarms.highest == .warning)
    _ = camera.hold([0, 1], at: 1_000)
    #expect(camera.alarms.reason == "rule 1 at 1000")
    _ = camera.hold([0, 1, 2], at: 2_000)
    #expect(camera.alarms.highest == .danger)
    #expect(camera.alarms.reason == "rule 2 at 2000")
  }

  @Test func rulesThatAreGone_areLowered() {
    let camera = Camera(scene.list([rule(100), rule(200), rule(300)]))
    _ = camera.hold([0, 1], at: 0)
    _ = camera.clear(10_000)
    _ = camera.hold([1], at: 10_000)
    #expect(camera.alarms.adopt(scene.list([rule(300)])) == [200])
    #expect(camera.alarms.isEmpty)
    _ = camera.hold([2], at: 11_000)
    #expect(camera.alarms.adopt(scene.list([rule(300, .warning)])) == [])
    #expect(camera.alarms.highest == .warning)
  }

  @Test func evidence_comesBackAsItWas() throws {
    var random = SceneRandomness(3)
    for round in 0..<200 {
      let alarms = CameraAlarms(
        alarms: (0..<round % 7).map { place in
          CameraAlarms.Alarm(
            rule: 1 + place * 1_000_003, severity: Bool.random(using: &random) ? .danger : .warning,
            isRaised: .random(using: &random), isContinued: .random(using: &random),
            lastThreat: .random(in: 0...Sample.maxTime, using: &random),
            lastHeld: .random(in: 0...Sample.maxTime, using: &random),
            lastArrival: .random(in: -1...Sample.maxTime, using: &random),
            cooldown: .random(in: 0...RuleSet.maxCooldown, using: &random),
            reason: String(repeating: "é", count: round))
        })
      let bytes = alarms.evidence
      #expect(alarms.isEmpty == bytes.isEmpty)
      #expect(CameraAlarms(evidence: bytes) == alarms)
      if bytes.isEmpty { continue }
      for length in 1..<bytes.count {
        // A shorter text is either refused or ends between two alarms.
        if let shorter = CameraAlarms(evidence: Array(bytes[..<length])) {
          #expect(shorter.alarms == Array(alarms.alarms.prefix(shorter.alarms.count)))
        }
      }
      #expect(CameraAlarms(evidence: [2] + bytes.dropFirst()) == nil)
      var damaged = bytes
      for _ in 0..<20 {
        damaged[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
        _ = CameraAlarms(evidence: damaged)
      }
    }
  }

  @Test func evidence_isBounded() throws {
    let camera = Camera(scene.list((1...400).map { rule($0) }))
    _ = camera.hold(Array(0..<300), at: 0)
    _ = camera.clear(10_000)
    _ = camera.hold([299, 350], at: 20_000)
    let kept = try #require(CameraAlarms(evidence: camera.alarms.evidence))
    #expect(kept.alarms.count == CameraAlarms.maxWritten)
    #expect(kept.alarms.filter(\.isRaised).map(\.rule).sorted() == [300, 351])
    let text = String(repeating: "ü", count: 2_000)
    var alarms = CameraAlarms()
    _ = alarms.take(
      [RuleOutcome(rule: 0, finding: .fires, of: 1)], of: camera.list, time: 0, arrival: 0,
      words: { _ in text })
    #expect(alarms.reason?.utf8.count == CameraAlarms.maxReasonBytes)
    #expect(CameraAlarms(evidence: alarms.evidence) == alarms)
  }
}
