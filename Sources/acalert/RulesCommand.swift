import AcalertService
import ArgumentParser
import Detection
import Events
import Foundation

/// `acalert rules`: what a rules file means, and whether it does what it should.
struct RulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Checks and tests a file of threat rules for cameras.",
    discussion: """
      A running service reads its rules files again on SIGHUP, or when POST /api/v1/rules asks for it; \
      a file that is not good changes nothing. How rules are written: docs/RULES.md.
      """,
    subcommands: [CheckRulesCommand.self, TestRulesCommand.self])
}

/// `acalert rules check`.
struct CheckRulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks a rules file and says what it means.",
    discussion: """
      Errors are written as FILE:LINE:COLUMN: what is wrong. Exit code 0: the rules can be used; 78: \
      they cannot. The tests in the file are not run.
      """)

  @Argument(help: "The rules file.")
  var file: String

  func run() throws {
    let rules = try readRules(file, labels: [])
    if !rules.rules.rules.isEmpty { print(rules.rules.summary) }
    print(
      "\(file) can be used: \(rules.rules.rules.count.counted("rule")), "
        + "\(rules.rules.assignments.count.counted("assignment")), "
        + "\(rules.tests.count.counted("test"))")
  }
}

/// `acalert rules test`.
struct TestRulesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Runs a rules file's own tests, or holds a file of events against it.",
    discussion: """
      Without --events it runs the tests that sit beside the rules. With --events it reads a file with \
      one JSON record a line (- is standard input) and says of every frame which of its camera's rules \
      fire, and why the others do not.

      Exit code 0: all is as expected; 1: a test failed; 66: a file cannot be read; 78: the rules \
      cannot be used.
      """)

  @Argument(help: "The rules file.")
  var file: String

  @Option(help: "The file of events; - for standard input.")
  var events: String?

  @Option(
    help:
      "How the events are written: acalert, frigate, megadetector, tensorflow (default: acalert)."
  )
  var format: String?

  @Option(help: "Whose cameras they are, where the events do not say.")
  var user: String?

  @Option(help: "Which camera it is, where the events do not say.")
  var device: String?

  @Option(name: [.short, .long], help: "Read the events as this configuration says.")
  var config: String?

  @Option(help: "The configuration's camera stream, if it has several.")
  var stream: String?

  @Flag(help: "Print the summary, and tests that failed.")
  var summary = false

  func run() throws {
    guard events != nil || (format == nil && user == nil && device == nil && config == nil) else {
      throw ValidationError("--format, --user, --device and --config go with --events")
    }
    var chosen = try config.map(configuredStream) ?? StreamSettings(cameras: CameraSettings())
    var camera = chosen.camera ?? CameraSettings()
    if let format {
      guard let shape = CameraFormat.Shape(rawValue: format) else {
        throw ValidationError(
          "--format is none of "
            + CameraFormat.Shape.allCases.map(\.rawValue).joined(separator: ", "))
      }
      camera.format.shape = shape
    }
    if let user { camera.format.defaults.user = user }
    if let device { camera.format.defaults.device = device }
    chosen.camera = camera
    let rules = try readRules(file, labels: Array(camera.format.labels.values))
    guard let events else { return try runTests(rules) }
    do throws(ConfigurationError) {
      let total = try RuleEventsRun(rules.rules, format: camera.format, stream: chosen.rules)
        .run(events: events) { if !summary { print($0) } }
      print(total.text)
    } catch {
      complain(error.description)
      throw ExitCodes.noInput
    }
  }

  private func runTests(_ rules: RulesFile) throws {
    let run = RuleTestRun(rules)
    print(run.report(failuresOnly: summary))
    if run.failures > 0 { throw ExitCode.failure }
  }

  private func configuredStream(_ file: String) throws -> StreamSettings {
    let streams = try readConfiguration(file).streams.filter { $0.camera != nil }
    guard
      let chosen = stream.map({ name in streams.first { $0.name == name } }) ?? streams.first
    else {
      let names = streams.map(\.name).joined(separator: ", ")
      throw ValidationError(
        streams.isEmpty
          ? "\(file) has no stream of type: camera" : "there is no such stream, but \(names)")
    }
    return chosen
  }
}

/// Reads a rules file, or ends with what is wrong with it.
func readRules(_ file: String, labels: [String]) throws -> RulesFile {
  do {
    return try RulesFile(file: file, labels: labels)
  } catch {
    throw ended(by: error, reading: file)
  }
}
