import Dashboard
import Detection
import Foundation
import Testing

@testable import AcalertService

/// A folder with two camera streams, one of them with a rules file.
private struct Site {
  let rules: TemporaryFile
  let settings: Configuration

  init(_ text: String) throws {
    rules = try TemporaryFile(text.utf8, suffix: ".yaml")
    settings = try Configuration(
      text: """
        streams:
          - {name: wrist, topics: wrist}
          - {name: yard, topics: yard, type: camera, rules: \(rules.path)}
          - {name: hall, topics: hall, type: camera, kind: hall, counts: {kind: hall-count}}
        """, file: "t")
  }

  func write(_ text: String) throws {
    try text.write(toFile: rules.path, atomically: true, encoding: .utf8)
  }
}

struct RulesFilesTests {
  private static let dogs = """
    rules: [{id: 1, name: dogs, unsafe: [dog]}]
    assign: [{rules: [1]}]
    """

  @Test func startReadsEveryFile() throws {
    let site = try Site(Self.dogs)
    let rules = try RulesFiles(site.settings, now: { 77 })
    #expect(rules.sets.map(\.stream) == [1, 2])
    #expect(rules.sets[0].rules.rules.map(\.name) == ["dogs"])
    #expect(rules.sets[1].rules == .standard)
    #expect(rules.judgement.firstUsed == 77)
    #expect(rules.judgement.text.contains("\"dogs\""))
    #expect(rules.judgement.version.count == 8)
    let summaries = rules.summaries
    #expect(summaries.map(\.stream) == ["yard", "hall"])
    #expect(summaries.map(\.file) == [site.rules.path, ""])
    #expect(summaries.allSatisfy { $0.version == rules.judgement.version })
    #expect(summaries[1].rules == RuleSet.standard.rules)
  }

  @Test func startNamesTheFileThatIsNotGood() throws {
    let site = try Site("rules: [{id: 1}]")
    do {
      _ = try RulesFiles(site.settings)
      Issue.record("it is accepted")
    } catch {
      #expect(error.file == site.rules.path)
      #expect(error.line == 1)
    }
  }

  @Test func reloadInstallsWhatIsNew() throws {
    let site = try Site(Self.dogs)
    let rules = try RulesFiles(site.settings, now: { 5 })
    let before = rules.judgement.version
    try site.write(Self.dogs.replacing("dog]", with: "dog, cat]"))
    var installed: JudgementChange?
    let result = rules.reload { installed = $0 }
    #expect(installed?.rules.keys.sorted() == [1])
    #expect(installed?.rules[1]?.rules.first?.unsafe == ["dog", "cat"])
    #expect(installed?.models == [:])
    #expect(installed?.judgement.version != before)
    #expect(installed?.judgement == rules.judgement)
    #expect(
      result
        == .success(
          version: rules.judgement.version, rules: 1 + RuleSet.standard.rules.count, changed: true))
    #expect(rules.sets[0].rules.rules[0].unsafe == ["dog", "cat"])
  }

  @Test func badFileChangesNothingAndSaysWhy() throws {
    let site = try Site(Self.dogs)
    let rules = try RulesFiles(site.settings)
    let before = (rules.judgement, rules.summaries)
    try site.write("rules:\n  - {id: 1, name: dogs, unsafe: [dgo]}\n")
    let result = rules.reload { _ in Issue.record("something is installed") }
    guard case .failure(let message) = result else {
      Issue.record("it is accepted")
      return
    }
    #expect(message.hasPrefix("\(site.rules.path):2:34: rules[0].unsafe[0]: no detector knows"))
    #expect(rules.judgement == before.0)
    #expect(rules.summaries == before.1)
    try FileManager.default.removeItem(atPath: site.rules.path)
    guard case .failure = rules.reload(install: { _ in Issue.record("installed") }) else {
      Issue.record("a missing file is accepted")
      return
    }
  }

  @Test func oneBadFileHoldsBackTheGoodOnes() throws {
    let good = try TemporaryFile(Self.dogs.utf8)
    let other = try TemporaryFile(Self.dogs.utf8)
    let settings = try Configuration(
      text: """
        streams:
          - {name: a, topics: a, type: camera, rules: \(good.path)}
          - {name: b, topics: b, type: camera, rules: \(other.path), kind: b, counts: {kind: bc}}
        """, file: "t")
    let rules = try RulesFiles(settings)
    try Self.dogs.replacing("dog]", with: "cat]").write(
      toFile: good.path, atomically: true, encoding: .utf8)
    try "rules: 5".write(toFile: other.path, atomically: true, encoding: .utf8)
    let version = rules.judgement.version
    _ = rules.reload { _ in Issue.record("something is installed") }
    #expect(rules.judgement.version == version)
    #expect(rules.sets[0].rules.rules[0].unsafe == ["dog"])
  }

  @Test func commentsAndTestsChangeNothing() throws {
    let site = try Site(Self.dogs)
    let rules = try RulesFiles(site.settings)
    let version = rules.judgement.version
    try site.write(
      "# A comment.\n"
        + Self.dogs.replacing(
          "[dog]", with: "[dog], tests: [{name: t, expect: safe, events: [{objects: []}]}]"))
    let result = rules.reload { _ in Issue.record("something is installed") }
    #expect(
      result
        == .success(version: version, rules: 1 + RuleSet.standard.rules.count, changed: false))
  }

  @Test func serviceWithoutCamerasHasNoRules() throws {
    let rules = try RulesFiles(Configuration())
    #expect(rules.summaries == [])
    #expect(rules.judgement.version == Configuration().judgement(at: 0).version)
    #expect(
      rules.reload { _ in Issue.record("something is installed") }
        == .success(version: rules.judgement.version, rules: 0, changed: false))
  }
}
