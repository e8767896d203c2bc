extension BacktestReport {
  /// The report for a terminal.
  public var text: String {
    var lines = [
      "\(data.recordings) recordings of \(users.count) users, "
        + "\(Figures.hours(data.duration)), \(data.samples) samples; labels from \(data.labels)"
    ]
    lines += notes
    lines += rules.map { "rules: \($0)" }
    lines += [""] + figures.map(\.line)
    if !activities.isEmpty {
      lines += ["", "By activity (events detected, quiet trials alarmed):"]
      lines += Self.table(activities)
    }
    if groups.count > 1 {
      lines += ["", "By group:"]
      lines += Self.table(groups)
    }
    if let benchmark { lines += [""] + Self.text(benchmark) }
    return lines.joined(separator: "\n")
  }

  /// What was left out, and why.
  var notes: [String] {
    var notes: [String] = []
    func note(_ count: Int, _ what: String) {
      if count > 0 { notes.append("note: \(count) \(what)") }
    }
    note(data.unlabelled, "recordings without a label were not judged")
    note(data.excluded, "recordings of other users were not judged")
    note(data.badLines.count, "lines could not be used")
    notes += data.badLines.examples.prefix(5).map { "      \($0)" }
    note(data.late, "samples came too late in their recordings, and were not judged")
    note(data.evicted, "samples left a full ring early; see window.maxSamples")
    note(data.skipped.count, "files are no recordings")
    notes += data.skipped.prefix(5).map { "      \($0)" }
    return notes
  }

  struct Figure {
    var name: String
    var value: String
    /// More to it, e.g. an interval.
    var detail: String

    var line: String {
      let name = name.padded(to: 26)
      return detail.isEmpty ? "\(name)\(value)" : "\(name)\(value.padded(to: 12))\(detail)"
    }
  }

  /// The figures of the whole.
  var figures: [Figure] {
    func interval(_ text: String) -> String { text == "–" ? "" : "95 %: \(text)" }
    func more(_ text: String) -> String { text == "–" ? "" : "; \(interval(text))" }
    var figures = [
      Figure(
        name: "sensitivity", value: Figures.percent(total.sensitivity, places: 2),
        detail: "\(total.detected) of \(total.events) events"
          + more(Figures.percent(intervals.sensitivity))),
      Figure(
        name: "specificity", value: Figures.percent(total.specificity, places: 2),
        detail: "\(total.quietTrials - total.alarmedTrials) of \(total.quietTrials) quiet trials"
          + more(Figures.percent(intervals.specificity))),
      Figure(
        name: "precision", value: Figures.percent(total.precision, places: 2),
        detail: interval(Figures.percent(intervals.precision))),
      Figure(
        name: "F1", value: Figures.percent(total.f1, places: 2),
        detail: interval(Figures.percent(intervals.f1))),
      Figure(
        name: "false alarms per hour", value: Figures.text(total.falseAlarmsPerHour, places: 2),
        detail: "\(total.falseAlarms) in \(Figures.hours(total.quietTime))"
          + more(Figures.range(intervals.falseAlarmsPerHour))),
      Figure(
        name: "false alarms per day", value: Figures.text(total.falseAlarmsPerDay), detail: ""),
      Figure(
        name: "delay", value: Figures.seconds(Tally.quantile(0.5, of: total.delays)),
        detail: "median; 95 % within \(Figures.seconds(Tally.quantile(0.95, of: total.delays)))"),
    ]
    if total.outsideAlarms > 0 {
      figures.append(
        Figure(
          name: "alarms beside events", value: "\(total.outsideAlarms)",
          detail: "in trials with events, outside of them: not counted as false"))
    }
    if total.warnings > 0 {
      let delays = total.warningDelays
      figures += [
        Figure(
          name: "warned early", value: Figures.percent(total.warnedShare, places: 2),
          detail: "after \(Figures.seconds(Tally.quantile(0.5, of: delays))) (median), "
            + "95 % within \(Figures.seconds(Tally.quantile(0.95, of: delays)))"),
        Figure(
          name: "early warnings per hour", value: Figures.text(total.warningsPerHour, places: 2),
          detail: "\(total.quietWarnings) outside of events"),
        Figure(
          name: "early warnings withdrawn", value: Figures.percent(total.withdrawnShare),
          detail: "\(total.withdrawnWarnings) of \(total.warnings)"),
      ]
    }
    if let average = curve?.averagePrecision {
      figures.append(
        Figure(
          name: "average precision", value: Figures.percent(average, places: 2),
          detail: "over all thresholds"))
    }
    return figures
  }

  private static func table(_ rows: [Row]) -> [String] {
    var table = TextTable([
      "", "events", "detected", "missed", "sens.", "quiet", "alarmed", "spec.", "false/h", "median",
    ])
    for row in rows {
      let tally = row.tally
      table.add([
        row.name, "\(tally.events)", "\(tally.detected)", "\(tally.events - tally.detected)",
        Figures.percent(tally.sensitivity), "\(tally.quietTrials)", "\(tally.alarmedTrials)",
        Figures.percent(tally.specificity), Figures.text(tally.falseAlarmsPerHour, places: 2),
        Figures.seconds(Tally.quantile(0.5, of: tally.delays)),
      ])
    }
    return table.lines.map { "  \($0)" }
  }

  private static func text(_ benchmark: BenchmarkScores) -> [String] {
    var table = TextTable(
      ["NAB (100 is best)", "series"] + NABProfile.allCases.map(\.rawValue)
        + NABProfile.allCases.map { "best \($0.rawValue)" })
    for row in benchmark.rows {
      table.add(
        [row.folder ?? "all", "\(row.series)"]
          + (row.configured + row.best).map { Figures.text($0.normalized, places: 2) })
    }
    return table.lines + [
      "The first three are with the configuration's thresholds, the others with the best for all "
        + "series of the line together."
    ]
  }
}

extension String {
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
