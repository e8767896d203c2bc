import Events

/// Decides |x − mean| > k · max(s, minStd) exactly, without a root or a division.
///
/// With n, S = Σv, D = n·Σv² − S² and s² = D / (n(n − 1)) the question is
///
///     (n·x − S)² · (n − 1) > k² · n · max(D, minStd² · n · (n − 1)).
///
/// D is computed in whole numbers, which is where floating point would cancel. Both sides are then
/// compared in `Double`, whose error is below 2⁻⁵⁰ of either; only if they agree to 10⁻¹² is the
/// comparison repeated in 256-bit integers. So the answer is exact and costs a few nanoseconds; and
/// fewer still for a sample within k · minStd of the mean, which needs no s.
struct ZScore {
  private let kSquared: Double
  private let thousandthsSquared: UInt128
  private let minSamples: Int64
  private let floorSquared: Double
  private let floorSquaredExact: UInt128
  /// k · minStd, rounded down: what lies no further from the mean is never flagged, whatever s is.
  private let quietDistance: Int64
  private let allowsHigh: Bool
  private let allowsLow: Bool
  private let minStd: Double

  init(_ rules: ZScoreRules) {
    kSquared = rules.k * rules.k
    let thousandths = UInt128(rules.thousandthsOfK)
    thousandthsSquared = thousandths * thousandths
    minSamples = Int64(rules.minSamples)
    minStd = Double(rules.minStd)
    floorSquared = minStd * minStd
    // Below 2⁴⁰, by the bounds of the rules.
    quietDistance = rules.thousandthsOfK * rules.minStd / 1000
    floorSquaredExact = UInt128(rules.minStd) * UInt128(rules.minStd)
    allowsHigh = rules.sides != .low
    allowsLow = rules.sides != .high
  }

  /// Whether the window before a sample holds enough to judge it by.
  @inline(__always)
  func canJudge(_ baseline: borrowing WindowSums) -> Bool { baseline.count >= minSamples }

  /// Whether `value` does not fit the `baseline`, which must not contain it.
  @inline(__always)
  func flags(_ value: Int32, against baseline: borrowing WindowSums) -> Bool {
    guard baseline.count >= minSamples else { return false }
    let n = baseline.count
    let distance = n &* Int64(value) &- baseline.sum
    // Most samples are that near; the product is below 2⁵⁶.
    if Int64(truncatingIfNeeded: distance.magnitude) <= quietDistance &* n { return false }
    guard distance > 0 ? allowsHigh : allowsLow else { return false }
    let (high, low) = baseline.spread
    let pairs = Double(n) * Double(n &- 1)
    let spread = max(Double(high) * 0x1p64 + Double(low), floorSquared * pairs)
    let left = Double(distance) * Double(distance) * Double(n &- 1)
    let right = kSquared * Double(n) * spread
    if (left - right).magnitude > 1e-12 * (left + right) { return left > right }
    return flagsExactly(distance: distance, n: n, high: high, low: low)
  }

  @inline(never)
  private func flagsExactly(distance: Int64, n: Int64, high: UInt64, low: UInt64) -> Bool {
    let count = UInt128(n)
    let magnitude = UInt128(distance.magnitude)
    let spread = max(
      UInt128(high) << 64 | UInt128(low), floorSquaredExact * count * (count - 1))
    // Left: (2⁴⁷)² · 2¹⁶ · 10⁶; right: 10¹² · 2¹⁶ · 2⁹². Each factor fits 128 bits, the products 256.
    let left = (magnitude * magnitude).multipliedFullWidth(by: (count - 1) * 1_000_000)
    let right = spread.multipliedFullWidth(by: thousandthsSquared * count)
    return left.high != right.high ? left.high > right.high : left.low > right.low
  }

  /// |value − mean| / max(s, minStd), for people; infinite if both are zero and the value differs.
  func score(_ value: Int32, against baseline: WindowSums) -> Double {
    let distance = (Double(value) - baseline.mean).magnitude
    let scale = max(baseline.standardDeviation, minStd)
    return distance == 0 ? 0 : distance / scale
  }
}
