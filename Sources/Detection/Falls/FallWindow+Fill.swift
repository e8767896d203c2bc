import Events

/// How the grid is filled from samples that came at any rate.
///
/// - Samples without axes are as if they had not come. Of several at one time the newest holds.
/// - The window reaches from the peak, backwards to at most 3 s and forwards to at most 2 s, as far as no
///   two successive samples are more than `maxGap` apart. A gap before the peak ends it there: what is
///   before is not known. After the peak, a gap makes the window unfit.
/// - A point is the straight line between the samples around it; at rates above `averagingRate` it is the
///   mean of the samples within 10 ms of it, if there are any. The peak, being a sample, is met exactly at
///   low rates. No sample is used beyond the first that reaches 3 s before or 2 s after the peak, so that
///   what comes later changes nothing.
extension FallWindow {
  /// Successive samples may be so far apart, in milliseconds.
  static let maxGap: Int64 = 200
  /// So much must be known before the peak, and after it, in milliseconds.
  static let minBefore: Int64 = 1_000
  static let minAfter: Int64 = 500
  /// Samples a second above which a point is the mean of those around it.
  static let averagingRate = 60.0

  private static let step: Int64 = 1_000 / Int64(rate)
  private static let reachBefore = Int64(before) * step
  private static let reachAfter = Int64(after) * step

  /// Reads the surroundings of a peak. Allocates nothing.
  ///
  /// - Parameters:
  ///   - peak: the time of a sample in `ring` that has axes.
  ///   - minRate: samples a second, at least, on average over what is known.
  /// - Returns: whether they can be judged: `false` if there is no such sample, if less than 1 s before it
  ///   or 0.5 s after it is known, at a gap of more than 0.2 s after it (up to 2 s), and below `minRate`.
  ///   Then `known` is empty. If `true`, `known` reaches as far as has been measured.
  mutating func fill(from ring: some AxisRing, peak: Int64, minRate: Double) -> Bool {
    known = Self.peakIndex..<Self.peakIndex
    guard let center = Self.last(in: ring, at: peak) else { return false }

    // Backwards to the first sample that is of use: one at or before the grid's first point.
    var first = center
    var firstTime = peak
    var used = 1
    var index = center - 1
    while index >= 0, firstTime > peak - Self.reachBefore {
      let time = ring.time(at: index)
      if firstTime - time > Self.maxGap { break }
      if ring.axes(at: index) != nil {
        if time < firstTime { used += 1 }
        first = index
        firstTime = time
      }
      index -= 1
    }
    guard peak - firstTime >= Self.minBefore else { return false }

    // Forwards to the first at or after its last point.
    let count = ring.count
    var last = center
    var lastTime = peak
    index = center + 1
    while index < count, lastTime < peak + Self.reachAfter {
      let time = ring.time(at: index)
      if time - lastTime > Self.maxGap { return false }
      if ring.axes(at: index) != nil {
        if time > lastTime { used += 1 }
        last = index
        lastTime = time
      }
      index += 1
    }
    guard lastTime - peak >= Self.minAfter else { return false }
    let rate = Double(used - 1) * 1_000 / Double(lastTime - firstTime)
    guard rate >= minRate else { return false }

    let lower = firstTime <= peak - Self.reachBefore ? 0 : Self.gridIndex(up: firstTime - peak)
    let upper = min(Self.length - 1, Self.peakIndex + Int((lastTime - peak) / Self.step))
    let source = first...last
    let grid = lower...upper
    withPoints { points in
      if rate > Self.averagingRate {
        // Mostly every point has samples to be the mean of, and needs no line.
        if Self.average(ring, source, peak: peak, grid, points) { return }
        Self.interpolate(ring, source, peak: peak, grid, points)
        _ = Self.average(ring, source, peak: peak, grid, points)
      } else {
        Self.interpolate(ring, source, peak: peak, grid, points)
      }
    }
    known = lower..<(upper + 1)
    return true
  }

  /// The first point of the grid at or after a time relative to the peak, −3 s … 0.
  private static func gridIndex(up offset: Int64) -> Int {
    before - Int(-offset / step)
  }

