import Detection
import Store
import Testing

@testable import Alerting

/// Groups, cool-downs, generations, repetition. Lines are `time status: told | news`; `!` is danger, `~`
/// acknowledged, `-` resolved.
@Suite struct DispatchTimelineTests {
  @Test func firstNotificationWaitsForCompany() {
    var scene = DispatchScene.quick()
    scene.run(to: 1_000)
    scene.open(1)
    #expect(scene.dispatcher.nextDeadline == DispatchScene.midnight + 3_000)
    scene.run(to: 2_500)
    scene.open(2, .danger)
    scene.run(to: 60_000)
    #expect(scene.lines() == ["3000 firing: 2! 1 | news 2 1"])
    let notification = scene.heard.first?.notification
    #expect(notification?.group == #"root{kind="wearer",cause="abnormal"}"#)
    #expect(notification?.generation == 1)
    #expect(scene.groups.count == 1)
  }

  @Test func withoutGroupWaitItIsPlannedAtTheSameTick() {
    var scene = DispatchScene.quick { $0.route.groupWait = 0 }
    scene.now = 500
    scene.open(1)
    scene.tick()
    #expect(scene.lines() == ["500 firing: 1 | news 1"])
  }

  @Test func newsAreHeldBackUntilTheCooldownIsOver() {
    var scene = DispatchScene.quick()
    scene.open(1)
    scene.run(to: 3_000)
    scene.open(2)
    scene.run(to: 10_000)
    scene.open(3)
    scene.run(to: 60_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1", "17000 firing: 1 2 3 | news 2 3"])
  }

  @Test func cooldownStartsWithAcceptance() {
    var scene = DispatchScene.quick()
    scene.latency["phone"] = 10_000
    scene.open(1)
    scene.run(to: 3_000)
    scene.open(2)
    scene.run(to: 26_999)
    #expect(scene.lines() == ["2000 firing: 1 | news 1"])
    scene.run(to: 27_000)
    #expect(scene.lines().count == 2)
  }

  @Test func refusalStartsNoCooldown() {
    var scene = DispatchScene.quick()
    scene.refusing = ["phone"]
    scene.open(1)
    scene.run(to: 3_000)
    scene.open(2)
    scene.run(to: 60_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1", "5000 firing: 1 2 | news 2"])
  }

  @Test func dangerIsNotSwallowedByACooldownSpentOnAWarning() {
    var scene = DispatchScene.quick()
    scene.open(1)
    scene.run(to: 3_000)
    scene.raise(1)
    scene.run(to: 6_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1", "5000 firing: 1! | news 1"])
    #expect(scene.heard.map(\.notification.first) == [[1], []])
    // The next danger is no more severe than what was told.
    scene.open(2, .danger)
    scene.run(to: 60_000)
    #expect(scene.lines().last == "20000 firing: 1! 2! | news 2")
  }

  @Test func warningInCooldownThatBecomesDangerGoesOutSoon() {
    var scene = DispatchScene.quick()
    scene.open(1)
    scene.run(to: 3_000)
    scene.open(2)
    scene.run(to: 8_000)
    scene.raise(2)
    scene.run(to: 60_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1", "10000 firing: 2! 1 | news 2"])
  }

  @Test func onlyOneNotificationWaits() {
    var scene = DispatchScene.quick()
    scene.latency = [:]
    scene.open(1)
    scene.run(to: 100_000)
    scene.open(2, .danger)
    scene.resolve(1)
    scene.run(to: 200_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1"])
    #expect(scene.dispatcher.nextDeadline == nil)
    scene.answer("phone")
    scene.run(to: 200_000)
    #expect(scene.lines().last == "200000 firing: 2! 1- | news 2 1")
  }

  @Test func resolutionIsToldAndThenSettled() {
    var scene = DispatchScene.quick()
    scene.open(1)
    scene.run(to: 50_000)
    scene.resolve(1)
    scene.run(to: 51_999)
    #expect(scene.settled.isEmpty)
    scene.run(to: 60_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1", "52000 resolved: 1- | news 1"])
    #expect(scene.settled == [1])
    #expect(scene.dispatcher.alertCount == 0)
    #expect(scene.dispatcher.nextDeadline == nil)
  }

  @Test func recoveringIsFiring() {
    var scene = DispatchScene.quick()
    scene.open(1)
    scene.run(to: 5_000)
    scene.change(1) { $0.phase = .recovering }
    scene.run(to: 60_000)
    #expect(scene.lines().count == 1)
    #expect(scene.settled.isEmpty)
  }

  @Test func overBeforeItCouldBeToldIsToldAllTheSame() {
    var scene = DispatchScene.quick()
    scene.open(1, .danger)
    scene.run(to: 1_000)
    scene.resolve(1)
    scene.run(to: 60_000)
    #expect(scene.lines() == ["2000 resolved: 1-! | news 1"])
    #expect(scene.settled == [1])
  }

  @Test func whoIsNotToldOfResolutionsIsToldOnceOfEachEpisode() {
    var scene = DispatchScene.quick {
      $0.receivers = [receiver("phone") { $0.sendsResolved = false }]
    }
    scene.open(1)
    scene.run(to: 50_000)
    scene.resolve(1)
    scene.run(to: 60_000)
    scene.open(2)
    scene.run(to: 61_000)
    scene.resolve(2)
    scene.run(to: 90_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1", "62000 resolved: 2- | news 2"])
    #expect(scene.settled == [1, 2])
  }

  @Test func emptiedGroupBeginsANewGenerationWithoutCooldown() {
    var scene = DispatchScene.quick()
    scene.open(1)
    scene.run(to: 10_000)
    scene.open(2)
    scene.resolve(1)
    scene.run(to: 30_000)
    scene.resolve(2)
    scene.run(to: 33_000)
    scene.open(3)
    scene.run(to: 60_000)
    #expect(
      scene.lines() == [
        "2000 firing: 1 | news 1", "17000 firing: 2 1- | news 2 1", "32000 resolved: 2- | news 2",
        "35000 firing: 3 | news 3",
      ])
    #expect(scene.heard.map(\.notification.generation) == [1, 1, 1, 3])
  }

  @Test func isRepeatedWhileOpenAndUnacknowledged() {
    var scene = DispatchScene.quick { $0.route.repeatInterval = 60_000 }
    scene.open(1)
    scene.open(2)
    scene.run(to: 130_000)
    scene.acknowledge(1)
    scene.run(to: 190_000)
    scene.acknowledge(2)
    scene.run(to: 500_000)
    #expect(
      scene.lines() == [
        "2000 firing: 1 2 | news 1 2", "62000 firing: 1 2", "122000 firing: 1 2",
        "182000 firing: 2 1~",
      ])
  }

  @Test func acknowledgementIsToldOnceToThoseWhoWantIt() {
    var scene = DispatchScene.quick {
      $0.receivers = [receiver("phone") { $0.sendsAcknowledged = true }]
    }
    scene.open(1)
    scene.open(2)
    scene.run(to: 20_000)
    scene.acknowledge(1)
    scene.run(to: 30_000)
    scene.acknowledge(2)
    scene.run(to: 50_000)
    scene.raise(1)
    scene.run(to: 100_000)
    #expect(
      scene.lines() == [
        "2000 firing: 1 2 | news 1 2", "32000 acknowledged: 1~ 2~ | news 1 2",
        "52000 firing: 1! 2~ | news 1",
      ])
  }

  @Test func staysWhereItWasToldThoughItGoesElsewhereNow() throws {
    var scene = DispatchScene.quick {
      $0.receivers.append(receiver("siren"))
      $0.route.repeatInterval = 60_000
      var grave = Route()
      grave.name = "grave"
      grave.matchers = [Matcher(unchecked: .severity, .equal, "danger")]
      grave.receivers = ["siren"]
      $0.route.routes = [grave]
    }
    scene.open(1)
    scene.run(to: 10_000)
    scene.raise(1)
    scene.run(to: 100_000)
    scene.resolve(1)
    scene.run(to: 200_000)
    #expect(scene.lines() == ["2000 firing: 1 | news 1", "102000 resolved: 1-! | news 1"])
    #expect(
      scene.lines("siren") == ["12000 firing: 1! | news 1", "102000 resolved: 1-! | news 1"])
    #expect(scene.settled == [1])
  }

  @Test func untoldLeavesTheGroupThatItBelongsToNoMore() {
    var scene = DispatchScene.quick { $0.route.groupBy = [.site] }
    scene.open(1, site: "a")
    scene.run(to: 1_000)
    scene.change(1) { $0.site = "b" }
    scene.run(to: 60_000)
    #expect(scene.heard.map(\.notification.group) == [#"root{site="b"}"#])
  }

  @Test func unknownReceiversAreLeftOut() {
    var scene = DispatchScene.quick { $0.route.receivers = ["nobody", "phone", "phone"] }
    scene.open(1)
    scene.run(to: 5_000)
    #expect(scene.heard.count == 1)
    scene.dispatcher.finished(receiver: "nobody", group: "x", accepted: true, now: 0)
  }

  @Test func whatNoRouteTakesIsSettledWhenResolved() {
    var scene = DispatchScene.quick {
      $0.route.matchers = [Matcher(unchecked: .kind, .equal, "camera")]
    }
    scene.open(1)
    scene.resolve(1)
    scene.run(to: 1_000)
    #expect(scene.heard.isEmpty)
    #expect(scene.settled == [1])
  }

  @Test func clockPutBackDelaysNobody() {
    var scene = DispatchScene.quick()
    scene.run(to: 7_200_000)
    scene.open(1)
    scene.run(to: 7_203_000)
    scene.open(2)
    scene.now = 3_600_000
    scene.dispatcher.use([], now: DispatchScene.midnight + scene.now)
    scene.run(to: 3_700_000)
    #expect(scene.heard.map(\.time) == [7_202_000, 3_615_000])
  }
}
