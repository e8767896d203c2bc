import Detection

/// The features of all candidates for falls in recordings, as CSV: what models are trained on, computed by
/// the code that will compute it for them in the service.
///
/// Columns: `trial,user,group,activity,label,time_ms`, then the names of ``Detection/FallFeature`` in their
/// order. One line per candidate; `time_ms` is its peak, from the trial's start. `label` is 1 for a peak that
/// belongs to an event (see ``LabelledEvent/owns(peak:)``), 0 where it is known that nothing happened, empty
/// otherwise. Numbers are the shortest decimals that read back as the same `Double`; NaN is empty.
public struct FeatureTable: Sendable {
  public var run: BacktestRun

  public init(_ run: BacktestRun) { self.run = run }

  public static let header =
    (["trial", "user", "group", "activity", "label", "time_ms"]
    + FallFeature.allCases.map(\.name)).joined(separator: ",") + "\n"

  /// What has been written.
  public struct Summary: Equatable, Sendable {
    public var data = BacktestReport.Data()
    public var recordings = 0
    public var rows = 0
    /// Rows labelled 1, and those labelled 0.
    public var events = 0
    public var quiet = 0
  }

  /// Hands the table, piece by piece, to `write`, in the order of the recordings.
  public func write(
    progress: (Double) -> Void = { _ in }, to write: (String) throws -> Void
  ) throws -> Summary {
    var runner = run.runner
    runner.allCandidates = true
    var summary = Summary()
    let pieces = try run.stream(runner, into: &summary.data, progress: progress) {
      trial, outcome in Self.piece(trial, outcome)
    }
    try write(Self.header)
    for piece in pieces {
      try write(piece.text)
      summary.recordings += 1
      summary.rows += piece.rows
      summary.events += piece.events
      summary.quiet += piece.quiet
    }
    return summary
  }

  private struct Piece: Sendable {
    var text = ""
    var rows = 0
    var events = 0
    var quiet = 0
  }

  private static func piece(_ trial: LabelledTrial, _ outcome: TrialOutcome) -> Piece {
    let label = trial.label
    let isJudged = label.events.isEmpty || label.isQuietOutside
    let names = [trial.recording.name, label.user, label.group, label.activity].map(quoted)
      .joined(separator: ",")
    var piece = Piece()
    // Early findings are of the same peaks, before all is known of them.
    for candidate in outcome.candidates {
      let isEvent = label.events.contains { $0.owns(peak: candidate.time) }
      piece.text += names
      piece.text += isEvent ? ",1" : isJudged ? ",0" : ","
      piece.text += ",\(candidate.time - trial.recording.start)"
      for value in candidate.features {
        piece.text += value.isNaN ? "," : ",\(value)"
      }
      piece.text += "\n"
      piece.rows += 1
      piece.events += isEvent ? 1 : 0
      piece.quiet += !isEvent && isJudged ? 1 : 0
    }
    return piece
  }

  /// A text as a value of CSV (RFC 4180).
  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
    var quoted = "\""
    for character in text.unicodeScalars {
      if character == "\"" { quoted += "\"" }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }
}
