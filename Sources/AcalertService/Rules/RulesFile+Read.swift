import Detection
import Events

extension RulesFile {
  /// Reads the root of a rules file. What the rules say together is checked by `RuleSet.validate`.
  mutating func read(_ root: StrictNode) throws {
    var found = RulesFile()
    var rules: [(rule: ThreatRule, tests: StrictNode?)] = []
    try root.mapping([
      "rules": { rules = try $0.sequence().map(Self.rule) },
      "assign": { found.rules.assignments = try $0.sequence().map(Self.assignment) },
      "ignore": { found.rules.exemptions = try $0.sequence().map(Self.exemption) },
      "classes": { found.classes = try $0.items().map { try $0.className() } },
    ])
    found.rules.rules = rules.map(\.rule)
    for (rule, tests) in rules {
      guard let tests else { continue }
      let camera = found.rules.assignments.first { $0.rules.contains(rule.id) }?.exampleCamera
      found.tests += try tests.sequence().map { try Self.test($0, of: rule, camera: camera) }
    }
    self = found
  }

  private static func rule(_ node: StrictNode) throws -> (ThreatRule, StrictNode?) {
    var rule = ThreatRule(id: 0, name: "", unsafe: [])
    var tests: StrictNode?
    try node.mapping([
      "id": { rule.id = try $0.integer(in: 1...1_000_000_000) },
      "name": { rule.name = try $0.nonEmptyText() },
      "unsafe": { rule.unsafe = try $0.items().map { try $0.className() } },
      "match": { rule.match = try $0.choice() },
      "probability": { rule.probability = try $0.share() },
      "zones": { rule.zones = try $0.someItems().map(zone) },
      "schedule": { rule.schedule = try Schedule($0) },
      "persist": { rule.persist = try persistence($0) },
      "median_probability": { rule.medianProbability = try $0.share() },
      "cooldown": { rule.cooldown = try $0.duration() },
      "severity": { rule.severity = try $0.choice() },
      "tests": { tests = $0 },
    ])
    for (key, isMissing) in [
      ("id", rule.id == 0), ("name", rule.name.isEmpty),
      ("unsafe", node.child("unsafe") == nil),
    ] where isMissing {
      throw node.error("has no \(key)")
    }
    return (rule, tests)
  }

  private static func zone(_ node: StrictNode) throws -> ThreatRule.Zone {
    guard case .mapping = node.node else { return .named(try node.zoneName()) }
    var name = ""
    var points: [Point]?
    try node.mapping([
      "name": { name = try $0.zoneName() },
      "polygon": { points = try $0.sequence().map(point) },
    ])
    guard !name.isEmpty else { throw node.error("has no name") }
    guard let points else {
      throw node.error("has no polygon; a zone that the detector knows is its name alone")
    }
    return .polygon(name: name, points)
  }

  private static func point(_ node: StrictNode) throws -> Point {
    let numbers = try node.sequence()
    guard numbers.count == 2 else { throw node.error("is not a point: [x, y], each from 0 to 1") }
    return Point(x: try numbers[0].share(), y: try numbers[1].share())
  }

  private static func persistence(_ node: StrictNode) throws -> ThreatRule.Persistence {
    var persist = ThreatRule.Persistence()
    var of: Int?
    try node.mapping([
      "frames": { persist.frames = try $0.integer(in: ThreatRule.Persistence.counts) },
      "of": { of = try $0.integer(in: ThreatRule.Persistence.counts) },
      "within": { persist.within = try $0.duration() },
    ])
    persist.of = of ?? persist.frames
    return persist
  }

  private static func assignment(_ node: StrictNode) throws -> RuleAssignment {
    var assignment = RuleAssignment(rules: [])
    try node.mapping([
      "users": { assignment.users = try $0.someTexts() },
      "devices": { assignment.devices = try $0.someTexts() },
      "sites": { assignment.sites = try $0.someTexts() },
      "rules": {
        assignment.rules = try $0.someItems().map { try $0.integer(in: 1...1_000_000_000) }
      },
    ])
    guard node.child("rules") != nil else { throw node.error("has no rules") }
    return assignment
  }

  private static func exemption(_ node: StrictNode) throws -> ClassExemption {
    var exemption = ClassExemption(classes: [])
    try node.mapping([
      "users": { exemption.users = try $0.someTexts() },
      "devices": { exemption.devices = try $0.someTexts() },
      "sites": { exemption.sites = try $0.someTexts() },
      "classes": { exemption.classes = try $0.someItems().map { try $0.className() } },
      "zones": { exemption.zones = try $0.someItems().map(zone) },
    ])
    guard node.child("classes") != nil else { throw node.error("has no classes") }
    return exemption
  }

  private static func test(
    _ node: StrictNode, of rule: ThreatRule, camera: CameraTags?
  ) throws -> RuleTest {
    var test = RuleTest(
      rule: rule.id, name: "", expect: .fires, events: [], camera: camera ?? CameraTags(),
      line: node.node.mark?.line ?? 0)
    var isExpectationGiven = false
    try node.mapping([
      "name": { test.name = try $0.nonEmptyText() },
      "user": { test.camera.user = try $0.id() },
      "device": { test.camera.device = try $0.id() },
      "site": { test.camera.site = try $0.id() },
      "timezone": { node in
        test.camera.timezone = try node.nonEmptyText()
        try node.requireTimeZone(test.camera.timezone ?? "")
      },
      "expect": {
        test.expect = try $0.choice()
        isExpectationGiven = true
      },
      "events": { test.events = try $0.someItems().map { try $0.event() } },
    ])
    guard !test.name.isEmpty else { throw node.error("has no name") }
    guard isExpectationGiven else { throw node.error("has no expect: fires or safe") }
    guard !test.events.isEmpty else { throw node.error("has no events") }
    guard test.camera.user != nil, test.camera.device != nil else {
      throw node.error(
        "has no user and device, and rule \(rule.id) is assigned to nobody of whom to take them")
    }
    return test
  }
}

extension StrictNode {
  /// The items of a list, or the single value itself; an empty list would look like an absent one.
  fileprivate func someItems() throws -> [StrictNode] {
    let items = try items()
    guard !items.isEmpty else { throw error("must not be an empty list") }
    return items
  }

  fileprivate func someTexts() throws -> [String] { try someItems().map { try $0.nonEmptyText() } }

  /// A zone's name, in lower case as all of them are kept.
  fileprivate func zoneName() throws -> String {
    let name = try nonEmptyText()
    guard name.utf8.count <= Vocabulary.maxNameBytes else {
      throw error("is longer than \(Vocabulary.maxNameBytes) bytes")
    }
    return name.asciiLowercased
  }
}
