import Detection
import Store
import Testing

@testable import Alerting

/// Silences, inhibition, mute schedules, escalation.
@Suite struct SuppressionTests {
  private func kinds(_ scene: DispatchScene) -> [String] {
    scene.events.map { "\($0.alert) \($0.kind) \($0.text)" }
  }

  @Test func silencedIsToldWhenTheSilenceEnds() {
    var scene = DispatchScene.quick()
    scene.silence("user=u-1", until: 60_000, comment: "bathing")
    scene.open(1)
    scene.open(2)
    scene.run(to: 100_000)
    #expect(scene.lines() == ["2000 firing: 2 | news 2", "60000 firing: 1 2 | news 1"])
    #expect(kinds(scene) == ["1 silenced silence 1: bathing"])
  }

  @Test func silencedAllItsLifeIsNeverTold() {
    var scene = DispatchScene.quick()
    scene.silence("severity=warning", until: 60_000)
    scene.open(1)
    scene.run(to: 30_000)
    scene.resolve(1)
    scene.run(to: 100_000)
    #expect(scene.heard.isEmpty)
    #expect(scene.settled == [1])
  }

  @Test func resolutionOfWhatWasToldIsToldThoughSilenced() {
    var scene = DispatchScene.quick()
    scene.open(1)
    scene.run(to: 10_000)
    scene.silence("user=u-1", until: 3_600_000)
    scene.run(to: 20_000)
    scene.resolve(1)
    scene.run(to: 100_000)
    #expect(scene.lines().last == "22000 resolved: 1- | news 1")
  }

  @Test func silenceThatIsTakenAwayEndsAtOnce() {
    var scene = DispatchScene.quick()
    scene.silence("user=u-1", until: 3_600_000)
    scene.open(1)
    scene.run(to: 30_000)
    scene.silences = []
    scene.dispatcher.use([], now: DispatchScene.midnight + scene.now)
    scene.run(to: 40_000)
    #expect(scene.lines() == ["30000 firing: 1 | news 1"])
  }

  @Test func silenceOfWarningsDoesNotHideTheRise() {
    var scene = DispatchScene.quick()
    scene.silence("severity=warning", until: 3_600_000)
    scene.open(1)
    scene.run(to: 30_000)
    scene.raise(1)
    scene.run(to: 40_000)
    #expect(scene.lines() == ["32000 firing: 1! | news 1"])
  }

  @Test func couldHaveBeenToldSoItIsThoughSilencedLater() {
    var scene = DispatchScene.quick()
    scene.latency = [:]
    scene.open(1)
    scene.run(to: 5_000)
    scene.open(2)
    scene.run(to: 10_000)
    scene.silence("user=u-2", until: 3_600_000)
    scene.run(to: 20_000)
    scene.resolve(2)
    scene.answer("phone")
    scene.run(to: 60_000)
    #expect(scene.lines().last == "35000 firing: 1 2- | news 2")
  }

