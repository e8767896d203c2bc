import Detection
import Events

/// Runs the tests that sit in a rules file.
public struct RuleTestRun {
  /// What came of one test.
  public struct Outcome: Equatable, Sendable {
    public var test: RuleTest
    public var isPassed: Bool
    /// What the rule said to each event, in words.
    public var words: [String]
  }

  public let outcomes: [Outcome]

  public var failures: Int { outcomes.count { !$0.isPassed } }

  public init(_ file: RulesFile) {
    outcomes = file.tests.map { Self.run($0, of: file.rules) }
  }

  /// Each test has a camera of its own, which all rules see as in the service: assignments and what is
  /// ignored count.
  private static func run(_ test: RuleTest, of rules: RuleSet) -> Outcome {
    let names = FrameNames()
    let timeZones = TimeZoneTable.system()
    let trial = RuleTrial(rules, names: names, timeZones: timeZones)
    var format = CameraFormat()
    format.defaults = test.camera
    let decoder = CameraDecoder(format: format, names: names, timeZones: timeZones)
    var time = RuleTest.firstTime
    var outcome = Outcome(test: test, isPassed: true, words: [])
    var hasFired = false
    for (place, event) in test.events.enumerated() {
      let label = "event \(place + 1)"
      Array(event.text(at: time).utf8).withUnsafeBytes { bytes in
        do throws(InvalidRecord) {
          try decoder.decode(bytes, arrival: -1)
        } catch {
          outcome.isPassed = false
          return outcome.words.append("\(label): \(error.reason.rawValue): \(error)")
        }
        for frame in trial.take(decoder.batch) {
          time = frame.time + 1000
          let rule = frame.rules.first { $0.id == test.rule }
          hasFired = hasFired || rule?.fires == true
          outcome.words.append(
            "\(label): "
              + (rule?.words
                ?? "rule \(test.rule) is not assigned to \(frame.user)/\(frame.device)"))
        }
      }
    }
    if hasFired != (test.expect == .fires) { outcome.isPassed = false }
    return outcome
  }
}

extension RuleTest.Event {
  /// The record, with this time if it has none of its own.
  fileprivate func text(at time: Int64) -> String {
    guard needsTime, text.hasPrefix("{") else { return text }
    return "{\"ts\":\(time)\(text == "{}" ? "" : ",")\(text.dropFirst())"
  }
}

extension RuleTestRun {
  /// The outcomes, one line a test, with the words of those that failed.
  public func report(failuresOnly: Bool = false) -> String {
    var lines: [String] = []
    for outcome in outcomes where !(failuresOnly && outcome.isPassed) {
      let test = outcome.test
      lines.append(
        "\(outcome.isPassed ? "ok  " : "FAIL") rule \(test.rule): \(test.name) "
          + "(line \(test.line), expected: \(test.expect.rawValue))")
      if !outcome.isPassed { lines += outcome.words.map { "       \($0)" } }
    }
    lines.append(
      outcomes.isEmpty
        ? "there are no tests in the file" : "\(outcomes.count.counted("test")), \(failures) failed"
    )
    return lines.joined(separator: "\n")
  }
}
