import Events

/// The labels of recordings, read from a file of one of three kinds, which is told by what it holds:
///
/// - CSV with a line per trial: `trial,user,group,activity,is_fall,impact_ms,fall_start_ms,fall_end_ms`, by
///   name, in any order, others aside; only `trial` must be there. Times count from the trial's start.
/// - CSV with a line per labelled window, as `acalert label` writes: `user,device,start,end,label`; times in
///   RFC 3339 or milliseconds since 1970; labels `fall`, `confirmed`, `anomaly` or `normal`, `false_alarm`.
/// - JSON of the Numenta Anomaly Benchmark (`combined_windows.json`): windows by the file's path.
public struct LabelBook: Sendable {
  public enum Kind: String, Equatable, Sendable {
    case trials, windows
    case benchmark = "nab"
  }

  /// One line of a file of trials. Times count from the trial's start.
  struct TrialLine: Sendable {
    var user: String
    var group: String
    var activity: String
    var isFall: Bool
    var impact: Int64?
    var interval: ClosedRange<Int64>?
  }

  struct Subject: Hashable, Sendable {
    var user: String
    var device: String
  }

  enum Content: Sendable {
    case trials([String: TrialLine])
    case windows([Subject: [(span: ClosedRange<Int64>, label: WindowLabel)]])
    case benchmark([String: [ClosedRange<Int64>]])
  }

  public let file: String
  let content: Content

  public var kind: Kind {
    switch content {
    case .trials: .trials
    case .windows: .windows
    case .benchmark: .benchmark
    }
  }

  /// How many trials, windows or files it has labels of.
  public var count: Int {
    switch content {
    case .trials(let lines): lines.count
    case .windows(let windows): windows.values.reduce(0) { $0 + $1.count }
    case .benchmark(let files): files.count
    }
  }

  /// - Throws: ``BacktestError`` with the line that is wrong.
  public init(file: String) throws(BacktestError) {
    self.file = file
    let lines = try RecordingLines(path: file)
    guard let first = try lines.next() else {
      throw BacktestError(.malformed, file: file, "the file is empty")
    }
    let firstByte = first.first { $0 != 0x20 && $0 != 0x09 }
    if firstByte == UInt8(ascii: "{") {
      content = .benchmark(try Self.benchmark(file: file))
      return
    }
    let table = try LabelTable(header: first, lines)
    if table.has("trial") {
      content = .trials(try Self.trials(table))
    } else if ["user", "start", "end", "label"].allSatisfy(table.has) {
      content = .windows(try Self.windows(table))
    } else {
      throw BacktestError(
        .malformed, file: file, line: 1,
        "these are no labels: a column trial, or user, start, end and label, or NAB's JSON")
    }
  }

  /// What is known of a recording; `nil` if that is nothing.
  public func label(of recording: Recording) -> TrialLabel? {
    switch content {
    case .trials(let lines):
      guard let line = lines[recording.name] else { return nil }
      return Self.label(line, of: recording)
    case .windows(let windows):
      let subject = Subject(
        user: recording.user ?? recording.name, device: recording.device ?? "")
      guard let own = windows[subject] else { return nil }
      return TrialLabel(
        user: subject.user,
        events: own.filter { $0.label.isEvent }.map { LabelledEvent(interval: $0.span) },
        quiet: own.filter { !$0.label.isEvent }.map(\.span), isQuietOutside: true)
    case .benchmark(let files):
      // A folder above the benchmark's own may have been given.
      var name = Substring(recording.name)
      while true {
        if let windows = files[String(name)] {
          let folder = name.split(separator: "/").dropLast().joined(separator: "/")
          return TrialLabel(
            user: String(name), group: folder,
            events: windows.map { LabelledEvent(interval: $0) },
            quiet: windows.isEmpty ? [recording.span] : [], isQuietOutside: true)
        }
        guard let slash = name.firstIndex(of: "/") else { return nil }
        name = name[name.index(after: slash)...]
      }
    }
  }

  private static func label(_ line: TrialLine, of recording: Recording) -> TrialLabel {
    var label = TrialLabel(user: line.user, group: line.group, activity: line.activity)
    if label.user.isEmpty { label.user = recording.user ?? recording.name }
    guard line.isFall else {
      label.quiet = [recording.span]
      return label
    }
    let start = recording.start
    let impact = line.impact.map { start + $0 }
    let interval = line.interval.map { start + $0.lowerBound...start + $0.upperBound }
    // A fall of which nothing else is known lies somewhere in its trial.
    label.events = [
      LabelledEvent(impact: impact, interval: interval ?? impact.map { $0...$0 } ?? recording.span)
    ]
    return label
  }
}
