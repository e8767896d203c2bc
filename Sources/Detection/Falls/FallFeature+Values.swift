extension FallFeature {
  /// Measures a window.
  ///
  /// Costs a few microseconds and allocates nothing.
  ///
  /// - Parameters:
  ///   - window: filled.
  ///   - values: gets the values in the order of `allCases`, as many as those; NaN for a feature whose
  ///     `delay` is beyond what is known, and where a value is missing.
  public static func values(
    of window: FallWindow, into values: UnsafeMutableBufferPointer<Double>
  ) {
    var list = ValueList(values)
    let known = window.known
    guard known.upperBound > FallWindow.peakIndex + early,
      known.lowerBound <= FallWindow.peakIndex - FallWindow.rate
    else { return list.fill() }
    window.x.withUnsafeBufferPointer { x in
      window.y.withUnsafeBufferPointer { y in
        window.z.withUnsafeBufferPointer { z in
          window.magnitude.withUnsafeBufferPointer { magnitude in
            guard let x = x.baseAddress, let y = y.baseAddress, let z = z.baseAddress,
              let magnitude = magnitude.baseAddress
            else { return }
            let peak = FallWindow.peakIndex
            let measures = FallMeasures(
              x: x + peak, y: y + peak, z: z + peak, m: magnitude + peak,
              known: (known.lowerBound - peak)...(known.upperBound - 1 - peak))
            let before = measures.mean(-150, -50)
            list.putEarly(measures, before)
            if known.upperBound == FallWindow.length { list.putLate(measures, before) }
          }
        }
      }
    }
    list.fill()
  }

  /// Points after the peak that features of the shorter delay look at.
  private static let early = FallWindow.rate / 2
}

/// The values of the features, put down one after the other.
private struct ValueList {
  private let values: UnsafeMutableBufferPointer<Double>
  private var count = 0

  init(_ values: UnsafeMutableBufferPointer<Double>) {
    precondition(values.count >= FallFeature.allCases.count, "one place for each feature")
    self.values = values
  }

  /// - Parameter feature: the next in order.
  @inline(__always)
  private mutating func put(_ feature: FallFeature, _ value: Double) {
    assert(FallFeature.allCases[count] == feature)
    values[count] = value
    count += 1
  }

  @inline(__always)
  private mutating func put(
    _ x: FallFeature, _ y: FallFeature, _ z: FallFeature, _ vector: SIMD3<Double>
  ) {
    put(x, vector.x)
    put(y, vector.y)
    put(z, vector.z)
  }

  /// What is not there is missing.
  mutating func fill() {
    for index in count..<values.count { values[index] = .nan }
  }

  mutating func putEarly(_ a: FallMeasures, _ before: SIMD3<Double>) {
    let gravity = FallMeasures.direction(before)
    let approach = a.mean(-50, 0)
    let impact = a.mean(5, 25)
    let freeFall = a.freeFall(-60, 0)
    let along = a.along(gravity, -50, 15)
    put(.peak, a.m[0])
    put(.minBefore, a.smallest(-50, 0))
    put(.maxBefore, a.largest(-50, -7))
    put(.freeFall, freeFall.whole)
    put(.dropSpeed, freeFall.longest * FallMeasures.gravity)
    put(.fallSpeed, a.drop(gravity, -50, 0) * FallMeasures.gravity)
    put(.stdEarlier, a.std(-150, -50))
    put(.maxEarlier, a.largest(-150, -50))
    put(.normEarlier, FallMeasures.norm(before))
    put(.spreadEarlier, a.variance(-150, -50).squareRoot())
    put(.pathEarlier, a.path(-150, until: -50))
    put(.turnEarlier, FallMeasures.angle(a.mean(-150, -100), a.mean(-100, -50)))
    put(.stdApproach, a.std(-50, 0))
    put(.moveApproach, a.moves(-50, -10).mean)
    put(.pathApproach, a.path(-50, until: 0))
    put(.stdImpact, a.std(0, 25))
    put(.jerk, a.moves(-25, 25).largest)
    put(.moveImpact, a.moves(0, 25).mean)
    put(.minImpact, a.smallest(0, 25))
    put(.impulse, a.excess(-10, 25))
    // The part cannot exceed the whole but by rounding; NaN stays NaN.
    let across = a.variance(-25, 25) - a.along(gravity, -25, 25).variance
    put(.sideways, across < 0 ? 0 : across.squareRoot())
    put(.alongMin, along.smallest)
    put(.alongMax, along.largest)
    put(.alongRange, along.largest - along.smallest)
    put(.crossingsBefore, a.crossings(of: 1.5, -150, 0))
    put(.rhythm, a.rhythm(stride(from: 12, through: 60, by: 4), -150, 0))
    put(.turnImpact, FallMeasures.angle(before, impact))
    put(.turnApproachImpact, FallMeasures.angle(approach, impact))
    put(.peakAngle, FallMeasures.angle(before, a.value(at: 0)))
    put(.linearity, a.linearity(-15, 15))
    put(.beforeX, .beforeY, .beforeZ, before)
    put(.approachX, .approachY, .approachZ, approach)
    put(.blowX, .blowY, .blowZ, a.mean(-3, 3))
    put(.impactX, .impactY, .impactZ, impact)
  }

  mutating func putLate(_ a: FallMeasures, _ before: SIMD3<Double>) {
    let gravity = FallMeasures.direction(before)
    let rest = a.mean(50, 100)
    put(.turn, FallMeasures.angle(before, rest))
    put(.turnHalf, FallMeasures.angle(a.mean(-50, -25), rest))
    put(.turnApproach, FallMeasures.angle(a.mean(-50, 0), rest))
    put(.turnAfter, FallMeasures.angle(a.mean(5, 25), rest))
    put(.turnRest, FallMeasures.angle(a.mean(50, 75), a.mean(75, 100)))
    put(.impactAngle, FallMeasures.angle(a.mean(-3, 3), rest))
    put(.alongRest, (rest * gravity).sum())
    put(.kick, kick(a, from: gravity, to: FallMeasures.direction(rest)))
    put(.normRest, FallMeasures.norm(rest))
    put(.spreadRest, a.variance(50, 100).squareRoot())
    put(.pathAfter, a.path(20, until: 50))
    put(.pathRest, a.path(50, until: 100))
    put(.moveAfter, a.moves(25, 50).mean)
    put(.moveRest, a.moves(50, 100).mean)
    put(.maxAfter, a.largest(25, 100))
    put(.minAfter, a.smallest(25, 100))
    put(.stdAfter, a.std(25, 100))
    put(.stdRatio, a.std(50, 100) / (a.std(-150, -50) + 0.02))
    put(.crossings, a.crossings(of: 1.5, -150, 100))
    put(.quiet, a.quiet(within: 0.15, 25, 100))
    put(.restX, .restY, .restZ, rest)
  }

  /// The change of velocity at the impact, in m/s.
  private func kick(
    _ a: FallMeasures, from before: SIMD3<Double>, to after: SIMD3<Double>
  ) -> Double {
    let count = 31.0
    let sum = a.mean(-10, 20) * count - (before + after) * (count / 2)
    return FallMeasures.norm(sum) * FallMeasures.step * FallMeasures.gravity
  }
}
