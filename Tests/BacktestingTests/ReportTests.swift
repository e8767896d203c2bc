import Detection
import Events
import Foundation
import Testing

@testable import Backtesting

@Suite struct ReportTests {
  private func report(name: String = "F0") throws -> BacktestReport {
    let folder = try TestFolder()
    return try BacktestRun(
      paths: [folder.write("d.csv", Scene.csv.replacing("F0,", with: "\(name),"))],
      labels: folder.write("l.csv", Scene.labels.replacing("F0,", with: "\(name),")),
      runner: BacktestRunner(rules: Scene.rules)
    ).report()
  }

  @Test func theMembersOfTheJSONAreThoseDocumented() throws {
    let text = try report().json
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(json["format"] as? String == "acalert-backtest/1")
    #expect(
      Set(json.keys).subtracting(["curve", "nab"]) == [
        "format", "data", "rules", "scoring", "total", "intervals", "by_user", "by_group",
        "by_activity", "trials",
      ])
    let total = try #require(json["total"] as? [String: Any])
    #expect(
      Set(total.keys) == [
        "events", "detected", "sensitivity", "quiet_trials", "alarmed_trials", "specificity",
        "quiet_hours", "false_alarms", "false_alarms_per_hour", "false_alarms_per_day",
        "precision", "f1", "delay_median_ms", "delay_p95_ms", "outside_alarms", "warnings",
        "warnings_confirmed", "warnings_withdrawn", "warnings_per_hour", "warned_events",
        "warning_delay_median_ms", "warning_delay_p95_ms",
      ])
    #expect(total["sensitivity"] as? Double == 1)
    let trials = try #require(json["trials"] as? [[String: Any]])
    #expect(trials.count == 24)
    #expect(
      Set(trials[0].keys) == [
        "trial", "user", "group", "activity", "samples", "events", "alarms", "false_alarms_ms",
        "outside_alarms_ms", "warnings_ms",
      ])
  }

  @Test func namesAreEscapedInThePage() throws {
    let html = try report(name: "<script>alert(1)&'").html
    #expect(!html.contains("<script"))
    #expect(html.contains("&lt;script&gt;alert(1)&amp;&#39;"))
  }

  @Test func thePageRefersToNothingOutside() throws {
    let html = try report().html
    for reference in ["http:", "https:", "src=", "href=", "url(", "@import", "<script", "<link"] {
      #expect(!html.contains(reference), "\(reference)")
    }
    #expect(html.contains("<svg") && html.contains("prefers-color-scheme: dark"))
    #expect(html.contains("Missed events") == false && html.contains("False alarms (6)"))
  }

  @Test func theCurveIsDrawnAndTold() throws {
    var report = try report()
    var random = SplitMix64(seed: 2)
    report.curve = ThresholdCurve(
      report.trials.map { trial in
        let isFall = !trial.label.events.isEmpty
        let score = 0.6 * random.fraction() + (isFall ? 0.4 : 0)
        return ThresholdCurve.Trial(
          label: trial.label, span: trial.span,
          candidates: [AlarmCandidate(time: trial.start + 14_000, score: score)])
      }, scoring: EventScoring(), refractory: 10_000)
    report.threshold = 0.5
    let html = report.html
    #expect(html.contains("Precision over all thresholds") && html.contains("<polyline"))
    #expect(html.contains("in use: 0.5000"))
    #expect(report.json.contains("\"average_precision\""))
    #expect(report.text.contains("average precision"))
  }

  @Test func theTextHasTheFigures() throws {
    let text = try report().text
    #expect(text.contains("sensitivity               100.00 %"))
    #expect(text.contains("6 of 6 events"))
    #expect(text.contains("12 of 18 quiet trials"))
  }

  @Test func figuresAreRoundedHalfAwayFromZero() {
    #expect(Figures.text(0.25, places: 1) == "0.3")
    #expect(Figures.text(-0.25, places: 1) == "-0.3")
    #expect(Figures.text(-0.001, places: 1) == "0.0")
    #expect(Figures.text(12, places: 0) == "12")
    #expect(Figures.text(nil) == "–" && Figures.text(.nan) == "–")
    #expect(Figures.text(1.005, places: 3) == "1.005")
  }

  @Test func textsOfJSONAreEscaped() {
    #expect(ReportJSON.text("a\"\\\n\u{1}").text == "\"a\\\"\\\\\\u000a\\u0001\"")
    #expect(ReportJSON.number(.infinity).text == "null")
  }

  @Test func seriesAreScoredAsTheBenchmarkDoes() throws {
    var trial = try #require(try report().trials.first)
    trial.times = (0..<100).map { Int64($0) * 1_000 }
    trial.scores = (0..<100).map { $0 == 50 ? 2 : 0 }
    trial.label = TrialLabel(
      user: "real/a.csv", group: "real", events: [LabelledEvent(interval: 50_000...59_000)],
      isQuietOutside: true)
    let scores = try #require(BenchmarkScores([trial]))
    #expect(scores.rows.map(\.folder) == [nil, "real"])
    #expect(scores.rows[0].configured.map(\.normalized) == [100, 100, 100])
    // Windows need not begin and end at records.
    trial.label.events = [LabelledEvent(interval: 49_500...59_500)]
    #expect(BenchmarkScores([trial])?.rows[0].best[0].normalized == 100)
  }

  @Test func theTableOfFeaturesHasALineForEachCandidate() throws {
    let folder = try TestFolder()
    var rules = Scene.rules
    rules.falls = FallRules(impact: ImpactRules())
    let run = BacktestRun(
      paths: [try folder.write("d.csv", Scene.csv)],
      labels: try folder.write("l.csv", Scene.labels), runner: BacktestRunner(rules: rules))
    var text = ""
    let summary = try FeatureTable(run).write { text += $0 }
    let lines = text.split(separator: "\n")
    #expect(lines.first?.hasPrefix("trial,user,group,activity,label,time_ms,peak") == true)
    #expect(lines.count == summary.rows + 1)
    #expect(summary.recordings == 24)
  }
}
