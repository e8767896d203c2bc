/// Distance from what is usual at the same time of the day or of the week, in standard deviations.
///
/// The period (UTC) is cut into equal `buckets`, each with a mean m, a variance v and the number n of
/// periods in which it had samples. All samples of one pass through a bucket are gathered; when the series
/// leaves it, the pass is folded in with the rate a = max(learning, 1 / n), n counting this pass:
///
///     v ← (1 − a) · v + a · vₚ + a · (1 − a) · (mₚ − m)²,   m ← m + a · (mₚ − m)
///
/// with the pass's mean mₚ and variance vₚ (n in the denominator): what the mixture of both with weights
/// 1 − a and a has. Until n = 1 / learning all passes weigh the same, later ones then fade by 1 − learning
/// a period.
///
///     score = |x − m| / max(√v, minStd)
///
/// A sample is judged by the passes before the present one, so that an oddity never is its own measure.
/// `nil` while its bucket has fewer than `minPeriods` of them. The borders of a week lie on Thursdays 00:00
/// UTC, those of a day on midnight UTC; a time zone only turns the profile, but the changes to and from
/// daylight-saving time shift it by an hour.
///
/// Source: seasonal means as in the decomposition of time series (NIST/SEMATECH e-Handbook, section 6.4.4.3)
/// with exponential smoothing of each bucket (Winters 1960, without a trend).
///
/// Memory: 120 bytes and 24 a bucket: 4.2 KB by default, at most 48 KiB (2,016 buckets). Cost: O(1).
public struct SeasonalDetector: SeriesDetector {
  private struct Bucket: Sendable {
    var mean = 0.0
    var variance = 0.0
    var periods = 0
  }

  private let rules: SeasonalRules
  private let period: Int64
  private let bucketCount: Int
  private var buckets: [Bucket]
  /// The pass being gathered: which bucket of which period.
  private var pass: Int64 = 0
  private var gathered = Moments()

  public init(_ rules: SeasonalRules) {
    self.rules = rules
    period = rules.period == .day ? 86_400_000 : 7 * 86_400_000
    bucketCount = max(1, rules.buckets)
    buckets = Array(repeating: Bucket(), count: bucketCount)
  }

  public mutating func score(_ point: SeriesPoint) -> Double? {
    var cycle = point.time / period
    var place = point.time % period
    if place < 0 {
      place += period
      cycle -= 1
    }
    let index = Int(place &* Int64(bucketCount) / period)
    let present = cycle &* Int64(bucketCount) &+ Int64(index)
    if present != pass {
      fold()
      pass = present
    }
    gathered.add(point.value)
    let bucket = buckets[index]
    guard bucket.periods >= max(1, rules.minPeriods) else { return nil }
    return SeriesScore.of(
      distance: (point.value - bucket.mean).magnitude,
      scale: max(bucket.variance.squareRoot(), rules.minStd))
  }

  private mutating func fold() {
    guard gathered.count > 0 else { return }
    let index = Int(pass % Int64(bucketCount))
    let place = index < 0 ? index + bucketCount : index
    var bucket = buckets[place]
    bucket.periods = min(bucket.periods + 1, Moments.greatestCount)
    let rate = max(rules.learning, 1 / Double(bucket.periods))
    let delta = gathered.mean - bucket.mean
    bucket.variance =
      (1 - rate) * bucket.variance + rate * gathered.variance + rate * (1 - rate) * delta * delta
    bucket.mean += rate * delta
    buckets[place] = bucket
    gathered = Moments()
  }

  public func save(to state: inout DetectorStateWriter) {
    state.write(pass)
    gathered.save(to: &state)
    for bucket in buckets {
      state.write(bucket.periods)
      guard bucket.periods > 0 else { continue }
      state.write(bucket.mean)
      state.write(bucket.variance)
    }
  }

  public init?(_ rules: SeasonalRules, from state: inout DetectorStateReader) {
    self.init(rules)
    guard let pass = state.integer(), let gathered = Moments(from: &state) else { return nil }
    self.pass = pass
    self.gathered = gathered
    for index in buckets.indices {
      guard let periods = state.count(limit: Moments.greatestCount) else { return nil }
      guard periods > 0 else { continue }
      guard let mean = state.value(), let variance = state.magnitude() else { return nil }
      buckets[index] = Bucket(mean: mean, variance: variance, periods: periods)
    }
  }
}
