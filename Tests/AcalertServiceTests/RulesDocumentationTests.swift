import Events
import Foundation
import Testing

@testable import AcalertService

/// What docs/RULES.md and the README show is what the program does.
struct RulesDocumentationTests {
  private static func blocks(_ document: String, _ language: String) throws -> [String] {
    try Repository.text(document).matches(of: /```([a-z]*)\n((?:.|\n)*?)```/)
      .filter { $0.1 == language }.map { String($0.2) }
  }

  @Test func examplesAreGoodAndPassTheirTests() throws {
    let examples = try Self.blocks("docs/RULES.md", "yaml")
    #expect(examples.count == 2)
    for example in examples {
      let run = RuleTestRun(try RulesFile(text: example, file: "docs/RULES.md"))
      #expect(run.outcomes.count >= 2)
      #expect(run.failures == 0, "\(run.report())")
    }
  }

  @Test func rulesOfTheReadmeAreGood() throws {
    let examples = try Self.blocks("README.md", "yaml").filter { $0.hasPrefix("rules:") }
    #expect(examples.count == 1)
    for example in examples {
      #expect(throws: Never.self) { try RulesFile(text: example, file: "README.md") }
    }
  }

  @Test func outputShownIsThatOfTheProgram() throws {
    let file = try RulesFile(
      text: try #require(Self.blocks("docs/RULES.md", "yaml").first), file: "yard.yaml")
    let shown = try Self.blocks("docs/RULES.md", "")
    #expect(shown[0].contains("\n\(file.rules.summary)\n"))
    #expect(shown[0].contains("\n\(RuleTestRun(file).report())\n"))

    let records = try #require(Self.blocks("docs/RULES.md", "json").first)
    let events = try TemporaryFile(records.utf8)
    var lines = ["$ acalert rules test yard.yaml --events night.ndjson"]
    let summary = try RuleEventsRun(file.rules, format: CameraFormat()).run(events: events.path) {
      lines.append($0)
    }
    lines.append(summary.text)
    #expect(shown[1] == lines.joined(separator: "\n") + "\n")
  }

  /// The keys of each mapping of a rules file, asked of the reader.
  @Test(arguments: [
    ("", "The file"), ("rules", "A rule"), ("assign", "An assignment"),
    ("ignore", "What is ignored"),
    ("tests", "Tests"),
  ])
  func everyKeyIsDocumented(_ list: String, _ section: String) throws {
    let text =
      switch list {
      case "": "{\"?\": 1}"
      case "tests": "{rules: [{id: 1, name: a, unsafe: dog, tests: [{\"?\": 1}]}]}"
      default: "{\(list): [{\"?\": 1}]}"
      }
    var message = ""
    do {
      _ = try RulesFile(text: text, file: "t")
    } catch {
      message = error.message
    }
    let known = try #require(message.firstMatch(of: /\(known here: (.*)\)/))
    let document = try Repository.text("docs/RULES.md")
    let start = try #require(document.firstRange(of: "# \(section)\n")).upperBound
    let rest = document[start...]
    let rows = rest[..<(rest.firstRange(of: "\n##")?.lowerBound ?? rest.endIndex)]
      .split(separator: "\n").filter { $0.hasPrefix("| `") }
    let documented = rows.flatMap { row in
      row.dropFirst().prefix { $0 != "|" }.matches(of: /`([^`]+)`/).map { String($0.1) }
    }
    #expect(Set(documented) == Set(known.1.split(separator: ", ").map(String.init)))
  }
}
