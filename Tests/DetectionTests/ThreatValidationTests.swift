import Events
import Testing

@testable import Detection

/// Every fault of a set of rules is found, and says where it is.
@Suite struct ThreatValidationTests {
  private static let known: Set = ["person", "dog", "cat", "raccoon", "fox", "bear", "skunk"]

  private func check(_ set: RuleSet) -> RuleSetError? {
    do {
      try set.validate(knownClasses: Self.known, isTimeZone: { $0 == "America/New_York" })
      return nil
    } catch {
      return error
    }
  }

  private func rule(_ change: (inout ThreatRule) -> Void = { _ in }) -> ThreatRule {
    var rule = ThreatRule(id: 200, name: "person", unsafe: ["person"])
    change(&rule)
    return rule
  }

  private func expect(
    _ key: String, _ item: Int?, _ fragment: String,
    location: SourceLocation = #_sourceLocation, _ change: (inout ThreatRule) -> Void
  ) {
    let error = check(RuleSet(rules: [rule { $0.id = 1 }, rule(change)]))
    #expect(error?.place == .rule(1), sourceLocation: location)
    #expect(error?.key == key, sourceLocation: location)
    #expect(error?.item == item, sourceLocation: location)
    #expect(
      error?.message.contains(fragment) == true, "\(error?.message ?? "")",
      sourceLocation: location)
  }

  private func polygon(_ points: [(Int32, Int32)], _ name: String = "area") -> ThreatRule.Zone {
    .polygon(name: name, points.map { Point(x: $0.0 * 1_000, y: $0.1 * 1_000) })
  }

  @Test func standardRules_areValid() {
    #expect(check(.standard) == nil)
    #expect(check(RuleSet()) == nil)
  }

  @Test func faultsOfRules() {
    expect("id", nil, "greater than 0, not -3") { $0.id = -3 }
    expect("id", nil, "also that of \"person\"") { $0.id = 1 }
    expect("name", nil, "is empty") { $0.name = " " }
    expect("name", nil, "200 bytes") { $0.name = String(repeating: "n", count: 201) }
    expect("unsafe", nil, "is empty") { $0.unsafe = [] }
    expect("unsafe", 1, "without a name") { $0.unsafe = ["dog", ""] }
    expect("unsafe", 0, "lower case: person") { $0.unsafe = ["Person"] }
    expect("unsafe", 2, "dog is named twice") { $0.unsafe = ["dog", "cat", "dog"] }
    expect("unsafe", 0, "no detector knows the class racoon") { $0.unsafe = ["racoon"] }
    expect("unsafe", 0, "128 bytes") { $0.unsafe = [String(repeating: "n", count: 129)] }
    expect("probability", nil, "not 0.00") { $0.probability = 0 }
    expect("probability", nil, "not 1.000001") { $0.probability = 1_000_001 }
    expect("median_probability", nil, "above 0") { $0.medianProbability = 0 }
    expect("cooldown", nil, "0s to 365d") { $0.cooldown = -1 }
    expect("cooldown", nil, "0s to 365d") { $0.cooldown = .max }
  }

  @Test func faultsOfPersistence() {
    expect("persist.of", nil, "1 to 64") { $0.persist = .init(frames: 1, of: 65) }
    expect("persist.of", nil, "not 0") { $0.persist = .init(frames: 0, of: 0) }
    expect("persist.frames", nil, "at least 1") { $0.persist = .init(frames: 0, of: 5) }
    expect("persist.frames", nil, "6 of 5 frames can never be") {
      $0.persist = .init(frames: 6, of: 5)
    }
    expect("persist.within", nil, "more than 0s") { $0.persist.within = 0 }
    expect("persist.within", nil, "at most 1h") { $0.persist.within = 3_600_001 }
  }

  @Test func faultsOfSchedules() {
    expect("schedule.days", nil, "names no day") { $0.schedule = Schedule(days: 0) }
    expect("schedule.days", nil, "seven") { $0.schedule = Schedule(days: 0x80) }
    expect("schedule.from", nil, "23:59") { $0.schedule = Schedule(from: 1440) }
    expect("schedule.to", nil, "24:00") { $0.schedule = Schedule(to: 1441) }
    expect("schedule.timezone", nil, "no time zone \"Mars/Base\"") {
      $0.schedule = Schedule(zone: .named("Mars/Base"))
    }
    let good = rule {
      $0.schedule = Schedule(from: 1320, to: 360, zone: .named("America/New_York"))
    }
    #expect(check(RuleSet(rules: [good])) == nil)
  }

  @Test func faultsOfZones() {
    expect("zones", 0, "without a name") { $0.zones = [.named("")] }
    expect("zones", 0, "2 distinct points") {
      $0.zones = [polygon([(0, 0), (1, 1), (0, 0), (1, 1)])]
    }
    expect("zones", 1, "reaches out of the image") {
      $0.zones = [.named("gate"), polygon([(0, 0), (1_001, 0), (0, 5)])]
    }
    expect("zones", 0, "is empty: its points lie on one line") {
      $0.zones = [polygon([(0, 0), (500, 500), (1_000, 1_000)])]
    }
    expect("zones", 0, "edges of the polygon area cross") {
      $0.zones = [polygon([(0, 0), (500, 500), (500, 0), (0, 300)])]
    }
    expect("zones", 0, "256 points") {
      $0.zones = [polygon((0..<257).map { (Int32($0), Int32($0 * $0 % 900)) })]
    }
    expect("zones", 1, "the zone Gate is given twice") {
      $0.zones = [.named("gate"), polygon([(0, 0), (1, 0), (0, 1)], "Gate")]
    }
  }

  @Test func faultsOfAssignments() {
    func error(_ assignment: RuleAssignment) -> RuleSetError? {
      check(RuleSet(rules: [rule()], assignments: [assignment]))
    }
    #expect(error(RuleAssignment(users: ["c-*"], rules: [200])) == nil)
    for (fault, key, item, fragment) in [
      (RuleAssignment(rules: []), "rules", nil, "at least one"),
      (RuleAssignment(rules: [200, 7]), "rules", 1, "no rule 7"),
      (RuleAssignment(rules: [200, 200]), "rules", 1, "twice"),
      (RuleAssignment(users: ["a", ""], rules: [200]), "users", 1, "write *"),
      (RuleAssignment(devices: ["a", "a"], rules: [200]), "devices", 1, "twice"),
      (
        RuleAssignment(sites: [String(repeating: "s", count: 257)], rules: [200]), "sites", 0,
        "256 bytes"
      ),
    ] as [(RuleAssignment, String, Int?, String)] {
      let error = error(fault)
      #expect(error?.place == .assignment(0))
      #expect(error?.key == key)
      #expect(error?.item == item)
      #expect(error?.message.contains(fragment) == true, "\(error?.message ?? "")")
    }
  }

  @Test func faultsOfExemptions() {
    func error(_ exemption: ClassExemption) -> RuleSetError? {
      check(RuleSet(rules: [rule()], exemptions: [exemption]))
    }
    let area = polygon([(0, 0), (1, 0), (0, 1)])
    #expect(error(ClassExemption(users: ["c-9"], classes: ["person"])) == nil)
    #expect(error(ClassExemption(classes: ["person"], zones: [area])) == nil)
    #expect(error(ClassExemption(classes: ["dog"])) == nil)
    for (fault, key, item, fragment) in [
      (ClassExemption(users: ["c-9"], classes: []), "classes", nil, "is empty"),
      (ClassExemption(users: ["c-9"], classes: ["hound"]), "classes", 0, "no detector"),
      (ClassExemption(users: [""], classes: ["dog"]), "users", 0, "empty pattern"),
      (ClassExemption(classes: ["dog"], zones: [polygon([])]), "zones", 0, "0 distinct"),
      (ClassExemption(classes: ["dog", "person"]), "classes", 1, "yet unsafe in rule 200"),
      (
        ClassExemption(users: ["c-9", "*"], devices: ["**"], classes: ["person"]), "classes", 0,
        "ignored for everybody"
      ),
    ] as [(ClassExemption, String, Int?, String)] {
      let error = error(fault)
      #expect(error?.place == .exemption(0))
      #expect(error?.key == key)
      #expect(error?.item == item)
      #expect(error?.message.contains(fragment) == true, "\(error?.message ?? "")")
    }
  }

  @Test func anyClass_mayBeNamedIfNoneIsKnown() throws {
    try RuleSet(rules: [rule { $0.unsafe = ["dragon"] }]).validate(knownClasses: nil)
  }

  @Test func description_saysThePlace() {
    let error = RuleSetError(place: .exemption(2), key: "classes", item: 1, message: "m")
    #expect(error.description == "ignore[2].classes[1]: m")
    #expect(
      RuleSetError(place: .rule(0), key: "id", message: "m").description == "rules[0].id: m")
    #expect(
      RuleSetError(place: .assignment(0), key: "rules", message: "m").description
        == "assign[0].rules: m")
  }
}
