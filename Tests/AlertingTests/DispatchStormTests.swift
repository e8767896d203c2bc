import Detection
import Store
import Testing

@testable import Alerting

@Suite struct DispatchStormTests {
  @Test func earthquakeMakesAHandfulOfNotifications() {
    var settings = AlertSettings()
    settings.receivers = [
      ReceiverSettings(name: "phone", kind: .kafka(topic: "a")),
      ReceiverSettings(name: "desk", kind: .kafka(topic: "b")),
    ]
    settings.route.receivers = ["phone", "desk"]
    var scene = DispatchScene(settings)
    scene.latency = ["phone": 200, "desk": 3_000]
    let wearers = Array(1...2_000 as ClosedRange<Int64>)
    // All open within 5 s, then each flaps every second for a minute.
    for step in 0..<50 {
      let begin = step * 40
      scene.push(wearers[begin..<(begin + 40)].map { scene.alert($0, .danger) })
      scene.run(to: Int64(step + 1) * 100)
    }
    for second in 5..<65 as Range<Int64> {
      var changed: [Alert] = []
      for id in wearers {
        guard var alert = scene.alerts[id] else { continue }
        alert.phase = second % 2 == 0 ? .recovering : .firing
        alert.flaps += alert.phase == .firing ? 1 : 0
        changed.append(alert)
      }
      scene.push(changed)
      scene.run(to: second * 1_000)
    }
    for step in 0..<50 {
      scene.run(to: 95_000 + Int64(step) * 100)
      let begin = step * 40
      scene.push(
        wearers[begin..<(begin + 40)].compactMap { scene.alerts[$0] }.map {
          var alert = $0
          alert.phase = .resolved
          alert.resolved = DispatchScene.midnight + scene.now
          return alert
        })
    }
    scene.run(to: 600_000)
    for name in ["phone", "desk"] {
      #expect(scene.heard(by: name).count <= 5)
      #expect(scene.heard(by: name).last?.notification.status == .resolved)
      #expect(Set(scene.heard(by: name).map(\.notification.generation)) == [1])
    }
    #expect(scene.settled.count == 2_000)
  }

  @Test func manyOpenAlertsCostNothingWhenOthersCome() {
    let settings = plainSettings { $0.route.groupBy = [.user] }
    let scene = DispatchScene(settings)
    var dispatcher = scene.dispatcher
    let start = DispatchScene.midnight
    let count: Int64 = 20_000
    dispatcher.take((1...count).map { scene.alert($0) }, now: start)
    let plan = dispatcher.tick(now: start + 2_000)
    #expect(plan.notifications.count == Int(count))
    #expect(dispatcher.nextDeadline == nil)
    for notification in plan.notifications {
      dispatcher.finished(
        receiver: "phone", group: notification.group, accepted: true, now: start + 3_000)
    }
    // The repetition, and nothing before.
    #expect(dispatcher.nextDeadline == start + 3_000 + settings.route.repeatInterval)
    dispatcher.take([scene.alert(count + 1)], now: start + 4_000)
    #expect(dispatcher.nextDeadline == start + 6_000)
    #expect(dispatcher.tick(now: start + 5_999).isEmpty)
    #expect(dispatcher.tick(now: start + 6_000).notifications.count == 1)
  }
}
