import Detection
import Store
import Testing

@testable import Alerting

/// Random timelines, with and without restarts at random moments.
@Suite struct DispatchPropertyTests {
  struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
  }

  /// Direct, capped, only firing, for danger by site, and one to whom is escalated.
  private static func settings() -> AlertSettings {
    var settings = AlertSettings()
    settings.receivers = [
      receiver("phone") { $0.sendsAcknowledged = true },
      receiver("capped") { $0.rateCap = .init(notifications: 3, interval: 90_000) },
      receiver("pager") { $0.sendsResolved = false },
      receiver("siren"),
      receiver("night"),
    ]
    settings.route.receivers = ["phone", "capped", "pager"]
    settings.route.groupBy = [.kind, .user]
    settings.route.repeatInterval = 120_000
    settings.route.escalations = [.init(after: 60_000, receivers: ["night"])]
    var grave = Route()
    grave.name = "grave"
    grave.matchers = [Matcher(unchecked: .severity, .equal, "danger")]
    grave.receivers = ["siren", "phone"]
    grave.groupBy = [.site]
    grave.groupWait = 0
    grave.groupInterval = 5_000
    settings.route.routes = [grave]
    settings.inhibitions = [
      Inhibition(
        source: [Matcher(unchecked: .kind, .equal, "site")],
        target: [Matcher(unchecked: .kind, .equal, "camera")], equal: [.site])
    ]
    return settings
  }

  private struct Steps: OptionSet {
    let rawValue: Int
    static let silences = Steps(rawValue: 1)
    static let acknowledgements = Steps(rawValue: 2)
    static let rises = Steps(rawValue: 4)
    static let cameras = Steps(rawValue: 8)
    static let all: Steps = [.silences, .acknowledgements, .rises, .cameras]
  }

  /// Restarts come from dice of their own, so that the same seed makes the same timeline without them.
  private func timeline(
    _ seed: UInt64, _ settings: AlertSettings = Self.settings(), steps: Steps = .all,
    restarts: Bool, after: (inout DispatchScene) -> Void = { _ in }
  ) -> DispatchScene {
    var dice = Dice(state: seed)
    var other = Dice(state: seed &+ 1)
    var scene = DispatchScene(settings)
    for receiver in settings.receivers {
      scene.latency[receiver.name] = Int64.random(in: 0...20_000, using: &dice)
    }
    var next: Int64 = 1
    for _ in 0..<120 {
      scene.run(to: scene.now + Int64.random(in: 0...6_000, using: &dice))
      let open = scene.alerts.values.filter(\.isOpen).map(\.id).sorted()
      switch Int.random(in: 0..<10, using: &dice) {
      case 0..<4:
        let user = "u-\(Int.random(in: 0..<4, using: &dice))"
        let kinds = steps.contains(.cameras) ? ["wearer", "camera", "camera", "site"] : ["wearer"]
        scene.open(
          next, dice.chance(20) ? .danger : .warning, user: user,
          kind: kinds.randomElement(using: &dice) ?? "", device: "d-\(next)",
          site: dice.chance(50) ? "a" : "b")
        next += 1
      case 4..<7: if let id = open.randomElement(using: &dice) { scene.resolve(id) }
      case 7:
        if let id = open.randomElement(using: &dice), steps.contains(.rises),
          scene.alerts[id]?.severity == .warning
        {
          scene.raise(id)
        }
      case 8:
        if let id = open.randomElement(using: &dice), steps.contains(.acknowledgements) {
          scene.acknowledge(id)
        }
      default:
        if dice.chance(30) {
          let name = settings.receivers.randomElement(using: &dice)?.name ?? ""
          if scene.refusing.remove(name) == nil { scene.refusing.insert(name) }
        } else if steps.contains(.silences) {
          let from = scene.now + (dice.chance(70) ? 0 : 10_000)
          let user = Int.random(in: 0..<4, using: &dice)
          scene.silence("user=u-\(user)", from: from, until: from + 40_000, comment: "x")
        }
      }
      if other.chance(50) { scene.tick() }
      let isBroken = other.chance(25)
      if restarts, isBroken { scene.restart() }
    }
    scene.resolveAll()
    scene.run(to: scene.now + 1_000_000)
    after(&scene)
    return scene
  }

  @Test(arguments: [false, true])
  func everyEpisodeIsToldAndClosed(restarts: Bool) {
    for seed in 0..<25 as Range<UInt64> {
      let scene = timeline(seed, restarts: restarts)
      expectClosed(scene, seed)
      expectGenerations(scene, seed)
      expectSilence(scene, seed)
      if !restarts { expectEventsOnce(scene, seed) }
    }
  }

  @Test func restartsChangeNothing() {
    // Without what only a process remembers: which of several suppressions ended when, and how urgent
    // alerts were that are settled.
    var settings = Self.settings()
    settings.route.escalations = []
    settings.receivers[0].sendsAcknowledged = false
    settings.inhibitions = []
    for seed in 0..<40 as Range<UInt64> {
      let steps: Steps = [.acknowledgements, .cameras]
      let whole = timeline(seed, settings, steps: steps, restarts: false)
      let broken = timeline(seed, settings, steps: steps, restarts: true)
      let difference = zip(whole.said, broken.said).first { $0.0 != $0.1 }
      #expect(whole.said == broken.said, "seed \(seed): \(String(describing: difference))")
      #expect(whole.settled.sorted() == broken.settled.sorted(), "seed \(seed)")
    }
  }

  // MARK: Invariants

  private func expectClosed(_ scene: DispatchScene, _ seed: UInt64) {
    #expect(scene.broken.isEmpty, "seed \(seed)")
    #expect(scene.settled.sorted() == scene.alerts.keys.sorted(), "seed \(seed)")
    #expect(scene.dispatcher.alertCount == 0, "seed \(seed)")
    #expect(scene.dispatcher.nextDeadline == nil, "seed \(seed)")
    let tree = RouteTree(scene.settings.route)
    var last: [String: AlertNotification.Told] = [:]
    var lastOf: [String: AlertNotification.Told] = [:]
    for heard in scene.heard {
      let name = heard.notification.receiver
      #expect(!heard.notification.told.isEmpty, "seed \(seed)")
      #expect(Set(heard.notification.told.map(\.alert)).count == heard.notification.told.count)
      for line in heard.notification.told {
        #expect(
          last["\(name) \(line.alert) \(heard.notification.group)"]?.status != .resolved,
          "seed \(seed): \(line.alert) at \(name) after it was told to be resolved")
        last["\(name) \(line.alert) \(heard.notification.group)"] = line
        lastOf["\(name) \(line.alert)"] = line
      }
    }
    let suppressed = Set(
      scene.events.filter { [.silenced, .inhibited].contains($0.kind) }.map(\.alert))
    for alert in scene.alerts.values {
      for match in tree.routes(for: AlertLabels(alert)) {
        for receiver in match.receivers where !suppressed.contains(alert.id) {
          let line = lastOf["\(receiver) \(alert.id)"]
          #expect(line != nil, "seed \(seed): \(alert) at \(receiver)")
        }
      }
      for receiver in scene.settings.receivers where receiver.sendsResolved {
        guard let line = lastOf["\(receiver.name) \(alert.id)"] else { continue }
        #expect(line.status == .resolved, "seed \(seed): \(alert.id) at \(receiver.name)")
      }
    }
  }

  /// A group that was told to be over begins a new generation, and only then.
  private func expectGenerations(_ scene: DispatchScene, _ seed: UInt64) {
    var before: [String: PlannedNotification] = [:]
    var used: [String: Set<Int64>] = [:]
    for heard in scene.heard where heard.notification.kind == .alerts {
      let notification = heard.notification
      guard !["capped", "pager"].contains(notification.receiver) else { continue }
      let key = "\(notification.receiver) \(notification.group)"
      if let last = before[key], last.status != .resolved {
        #expect(last.generation == notification.generation, "seed \(seed): \(key)")
      } else {
        let isNew = used[key, default: []].insert(notification.generation).inserted
        #expect(isNew, "seed \(seed): \(key)")
      }
      before[key] = notification
    }
  }

  /// No firing news of what is silenced, no more than the cap allows.
  private func expectSilence(_ scene: DispatchScene, _ seed: UInt64) {
    var counted: [Int64] = []
    for heard in scene.heard {
      let news = heard.notification.told.filter { heard.notification.news.contains($0.alert) }
      for line in news where line.status == .firing {
        guard let alert = scene.alerts[line.alert] else { continue }
        let isSilenced = scene.silences.contains {
          $0.isActive(at: DispatchScene.midnight + heard.time)
            && $0.matchers == ["user=\(alert.identity.user)"]
        }
        #expect(!isSilenced, "seed \(seed): \(line.alert) at \(heard.time)")
      }
      guard heard.notification.receiver == "capped", heard.notification.kind == .alerts else {
        continue
      }
      counted.append(heard.time)
      if !news.contains(where: { $0.status == .firing && $0.severity == .danger }) {
        let inWindow = counted.filter { $0 > heard.time - 90_000 }.count
        #expect(inWindow <= 3, "seed \(seed) at \(heard.time)")
      }
    }
  }

  private func expectEventsOnce(_ scene: DispatchScene, _ seed: UInt64) {
    let keys = scene.events.map { "\($0.alert) \($0.kind) \($0.text)" }
    #expect(Set(keys).count == keys.count, "seed \(seed)")
  }
}

extension DispatchScene {
  mutating func resolveAll() {
    for id in alerts.values.filter(\.isOpen).map(\.id).sorted() { resolve(id) }
  }

  /// All that was heard, in an order that does not depend on who is first at one moment.
  fileprivate var said: [String] {
    heard.map {
      let told = $0.notification.told.map { "\($0.alert) \($0.status) \($0.severity)" }
      return "\($0.time) \($0.notification.receiver) \($0.notification.group) "
        + "\($0.notification.generation) \($0.notification.status) \(told) \($0.notification.news)"
    }
    .sorted { (Int($0.prefix { $0 != " " }) ?? 0, $0) < (Int($1.prefix { $0 != " " }) ?? 0, $1) }
  }
}
