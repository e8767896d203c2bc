import Foundation
import Testing

@testable import AcalertService

/// Every file in `Fixtures/bad-rules` is a rules file with one fault, named by it; its first line says
/// where the fault must be seen, as in ``BadConfigurationTests``.
struct BadRulesTests {
  static let fixtures: [String] = {
    let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/bad-rules")
    let files = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) }
    return (files ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  @Test func thereAreFixtures() {
    #expect(Self.fixtures.count > 40)
  }

  @Test(arguments: fixtures)
  func faultIsToldWithItsPlace(_ name: String) throws {
    let url = try #require(
      Bundle.module.resourceURL?.appendingPathComponent("Fixtures/bad-rules/\(name)"))
    let text = try String(contentsOf: url, encoding: .utf8)
    let first = try #require(text.split(separator: "\n").first)
    let match = try #require(
      first.wholeMatch(of: /# expect: ([0-9]+):([0-9]+): (.+)/), "\(name) has no expectation")
    do {
      _ = try RulesFile(file: url.path)
      Issue.record("\(name) is accepted")
    } catch {
      #expect(error.file == url.path)
      #expect("\(error.line ?? 0):\(error.column ?? 0)" == "\(match.1):\(match.2)", "\(error)")
      #expect(error.message.contains(match.3), "\(error)")
    }
  }

  @Test func missingFileIsNamed() {
    #expect(
      throws: ConfigurationError(
        file: "/nowhere/rules.yaml",
        message: "cannot be read; does it exist, and may this user read it?")
    ) { try RulesFile(file: "/nowhere/rules.yaml") }
  }
}
