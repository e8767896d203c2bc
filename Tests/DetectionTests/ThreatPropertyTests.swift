import Events
import Foundation
import Testing

@testable import Detection

/// Judgement against slow and simple references, on random data.
@Suite struct ThreatPropertyTests {
  /// A frame as it arrived.
  private struct Frame {
    var time: Int64
    var objects: [SceneObject]
  }

  /// Whether the condition holds in the frame that arrived last, by the definition: it is satisfied, and
  /// some `of` successive frames, it among them, of which it is the newest or which were there before,
  /// all within `within` of the last of them, have enough satisfied ones.
  private func frames(_ log: [(time: Int64, isSatisfied: Bool)], _ persist: ThreatRule.Persistence)
    -> Int
  {
    let order = log.indices.sorted { (log[$0].time, $0) < (log[$1].time, $1) }
    guard let newest = order.last, let place = order.firstIndex(of: log.count - 1) else { return 0 }
    let time = log[log.count - 1].time
    if log[newest].time - time > persist.within { return 1 }
    var best = 1
    for end in place..<order.count {
      let window = order[...end].suffix(persist.of).filter {
        log[order[end]].time - log[$0].time <= persist.within
      }
      guard window.contains(log.count - 1) else { continue }
      best = max(best, window.count { log[$0].isSatisfied })
    }
    return best
  }

  @Test(arguments: 0..<40) func persistence_isThatOfTheDefinition(seed: Int) {
    var random = SceneRandomness(UInt64(seed))
    // Rings hold twice as many frames as are asked for: so late ones are looked at whole.
    let persist = ThreatRule.Persistence(
      frames: 1, of: seed % 5 == 0 ? 64 : Int.random(in: 2...8, using: &random),
      within: Int64.random(in: 50...900, using: &random))
    var ring = FrameRing(capacity: min(64, 2 * persist.of), rules: 2)
    var log: [(time: Int64, isSatisfied: Bool)] = []
    var now: Int64 = 0
    for _ in 0..<400 {
      now += Int64.random(in: 0...120, using: &random)
      // Late by less than the frames that the ring looks back on.
      let isLate = Int.random(in: 0..<4, using: &random) == 0 && persist.of < 64
      let newest = log.map(\.time).max() ?? 0
      let recent = log.map(\.time).sorted().suffix(persist.of)
      let time = isLate ? Int64.random(in: (recent.first ?? newest)...newest, using: &random) : now
      let isSatisfied = Bool.random(using: &random)
      log.append((time, isSatisfied))
      let place = ring.insert(time)
      if isSatisfied {
        ring.mark(rule: 1, place: place)
        let found = ring.frames(rule: 1, place: place, of: persist.of, within: persist.within)
        #expect(found == frames(log, persist))
      }
    }
  }

  private let rules = [
    ThreatRule(
      id: 1, name: "a", unsafe: ["person"], probability: 600_000,
      persist: .init(frames: 3, of: 5, within: 4_000), medianProbability: 650_000),
    ThreatRule(
      id: 2, name: "b", unsafe: ["dog", "person"], match: .all, probability: 500_000,
      persist: .init(frames: 4, of: 30, within: 20_000)),
    ThreatRule(id: 3, name: "c", unsafe: ["cat"], medianProbability: 550_000),
  ]

