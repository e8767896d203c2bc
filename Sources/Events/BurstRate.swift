/// The samples a second of a burst, kept so that every sample's time is exact: sample i is
/// ⌊i·1000 / rate⌋ ms after the first.
///
/// The period in milliseconds is the fraction 1000·10^k / m, where rate = m / 10^k, held as
/// `whole + remainder / m`. Adding up the remainders and carrying at m gives each floor without
/// rounding and without a division a sample.
struct BurstRate {
  private var whole: UInt64 = 0
  private var remainder: UInt64 = 0
  private var divisor: UInt64 = 1

  /// A placeholder until the field has been read.
  init() {}

  /// - Returns: `nil` unless 0 < rate ≤ 100,000 with at most 18 significant digits and 18 decimals, and
  ///   the period is less than 2⁶⁴ ms.
  init?(_ number: DecimalText, powers: UnsafePointer<UInt64>) {
    guard !number.isNegative, number.mantissa > 0, !number.isCut else { return nil }
    var mantissa = number.mantissa
    var exponent = number.exponent
    while exponent < 0, mantissa.isMultiple(of: 10) {
      mantissa /= 10
      exponent += 1
    }
    if exponent > 0 {
      guard exponent <= 5, mantissa <= 100_000 else { return nil }
      mantissa *= powers[exponent]
      exponent = 0
    }
    let decimals = -exponent
    guard decimals <= 18, mantissa < powers[18] else { return nil }
    // From 14 decimals on a mantissa below 10^18 is a rate below 10^5 by itself.
    guard decimals > 13 || mantissa <= 100_000 * powers[decimals] else { return nil }
    let period = powers[decimals].multipliedFullWidth(by: 1000)
    guard period.high < mantissa else { return nil }
    (whole, remainder) = mantissa.dividingFullWidth(period)
    divisor = mantissa
  }

  /// Gives `count` samples their times, the first one `start`.
  ///
  /// - Returns: whether all are at most ``Sample/maxTime``; if not, some times are not set.
  func setTimes(_ samples: UnsafeMutablePointer<Sample>, count: Int, start: Int64) -> Bool {
    var time = UInt64(start)
    var rest: UInt64 = 0
    let maxTime = UInt64(Sample.maxTime)
    samples[0].time = start
    // Times stay below 2⁴⁸ and rests below 10^18: no sum overflows once `whole` is known to be small.
    guard count == 1 || whole <= maxTime else { return false }
    for index in 1..<max(1, count) {
      time &+= whole
      rest &+= remainder
      if rest >= divisor {
        rest &-= divisor
        time &+= 1
      }
      guard time <= maxTime else { return false }
      samples[index].time = Int64(truncatingIfNeeded: time)
    }
    return true
  }
}
