import Foundation
import Testing

@testable import AcalertService

/// Every file in `Fixtures/bad` is a configuration with one fault, named by it. Its first line says
/// where the reader must see the fault, and a part of what it must say:
/// `# expect: LINE:COLUMN: part of the message`.
struct BadConfigurationTests {
  static let fixtures: [String] = {
    let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/bad")
    let files = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) }
    return (files ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
  }()

  @Test func thereAreFixtures() {
    #expect(Self.fixtures.count > 60)
  }

  @Test(arguments: fixtures)
  func faultIsToldWithItsPlace(_ name: String) throws {
    let url = try #require(
      Bundle.module.resourceURL?.appendingPathComponent("Fixtures/bad/\(name)"))
    let text = try String(contentsOf: url, encoding: .utf8)
    let first = try #require(text.split(separator: "\n").first)
    let match = try #require(
      first.wholeMatch(of: /# expect: ([0-9]+):([0-9]+): (.+)/), "\(name) has no expectation")
    do {
      _ = try Configuration(file: url.path)
      Issue.record("\(name) is accepted")
    } catch {
      #expect(error.file == url.path)
      #expect("\(error.line ?? 0):\(error.column ?? 0)" == "\(match.1):\(match.2)", "\(error)")
      #expect(error.message.contains(match.3), "\(error)")
      #expect(error.description.hasPrefix("\(url.path):\(match.1):\(match.2): "))
    }
  }

  @Test func missingFileIsNamed() {
    #expect(
      throws: ConfigurationError(
        file: "/nowhere/acalert.yaml",
        message: "cannot be read; does it exist, and may this user read it?")
    ) { try Configuration(file: "/nowhere/acalert.yaml") }
  }

  @Test func folderInsteadOfAFileIsRefused() {
    #expect(throws: ConfigurationError.self) { try Configuration(file: NSTemporaryDirectory()) }
  }

  @Test func bytesThatAreNotUTF8AreRefused() throws {
    let file = try TemporaryFile([0x6B, 0xFF, 0xFE])
    #expect(throws: ConfigurationError(file: file.path, message: "is not UTF-8 text")) {
      try Configuration(file: file.path)
    }
  }

  @Test func moreStreamsThanTheEngineCanNumberAreRefused() {
    let streams = (0..<257).map { "  - {name: s\($0), topics: t\($0), kind: k\($0)}" }
    #expect(
      fault("streams:\n" + streams.joined(separator: "\n"))?.message
        == "streams: names more than 256 streams")
    #expect(fault("streams:\n" + streams.dropLast().joined(separator: "\n")) == nil)
  }

  @Test func hintIsGivenOnlyForASlipOfThePen() {
    #expect(fault("streams: [{tls: 1}]")?.message.contains("did you mean") == false)
    #expect(fault("KAFKA: {}")?.message.contains("did you mean \"kafka\"") == true)
  }
}
