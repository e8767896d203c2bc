import Testing

@testable import Detection

@Suite struct FallFeatureTests {
  @Test func whatIsKnownEarlyComesFirst() {
    let delays = FallFeature.allCases.map(\.delay)
    #expect(delays == delays.sorted())
    #expect(Set(delays) == [500, 2_000])
    #expect(FallFeature.allCases.allSatisfy { FallFeature(rawValue: $0.name) == $0 })
  }

  @Test(arguments: 1...40) func valuesAreThoseOfThePlainMeaning(seed: Int) {
    var ring = FallMotion.noise(seed: UInt64(seed))
    if seed % 4 == 0 {
      // Some begin so late that parts of the windows are missing.
      let cut = 200 - 50 - (seed * 7) % 100
      ring.times.removeFirst(cut)
      ring.samples.removeFirst(cut)
    }
    let window = FallMotion.window(ring)
    #expect(window.known.upperBound == FallWindow.length)
    let reference = FallReference(window)
    for (feature, value) in FallMotion.values(window) {
      let expected = reference.value(feature)
      #expect(value.isNaN == expected.isNaN, "\(feature): \(value), not \(expected)")
      if !expected.isNaN {
        let tolerance = feature == .linearity ? 1e-6 : 1e-9
        #expect(
          abs(value - expected) <= tolerance * max(1, abs(expected)),
          "\(feature): \(value), not \(expected)")
      }
    }
  }

  @Test func aDeviceThatLiesStillShowsNothing() {
    let values = FallMotion.values(
      FallMotion.window(FallMotion.ring(rate: 50) { _ in SIMD3(0, 0, 1) }))
    for feature in [
      FallFeature.stdEarlier, .stdImpact, .jerk, .moveRest, .freeFall, .impulse, .turn, .turnImpact,
      .sideways, .crossings, .pathEarlier, .pathRest, .kick, .fallSpeed,
    ] {
      #expect(abs(values[feature] ?? .nan) < 1e-12, "\(feature)")
    }
    #expect(values[.peak] == 1)
    #expect(values[.quiet] == 1.52)
    #expect(values[.rhythm]?.isNaN == true)
    #expect(values[.linearity]?.isNaN == true)
  }

  @Test func weightlessThenABlowThenLying() {
    let values = FallMotion.values(
      FallMotion.window(
        FallMotion.ring(rate: 50) { t in
          if t < -0.41 { return SIMD3(0, 1, 0) }
          if t < -0.01 { return SIMD3(0, 0, 0) }
          if t < 0.01 { return SIMD3(0, 4, 0) }
          return SIMD3(1, 0, 0)
        }))
    func expect(_ feature: FallFeature, _ value: Double) {
      #expect(abs((values[feature] ?? .nan) - value) < 1e-9, "\(feature)")
    }
    expect(.peak, 4)
    expect(.minBefore, 0)
    expect(.freeFall, 0.4)
    expect(.dropSpeed, 0.4 * 9.80665)
    expect(.fallSpeed, 0.4 * 9.80665)
    expect(.impulse, 0.06)
    expect(.turn, 90)
    expect(.turnImpact, 90)
    expect(.peakAngle, 0)
    expect(.alongRest, 0)
    expect(.alongMax, 4)
    expect(.crossings, 1)
    expect(.jerk, 17.0.squareRoot() * 50)
    expect(.quiet, 1.52)
    expect(.maxAfter, 1)
  }

  @Test func vectorsAreOnTheAxesOfTheDevice() {
    let values = FallMotion.values(
      FallMotion.window(
        FallMotion.ring(rate: 50) { t in
          if t < -1.01 { return SIMD3(-1, 0.25, 0) }
          if t < -0.01 { return SIMD3(0.5, 0, 1) }
          if t < 0.01 { return SIMD3(4.2, 0.7, -2.1) }
          if t < 0.99 { return SIMD3(0, 0.125, -1) }
          return SIMD3(0, 1, 0.5)
        }))
    func expect(_ features: [FallFeature], _ vector: SIMD3<Double>) {
      for (index, feature) in features.enumerated() {
        #expect(feature.isTurnedWithDevice)
        #expect(abs((values[feature] ?? .nan) - vector[index]) < 1e-9, "\(feature)")
      }
    }
    expect([.beforeX, .beforeY, .beforeZ], (SIMD3(-100, 25, 0) + SIMD3(0.5, 0, 1)) / 101)
    expect([.approachX, .approachY, .approachZ], (SIMD3(25, 0, 50) + SIMD3(4.2, 0.7, -2.1)) / 51)
    expect([.blowX, .blowY, .blowZ], SIMD3(1.5 + 4.2, 0.375 + 0.7, 3 - 2.1 - 3) / 7)
    expect([.impactX, .impactY, .impactZ], SIMD3(0, 0.125, -1))
    expect([.restX, .restY, .restZ], SIMD3(0, 1, 0.5))
  }

  @Test func howTheDeviceIsTurnedMattersToItsOwnAxesOnly() {
    // About the axis (1, 2, 3) by 1.1, as a quaternion.
    let half = 0.55
    let axis = SIMD3(1.0, 2, 3) / 14.0.squareRoot()
    let w = 1 - half * half / 2 + half * half * half * half / 24
    let q = axis * (1 - w * w).squareRoot()
    func cross(_ u: SIMD3<Double>, _ v: SIMD3<Double>) -> SIMD3<Double> {
      SIMD3(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x)
    }
    for seed in 50..<60 {
      let window = FallMotion.window(FallMotion.noise(seed: UInt64(seed)))
      var turned = window
      for index in 0..<FallWindow.length {
        let a = SIMD3(window.x[index], window.y[index], window.z[index])
        let t = cross(q, a) * 2
        let b = a + t * w + cross(q, t)
        turned.x[index] = b.x
        turned.y[index] = b.y
        turned.z[index] = b.z
      }
      let left = FallMotion.values(window)
      for (feature, value) in FallMotion.values(turned) where !feature.isTurnedWithDevice {
        #expect(abs(value - (left[feature] ?? .nan)) <= 1e-7 * max(1, abs(value)), "\(feature)")
      }
    }
  }

  @Test func whatTakesLongerThanIsKnownIsMissing() {
    let whole = FallMotion.values(FallMotion.window(FallMotion.noise(seed: 3)))
    var ring = FallMotion.noise(seed: 3)
    ring.times.removeLast(401 - 226)
    ring.samples.removeLast(401 - 226)
    let window = FallMotion.window(ring)
    #expect(window.known == 0..<176)
    for (feature, value) in FallMotion.values(window) {
      if feature.delay == 500 {
        #expect(value == whole[feature], "\(feature)")
      } else {
        #expect(value.isNaN, "\(feature)")
      }
    }
  }

  @Test func ofNothingEverythingIsMissing() {
    #expect(FallMotion.values(FallWindow()).values.allSatisfy { $0.isNaN })
  }

  @Test func lessThanHalfOfAWindowIsMissing() {
    // Two seconds before the peak are known: half of [−3, −1] and nothing of [−3, −2].
    var ring = FallMotion.noise(seed: 9)
    ring.times.removeFirst(99)
    ring.samples.removeFirst(99)
    let values = FallMotion.values(FallMotion.window(ring))
    #expect(values[.stdEarlier]?.isNaN == false)
    #expect(values[.turn]?.isNaN == false)
    #expect(values[.turnEarlier]?.isNaN == true)
    ring.times.removeFirst(3)
    ring.samples.removeFirst(3)
    let later = FallMotion.values(FallMotion.window(ring))
    #expect(later[.stdEarlier]?.isNaN == true)
    #expect(later[.turn]?.isNaN == true)
    #expect(later[.turnHalf]?.isNaN == false)
  }

  @Test(arguments: [25, 40, 100, 125, 200]) func theRateHardlyMatters(rate: Int) {
    let reference = FallMotion.values(
      FallMotion.window(FallMotion.ring(rate: 50, FallMotion.smoothFall)))
    let values = FallMotion.values(
      FallMotion.window(FallMotion.ring(rate: Int64(rate), FallMotion.smoothFall)))
    for (feature, value) in values {
      let expected = reference[feature] ?? .nan
      #expect(
        abs(value - expected) <= 0.04 * max(0.5, abs(expected)),
        "\(feature): \(value), not \(expected)")
    }
  }
}
