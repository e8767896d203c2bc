extension BacktestReport {
  /// So many timelines are drawn of each kind.
  private static let timelines = 40

  /// The report as one page that needs nothing else: no script, no font, no address.
  public var html: String {
    var page = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Acalert backtest</title>
      <style>
      \(HTMLText.style)
      </style></head><body>
      <h1>Backtest</h1>

      """
    page += paragraph(
      "\(data.recordings) recordings of \(users.count) users, \(Figures.hours(data.duration)), "
        + "\(data.samples) samples. Labels: \(data.labels)")
    for note in notes { page += paragraph(note, isDim: true) }
    page += cards
    page += section("Rules") + rules.map { paragraph($0, isDim: true) }.joined()
    if let curve, let plot = CurvePlot(curve: curve, threshold: threshold).svg {
      page += section("Precision over all thresholds") + "<figure>\(plot)</figure>\n"
    }
    if let benchmark { page += table(benchmark) }
    if !activities.isEmpty { page += section("By activity") + Self.table(activities) }
    if groups.count > 1 { page += section("By group") + Self.table(groups) }
    if users.count > 1 {
      page += section("By user")
      page += "<details><summary>\(users.count) users</summary>\(Self.table(users))</details>\n"
    }
    page += timelines("Missed events", missed)
    page += timelines("False alarms", falselyAlarmed)
    page += timelines(
      "Detected events",
      trials.filter { trial in
        !trial.score.events.isEmpty && trial.score.events.allSatisfy { $0.delay != nil }
          && trial.score.falseAlarms.isEmpty
      }, most: 8)
    return page + "</body></html>\n"
  }

  private var cards: String {
    var html = "<div class=\"cards\">\n"
    for figure in figures {
      html += """
        <div class="card">\(HTMLText.escaped(figure.name))<b>\(HTMLText.escaped(figure.value))</b>\
        <small>\(HTMLText.escaped(figure.detail))</small></div>

        """
    }
    return html + "</div>\n"
  }

  private func section(_ title: String) -> String { "<h2>\(HTMLText.escaped(title))</h2>\n" }

  private func paragraph(_ text: String, isDim: Bool = false) -> String {
    "<p\(isDim ? " class=\"dim\"" : "")>\(HTMLText.escaped(text))</p>\n"
  }

  private static func table(_ rows: [Row]) -> String {
    HTMLText.table(
      [
        "", "events", "detected", "missed", "sensitivity", "quiet trials", "alarmed",
        "specificity", "false alarms", "per hour", "median delay",
      ],
      rows.map { row in
        let tally = row.tally
        return [
          row.name, "\(tally.events)", "\(tally.detected)", "\(tally.events - tally.detected)",
          Figures.percent(tally.sensitivity), "\(tally.quietTrials)", "\(tally.alarmedTrials)",
          Figures.percent(tally.specificity), "\(tally.falseAlarms)",
          Figures.text(tally.falseAlarmsPerHour, places: 2),
          Figures.seconds(Tally.quantile(0.5, of: tally.delays)),
        ]
      })
  }

  private func table(_ benchmark: BenchmarkScores) -> String {
    section("Numenta Anomaly Benchmark")
      + HTMLText.table(
        ["", "series"] + NABProfile.allCases.map(\.rawValue)
          + NABProfile.allCases.map { "best \($0.rawValue)" },
        benchmark.rows.map { row in
          [row.folder ?? "all", "\(row.series)"]
            + (row.configured + row.best).map { Figures.text($0.normalized, places: 2) }
        })
      + paragraph(
        "100 is best, 0 is a detector that says nothing. The first three scores are with the "
          + "configuration's thresholds, the others with the best for all series of the line together.",
        isDim: true)
  }

  private func timelines(
    _ title: String, _ trials: [TrialDigest], most: Int = BacktestReport.timelines
  ) -> String {
    guard !trials.isEmpty else { return "" }
    var html = section("\(title) (\(trials.count))")
    html += """
      <p class="dim key"><span><i style="color:var(--hit)">▼</i> alarm about an event</span>\
      <span><i style="color:var(--miss)">▼</i> false alarm</span>\
      <span><i style="color:var(--dim)">▼</i> beside an event</span>\
      <span><i style="color:var(--early)">▽</i> early warning</span>\
      <span>shaded: when an alarm is about the event</span></p>

      """
    for trial in trials.prefix(most) {
      let details = [trial.label.user, trial.label.group, trial.label.activity]
        .filter { !$0.isEmpty && $0 != trial.name }.joined(separator: ", ")
      html += "<figure>\(TimelinePlot(trial: trial, scoring: scoring).svg)"
      html += "<figcaption>\(HTMLText.escaped(trial.name)) "
      html += "<span class=\"dim\">\(HTMLText.escaped(details))</span></figcaption></figure>\n"
    }
    if trials.count > most { html += paragraph("… and \(trials.count - most) more.", isDim: true) }
    return html
  }
}
