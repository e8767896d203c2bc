import Alerting
import Foundation
import Testing
import Yams

@testable import AcalertService

/// What docs/ALERTS.md and config/alerts.yaml say is what the reader knows and the program does.
struct AlertsDocumentationTests {
  private static func rows() throws -> [[String]] {
    try Repository.text("docs/ALERTS.md").split(separator: "\n").filter { $0.hasPrefix("|") }
      .map { line in
        line.dropFirst().dropLast().components(separatedBy: "|")
          .map { $0.trimmingCharacters(in: .whitespaces) }
      }
  }

  private static func codes(_ cell: String) -> [String] {
    cell.matches(of: /`([^`]*)`/).map { String($0.1) }
  }

  private static func settings() throws -> [(key: String, default: String?)] {
    try rows().filter { $0.count == 4 }.compactMap { cells in
      guard let key = codes(cells[0]).first else { return nil }
      return (key, cells[2].hasPrefix("`") ? codes(cells[2]).first : nil)
    }
  }

  private static func blocks(_ language: String) throws -> [String] {
    try Repository.text("docs/ALERTS.md").matches(of: /```([a-z]*)\n((?:.|\n)*?)```/)
      .filter { $0.1 == language }.map { String($0.2) }
  }

  @Test func keysDocumentedAreThoseThatTheReaderKnows() throws {
    let documented = try Self.settings().map(\.key)
    #expect(Set(documented).count == documented.count)
    #expect(Set(documented).subtracting(KnownAlertKeys.leaves) == [])
    #expect(KnownAlertKeys.leaves.subtracting(documented) == [])
    #expect(KnownAlertKeys.leaves.count > 60)
  }

  @Test func defaultsDocumentedAreTheDefaults() throws {
    var count = 0
    for (key, value) in try Self.settings() {
      guard let value else { continue }
      count += 1
      let (with, without) = Self.documents(key, value)
      #expect(try AlertsFile(with).settings == AlertsFile(without).settings, "\(key)")
    }
    #expect(count > 30)
  }

  /// A file that sets the key, and one that leaves it out.
  private static func documents(_ key: String, _ value: String) -> (with: String, without: String) {
    let parts = key.split(separator: ".").map(String.init)
    func both(_ write: (String) -> String) -> (with: String, without: String) {
      (write("\(parts[parts.count - 1]): \(value)"), write(""))
    }
    switch parts[0] {
    case "receivers[]" where parts.count == 3 && parts[1] != "rateCap":
      let needed = needed[parts[1], default: ""]
      return both { "receivers: [{name: a, \(parts[1]): {\(needed)\($0)}}]" }
    case "receivers[]" where parts.count == 3:
      return both { "receivers: [{name: a, kafka: {}, rateCap: {\($0)}}]" }
    case "receivers[]": return both { "receivers: [{name: a, kafka: {}, \($0)}]" }
    case "route" where parts[1] == "routes[]":
      return both { "route: {routes: [{match: {kind: a}, \($0)}]}" }
    case "inhibit[]":
      return both { "inhibit: [{source: {kind: a}, target: {kind: b}, \($0)}]" }
    case "muteSchedules":
      let other = parts[2] == "days" ? "to: \"06:00\"" : "days: daily"
      return both { "muteSchedules: {a: {\(other), \($0)}}" }
    case _ where parts.count == 2: return both { "\(parts[0]): {\($0)}" }
    default: return both { $0 }
    }
  }

  /// What a receiver of a type cannot be without.
  private static let needed = [
    "webhook": "url: http://h, ", "alertmanager": "url: http://h, ", "slack": "url: http://h, ",
    "pagerduty": "routingKey: {env: KEY}, ",
    "sendgrid": "apiKey: {env: KEY}, from: a@b, to: c@d, ",
    "smtp": "server: mail, from: a@b, to: c@d, ", "nagios": "commandFile: /a, ",
    "twilio":
      "accountSID: AC00000000000000000000000000000000, authToken: {env: KEY}, from: +15005550006, "
      + "to: +41791234567, ",
  ]

  @Test func everyTypeOfReceiverHasASection() throws {
    let known = try #require(AlertsFile.fault("receivers: [{name: a}]")?.message)
    let types = try #require(known.firstMatch(of: /one of (.*)/)).1.split(separator: ", ")
    #expect(types.count == 10)
    let document = try Repository.text("docs/ALERTS.md")
    for type in types { #expect(document.contains("\n### \(type)\n"), "\(type)") }
  }

  @Test func everyFactOfATemplateIsDocumented() throws {
    let rows = try Self.rows().drop { $0[0] != "facts" }.dropFirst(2).prefix { $0.count == 2 }
    let documented = rows.flatMap { Self.codes($0[0]) }
    #expect(Set(documented) == Set(AlertText.names))
    #expect(documented.count == AlertText.names.count)
  }

  @Test func exampleDoesWhatIsShown() throws {
    let examples = try Self.blocks("yaml")
    #expect(examples.count == 1)
    let file = try AlertsFile(
      text: try #require(examples.first), file: "alerts.yaml", surroundings: .imagined)
    #expect(file.oversights == [])
    let shown = try #require(try Self.blocks("").first).components(separatedBy: "$ ").dropFirst()
    #expect(shown.count == 2)
    for block in shown {
      let lines = block.split(separator: "\n").map(String.init)
      let words = lines[0].split(separator: " ").map(String.init)
      let labels = words.dropFirst(3).prefix { !$0.hasPrefix("--") }
      // 2026-11-21T23:00:00Z, where a time is given.
      let trial = RouteTrial(
        file, labels: try RouteTrial.labels(Array(labels)), at: 1_795_302_000_000)
      #expect(trial.report == lines.dropFirst().joined(separator: "\n"))
    }
  }

  // MARK: The file that is shipped

  @Test func shippedFileReadsAsTheDefaults() throws {
    let path = Repository.root.appendingPathComponent("config/alerts.yaml").path
    #expect(try AlertsFile.read(file: path) == AlertSettings())
  }

  @Test func shippedFileHasEveryKey() throws {
    let root = try #require(try Yams.compose(yaml: try Self.shippedFile(withExamples: true)))
    var found: Set<String> = []
    Self.collect(root, "", into: &found)
    // Either of them, and the other in a comment.
    #expect(
      KnownAlertKeys.leaves.subtracting(found) == ["receivers[].nagios.pipe"])
    #expect(try Repository.text("config/alerts.yaml").contains("# pipe: [send_nsca"))
  }

  @Test func examplesInTheShippedFileCanBeUsed() throws {
    let file = try AlertsFile(
      text: try Self.shippedFile(withExamples: true), file: "config/alerts.yaml",
      surroundings: .imagined)
    #expect(Set(file.settings.receivers.map(\.kind.name)).count == 10)
    #expect(file.settings.route.routes.map(\.name) == ["falls", "cameras"])
    // Examples of keys of a receiver show the defaults.
    let hook = try #require(file.settings.receivers.first { $0.name == "hook" })
    var plain = ReceiverSettings(name: "hook", kind: hook.kind)
    plain.title = hook.title
    plain.text = hook.text
    #expect(hook == plain)
  }

  /// The shipped file; with its examples, which begin with `#` and more space than a comment has.
  private static func shippedFile(withExamples: Bool) throws -> String {
    let text = try Repository.text("config/alerts.yaml")
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      withExamples && line.hasPrefix("#  ") ? line.dropFirst() : line
    }.joined(separator: "\n")
  }

  private static func collect(_ node: Node, _ path: String, into found: inout Set<String>) {
    found.insert(path)
    found.insert(path.replacing("route.routes[].", with: "route."))
    switch node {
    case .mapping(let mapping):
      for (key, value) in mapping {
        let name = path == "muteSchedules" ? "NAME" : key.string ?? ""
        collect(value, path.isEmpty ? name : "\(path).\(name)", into: &found)
      }
    case .sequence(let items):
      for item in items { collect(item, "\(path)[]", into: &found) }
    default: break
    }
  }
}
