import Glibc

/// What can be asked of stretches of a window: sums, spreads, directions.
///
/// Reads the window's memory without checks of bounds: the ranges are constants within the grid, clipped to
/// what is known. A stretch is given in points relative to the peak, both ends among them; what is asked of
/// one of which less than half is known is NaN.
struct FallMeasures {
  static let step = 1.0 / Double(FallWindow.rate)
  static let gravity = 9.80665

  let x: UnsafePointer<Double>
  let y: UnsafePointer<Double>
  let z: UnsafePointer<Double>
  /// |a|
  let m: UnsafePointer<Double>
  /// The known points, relative to the peak.
  let known: ClosedRange<Int>

  /// The part of a stretch that is known.
  @inline(__always)
  func part(_ from: Int, _ to: Int) -> ClosedRange<Int>? {
    let low = max(from, known.lowerBound)
    guard (to + 1 - low) * 2 >= to + 1 - from else { return nil }
    return low...to
  }

  // MARK: The magnitude

  /// Standard deviation of |a|.
  func std(_ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to) else { return .nan }
    return Self.variance(m, part).squareRoot()
  }

  func smallest(_ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to) else { return .nan }
    var four = SIMD4(repeating: Double.infinity)
    var index = part.lowerBound
    while index + 3 <= part.upperBound {
      let next = Self.quartet(m, index)
      four.replace(with: next, where: next .< four)
      index += 4
    }
    var smallest = four.min()
    while index <= part.upperBound {
      smallest = min(smallest, m[index])
      index += 1
    }
    return smallest
  }

  func largest(_ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to) else { return .nan }
    var four = SIMD4<Double>.zero
    var index = part.lowerBound
    while index + 3 <= part.upperBound {
      let next = Self.quartet(m, index)
      four.replace(with: next, where: next .> four)
      index += 4
    }
    var largest = four.max()
    while index <= part.upperBound {
      largest = max(largest, m[index])
      index += 1
    }
    return largest
  }

  /// How often |a| rises from at most `level` to more.
  func crossings(of level: Double, _ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to) else { return .nan }
    var count = 0
    var wasAbove = true
    for index in part {
      let isAbove = m[index] > level
      if isAbove, !wasAbove { count += 1 }
      wasAbove = isAbove
    }
    return Double(count)
  }

  /// The integral of max(0, 1 − |a|), and the largest of 1 − |a| over any successive points, in g·s.
  func freeFall(_ from: Int, _ to: Int) -> (whole: Double, longest: Double) {
    guard let part = part(from, to) else { return (.nan, .nan) }
    var whole = 0.0
    var run = 0.0
    var longest = 0.0
    for index in part {
      let lack = 1 - m[index]
      whole += max(0, lack)
      run = max(0, run + lack)
      longest = max(longest, run)
    }
    return (whole * Self.step, longest * Self.step)
  }

  /// The integral of max(0, |a| − 1), in g·s.
  func excess(_ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to) else { return .nan }
    var sum = 0.0
    for index in part { sum += max(0, m[index] - 1) }
    return sum * Self.step
  }

  /// The longest stretch with |a| within `width` of 1 g, in seconds.
  func quiet(within width: Double, _ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to) else { return .nan }
    var run = 0
    var longest = 0
    for index in part {
      run = abs(m[index] - 1) < width ? run + 1 : 0
      longest = max(longest, run)
    }
    return Double(longest) * Self.step
  }

  /// The largest autocorrelation of |a| at `lags`; NaN if it does not change.
  func rhythm(_ lags: StrideThrough<Int>, _ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to) else { return .nan }
    let count = part.count
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { centered in
      guard let values = centered.baseAddress else { return .nan }
      let first = m + part.lowerBound
      var sum = 0.0
      for index in 0..<count { sum += first[index] }
      let mean = sum / Double(count)
      for index in 0..<count { values[index] = first[index] - mean }
      let power = Self.product(values, values, count)
      guard power > 0 else { return .nan }
      var largest = -1.0
      for lag in lags where lag < count {
        largest = max(largest, Self.product(values, values + lag, count - lag) / power)
      }
      return largest
    }
  }

  // MARK: The three axes

  func mean(_ from: Int, _ to: Int) -> SIMD3<Double> {
    guard let part = part(from, to) else { return SIMD3(repeating: .nan) }
    let count = Double(part.count)
    return SIMD3(Self.sum(x, part), Self.sum(y, part), Self.sum(z, part)) / count
  }

  func value(at index: Int) -> SIMD3<Double> { SIMD3(x[index], y[index], z[index]) }

  /// The sum of the variances of the three axes.
  func variance(_ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to) else { return .nan }
    return Self.variance(x, part) + Self.variance(y, part) + Self.variance(z, part)
  }

  /// What `a` is along a direction: its extremes, its mean and its variance.
  func along(_ direction: SIMD3<Double>, _ from: Int, _ to: Int) -> (
    smallest: Double, largest: Double, mean: Double, variance: Double
  ) {
    guard let part = part(from, to), !direction.x.isNaN else { return (.nan, .nan, .nan, .nan) }
    var smallest = Double.infinity
    var largest = -Double.infinity
    var sum = 0.0
    for index in part {
      let value = component(direction, index)
      smallest = min(smallest, value)
      largest = max(largest, value)
      sum += value
    }
    let mean = sum / Double(part.count)
    var squares = 0.0
    for index in part {
      let off = component(direction, index) - mean
      squares += off * off
    }
    return (smallest, largest, mean, squares / Double(part.count))
  }

  /// The largest of the integrals of 1 g − (`a` along gravity) that begin at `from`, in g·s.
  func drop(_ gravity: SIMD3<Double>, _ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to), !gravity.x.isNaN else { return .nan }
    var sum = 0.0
    var largest = -Double.infinity
    for index in part {
      sum += 1 - component(gravity, index)
      largest = max(largest, sum)
    }
    return largest * Self.step
  }

  /// The mean and the largest |Δa| · 50 Hz over the steps between the points of a stretch, in g/s.
  func moves(_ from: Int, _ to: Int) -> (mean: Double, largest: Double) {
    guard let part = part(from, to) else { return (.nan, .nan) }
    var sums = SIMD4<Double>.zero
    var four = SIMD4<Double>.zero
    var index = part.lowerBound
    while index + 4 <= part.upperBound {
      let dx = Self.quartet(x, index + 1) - Self.quartet(x, index)
      let dy = Self.quartet(y, index + 1) - Self.quartet(y, index)
      let dz = Self.quartet(z, index + 1) - Self.quartet(z, index)
      let move = (dx * dx + dy * dy + dz * dz).squareRoot()
      sums += move
      four.replace(with: move, where: move .> four)
      index += 4
    }
    var sum = sums.sum()
    var largest = four.max()
    while index < part.upperBound {
      let step = value(at: index + 1) - value(at: index)
      let move = Self.norm(step)
      sum += move
      largest = max(largest, move)
      index += 1
    }
    let rate = Double(FallWindow.rate)
    return (sum / Double(part.count - 1) * rate, largest * rate)
  }

  /// The length of the way of the direction over means of successive fifths of a second, by chords.
  func path(_ from: Int, until end: Int) -> Double {
    let block = FallWindow.rate / 5
    var start = from
    while start < known.lowerBound { start += block }
    guard (end - start) * 2 >= end - from else { return .nan }
    var previous = Self.direction(mean(start, start + block - 1))
    var way = 0.0
    start += block
    while start < end {
      let next = Self.direction(mean(start, start + block - 1))
      let chord = next - previous
      way += (chord * chord).sum().squareRoot()
      previous = next
      start += block
    }
    return way
  }

  /// The largest eigenvalue of the covariance of `a` as a share of their sum; NaN if it does not change.
  ///
  /// In closed form: O. K. Smith, Eigenvalues of a symmetric 3 × 3 matrix, CACM 4 (1961).
  func linearity(_ from: Int, _ to: Int) -> Double {
    guard let part = part(from, to) else { return .nan }
    let center = mean(part.lowerBound, part.upperBound)
    var squares = SIMD3<Double>.zero
    var products = SIMD3<Double>.zero
    for index in part {
      let off = value(at: index) - center
      squares += off * off
      products += SIMD3(off.x * off.y, off.y * off.z, off.z * off.x)
    }
    let trace = squares.sum()
    guard trace > 0 else { return .nan }
    let third = trace / 3
    let d = squares - third
    let spread = (((d * d).sum() + 2 * (products * products).sum()) / 6).squareRoot()
    guard spread > 0 else { return 1.0 / 3 }
    let e = d / spread
    let f = products / spread
    let determinant =
      e.x * (e.y * e.z - f.y * f.y) - f.x * (f.x * e.z - f.y * f.z) + f.z * (f.x * f.y - e.y * f.z)
    let angle = acos(min(1, max(-1, determinant / 2))) / 3
    return (third + 2 * spread * cos(angle)) / trace
  }

  @inline(__always)
  private func component(_ direction: SIMD3<Double>, _ index: Int) -> Double {
    x[index] * direction.x + y[index] * direction.y + z[index] * direction.z
  }
}

