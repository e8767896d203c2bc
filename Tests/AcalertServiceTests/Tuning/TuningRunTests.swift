import Backtesting
import Detection
import Testing

@testable import AcalertService

struct TuningRunTests {
  private static let text = """
    # Ours
    streams:
      - name: a
        topics: [a]
        zscore: {k: 4} # to be tuned
    """

  /// A site at which k = 6 is best: below it there are false alarms, above it falls are missed.
  private static func judge(_ stream: StreamSettings) -> [String: Tally] {
    let k = Double(stream.rules.zscore.thousandthsOfK) / 1000
    return Dictionary(
      uniqueKeysWithValues: (0..<8).map { user in
        var tally = Tally()
        tally.events = 10
        tally.detected = k <= 6 ? 10 : 5
        tally.delays = Array(repeating: 100, count: tally.detected)
        tally.quietTrials = 10
        tally.quietTime = 3_600_000
        tally.alarmedTrials = k < 6 ? 3 : 0
        tally.falseAlarms = tally.alarmedTrials
        return ("u-\(user)", tally)
      })
  }

  private static func run(_ text: String = text) throws -> TuneRun {
    var run = try TuneRun(
      text: text, file: "/etc/acalert.yaml",
      search: Search(objective: Objective(maxFalseAlarmsPerHour: 1), foldCount: 4, seed: 3))
    run.material = ["recordings: walk\n.csv"]
    return run
  }

  private static func report(_ run: TuneRun, _ space: String) throws -> TuningReport {
    let plan = try run.plan(ParameterSpace(text: space, file: "s"))
    return try run.run(plan, now: { 0 }, evaluate: judge)
  }

  private static let space = "parameters: {zscore.k: [3, 4, 5, 6, 7]}"

  @Test func tunedConfigurationIsReadAndHasTheParametersChosen() throws {
    let run = try Self.run()
    let report = try Self.report(run, Self.space)
    #expect(report.parameters == ParameterSet([.init("zscore.k", "6")]))
    #expect(report.nested.sensitivity == 1)
    #expect(report.method == "grid")

    let tuned = try run.tunedText(report, for: "/etc/tuned.yaml")
    var expected = try Configuration(text: Self.text, file: "/etc/acalert.yaml")
    expected.streams[0].rules.zscore.thousandthsOfK = 6_000
    #expect(try Configuration(text: tuned, file: "/etc/tuned.yaml") == expected)
    #expect(
      tuned == """
        # Parameters chosen by acalert tune.
        # of stream a:
        #   zscore.k: 6 (was 4)
        # recordings: walk .csv
        # objective: sensitivity, at most 1 false alarms/h
        # search: 6 sets (grid), seed 3, 8 users in 4 folds, none in two
        # to be expected of users not seen (nested cross-validation):
        #   sensitivity 100.00 % (80 of 80), specificity 100.00 % (80 of 80), 0.00 false alarms/h, \
        median delay 0.10 s
        # on the users they were chosen by:
        #   sensitivity 100.00 % (80 of 80), specificity 100.00 % (80 of 80), 0.00 false alarms/h, \
        median delay 0.10 s
        # the configuration as it was, on the same users:
        #   sensitivity 100.00 % (80 of 80), specificity 70.00 % (56 of 80), 3.00 false alarms/h, \
        median delay 0.10 s

        # Ours
        streams:
          - name: a
            topics: [a]
            zscore: {k: 6} # to be tuned
        """)
  }

  @Test func tuningAgainReplacesTheHeading() throws {
    let run = try Self.run()
    let tuned = try run.tunedText(Self.report(run, Self.space), for: "/etc/tuned.yaml")
    let second = try Self.run(tuned)
    let again = try second.tunedText(Self.report(second, Self.space), for: "/etc/again.yaml")
    #expect(again.split(separator: "\n").count { $0.contains("chosen by acalert tune") } == 1)
    #expect(again.contains("nothing was changed"))
    #expect(again.hasSuffix(Self.text.replacing("k: 4", with: "k: 6")))
  }

  @Test func randomSearchIsDecidedByItsSeed() throws {
    var run = try Self.run()
    run.method = .random
    run.trials = 12
    let space = "parameters: {zscore.k: {min: 1, max: 20, step: 0.001}}"
    let report = try Self.report(run, space)
    #expect(report.trials.count == 13)
    #expect(try Self.report(run, space).json() == report.json())
    run.search.seed = 4
    #expect(try Self.report(run, space).trials != report.trials)
  }

  @Test func setsThatTheReaderRefusesAreListedAndNotJudged() throws {
    let report = try Self.report(Self.run(), "parameters: {zscore.k: [0, 6]}")
    #expect(report.trials.map(\.parameters.description) == ["as it is", "zscore.k = 6"])
    #expect(report.refused.map(\.parameters.description) == ["zscore.k = 0"])
    #expect(report.refused[0].reason.contains("streams[0].zscore.k"))
  }

  @Test func aKeyThatDoesNotExistEndsTheSearchBeforeItBegins() throws {
    let space = try ParameterSpace(text: "parameters: {zscore.q: [1, 2]}", file: "s")
    let error = #expect(throws: ConfigurationError.self) { try Self.run().plan(space) }
    #expect(error?.message.contains("streams[0].zscore: unknown key \"q\"") == true)
  }

  @Test func aGridLargerThanAllowedIsRefused() throws {
    var run = try Self.run()
    run.trials = 4
    let space = try ParameterSpace(text: Self.space, file: "s")
    #expect(throws: TuningError.self) { try run.plan(space) }
  }
}