  /// The last sample at `time` that has axes.
  private static func last(in ring: some AxisRing, at time: Int64) -> Int? {
    var low = 0
    var high = ring.count
    while low < high {
      let middle = (low + high) / 2
      if ring.time(at: middle) <= time { low = middle + 1 } else { high = middle }
    }
    while low > 0, ring.time(at: low - 1) == time {
      low -= 1
      if ring.axes(at: low) != nil { return low }
    }
    return nil
  }

  /// The points of `grid` on the straight lines between the samples of `range`.
  private static func interpolate(
    _ ring: some AxisRing, _ range: ClosedRange<Int>, peak: Int64, _ grid: ClosedRange<Int>,
    _ points: FallPoints
  ) {
    var source = range.lowerBound
    var right = vector(ring.axes(at: source) ?? AxisSample(x: 0, y: 0, z: 0))
    var rightTime = ring.time(at: source)
    var left = right
    var leftTime = rightTime
    for point in grid {
      let time = peak + Int64(point - peakIndex) * step
      // The last sample at or before the point on the left, the first after it on the right.
      while rightTime <= time, source < range.upperBound {
        left = right
        leftTime = rightTime
        var axes: AxisSample?
        repeat {
          source += 1
          axes = ring.axes(at: source)
        } while axes == nil && source < range.upperBound
        if let axes { right = vector(axes) }
        rightTime = ring.time(at: source)
      }
      if rightTime <= time {
        left = right
        leftTime = rightTime
      }
      // At most times a sample is where the point is, and a division is saved.
      if leftTime == time || rightTime <= leftTime {
        points.set(point, left / 1_000)
      } else {
        let share = Double(time - leftTime) / Double(rightTime - leftTime)
        points.set(point, (left + (right - left) * share) / 1_000)
      }
    }
  }

  /// The points of `grid` that have samples of `range` within 10 ms of them, as the means of those.
  ///
  /// - Returns: whether all have.
  private static func average(
    _ ring: some AxisRing, _ range: ClosedRange<Int>, peak: Int64, _ grid: ClosedRange<Int>,
    _ points: FallPoints
  ) -> Bool {
    let half = step / 2
    var isWhole = true
    var begin = range.lowerBound
    for point in grid {
      let time = peak + Int64(point - peakIndex) * step
      while begin <= range.upperBound, ring.time(at: begin) < time - half { begin += 1 }
      var index = begin
      var count = 0.0
      // Sums of whole numbers, exact.
      var sum = SIMD4<Double>.zero
      while index <= range.upperBound, ring.time(at: index) <= time + half {
        if let axes = ring.axes(at: index) {
          sum += vector(axes)
          count += 1
        }
        index += 1
      }
      if count > 0 {
        points.set(point, sum / (count * 1_000))
      } else {
        isWhole = false
      }
    }
    return isWhole
  }

  /// In thousandths of a g.
  @inline(__always)
  private static func vector(_ axes: AxisSample) -> SIMD4<Double> {
    SIMD4(Double(axes.x), Double(axes.y), Double(axes.z), 0)
  }

  /// The memory of the points, to be written without checks of bounds.
  private mutating func withPoints(_ body: (FallPoints) -> Void) {
    x.withUnsafeMutableBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        z.withUnsafeMutableBufferPointer { z in
          magnitude.withUnsafeMutableBufferPointer { magnitude in
            guard let x = x.baseAddress, let y = y.baseAddress, let z = z.baseAddress,
              let magnitude = magnitude.baseAddress
            else { return }
            body(FallPoints(x: x, y: y, z: z, magnitude: magnitude))
          }
        }
      }
    }
  }
}

/// Where the points of a window are written.
private struct FallPoints {
  let x: UnsafeMutablePointer<Double>
  let y: UnsafeMutablePointer<Double>
  let z: UnsafeMutablePointer<Double>
  let magnitude: UnsafeMutablePointer<Double>

  /// - Parameters:
  ///   - point: of the grid.
  ///   - a: in g.
  @inline(__always)
  func set(_ point: Int, _ a: SIMD4<Double>) {
    x[point] = a.x
    y[point] = a.y
    z[point] = a.z
    magnitude[point] = (a.x * a.x + a.y * a.y + a.z * a.z).squareRoot()
  }
}
