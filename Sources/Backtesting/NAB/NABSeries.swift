import Glibc

/// One file of the benchmark, with what a detector said of each of its records.
public struct NABSeries: Equatable, Sendable {
  /// As in the labels: `realTweets/Twitter_volume_AAPL.csv`.
  public let name: String
  /// One per record, finite; 0 where the detector said nothing.
  public let scores: [Double]
  /// The records of each window in which something happened. Ascending, apart from each other, none empty.
  public let windows: [Range<Int>]

  /// - Precondition: `windows` are as said there, within `scores`.
  public init(name: String, scores: [Double], windows: [Range<Int>]) {
    var end = 0
    for window in windows {
      precondition(!window.isEmpty && window.lowerBound >= end && window.upperBound <= scores.count)
      end = window.upperBound
    }
    self.name = name
    self.scores = scores
    self.windows = windows
  }

  /// The records of the windows that the labels give by the times of their first and last record.
  ///
  /// Where a time stands more than once in a file, its first record counts, as in the benchmark's own
  /// scorer.
  ///
  /// - Returns: `nil` if a window begins or ends at a time that no record has, if its end comes before its
  ///   beginning, or if windows are not in order or overlap.
  public static func windows(
    from labels: [(first: Int64, last: Int64)], times: [Int64]
  ) -> [Range<Int>]? {
    var windows: [Range<Int>] = []
    for label in labels {
      guard let first = times.firstIndex(of: label.first),
        let last = times.firstIndex(of: label.last), first <= last,
        first >= windows.last?.upperBound ?? 0
      else { return nil }
      windows.append(first..<last + 1)
    }
    return windows
  }

  /// Records at the beginning that are not scored: 15 % of the file, at most 750.
  var probation: Int { min(scores.count * 15 / 100, 750) }

  /// The windows of which at least one record is scored.
  var scoredWindows: Int { windows.count { $0.upperBound > probation } }

  /// What it is worth to flag each of the records.
  func credits() -> [NABCredit] {
    var credits: [NABCredit] = []
    credits.reserveCapacity(scores.count)
    var before: Range<Int>?
    for (number, window) in windows.enumerated() {
      Self.appendOutside(window.lowerBound, after: before, to: &credits)
      for index in window {
        let position = Double(index - window.upperBound) / Double(window.count)
        credits.append(
          NABCredit(window: number, value: Self.sigmoid(position) / Self.sigmoid(-1)))
      }
      before = window
    }
    Self.appendOutside(scores.count, after: before, to: &credits)
    return credits
  }

  private static func appendOutside(
    _ end: Int, after window: Range<Int>?, to credits: inout [NABCredit]
  ) {
    for index in credits.count..<end {
      let position = window.map { Double(index - $0.upperBound + 1) / Double($0.count - 1) }
      credits.append(NABCredit(window: nil, value: position.map(Self.sigmoid) ?? -1))
    }
  }

  /// The benchmark's weight by position: −1 is the first record of a window, 0 its end, 1 as far behind the
  /// end as the window is wide; nearly 1 there, 0 at the end, and −1 from 3 on.
  private static func sigmoid(_ position: Double) -> Double {
    position > 3 ? -1 : 2 / (1 + exp(5 * position)) - 1
  }
}

/// What it is worth to flag one record, before the weights of a profile.
struct NABCredit {
  /// The number of the window it lies in.
  var window: Int?
  /// In a window 0 … 1, of which the largest flagged one counts; outside −1 … 0, which add up.
  var value: Double
}