  @Test(arguments: 0..<4) func judgeFedTheRecentPast_saysWhatOneFedEverythingSays(seed: Int) {
    var random = SceneRandomness(UInt64(seed) + 100)
    let scene = ThreatScene()
    let memory = CameraJudge.memory(of: rules, tracks: TrackRules())
    var log: [Frame] = []
    var now: Int64 = 1_000_000
    for _ in 0..<3_500 {
      now += Int64.random(in: 100...1_200, using: &random)
      if Int.random(in: 0..<200, using: &random) == 0 { now += 60_000 }
      // Things that stand in four places, each for some minutes and not always seen for what it is.
      let objects = (1...4).filter { _ in Int.random(in: 0..<3, using: &random) > 0 }.map { place in
        let names = ["person", "dog", "cat", "hare"]
        let isRight = Int.random(in: 0..<5, using: &random) > 0
        let name =
          isRight ? Int(now / 150_000 + Int64(place)) : Int.random(in: 0...3, using: &random)
        return scene.object(
          names[name % (place == 1 ? 4 : 3)], Int.random(in: 48...80, using: &random),
          foot: (200 * Int32(place), 500))
      }
      let isLate = Int.random(in: 0..<10, using: &random) == 0
      let time = isLate ? now - Int64.random(in: 0...30_000, using: &random) : now
      log.append(Frame(time: time, objects: objects))
    }
    let split = log.count - 300
    let full = words(scene, log, from: split)
    for number in rules.indices { #expect(full.contains { !$0[number].hasPrefix("rule") }) }
    let cut = (log[..<split].map(\.time).max() ?? 0) - memory
    // What was older is not read again.
    let rest = log[..<split].filter { $0.time >= cut }
    #expect(rest.count < split)
    // The past does count.
    #expect(words(scene, log[split...], from: 0) != full)
    #expect(words(scene, rest + log[split...], from: rest.count) == full)
  }

  /// Every outcome's words, from the frame numbered `from` on.
  private func words(_ scene: ThreatScene, _ log: some Sequence<Frame>, from: Int) -> [[String]] {
    let judge = scene.judge(rules)
    var newest = Int64.min
    var all: [[String]] = []
    for (number, frame) in log.enumerated() {
      let words = scene.words(
        judge, frame.time, frame.objects, isInOrder: frame.time >= newest)
      newest = max(newest, frame.time)
      if number >= from { all.append(words) }
    }
    return all
  }

  @Test func assignments_areThoseOfTheNaiveScan() {
    var random = SceneRandomness(7)
    func id(_ letters: Int) -> String {
      String(
        (0..<Int.random(in: 1...letters, using: &random)).map { _ in
          "ab-1".randomElement(using: &random) ?? "a"
        })
    }
    func patterns() -> [String] {
      Array(
        Set(
          (0..<Int.random(in: 0...3, using: &random)).map { _ in
            switch Int.random(in: 0..<5, using: &random) {
            case 0: id(4)
            case 1: id(2) + "*"
            case 2: "*" + id(1)
            case 3: id(1) + "?" + id(1)
            default: id(1) + "*" + id(1)
            }
          }))
    }
    var set = RuleSet(rules: (1...1_000).map { ThreatRule(id: $0, name: "n", unsafe: ["person"]) })
    set.assignments = (0..<1_000).map { number in
      RuleAssignment(
        users: number % 3 == 0 ? (0..<40).map { "a\(number + $0)" } : patterns(),
        devices: patterns(), sites: patterns(),
        rules: [number + 1, (number * 7) % 1_000 + 1].reduce(into: []) {
          if !$0.contains($1) { $0.append($1) }
        })
    }
    set.exemptions = (0..<200).map { number in
      ClassExemption(
        users: patterns(), devices: patterns(), sites: patterns(),
        classes: [["dog"], ["cat", "dog"], ["hare"]][number % 3])
    }
    let scene = ThreatScene()
    let compiled = CompiledRules(set, names: scene.names, timeZones: scene.timeZones)
    func fits(_ patterns: [String], _ id: String) -> Bool {
      patterns.isEmpty || patterns.contains { GlobPattern($0).matches(id) }
    }
    var lists: [String: CameraRuleList] = [:]
    for _ in 0..<500 {
      let user =
        Bool.random(using: &random) ? id(4) : "a\(Int.random(in: 0..<1_100, using: &random))"
      let device = id(4)
      let site = id(3)
      let list = compiled.list(user, device, site)
      let expected = set.assignments.filter {
        fits($0.users, user) && fits($0.devices, device) && fits($0.sites, site)
      }.flatMap(\.rules)
      #expect(list.rules.map(\.id) == Set(expected).sorted())
      if list.isEmpty { continue }
      let classes = Set(
        set.exemptions.filter {
          fits($0.users, user) && fits($0.devices, device) && fits($0.sites, site)
        }.map { $0.classes.sorted() })
      #expect(list.exemptionText.count == classes.count)
      for name in ["dog", "cat", "hare"] {
        let number = scene.names.classes.intern(name) ?? 0
        #expect(
          list.exemptions.everywhere.contains(number) == classes.contains { $0.contains(name) })
      }
      // What is equal is one object.
      let key = "\(list.rules.map(\.id)) \(classes.sorted { $0.description < $1.description })"
      #expect(lists[key] == nil || lists[key] === list)
      lists[key] = list
    }
    #expect(lists.count > 20)
  }

  @Test func classSets_holdWhatWasPutIn() {
    var random = SceneRandomness(5)
    var sets: [(set: ClassSet, ids: Set<UInt16>)] = []
    for limit in [10, 63, 64, 200, 65_534] as [UInt16] {
      let ids = Set((0..<20).map { _ in UInt16.random(in: 0...limit, using: &random) })
      sets.append((ClassSet(ids), ids))
    }
    for (one, other) in zip(sets, sets.dropFirst() + sets.prefix(1)) {
      var union = one.set
      union.formUnion(other.set)
      let all = Set((0...UInt16.max).filter(union.contains))
      #expect(all == one.ids.union(other.ids))
    }
  }

