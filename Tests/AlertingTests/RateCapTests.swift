import Detection
import Store
import Testing

@testable import Alerting

@Suite struct RateCapTests {
  /// Two notifications in 100 s; each wearer is a group.
  private func scene(_ change: (inout AlertSettings) -> Void = { _ in }) -> DispatchScene {
    .quick {
      $0.receivers = [
        receiver("phone") { $0.rateCap = .init(notifications: 2, interval: 100_000) }
      ]
      $0.route.groupBy = [.user]
      $0.route.groupWait = 0
      change(&$0)
    }
  }

  @Test func beyondTheCapOneDigestTellsOfAll() {
    var scene = scene()
    for id in 1...4 { scene.open(Int64(id)) }
    scene.run(to: 50_000)
    #expect(scene.lines() == ["0 firing: 1 | news 1", "0 firing: 2 | news 2"])
    scene.run(to: 150_000)
    #expect(scene.lines()[2...] == ["100000 digest firing: 3 4 | news 3 4"])
    let digest = scene.heard.last?.notification
    #expect(digest?.heldBack == 2)
    #expect(digest?.group == "digest")
    scene.resolve(3)
    scene.run(to: 200_000)
    #expect(scene.lines().last == "150000 resolved: 3- | news 3")
    #expect(scene.settled == [3])
  }

  @Test func dangerPassesAndCounts() {
    var scene = scene()
    for id in 1...3 { scene.open(Int64(id)) }
    scene.run(to: 10_000)
    scene.open(4, .danger)
    scene.run(to: 20_000)
    scene.raise(3)
    scene.run(to: 90_000)
    #expect(
      scene.lines()[2...] == ["10000 firing: 4! | news 4", "20000 firing: 3! | news 3"])
    scene.resolve(4)
    scene.run(to: 109_999)
    #expect(scene.heard.count == 4)
    scene.run(to: 200_000)
    #expect(scene.lines().last == "110000 digest resolved: 4-! | news 4")
  }

  @Test func whatIsOverBeforeTheDigestIsToldInIt() {
    var scene = scene()
    for id in 1...3 { scene.open(Int64(id)) }
    scene.run(to: 10_000)
    scene.resolve(1, 3)
    scene.run(to: 200_000)
    #expect(scene.lines().last == "100000 digest resolved: 1- 3- | news 1 3")
    #expect(scene.heard.last?.notification.first == [3])
    #expect(scene.settled.sorted() == [1, 3])
  }

  @Test func onlyOneDigestWaits() {
    var scene = scene()
    for id in 1...3 { scene.open(Int64(id)) }
    scene.run(to: 50_000)
    scene.latency = [:]
    scene.run(to: 100_000)
    for id in 4...6 { scene.open(Int64(id)) }
    scene.run(to: 500_000)
    #expect(scene.lines()[2...] == ["100000 digest firing: 3 | news 3"])
    scene.answer("phone")
    scene.run(to: 600_000)
    #expect(scene.lines().last == "500000 digest firing: 4 5 6 | news 4 5 6")
    #expect(scene.broken.isEmpty)
  }

  @Test func windowSurvivesARestart() {
    var scene = scene()
    for id in 1...3 { scene.open(Int64(id)) }
    scene.run(to: 50_000)
    scene.restart()
    scene.run(to: 99_999)
    #expect(scene.heard.count == 2)
    scene.run(to: 100_000)
    scene.restart()
    scene.run(to: 200_000)
    #expect(scene.lines()[2...] == ["100000 digest firing: 3 | news 3"])
  }
}
