/// Series scored by the rules of the Numenta Anomaly Benchmark.
public struct BenchmarkScores: Equatable, Sendable {
  public struct Row: Equatable, Sendable {
    /// The folder; `nil` for all.
    public var folder: String?
    public var series: Int
    /// With the thresholds of the configuration, and with the one that is best for these series together; a
    /// score for each profile, in the order of `NABProfile.allCases`.
    public var configured: [NABScore]
    public var best: [NABScore]
  }

  /// All series, then the folders by name.
  public var rows: [Row]

  /// `nil` if none of the trials is a series that was traced.
  init?(_ trials: [TrialDigest]) {
    let series = trials.filter { !$0.scores.isEmpty }
    guard !series.isEmpty else { return nil }
    let all = series.map { (folder: $0.label.group, series: Self.series($0)) }
    var folders: [String: [NABSeries]] = [:]
    for one in all where !one.folder.isEmpty { folders[one.folder, default: []].append(one.series) }
    rows = [Self.row(nil, all.map(\.series))]
    for folder in folders.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      rows.append(Self.row(folder.key, folder.value))
    }
  }

  private static func row(_ folder: String?, _ series: [NABSeries]) -> Row {
    Row(
      folder: folder, series: series.count,
      // A sample is abnormal above 1, the scorer flags at the threshold.
      configured: NABProfile.allCases.map {
        NABScore.score(of: series, profile: $0, threshold: 1.0.nextUp)
      },
      best: NABProfile.allCases.map { NABScore.best(of: series, profile: $0) })
  }

  private static func series(_ trial: TrialDigest) -> NABSeries {
    let labels = trial.label.events.map {
      (first: $0.interval.lowerBound, last: $0.interval.upperBound)
    }
    let windows =
      NABSeries.windows(from: labels, times: trial.times)
      ?? Self.windows(within: trial.label.events.map(\.interval), times: trial.times)
    return NABSeries(name: trial.name, scores: trial.scores, windows: windows)
  }

  /// The records whose times lie in labelled windows that do not begin and end at records; what overlaps is
  /// one window.
  private static func windows(
    within labels: [ClosedRange<Int64>], times: [Int64]
  ) -> [Range<Int>] {
    var windows: [Range<Int>] = []
    for label in labels {
      guard let first = times.firstIndex(where: { $0 >= label.lowerBound }),
        let last = times.lastIndex(where: { $0 <= label.upperBound }), first <= last
      else { continue }
      if let before = windows.last, first < before.upperBound {
        windows[windows.count - 1] = before.lowerBound..<max(before.upperBound, last + 1)
      } else {
        windows.append(first..<last + 1)
      }
    }
    return windows
  }
}