  @Test func polygons_agreeWithFloatingPoint() {
    var random = SceneRandomness(11)
    for _ in 0..<300 {
      // A star around a middle: any number of points in order, so that no edges cross.
      let count = Int.random(in: 3...9, using: &random)
      let angles = (0..<count).map { _ in Double.random(in: 0..<2 * .pi, using: &random) }.sorted()
      let points = angles.map { angle in
        let radius = Double.random(in: 50_000...490_000, using: &random)
        return Point(
          x: Int32(500_000 + radius * cos(angle)), y: Int32(500_000 + radius * sin(angle)))
      }
      for _ in 0..<200 {
        let point = Point(
          x: Int32.random(in: 0...1_000_000, using: &random),
          y: Int32.random(in: 0...1_000_000, using: &random))
        #expect(Polygon.contains(points, point) == windingIsOdd(points, point))
      }
      for (place, point) in points.enumerated() {
        let next = points[(place + 1) % count]
        #expect(Polygon.contains(points, point))
        let middle = Point(x: (point.x + next.x) / 2, y: (point.y + next.y) / 2)
        if (point.x + next.x) % 2 == 0, (point.y + next.y) % 2 == 0 {
          #expect(Polygon.contains(points, middle))
        }
      }
    }
  }

  /// By the sum of the angles under which the edges are seen.
  private func windingIsOdd(_ points: [Point], _ point: Point) -> Bool {
    var sum = 0.0
    for (place, a) in points.enumerated() {
      let b = points[(place + 1) % points.count]
      let first = atan2(Double(a.y - point.y), Double(a.x - point.x))
      let second = atan2(Double(b.y - point.y), Double(b.x - point.x))
      var turn = second - first
      if turn > .pi { turn -= 2 * .pi }
      if turn < -.pi { turn += 2 * .pi }
      sum += turn
    }
    return Int((sum / (2 * .pi)).rounded()) % 2 != 0
  }

  @Test func schedules_followTheClocksOfNewYork() throws {
    let zone = try #require(TimeZone(identifier: "America/New_York"))
    var changes = [ZoneOffsets.Change(from: .min, offset: -5 * 3_600_000)]
    var date = Date(timeIntervalSince1970: 1_700_000_000)
    changes[0].offset = Int64(zone.secondsFromGMT(for: date)) * 1_000
    for _ in 0..<6 {
      guard let next = zone.nextDaylightSavingTimeTransition(after: date) else { break }
      changes.append(
        .init(
          from: Int64(next.timeIntervalSince1970 * 1_000),
          offset: Int64(zone.secondsFromGMT(for: next)) * 1_000))
      date = next
    }
    #expect(changes.count == 7)
    let scene = ThreatScene(zones: ["america/new_york": ZoneOffsets(changes: changes)])
    let device = try #require(scene.timeZones.find("America/New_York"))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    var random = SceneRandomness(13)
    for round in 0..<100 {
      let schedule = Schedule(
        days: UInt8.random(in: 1...0x7f, using: &random),
        from: Int.random(in: 0...1439, using: &random),
        to: Int.random(in: 0...1440, using: &random),
        zone: round % 2 == 0 ? .device : .named("America/New_York"))
      let compiled = CompiledSchedule(schedule, timeZones: scene.timeZones)
      for _ in 0..<40 {
        // Half of the moments lie in the nights in which the clocks are changed.
        let change = changes[Int.random(in: 1...6, using: &random)].from
        let span: Int64 = Bool.random(using: &random) ? 10_800_000 : 86_400_000 * 100
        let time = change + Int64.random(in: -span...span, using: &random)
        let local = compiled.local(time, device: round % 2 == 0 ? device : -1, scene.timeZones)
        #expect(compiled.contains(local: local) == holds(schedule, time, calendar))
      }
    }
  }

  private func holds(_ schedule: Schedule, _ time: Int64, _ calendar: Calendar) -> Bool {
    let date = Date(timeIntervalSince1970: Double(time) / 1_000)
    let parts = calendar.dateComponents([.weekday, .hour, .minute], from: date)
    let minute = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
    // The calendar's weekdays begin with Sunday at 1.
    let today = ((parts.weekday ?? 1) + 5) % 7
    func isOn(_ day: Int) -> Bool { schedule.days & 1 << UInt8(day) != 0 }
    if schedule.to > schedule.from {
      return isOn(today) && minute >= schedule.from && minute < schedule.to
    }
    return isOn(today) && minute >= schedule.from || isOn((today + 6) % 7) && minute < schedule.to
  }
}
