import Events
import Testing

@testable import Detection

@Suite struct FallWindowTests {
  private let peak = FallMotion.peak

  /// Samples whose x axis says when they were taken: 1 g at the peak, 0.1 g more each second.
  private func clock(rate: Int64, from: Int64 = -4_000, to: Int64 = 3_000) -> ListRing {
    FallMotion.ring(rate: rate, from: from, to: to) { SIMD3(1 + $0 / 10, 0.5, -0.25) }
  }

  private func fill(_ ring: ListRing, minRate: Double = 15) -> FallWindow? {
    var window = FallWindow()
    guard window.fill(from: ring, peak: peak, minRate: minRate) else {
      #expect(window.known.isEmpty)
      return nil
    }
    return window
  }

  @Test(arguments: [20, 25, 40, 50, 100, 125, 200, 250])
  func aStraightLineStaysOneAtAnyRate(rate: Int) throws {
    let window = try #require(fill(clock(rate: Int64(rate))))
    #expect(window.known == 0..<FallWindow.length)
    for index in window.known {
      let expected = 1 + Double(index - FallWindow.peakIndex) / 500
      #expect(abs(window.x[index] - expected) < 0.0011)
      #expect(window.y[index] == 0.5)
      #expect(window.z[index] == -0.25)
      let square = window.x[index] * window.x[index] + 0.3125
      #expect(window.magnitude[index] == square.squareRoot())
    }
  }

  @Test func pointsAtSamplesAreTheSamples() throws {
    let ring = FallMotion.noise(seed: 5)
    let window = try #require(fill(ring))
    for index in window.known {
      let axes = try #require(ring.samples[index + 50])
      #expect(window.x[index] == Double(axes.x) / 1_000)
      #expect(window.y[index] == Double(axes.y) / 1_000)
      #expect(window.z[index] == Double(axes.z) / 1_000)
    }
  }

  @Test func aFastDeviceIsAveraged() throws {
    let ring = FallMotion.ring(rate: 200) { t in
      SIMD3(Int((t * 200).rounded()).isMultiple(of: 2) ? 1.2 : 0.8, 0, 0)
    }
    let window = try #require(fill(ring))
    // Five samples from −10 to +10 ms, of which those at ±10 ms and at 0 are the larger.
    #expect(window.x.dropFirst().dropLast().allSatisfy { abs($0 - 1.04) < 1e-12 })
    // Nothing from outside of −3 … 2 s.
    #expect(abs(window.x[0] - 3.2 / 3) < 1e-12)
    #expect(abs(window.x[FallWindow.length - 1] - 3.2 / 3) < 1e-12)
  }

  @Test func whatIsKnownEndsWhereTheSamplesEnd() throws {
    try #expect(#require(fill(clock(rate: 50, from: -2_000))).known.lowerBound == 50)
    try #expect(#require(fill(clock(rate: 50, from: -1_990))).known.lowerBound == 51)
    try #expect(#require(fill(clock(rate: 50, to: 500))).known.upperBound == 176)
    try #expect(#require(fill(clock(rate: 50, to: 1_990))).known.upperBound == 250)
    try #expect(#require(fill(clock(rate: 50, from: -1_000, to: 600))).known == 100..<181)
    #expect(fill(clock(rate: 50, from: -980)) == nil)
    #expect(fill(clock(rate: 50, to: 480)) == nil)
  }

  @Test func aGapBeforeEndsWhatIsKnown() throws {
    var ring = clock(rate: 50)
    let gap = ring.times.indices.filter { (-2_180 ... -2_000).contains(ring.times[$0] - peak) }
    for index in gap.reversed() {
      ring.times.remove(at: index)
      ring.samples.remove(at: index)
    }
    try #expect(#require(fill(ring)).known == 51..<FallWindow.length)
  }

  @Test func aGapOfAFifthOfASecondIsBridged() throws {
    for gap in [-2_180 ... -2_000, 500...680] {
      var ring = clock(rate: 50)
      let open = gap.dropLast().filter { $0.isMultiple(of: 20) }
      for index in ring.times.indices where open.contains(Int(ring.times[index] - peak)) {
        ring.samples[index] = nil
      }
      let window = try #require(fill(ring))
      #expect(window.known == 0..<FallWindow.length)
      #expect(abs(window.x[150 + open[3] / 20] - (1 + Double(open[3]) / 10_000)) < 0.001)
    }
  }

  @Test func aGapAfterMakesTheWindowUnfit() {
    var ring = clock(rate: 50)
    for index in ring.times.indices where (1_000...1_180).contains(ring.times[index] - peak) {
      ring.samples[index] = nil
    }
    #expect(fill(ring) == nil)
  }

  @Test func withoutAxesThereIsNoWindow() {
    var ring = clock(rate: 50)
    ring.samples = ring.samples.map { _ in nil }
    #expect(fill(ring) == nil)
    #expect(fill(ListRing()) == nil)
  }

  @Test func thePeakMustBeASampleWithAxes() {
    var ring = clock(rate: 50)
    ring.samples[200] = nil
    #expect(fill(ring) == nil)
    ring.samples.remove(at: 200)
    ring.times.remove(at: 200)
    #expect(fill(ring) == nil)
  }

  @Test func ofSeveralAtOneTimeTheNewestHolds() throws {
    var ring = clock(rate: 50)
    ring.times.insert(peak, at: 201)
    ring.samples.insert(AxisSample(x: 7, y: 8, z: 9), at: 201)
    ring.times.insert(peak, at: 202)
    ring.samples.insert(nil, at: 202)
    let window = try #require(fill(ring))
    #expect(window.x[150] == 0.007)
    #expect(abs(window.x[149] - 0.998) < 1e-12)
    #expect(abs(window.x[151] - 1.002) < 1e-12)
  }

  @Test func tooSlowADeviceIsNotJudged() {
    #expect(fill(clock(rate: 10)) == nil)
    #expect(fill(clock(rate: 10), minRate: 10) != nil)
    #expect(fill(clock(rate: 20), minRate: 20) != nil)
    #expect(fill(clock(rate: 20), minRate: 20.1) == nil)
  }

  @Test func aWindowCanBeFilledAgain() throws {
    var window = try #require(fill(FallMotion.noise(seed: 1)))
    let isFilled = window.fill(from: clock(rate: 50, to: 700), peak: peak, minRate: 15)
    #expect(isFilled)
    let fresh = try #require(fill(clock(rate: 50, to: 700)))
    #expect(window.known == fresh.known)
    #expect(window.known.allSatisfy { window.magnitude[$0] == fresh.magnitude[$0] })
  }
}
