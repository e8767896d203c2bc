import ArgumentParser
import Detection
import Events
import simulation

/// How many false alarms the rules make, against a rule that believes every frame.
struct AlarmsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alarms",
    abstract: "Judges simulated camera-days, of which the truth is known, and counts false alarms.",
    discussion: """
      Each rule is measured beside its naive twin, which fires on a single frame of probability 0.5. \
      The first pair is for persons, on every camera, all day: the naive rule, and the conditions of \
      the standard rule for persons. The second is the same for persons in the restricted zone at \
      night. Both are also held against what Frigate confirms with its usual settings. Then each of \
      the standard rules as it is.

      Exit code 1: the first pair has less than ten times fewer false alarms, or finds less than 98 %.
      """)

  @Option(help: "Users, with four cameras each.")
  var users = 12

  @Option(help: "Days of each camera.")
  var days = 1.0

  @Option(help: "Frames a second of each camera.")
  var rate = 2.0

  @Option(help: "The seed of the simulation.")
  var seed: UInt64 = 1

  func run() throws {
    var world = CameraPopulationConfiguration(startTime: Workload.startTime)
    world.users = users
    world.cameras = 4
    world.rate = rate
    world.seed = seed
    let pairs = AlarmPair.all(of: .standard)
    let trial = try AlarmTrial(world, days: days, rules: AlarmPair.rules(of: pairs))
    print(AlarmTable.header)
    var goal: String?
    var together = (naive: AlarmScore(), steady: AlarmScore())
    for (place, pair) in pairs.enumerated() {
      let naive = AlarmScore(of: pair.naive, in: trial, days: days)
      let steady = AlarmScore(of: pair.rule, in: trial, days: days)
      guard naive.cameraDays > 0 else { continue }
      let frigate = pair.frigate.map { AlarmScore(of: $0, in: trial, days: days) }
      show(pair.title, naive, frigate, steady)
      if pair.isStandard {
        together.naive.add(naive)
        together.steady.add(steady)
      }
      if place == 0, naive.falseAlarms < 10 * steady.falseAlarms || steady.recall < 0.98 {
        goal = "the goal is ten times fewer false alarms and a recall of 98 %"
      }
    }
    show("the standard rules together", together.naive, nil, together.steady)
    print("\(trial.frames) frames")
    if let goal {
      print(goal)
      throw ExitCode(1)
    }
  }

  private func show(
    _ title: String, _ naive: AlarmScore, _ frigate: AlarmScore?, _ steady: AlarmScore
  ) {
    print(title)
    print(AlarmTable.row("  one frame", naive))
    if let frigate { print(AlarmTable.row("  Frigate's", frigate)) }
    print(AlarmTable.row("  the rule", steady))
    let ratio = Double(naive.falseAlarms) / Double(max(1, steady.falseAlarms))
    print("  \(Figures.fixed(ratio, 1)) times fewer false alarms")
  }
}

/// A rule and its naive twin.
struct AlarmPair {
  var title: String
  var naive: ThreatRule
  var rule: ThreatRule
  /// What Frigate takes for a true object with its usual settings: 0.5 counts, a median of 0.7 confirms.
  var frigate: ThreatRule?
  /// The cameras of all.
  var assignments: [RuleAssignment]
  /// Whether it is one of the standard rules as it is.
  var isStandard: Bool

  static func all(of standard: RuleSet) -> [AlarmPair] {
    var pairs: [AlarmPair] = []
    if var person = standard.rules.first(where: { $0.unsafe == ["person"] }) {
      (person.schedule, person.zones) = (nil, [])
      pairs.append(AlarmPair("any person, any camera, any time", person, id: 1_000))
      person.zones = [
        .polygon(
          name: CameraScene.restrictedZone,
          CameraScene.restrictedCorners.map {
            Point(x: Int32($0.x * 1_000_000), y: Int32($0.y * 1_000_000))
          })
      ]
      person.schedule = Schedule(from: 22 * 60, to: 6 * 60)
      pairs.append(AlarmPair("a person in the restricted zone at night", person, id: 1_001))
    }
    for rule in standard.rules {
      pairs.append(
        AlarmPair(
          "standard rule \(rule.id): \(rule.name)", rule, id: rule.id,
          standard.assignments.filter { $0.rules.contains(rule.id) }))
    }
    return pairs
  }

  /// - Parameter id: the rule's in the trial; its twin has one that is higher by 10,000.
  private init(
    _ title: String, _ rule: ThreatRule, id: Int,
    _ assignments: [RuleAssignment] = [RuleAssignment(rules: [])]
  ) {
    self.title = title
    self.rule = rule
    self.rule.id = id
    isStandard = id < 1_000
    naive = self.rule
    naive.id += 10_000
    naive.probability = 500_000
    naive.persist = ThreatRule.Persistence()
    naive.medianProbability = nil
    if !isStandard {
      frigate = naive
      frigate?.id += 10_000
      frigate?.medianProbability = 700_000
    }
    self.assignments = assignments
    for place in self.assignments.indices {
      self.assignments[place].rules = [id, naive.id] + [frigate?.id].compactMap { $0 }
    }
  }

  static func rules(of pairs: [AlarmPair]) -> RuleSet {
    RuleSet(
      rules: pairs.flatMap { [$0.naive, $0.rule] + [$0.frigate].compactMap { $0 } },
      assignments: pairs.flatMap(\.assignments))
  }
}

enum AlarmTable {
  static let header = row(["", "visits", "found", "recall", "false", "a camera-day", "precision"])

  static func row(_ name: String, _ score: AlarmScore) -> String {
    row([
      name, "\(score.visits)", "\(score.found)", Figures.fixed(score.recall * 100, 2) + " %",
      "\(score.falseAlarms)", Figures.fixed(score.falseAlarmsPerDay, 2),
      Figures.fixed(score.precision * 100, 1) + " %",
    ])
  }

  private static func row(_ columns: [String]) -> String {
    var line = ""
    for (place, (column, width)) in zip(columns, [14, 9, 9, 10, 9, 14, 11]).enumerated() {
      let fill = String(repeating: " ", count: max(0, width - column.count))
      line += place == 0 ? column + fill : fill + column
    }
    return line
  }
}
