/// Intervals of confidence from drawing users anew (Efron and Tibshirani 1993, the percentile method): the
/// trials of one user resemble each other, so whole users are drawn, with replacement.
public struct Bootstrap: Equatable, Sendable {
  /// The middle 95 % of what the draws came to.
  public struct Interval: Equatable, Sendable {
    public var low: Double
    public var high: Double
  }

  public var sensitivity: Interval?
  public var specificity: Interval?
  public var precision: Interval?
  public var f1: Interval?
  public var falseAlarmsPerHour: Interval?

  /// - Parameters:
  ///   - users: by name; drawn in the order of names, so that a seed always means the same draws.
  ///   - draws: at least 40.
  public init(users: [String: Tally], draws: Int = 1_000, seed: UInt64 = 1) {
    let tallies = users.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { user in
      var tally = user.value
      // Not needed here, and costly to add up.
      tally.delays = []
      tally.warningDelays = []
      return tally
    }
    guard tallies.count > 1 else { return }
    var random = SplitMix64(seed: seed)
    var sums: [Tally] = []
    for _ in 0..<draws {
      var sum = Tally()
      for _ in tallies { sum += tallies[Int(random.below(UInt64(tallies.count)))] }
      sums.append(sum)
    }
    sensitivity = Self.interval(sums.compactMap(\.sensitivity))
    specificity = Self.interval(sums.compactMap(\.specificity))
    precision = Self.interval(sums.compactMap(\.precision))
    f1 = Self.interval(sums.compactMap(\.f1))
    falseAlarmsPerHour = Self.interval(sums.compactMap(\.falseAlarmsPerHour))
  }

  private static func interval(_ values: [Double]) -> Interval? {
    guard values.count >= 40 else { return nil }
    let sorted = values.sorted()
    let cut = values.count * 25 / 1_000
    return Interval(low: sorted[cut], high: sorted[values.count - 1 - cut])
  }
}