  @Test func silencedIsNotRepeated() {
    var scene = DispatchScene.quick { $0.route.repeatInterval = 60_000 }
    scene.open(1)
    scene.run(to: 10_000)
    scene.silence("user=u-1", until: 200_000)
    scene.run(to: 300_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1", "200000 firing: 1", "260000 firing: 1"])
  }

  @Test func unreadableSilenceSilencesNothing() {
    var scene = DispatchScene.quick()
    scene.silence("person=u-1", until: 60_000)
    scene.open(1)
    scene.run(to: 10_000)
    #expect(scene.heard.count == 1)
  }

  private static func inhibiting(_ settings: inout AlertSettings) {
    settings.inhibitions = [
      Inhibition(
        source: [Matcher(unchecked: .kind, .equal, "site")],
        target: [Matcher(unchecked: .cause, .equal, "stale")], equal: [.site])
    ]
  }

  @Test func offlineSiteInhibitsItsCameras() {
    var scene = DispatchScene.quick(Self.inhibiting)
    scene.open(1, kind: "camera", site: "a", cause: .stale)
    scene.open(2, kind: "camera", site: "b", cause: .stale)
    scene.run(to: 1_000)
    scene.open(3, kind: "site", site: "a")
    scene.run(to: 100_000)
    #expect(scene.lines() == ["2000 firing: 2 | news 2", "3000 firing: 3 | news 3"])
    #expect(kinds(scene) == ["1 inhibited by alert 3"])
    scene.resolve(3)
    scene.run(to: 200_000)
    #expect(scene.lines()[2...] == ["100000 firing: 1 2 | news 1", "102000 resolved: 3- | news 3"])
  }

  @Test func resolvedTogetherWithWhatInhibitedItIsNotTold() {
    var scene = DispatchScene.quick(Self.inhibiting)
    scene.open(1, kind: "site", site: "a", cause: .stale)
    scene.open(2, kind: "camera", site: "a", cause: .stale)
    scene.run(to: 60_000)
    scene.resolve(1, 2)
    scene.run(to: 120_000)
    #expect(scene.heard.flatMap { $0.notification.told.map(\.alert) } == [1, 1])
    #expect(scene.settled.sorted() == [1, 2])
  }

  @Test func alertsOnBothSidesDoNotHideEachOther() {
    var scene = DispatchScene.quick {
      let danger = [Matcher(unchecked: .severity, .equal, "danger")]
      $0.inhibitions = [Inhibition(source: danger, target: danger, equal: [.site])]
    }
    scene.open(1, .danger)
    scene.open(2, .danger)
    scene.run(to: 10_000)
    #expect(scene.lines() == ["2000 firing: 1! 2! | news 1 2"])
  }

  @Test func inhibitedStillInhibits() {
    var scene = DispatchScene.quick {
      func rule(_ source: String, _ target: String) -> Inhibition {
        Inhibition(
          source: [Matcher(unchecked: .kind, .equal, source)],
          target: [Matcher(unchecked: .kind, .equal, target)], equal: [])
      }
      $0.inhibitions = [rule("a", "b"), rule("b", "c")]
      $0.route.groupBy = []
    }
    scene.open(1, kind: "a")
    scene.open(2, kind: "b")
    scene.open(3, kind: "c")
    scene.run(to: 10_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1"])
  }

  @Test func mutedUntilTheScheduleEndsInTheDevicesZone() {
    // 09:00 to 10:00 in Tokyo is midnight to 01:00 in UTC.
    var scene = DispatchScene.quick {
      $0.muteSchedules = ["school": MuteSchedule(times: [Schedule(from: 540, to: 600)])]
      $0.route.mute = ["school", "unknown"]
    }
    scene.open(1, timeZone: "Asia/Tokyo")
    scene.open(2)
    scene.run(to: 7_200_000)
    #expect(scene.lines() == ["2000 firing: 2 | news 2", "3600000 firing: 1 2 | news 1"])
    #expect(kinds(scene) == ["1 muted schedule school"])
  }

  @Test func schedulesThatFollowEachOtherMuteUntilTheLastEnds() {
    var scene = DispatchScene.quick {
      $0.muteSchedules = [
        "a": MuteSchedule(times: [
          Schedule(from: 0, to: 60, zone: .named("UTC")),
          Schedule(from: 50, to: 120, zone: .named("UTC")),
        ])
      ]
      $0.route.mute = ["a"]
    }
    scene.open(1)
    scene.run(to: 1_000_000)
    #expect(scene.dispatcher.nextDeadline == DispatchScene.midnight + 7_200_000)
  }

  private static func escalating(_ settings: inout AlertSettings) {
    settings.receivers.append(receiver("night"))
    settings.route.escalations = [.init(after: 300_000, receivers: ["night"])]
  }

  @Test func unacknowledgedIsEscalated() {
    var scene = DispatchScene.quick(Self.escalating)
    scene.open(1)
    scene.open(2)
    scene.run(to: 100_000)
    scene.acknowledge(2)
    scene.run(to: 400_000)
    #expect(scene.lines("night") == ["302000 firing: 1 | news 1"])
    #expect(kinds(scene) == ["1 escalated not acknowledged: night is told"])
    scene.acknowledge(1)
    scene.resolve(1)
    scene.run(to: 500_000)
    #expect(scene.lines("night").last == "402000 resolved: 1- | news 1")
    #expect(scene.settled == [1])
  }

  @Test func riseStartsTheTimeAnew() {
    var scene = DispatchScene.quick(Self.escalating)
    scene.open(1)
    scene.run(to: 100_000)
    scene.acknowledge(1)
    scene.run(to: 200_000)
    scene.raise(1)
    scene.run(to: 1_000_000)
    #expect(scene.lines("night") == ["502000 firing: 1! | news 1"])
  }

  @Test func silencedIsEscalatedOnlyAfterTheSilence() {
    var scene = DispatchScene.quick(Self.escalating)
    scene.open(1)
    scene.run(to: 10_000)
    scene.silence("user=u-1", until: 600_000)
    scene.run(to: 700_000)
    #expect(scene.lines("night") == ["600000 firing: 1 | news 1"])
  }
}
