import Detection
import Events
import Foundation
import Testing

@testable import AcalertService

struct RulesFileTests {
  private static let whole = """
    classes: [Robot]
    rules:
      - id: 100
        name: animals at the door
        unsafe: [dog, Cat, raccoon]
        match: all
        probability: 0.80
      - id: 200
        name: 'person in "restricted" area'
        unsafe: person
        zones: [Loading-Dock, {name: gate, polygon: [[0, 0], [0.5, 0], [0.5, 0.25]]}]
        schedule: {days: mon-fri, from: "22:00", to: "06:00", timezone: device}
        persist: {frames: 3, of: 5, within: 4s}
        median_probability: 0.80
        cooldown: 90s
        severity: warning
      - id: 300
        name: robots
        unsafe: [robot]
        schedule: {days: [sat, sun], to: "24:00", timezone: Europe/Berlin}
        persist: {frames: 2}
    assign:
      - {users: ["c-*"], devices: ["door*"], rules: [100, 200]}
      - {sites: s-1, rules: 300}
    ignore:
      - {users: ["c-9"], classes: [dog]}
      - {devices: [yard], classes: person, zones: [scarecrow]}
    """

  private static let set = RuleSet(
    rules: [
      ThreatRule(
        id: 100, name: "animals at the door", unsafe: ["dog", "cat", "raccoon"], match: .all,
        probability: 800_000),
      ThreatRule(
        id: 200, name: "person in \"restricted\" area", unsafe: ["person"],
        zones: [
          .named("loading-dock"),
          .polygon(
            name: "gate",
            [Point(x: 0, y: 0), Point(x: 500_000, y: 0), Point(x: 500_000, y: 250_000)]),
        ],
        schedule: Schedule(days: 0b001_1111, from: 1320, to: 360, zone: .device),
        persist: ThreatRule.Persistence(frames: 3, of: 5, within: 4_000),
        medianProbability: 800_000, cooldown: 90_000, severity: .warning),
      ThreatRule(
        id: 300, name: "robots", unsafe: ["robot"],
        schedule: Schedule(days: 0b110_0000, to: 1440, zone: .named("Europe/Berlin")),
        persist: ThreatRule.Persistence(frames: 2, of: 2)),
    ],
    assignments: [
      RuleAssignment(users: ["c-*"], devices: ["door*"], rules: [100, 200]),
      RuleAssignment(sites: ["s-1"], rules: [300]),
    ],
    exemptions: [
      ClassExemption(users: ["c-9"], classes: ["dog"]),
      ClassExemption(devices: ["yard"], classes: ["person"], zones: [.named("scarecrow")]),
    ])

  @Test func everyKeyIsRead() throws {
    let file = try RulesFile(text: Self.whole, file: "t")
    #expect(file.rules == Self.set)
    #expect(file.classes == ["robot"])
    #expect(file.tests == [])
    #expect(try RuleSet(text: Self.whole, file: "t") == Self.set)
  }

  @Test func emptyFileMeansThatEverythingIsSafe() throws {
    for text in ["", "# nothing\n", "rules: []\n"] {
      #expect(try RulesFile(text: text, file: "t").rules == RuleSet())
    }
  }

  @Test func classesOfTheStreamsLabelsAreKnown() throws {
    let text = "rules: [{id: 1, name: a, unsafe: [pony]}]"
    #expect(throws: ConfigurationError.self) { try RulesFile(text: text, file: "t") }
    #expect(throws: Never.self) { try RulesFile(text: text, file: "t", labels: ["Pony"]) }
  }

  @Test(
    arguments: [
      ("mon", 0b1), ("SUN", 0b100_0000), ("fri-mon", 0b111_0001), ("daily", 0x7f),
      ("[mon-tue, thu]", 0b1011), ("sat-sat", 0b10_0000),
    ] as [(String, UInt8)])
  func daysOfTheWeek(_ text: String, _ days: UInt8) throws {
    let set = try RuleSet(
      text: "rules: [{id: 1, name: a, unsafe: dog, schedule: {days: \(text)}}]", file: "t")
    #expect(set.rules[0].schedule == Schedule(days: days))
  }

