/// The score of a detector by the rules of the Numenta Anomaly Benchmark (version 1.1).
///
/// A record is flagged if its score is at least the threshold: to have the same from a detector that flags
/// above its threshold, give it ``detectorThreshold``. Within a window the earliest flagged record counts,
/// by how early it is; a window without any costs; each record flagged outside costs, less so just behind a
/// window. The first records of every file, its probation, are not scored.
public struct NABScore: Equatable, Sendable {
  public let profile: NABProfile
  /// Infinite if it is best to flag nothing.
  public let threshold: Double
  /// The sum over the files.
  public let raw: Double
  /// 100 for a detector that flags the first record of every window and nothing else, 0 for one that flags
  /// nothing; below 0 for one that is worse than that. `nil` without windows.
  public let normalized: Double?
  public let windows: Int
  /// Windows with at least one flagged record.
  public let detectedWindows: Int
  /// Flagged records outside of windows.
  public let falsePositives: Int

  /// The largest threshold above which a detector's scores are those that are flagged here.
  public var detectorThreshold: Double { threshold.nextDown }

  /// The score at a given threshold.
  public static func score(
    of corpus: [NABSeries], profile: NABProfile, threshold: Double
  ) -> NABScore {
    var sum = NABSum(corpus, profile: profile)
    for record in NABRecord.scored(corpus) where record.score >= threshold { sum.flag(record) }
    return sum.score(at: threshold)
  }

  /// The score at the threshold that is best for all files together: so the benchmark compares detectors.
  ///
  /// Of thresholds that are equally good it is the highest. Takes O(n log n) for n records.
  public static func best(of corpus: [NABSeries], profile: NABProfile) -> NABScore {
    let records = NABRecord.scored(corpus).sorted { $0.score > $1.score }
    var sum = NABSum(corpus, profile: profile)
    var best = (raw: sum.raw, threshold: Double.infinity)
    for (index, record) in records.enumerated() {
      sum.flag(record)
      let isLastOfItsScore =
        index + 1 == records.count || records[index + 1].score != record.score
      if isLastOfItsScore, sum.raw > best.raw { best = (sum.raw, record.score) }
    }
    // Sums in another order differ in their last bits: one way to add them is enough.
    return score(of: corpus, profile: profile, threshold: best.threshold)
  }
}

/// A record behind its file's probation.
struct NABRecord {
  var score: Double
  /// Its window's number among those of all files.
  var window: Int?
  var value: Double

  static func scored(_ corpus: [NABSeries]) -> [NABRecord] {
    var records: [NABRecord] = []
    records.reserveCapacity(corpus.reduce(0) { $0 + $1.scores.count })
    var firstWindow = 0
    for series in corpus {
      for (score, credit) in zip(series.scores, series.credits()).dropFirst(series.probation) {
        records.append(
          NABRecord(
            score: score, window: credit.window.map { $0 + firstWindow }, value: credit.value))
      }
      firstWindow += series.windows.count
    }
    return records
  }
}

/// The raw score while records are flagged, one after the other, in any order.
struct NABSum {
  private let profile: NABProfile
  private let windows: Int
  /// What each window counts so far; `nil` for one in which nothing is flagged.
  private var found: [Double?]
  private var detectedWindows = 0
  private var falsePositives = 0
  private(set) var raw: Double

  init(_ corpus: [NABSeries], profile: NABProfile) {
    self.profile = profile
    windows = corpus.reduce(0) { $0 + $1.scoredWindows }
    found = Array(repeating: nil, count: corpus.reduce(0) { $0 + $1.windows.count })
    raw = -profile.falseNegativeWeight * Double(windows)
  }

  mutating func flag(_ record: NABRecord) {
    guard let window = record.window else {
      raw += profile.falsePositiveWeight * record.value
      falsePositives += 1
      return
    }
    if let value = found[window] {
      guard record.value > value else { return }
      raw += record.value - value
    } else {
      raw += record.value + profile.falseNegativeWeight
      detectedWindows += 1
    }
    found[window] = record.value
  }

  func score(at threshold: Double) -> NABScore {
    NABScore(
      profile: profile, threshold: threshold, raw: raw,
      normalized: NABCurve.normalized(raw, windows: windows, profile: profile), windows: windows,
      detectedWindows: detectedWindows, falsePositives: falsePositives)
  }
}
