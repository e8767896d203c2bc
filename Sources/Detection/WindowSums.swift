import Events

/// Count, sum and sum of squares of the samples in a window: whole numbers, so that adding and removing
/// are exact and the statistics depend only on which samples are in it.
///
/// Bounds, from |value| < 2³⁰ and count ≤ 2¹⁶: |sum| < 2⁴⁶, squares < 2⁷⁶ (kept in two words),
/// count · squares and sum² < 2⁹². Nothing here can overflow.
public struct WindowSums: Equatable, Sendable {
  public var count: Int64 = 0
  public var sum: Int64 = 0
  var squaresLow: UInt64 = 0
  var squaresHigh: UInt32 = 0

  /// The most samples a window may hold.
  public static let maxCount = 1 << 16

  public init() {}

  @inline(__always)
  init(count: Int64, sum: Int64, squaresLow: UInt64, squaresHigh: UInt32) {
    self.count = count
    self.sum = sum
    self.squaresLow = squaresLow
    self.squaresHigh = squaresHigh
  }

  /// The exact sum of squares.
  public var squares: UInt128 { UInt128(squaresHigh) << 64 | UInt128(squaresLow) }

  @inline(__always)
  public mutating func add(_ value: Int32) {
    let wide = Int64(value)
    count &+= 1
    sum &+= wide
    let (low, carry) = squaresLow.addingReportingOverflow(UInt64(bitPattern: wide &* wide))
    squaresLow = low
    squaresHigh &+= carry ? 1 : 0
  }

  /// Takes out a value that was added before.
  @inline(__always)
  public mutating func remove(_ value: Int32) {
    let wide = Int64(value)
    count &-= 1
    sum &-= wide
    let (low, borrow) = squaresLow.subtractingReportingOverflow(UInt64(bitPattern: wide &* wide))
    squaresLow = low
    squaresHigh &-= borrow ? 1 : 0
  }

  /// count · squares − sum², which is count · (count − 1) times the sample variance, as two words.
  /// Never negative (Cauchy–Schwarz).
  @inline(__always)
  var spread: (high: UInt64, low: UInt64) {
    let n = UInt64(bitPattern: count)
    let product = squaresLow.multipliedFullWidth(by: n)
    let high = product.high &+ UInt64(squaresHigh) &* n
    let square = sum.magnitude.multipliedFullWidth(by: sum.magnitude)
    let (low, borrow) = product.low.subtractingReportingOverflow(square.low)
    return (high &- square.high &- (borrow ? 1 : 0), low)
  }

  /// The arithmetic mean in units of the stream's resolution; 0 for an empty window.
  public var mean: Double { count == 0 ? 0 : Double(sum) / Double(count) }

  /// The sample standard deviation (divisor count − 1) in units of the resolution; 0 below two samples.
  public var standardDeviation: Double {
    guard count > 1 else { return 0 }
    let (high, low) = spread
    let value = Double(high) * 0x1p64 + Double(low)
    return (value / (Double(count) * Double(count - 1))).squareRoot()
  }
}
