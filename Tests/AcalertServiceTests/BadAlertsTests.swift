import Foundation
import Testing

@testable import AcalertService

/// Every file in `Fixtures/bad-alerts` is a file of alerts with one fault, named by it; its first line
/// says where the fault must be seen, as in ``BadConfigurationTests``.
struct BadAlertsTests {
  static let fixtures: [String] = {
    let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/bad-alerts")
    let files = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) }
    return (files ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  @Test func thereAreFixtures() {
    #expect(Self.fixtures.count > 80)
  }

  @Test(arguments: fixtures)
  func faultIsToldWithItsPlace(_ name: String) throws {
    let url = try #require(
      Bundle.module.resourceURL?.appendingPathComponent("Fixtures/bad-alerts/\(name)"))
    let text = try String(contentsOf: url, encoding: .utf8)
    let first = try #require(text.split(separator: "\n").first)
    let match = try #require(
      first.wholeMatch(of: /# expect: ([0-9]+):([0-9]+): (.+)/), "\(name) has no expectation")
    do {
      _ = try AlertsFile(file: url.path, surroundings: .tests)
      Issue.record("\(name) is accepted")
    } catch {
      #expect(error.file == url.path)
      #expect("\(error.line ?? 0):\(error.column ?? 0)" == "\(match.1):\(match.2)", "\(error)")
      #expect(error.message.contains(match.3), "\(error)")
      // Secrets of the surroundings, and those that stand in the files where they must not.
      #expect(!error.description.contains("hidden"), "\(error)")
    }
  }

  @Test func missingFileIsNamed() {
    #expect(
      throws: ConfigurationError(
        file: "/nowhere/alerts.yaml",
        message: "cannot be read; does it exist, and may this user read it?")
    ) { try AlertsFile.read(file: "/nowhere/alerts.yaml") }
  }
}