  @Test(arguments: ["24:01", "7", "7:5", "12:60", "ab:cd", "-1:00", ""])
  func otherTimesOfDayAreRefused(_ text: String) {
    #expect(throws: ConfigurationError.self) {
      try RuleSet(
        text: "rules: [{id: 1, name: a, unsafe: dog, schedule: {to: \"\(text)\"}}]", file: "t")
    }
  }

  // MARK: Canonical text

  @Test func textOfRulesReadsAsTheSameRules() throws {
    for set in [Self.set, .standard, RuleSet()] {
      let read = try RulesFile(text: set.text, file: "t", labels: ["robot"])
      #expect(read.rules == set)
      #expect(read.rules.text == set.text)
    }
  }

  @Test func textOfRandomRulesReadsAsTheSameRules() throws {
    var random = SeededGenerator(state: 3)
    for round in 0..<200 {
      let set = Self.randomSet(&random)
      #expect(try RuleSet(text: set.text, file: "\(round)") == set, "\(set.text)")
    }
  }

  private static func randomSet(_ random: inout SeededGenerator) -> RuleSet {
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }
    func share() -> Int32 { Int32(number(1...1_000_000)) }
    let names = ["a", "x: y", "\"q\" \\ \u{7}\u{85}\u{2028}", "ä # ö", "-", "{}", "yes", "7"]
    func name() -> String { names[number(0...names.count - 1)] }
    let rules = (1...number(1...4)).map { place in
      ThreatRule(
        id: 10 * place, name: name(),
        unsafe: Bool.random(using: &random) ? ["dog"] : ["cat", "fox"],
        match: Bool.random(using: &random) ? .all : .any, probability: share(),
        zones: [
          .named("zone \(number(1...9))"),
          .polygon(
            name: name().lowercased() + "p",
            [
              Point(x: 0, y: Int32(number(0...400_000))), Point(x: share(), y: 0),
              Point(x: 1_000_000, y: 1_000_000),
            ]),
        ],
        schedule: Schedule(
          days: UInt8(number(1...127)), from: number(0...1439), to: number(0...1440),
          zone: Bool.random(using: &random) ? .device : .named("UTC")),
        persist: ThreatRule.Persistence(
          frames: number(1...5), of: number(5...64), within: Int64(number(1...3_600_000))),
        medianProbability: Bool.random(using: &random) ? share() : nil,
        cooldown: Int64(number(0...90_000_000)),
        severity: Bool.random(using: &random) ? .warning : .danger)
    }
    return RuleSet(
      rules: rules,
      assignments: [RuleAssignment(users: [name()], sites: ["s*", "?"], rules: rules.map(\.id))],
      exemptions: [ClassExemption(devices: [name()], classes: ["dog"], zones: rules[0].zones)])
  }

  // MARK: The file that is shipped

  @Test func shippedRulesAreTheStandardOnes() throws {
    let path = Repository.root.appendingPathComponent("config/rules.yaml").path
    let file = try RulesFile(file: path)
    #expect(file.rules == .standard)
    #expect(file.tests.count >= 2 * file.rules.rules.count)
    let run = RuleTestRun(file)
    #expect(run.failures == 0, "\(run.report())")
  }

  @Test func shippedCamerasAreAWholeConfiguration() throws {
    let path = Repository.root.appendingPathComponent("config/cameras.yaml").path
    let settings = try Configuration(file: path)
    let rules = try RulesFiles(settings)
    #expect(rules.sets.map(\.stream) == [0])
    #expect(rules.sets.map(\.rules) == [.standard])
    let summary = settings.summary(rules)
    #expect(summary.contains("rule 200 person in restricted area at night: danger if"))
    #expect(summary.contains(rules.judgement.version))
  }
}
