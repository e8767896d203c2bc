import Backtesting

/// The comment at the head of a tuned configuration: what was set, by what search, how good it is.
struct TunedHeading {
  private static let opening = "# Parameters chosen by acalert tune."

  let text: String

  /// - Parameter was: the value that the configuration had at a path, as written; nil if it had none.
  init(_ report: TuningReport, stream: String, material: [String], was: (String) -> String?) {
    var lines = ["of stream \(stream):"]
    if report.parameters.settings.isEmpty {
      lines.append("  nothing was changed: no set was better than the configuration as it was")
    }
    for setting in report.parameters.settings {
      let before = was(setting.path).map { "was \($0)" } ?? "was not given"
      lines.append("  \(setting.path): \(setting.value) (\(before))")
    }
    lines += material
    lines += [
      "objective: \(report.objective)",
      "search: \(report.trials.count) sets (\(report.method)), seed \(report.seed), "
        + "\(report.users.count) users in \(report.rounds.count) folds, none in two",
      "to be expected of users not seen (nested cross-validation):",
      "  \(TuningReport.figures(report.nested))",
      "on the users they were chosen by:",
      "  \(TuningReport.figures(report.trials[report.chosen].tally))",
      "the configuration as it was, on the same users:",
      "  \(TuningReport.figures(report.trials[0].tally))",
    ]
    if !report.trials[report.chosen].score.isWithinLimits {
      lines.append("NOT within the limits of the objective; no set was, this one came closest")
    }
    // A line break in a name must not end the comment.
    let comments = lines.map { line in
      "# " + String(line.map { $0.isNewline ? " " : $0 })
    }
    text = ([Self.opening] + comments).joined(separator: "\n") + "\n\n"
  }

  /// A configuration without the head that an earlier search wrote.
  static func removed(from text: String) -> String {
    guard text.hasPrefix(opening + "\n") else { return text }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.drop { $0.hasPrefix("#") }.drop { $0.isEmpty }.joined(separator: "\n")
  }
}
