import Backtesting
import Detection
import Glibc

/// The benchmark's files in memory, sorted by name, to be judged again and again.
struct NoveltyMaterial: Sendable {
  struct File: Sendable {
    /// As in the labels: `realTweets/Twitter_volume_AAPL.csv`.
    var name: String
    var folder: String
    var points: [SeriesPoint]
    /// Records in which something happened.
    var windows: [Range<Int>]
  }

  let files: [File]
  /// How many sets are judged at the same time.
  let threads: Int

  /// - Throws: ``BacktestError`` for files that cannot be used, ``BenchmarkError`` for labels that fit none.
  init(paths: [String], labels: String, threads: Int) throws {
    let read = try LabelledTrial.read(paths: paths, labels: LabelBook(file: labels))
    files = try read.trials.map(Self.file)
      .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    self.threads = threads
    guard !files.isEmpty else { throw BenchmarkError("\(labels) has no label for any file") }
  }

  private static func file(_ trial: LabelledTrial) throws -> File {
    let samples = trial.recording.samples
    let unit = (0..<trial.recording.digits).reduce(1.0) { unit, _ in unit * 10 }
    let labels = trial.label.events.map {
      (first: $0.interval.lowerBound, last: $0.interval.upperBound)
    }
    guard let windows = NABSeries.windows(from: labels, times: samples.map(\.time)) else {
      throw BenchmarkError("\(trial.label.user): a window does not begin and end at records")
    }
    return File(
      name: trial.label.user, folder: trial.label.group,
      points: samples.map { SeriesPoint(time: $0.time, value: Double($0.value) / unit) },
      windows: windows)
  }

  var records: Int { files.reduce(0) { $0 + $1.points.count } }

  /// What one detector a file, which has seen nothing else, says of each record: 0 where it says nothing.
  func series(_ rules: NoveltyRules, of file: File) -> NABSeries {
    var detector = NoveltyDetector(rules)
    return NABSeries(
      name: file.name, scores: file.points.map { detector.score($0) ?? 0 }, windows: file.windows)
  }

  /// Of each set, what each file counts for at each of ``thresholds``; whatever the number of threads.
  func curves(of sets: [NoveltySet]) -> [NoveltyCurves] {
    ParallelTrials.map(sets.count, threads: threads) { place in
      let rules = sets[place].rules
      return NoveltyCurves(
        files: files.map {
          NABCurve.curves(of: series(rules, of: $0), thresholds: Self.thresholds)
        })
    }
  }

  /// From 8 down to 0.1 in 90 equal ratios. What a set scores below is no finding at any of them.
  static let thresholds = (0..<90).map { 8 * pow(0.1 / 8, Double($0) / 89) }
}

/// What each file counts for under one set of parameters.
struct NoveltyCurves: Sendable {
  /// By file, then by profile.
  let files: [[NABCurve]]

  /// The curves of some files together, by profile.
  func sum(_ places: [Int]) -> [NABCurve] {
    var sums = NABProfile.allCases.map {
      NABCurve(profile: $0, thresholds: NoveltyMaterial.thresholds)
    }
    for place in places {
      for profile in sums.indices { sums[profile] += files[place][profile] }
    }
    return sums
  }

  /// What sets are compared by: ½ standard + ¼ low FP + ¼ low FN, each at the threshold best for these files.
  func goal(_ places: [Int]) -> Double {
    zip([0.5, 0.25, 0.25], sum(places)).reduce(0) { goal, pair in
      let (weight, curve) = pair
      let best = curve.raw.max() ?? 0
      return goal
        + weight
        * (NABCurve.normalized(best, windows: curve.windows, profile: curve.profile) ?? 0)
    }
  }
}
