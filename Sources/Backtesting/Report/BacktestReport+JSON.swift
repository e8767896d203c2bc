import Detection

extension BacktestReport {
  /// The report for programs; docs/BACKTESTS.md says what each member means.
  public var json: String {
    var members: [(String, ReportJSON)] = [
      ("format", .text("acalert-backtest/1")),
      ("data", dataJSON),
      ("rules", .list(rules.map { .text($0) })),
      (
        "scoring",
        .object([("before_ms", .integer(scoring.before)), ("after_ms", .integer(scoring.after))])
      ),
      ("total", Self.json(total)),
      ("intervals", intervalsJSON),
      ("by_user", Self.json(users)),
      ("by_group", Self.json(groups)),
      ("by_activity", Self.json(activities)),
    ]
    if let curve { members.append(("curve", json(curve))) }
    if let benchmark { members.append(("nab", Self.json(benchmark))) }
    members.append(("trials", .list(trials.map(json))))
    return ReportJSON.object(members).text + "\n"
  }

  private var dataJSON: ReportJSON {
    .object([
      ("paths", .list(data.paths.map { .text($0) })),
      ("labels", .text(data.labels)),
      ("recordings", .integer(data.recordings)),
      ("users", .integer(users.count)),
      ("samples", .integer(data.samples)),
      ("hours", .number(Double(data.duration) / 3_600_000)),
      ("unlabelled", .integer(data.unlabelled)),
      ("excluded", .integer(data.excluded)),
      ("bad_lines", .integer(data.badLines.count)),
      ("bad_line_examples", .list(data.badLines.examples.map { .text($0) })),
      ("late_samples", .integer(data.late)),
      ("evicted_samples", .integer(data.evicted)),
      ("skipped_files", .list(data.skipped.map { .text($0) })),
    ])
  }

  private var intervalsJSON: ReportJSON {
    func json(_ interval: Bootstrap.Interval?) -> ReportJSON {
      interval.map { .list([.number($0.low), .number($0.high)]) } ?? .null
    }
    return .object([
      ("sensitivity", json(intervals.sensitivity)),
      ("specificity", json(intervals.specificity)),
      ("precision", json(intervals.precision)),
      ("f1", json(intervals.f1)),
      ("false_alarms_per_hour", json(intervals.falseAlarmsPerHour)),
    ])
  }

  private static func json(_ rows: [Row]) -> ReportJSON {
    .list(
      rows.map { row in
        guard case .object(let members) = json(row.tally) else { return .null }
        return .object([("name", .text(row.name))] + members)
      })
  }

  private static func json(_ tally: Tally) -> ReportJSON {
    .object([
      ("events", .integer(tally.events)),
      ("detected", .integer(tally.detected)),
      ("sensitivity", .optional(tally.sensitivity)),
      ("quiet_trials", .integer(tally.quietTrials)),
      ("alarmed_trials", .integer(tally.alarmedTrials)),
      ("specificity", .optional(tally.specificity)),
      ("quiet_hours", .number(Double(tally.quietTime) / 3_600_000)),
      ("false_alarms", .integer(tally.falseAlarms)),
      ("false_alarms_per_hour", .optional(tally.falseAlarmsPerHour)),
      ("false_alarms_per_day", .optional(tally.falseAlarmsPerDay)),
      ("precision", .optional(tally.precision)),
      ("f1", .optional(tally.f1)),
      ("delay_median_ms", .optional(Tally.quantile(0.5, of: tally.delays))),
      ("delay_p95_ms", .optional(Tally.quantile(0.95, of: tally.delays))),
      ("outside_alarms", .integer(tally.outsideAlarms)),
      ("warnings", .integer(tally.warnings)),
      ("warnings_confirmed", .integer(tally.confirmedWarnings)),
      ("warnings_withdrawn", .integer(tally.withdrawnWarnings)),
      ("warnings_per_hour", .optional(tally.warningsPerHour)),
      ("warned_events", .integer(tally.warnedEvents)),
      ("warning_delay_median_ms", .optional(Tally.quantile(0.5, of: tally.warningDelays))),
      ("warning_delay_p95_ms", .optional(Tally.quantile(0.95, of: tally.warningDelays))),
    ])
  }

  private func json(_ curve: ThresholdCurve) -> ReportJSON {
    .object([
      ("threshold", .optional(threshold)),
      ("average_precision", .optional(curve.averagePrecision)),
      (
        "points",
        .list(
          curve.points.map { point in
            let tally = point.tally
            return .object([
              ("threshold", .number(point.threshold)),
              ("sensitivity", .optional(tally.sensitivity)),
              ("precision", .optional(tally.precision)),
              ("specificity", .optional(tally.specificity)),
              ("false_alarms_per_hour", .optional(tally.falseAlarmsPerHour)),
            ])
          })
      ),
    ])
  }

  private static func json(_ benchmark: BenchmarkScores) -> ReportJSON {
    func json(_ scores: [NABScore]) -> ReportJSON {
      .object(
        scores.map { score in
          (
            score.profile.rawValue,
            .object([
              ("score", .optional(score.normalized)), ("threshold", .number(score.threshold)),
              ("windows", .integer(score.windows)),
              ("detected_windows", .integer(score.detectedWindows)),
              ("false_positives", .integer(score.falsePositives)),
            ])
          )
        })
    }
    return .list(
      benchmark.rows.map { row in
        .object([
          ("folder", row.folder.map { .text($0) } ?? .null), ("series", .integer(row.series)),
          ("configured", json(row.configured)), ("best", json(row.best)),
        ])
      })
  }

  /// Times from the trial's start.
  private func json(_ trial: TrialDigest) -> ReportJSON {
    func times(_ values: [Int64]) -> ReportJSON { .list(values.map { .integer($0 - trial.start) }) }
    return .object([
      ("trial", .text(trial.name)),
      ("user", .text(trial.label.user)),
      ("group", .text(trial.label.group)),
      ("activity", .text(trial.label.activity)),
      ("samples", .integer(trial.samples)),
      (
        "events",
        .list(
          zip(trial.label.events, trial.score.events).map { event, score in
            .object([
              ("at_ms", .integer(event.core.lowerBound - trial.start)),
              ("until_ms", .integer(event.core.upperBound - trial.start)),
              ("delay_ms", .optional(score.delay)),
              ("warning_delay_ms", .optional(score.warningDelay)),
            ])
          })
      ),
      (
        "alarms",
        .list(
          trial.alarms.map {
            .object([
              ("at_ms", .integer($0.time - trial.start)), ("cause", .text($0.cause.name)),
              ("reason", .text($0.reason)),
            ])
          })
      ),
      ("false_alarms_ms", times(trial.score.falseAlarms)),
      ("outside_alarms_ms", times(trial.score.outsideAlarms)),
      ("warnings_ms", times(trial.warnings.map(\.time))),
    ])
  }
}