extension FallMeasures {
  /// The unit vector; NaN for a vector that is zero.
  static func direction(_ vector: SIMD3<Double>) -> SIMD3<Double> { vector / norm(vector) }

  static func norm(_ vector: SIMD3<Double>) -> Double { (vector * vector).sum().squareRoot() }

  /// Between two vectors, in degrees; NaN if one is zero.
  ///
  /// By the arc tangent: the arc cosine loses half the digits of small angles.
  static func angle(_ left: SIMD3<Double>, _ right: SIMD3<Double>) -> Double {
    let dot = (left * right).sum()
    let cross = SIMD3(
      left.y * right.z - left.z * right.y, left.z * right.x - left.x * right.z,
      left.x * right.y - left.y * right.x)
    guard norm(left) > 0, norm(right) > 0 else { return .nan }
    return atan2(norm(cross), dot) * (180 / .pi)
  }

  /// In four interleaved sums, which do not wait for each other.
  private static func sum(_ values: UnsafePointer<Double>, _ part: ClosedRange<Int>) -> Double {
    var sums = SIMD4<Double>.zero
    var index = part.lowerBound
    while index + 3 <= part.upperBound {
      sums += quartet(values, index)
      index += 4
    }
    var sum = sums.sum()
    while index <= part.upperBound {
      sum += values[index]
      index += 1
    }
    return sum
  }

  private static func variance(
    _ values: UnsafePointer<Double>, _ part: ClosedRange<Int>
  ) -> Double {
    let count = Double(part.count)
    let mean = sum(values, part) / count
    var sums = SIMD4<Double>.zero
    var index = part.lowerBound
    while index + 3 <= part.upperBound {
      let off = quartet(values, index) - mean
      sums += off * off
      index += 4
    }
    var sum = sums.sum()
    while index <= part.upperBound {
      let off = values[index] - mean
      sum += off * off
      index += 1
    }
    return sum / count
  }

  /// Σ left·right
  private static func product(
    _ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, _ count: Int
  ) -> Double {
    var sums = SIMD4<Double>.zero
    var index = 0
    while index + 4 <= count {
      sums += quartet(left, index) * quartet(right, index)
      index += 4
    }
    var sum = sums.sum()
    while index < count {
      sum += left[index] * right[index]
      index += 1
    }
    return sum
  }

  @inline(__always)
  private static func quartet(_ values: UnsafePointer<Double>, _ index: Int) -> SIMD4<Double> {
    UnsafeRawPointer(values + index).loadUnaligned(as: SIMD4<Double>.self)
  }
}
