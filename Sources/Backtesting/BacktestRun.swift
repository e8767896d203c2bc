import Detection
import Events

/// One backtest: recordings and labels through the engine to a report.
public struct BacktestRun: Sendable {
  /// Files and folders of recordings, see ``RecordingReader``.
  public var paths: [String]
  /// See ``LabelBook``.
  public var labels: String
  public var runner: BacktestRunner
  public var options = RecordingOptions()
  public var users = UserFilter.all
  /// Of the intervals of confidence.
  public var seed: UInt64 = 1

  public init(paths: [String], labels: String, runner: BacktestRunner) {
    self.paths = paths
    self.labels = labels
    self.runner = runner
  }

  /// Reads, judges and scores.
  ///
  /// - Parameter progress: is told the share of the recordings that has been read, 0 … 1, after each.
  /// - Throws: ``BacktestError`` for recordings or labels that cannot be used, or if there is no label for any
  ///   recording; ``RulesError`` for rules that contradict themselves.
  public func report(progress: (Double) -> Void = { _ in }) throws -> BacktestReport {
    var runner = runner
    runner.traces = true
    runner.allCandidates = true
    var reading = BacktestReport.Data()
    let judging = runner
    let digests = try stream(runner, into: &reading, progress: progress) { trial, outcome in
      TrialDigest(trial, outcome, judging)
    }
    var rules = runner.rules.inWords
    var isSeries = digests.allSatisfy(\.isSeries)
    if let series = runner.seriesRules {
      let kinds = Set(digests.map(\.isSeries))
      rules = (kinds.contains(false) ? rules : []) + (kinds.contains(true) ? series.inWords : [])
      isSeries = !kinds.contains(false)
    }
    let judged = isSeries ? runner.seriesRules ?? runner.rules : runner.rules
    return BacktestReport(
      data: reading, rules: rules, scoring: runner.scoring, trials: digests,
      refractory: isSeries
        ? max(judged.series.combination.refractory, judged.status.clearAfter)
        : judged.falls?.refractory ?? 0,
      threshold: isSeries ? 1 : judged.falls?.model?.threshold, seed: seed)
  }

  /// Streams the labelled recordings of the users asked for through the engine.
  func stream<Digest: Sendable>(
    _ runner: BacktestRunner, into data: inout BacktestReport.Data, progress: (Double) -> Void,
    digest: @escaping @Sendable (LabelledTrial, TrialOutcome) -> Digest
  ) throws -> [Digest] {
    data.paths = paths
    data.labels = labels
    let book = try LabelBook(file: labels)
    var reader = try RecordingReader(paths: paths, options: options)
    var seen = 0
    let digests = try runner.stream(
      next: { () throws(BacktestError) -> LabelledTrial? in
        while let recording = try reader.read() {
          seen += 1
          progress(reader.fraction)
          guard let label = book.label(of: recording) else {
            data.unlabelled += 1
            continue
          }
          guard users.includes(label.user) else {
            data.excluded += 1
            continue
          }
          return LabelledTrial(recording: recording, label: label)
        }
        return nil
      }, digest: digest)
    data.badLines = reader.badLines
    data.skipped = reader.skipped
    guard !digests.isEmpty else {
      let what =
        data.excluded > 0
        ? "no labelled recording is of the users asked for"
        : "has no label for any of the \(seen) recordings; they are named by \(hint(book))"
      throw BacktestError(.malformed, file: labels, what)
    }
    return digests
  }

  private func hint(_ book: LabelBook) -> String {
    switch book.kind {
    case .trials: "the column trial, or the file's name"
    case .windows: "the user and the device of their records"
    case .benchmark: "the file's path in the folder of the benchmark's data"
    }
  }
}

extension StreamRules {
  /// What judges, in a few lines that are the same in every run.
  var inWords: [String] {
    var lines = ["\(kind)\(unit.isEmpty ? "" : " in \(unit)")"]
    if zscore.isEnabled {
      lines.append(
        "zscore: k \(zscore.k), window \(window.length) ms, at least \(zscore.minSamples) samples")
    }
    for detector in series.detectors { lines.append("\(detector)") }
    if let falls {
      lines.append(
        "falls: peaks above \(Double(falls.trigger) / 1_000) g, "
          + "refractory \(falls.refractory) ms")
      for (name, rules) in [
        ("model", falls.model), ("early", falls.early), ("shadow", falls.shadow),
      ] {
        if let rules { lines.append("falls.\(name): \(rules.model) from \(rules.threshold)") }
      }
      if let impact = falls.impact { lines.append("falls.impact: \(impact)") }
    }
    if !overrides.isEmpty { lines.append("overrides: \(overrides.count)") }
    return lines
  }
}
