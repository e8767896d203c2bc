import Detection
import Foundation
import Testing

@testable import Backtesting

@Suite struct BacktestRunTests {
  private func run(_ folder: TestFolder, threads: Int = 2) throws -> BacktestRun {
    BacktestRun(
      paths: [try folder.gzip("data.csv.gz", Scene.csv)],
      labels: try folder.write("labels.csv", Scene.labels),
      runner: BacktestRunner(rules: Scene.rules, threads: threads))
  }

  @Test func fallsAreFoundAndFalseAlarmsCounted() throws {
    let folder = try TestFolder()
    let report = try run(folder).report()
    #expect(report.total.events == 6)
    #expect(report.total.detected == 6)
    #expect(report.total.quietTrials == 18)
    #expect(report.total.alarmedTrials == 6)
    #expect(report.total.falseAlarms == 6)
    #expect(report.total.specificity == 1 - 6.0 / 18)
    #expect(report.total.delays.allSatisfy { (-100...500).contains($0) })
    #expect(report.users.map(\.name) == ["u-0", "u-1", "u-2", "u-3", "u-4"])
    #expect(report.activities.map(\.name) == ["fall", "walk"])
    #expect(report.groups.map(\.name) == ["old", "young"])
    #expect(report.data.samples == 24_000)
  }

  @Test func theReportDoesNotDependOnTheNumberOfThreads() throws {
    let folder = try TestFolder()
    let one = try run(folder, threads: 1).report()
    for threads in [2, 5] {
      let other = try run(folder, threads: threads).report()
      #expect(one.json == other.json)
      #expect(one.html == other.html)
      #expect(one.text == other.text)
    }
  }

  @Test func talliesByUserAreThoseOfTheReport() throws {
    let folder = try TestFolder()
    let run = try run(folder)
    let report = try run.report()
    let (trials, unlabelled) = try LabelledTrial.read(
      paths: run.paths, labels: LabelBook(file: run.labels))
    #expect(unlabelled == 0)
    var runner = run.runner
    for threads in [1, 3] {
      runner.threads = threads
      let tallies = try runner.tallies(of: trials)
      #expect(tallies.count == report.users.count)
      for row in report.users { #expect(tallies[row.name] == row.tally) }
      #expect(
        try runner.outcomes(of: trials).map(\.alarms) == report.trials.map(\.alarms))
    }
  }

  @Test func rulesOfAUsersOwnHold() throws {
    let folder = try TestFolder()
    var run = try run(folder)
    run.runner.rules.overrides = [
      RulesOverride(
        users: ["u-0"], zscore: ZScoreRules(thousandthsOfK: 1_000_000), series: SeriesRules(),
        falls: nil, status: StatusRules())
    ]
    let report = try run.report()
    for row in report.users where row.tally.events > 0 {
      #expect((row.tally.detected == 0) == (row.name == "u-0"))
    }
    #expect(report.users.contains { $0.name == "u-0" && $0.tally.events > 0 })
  }

  @Test func onlyTheUsersAskedFor() throws {
    let folder = try TestFolder()
    var run = try run(folder)
    run.users = UserFilter(including: ["u-*"], excluding: ["u-1", "u-2"])
    let report = try run.report()
    #expect(report.users.map(\.name) == ["u-0", "u-3", "u-4"])
    #expect(report.data.excluded == 24 - report.trials.count)
    run.users = UserFilter(including: ["v"])
    #expect(throws: BacktestError.self) { try run.report() }
  }

  @Test func recordingsWithoutLabelsAreCounted() throws {
    let folder = try TestFolder()
    var run = try run(folder)
    run.labels = try folder.write("few.csv", "trial,user,is_fall\nD2,u,0\n")
    let report = try run.report()
    #expect(report.data.unlabelled == 23)
    #expect(report.trials.map(\.name) == ["D2"])
    run.labels = try folder.write("none.csv", "trial,user,is_fall\nX,u,0\n")
    #expect(throws: BacktestError.self) { try run.report() }
  }

  @Test func rulesThatContradictThemselvesAreSaid() throws {
    let folder = try TestFolder()
    var run = try run(folder)
    run.runner.rules.window.length = 1
    #expect(throws: RulesError.self) { try run.report() }
  }

  @Test func thresholdsFollowTheResolution() throws {
    let rules = StreamRules(digits: 6).rescaled(to: 2)
    #expect(rules.digits == 2)
    #expect(rules.zscore.minStd == 10)
    #expect(rules.rescaled(to: 6).zscore.minStd == 100_000)
  }

  @Test func progressRisesToTheEnd() throws {
    let folder = try TestFolder()
    var shares: [Double] = []
    _ = try run(folder).report { shares.append($0) }
    #expect(shares.count == 24)
    #expect(shares == shares.sorted() && shares.allSatisfy { (0...1).contains($0) })
  }
}

extension BacktestRun {
  /// The labelled trials, in memory.
  fileprivate func trials() throws -> [LabelledTrial] {
    try LabelledTrial.read(paths: paths, labels: LabelBook(file: labels)).trials
  }
}
