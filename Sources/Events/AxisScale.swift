/// Conversion of a stream's fixed point to the thousandths of an ``AxisSample``.
///
/// A number has been rounded to the stream's resolution before; where that is finer than a thousandth it
/// is rounded once more, half away from zero, exactly:
///
/// Let v be a number's units and d the units that make a thousandth, 1 … 10⁶. The product of v and a factor
/// 2^−40 greater than 1 / d lies further from zero than v / d, for its rounding errors are below 2^−51 of
/// it; so a tie is none any more, and goes away from zero. It lies at most 2^−25 further as long as
/// |v / d| ≤ 2¹⁵, beyond which the bounds hold, and what is no tie is 1 / d away from one: that is not moved
/// over it. Adding 1.5·2⁵² then rounds to the nearest integer, which is left in the lowest bits.
struct AxisScale {
  private let factor: Double

  private static let limit = Double(Int16.max)
  private static let rounding = 0x1.8p52

  /// - Parameter digits: decimal digits of the fixed point, 0 … 9.
  init(digits: Int) {
    func power(_ exponent: Int) -> Double {
      (0..<max(0, exponent)).reduce(1) { power, _ in power * 10 }
    }
    factor = power(3 - digits) / power(digits - 3) * (1 + 0x1p-40)
  }

  @inline(__always)
  func sample(_ x: Int32, _ y: Int32, _ z: Int32) -> AxisSample {
    AxisSample(x: thousandths(x), y: thousandths(y), z: thousandths(z))
  }

  /// Converts x, y, z, x, y, … of so many samples: in one simple loop, which the compiler can turn into
  /// vector instructions. That is why a burst's axes are not converted as they are read.
  @inline(never)
  func convert(
    _ units: UnsafePointer<Int32>, to axes: UnsafeMutablePointer<AxisSample>, count: Int
  ) {
    axes.withMemoryRebound(to: Int16.self, capacity: 3 * count) { numbers in
      for place in 0..<3 * count { numbers[place] = thousandths(units[place]) }
    }
  }

  @inline(__always)
  private func thousandths(_ units: Int32) -> Int16 {
    let held = max(-Self.limit, min(Self.limit, Double(units) * factor))
    return Int16(truncatingIfNeeded: (held + Self.rounding).bitPattern)
  }
}
