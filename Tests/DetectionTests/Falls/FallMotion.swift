import Events
import Glibc

@testable import Detection

/// Samples of one wearer, as an engine's ring holds them.
struct ListRing: AxisRing {
  var times: [Int64] = []
  var samples: [AxisSample?] = []

  var count: Int { times.count }
  func time(at index: Int) -> Int64 { times[index] }
  func axes(at index: Int) -> AxisSample? { samples[index] }

  mutating func append(_ time: Int64, _ axes: SIMD3<Double>?) {
    times.append(time)
    samples.append(
      axes.map {
        let units = ($0 * 1_000).rounded(.toNearestOrAwayFromZero)
        return AxisSample(x: Int16(units.x), y: Int16(units.y), z: Int16(units.z))
      })
  }
}

/// Made-up motions, in g by seconds from the peak.
enum FallMotion {
  static let peak: Int64 = 1_600_000_000_000

  /// What a device sees that measures `motion` at `rate`, with a sample at the peak.
  static func ring(
    rate: Int64, from: Int64 = -4_000, to: Int64 = 3_000, _ motion: (Double) -> SIMD3<Double>
  ) -> ListRing {
    var ring = ListRing()
    let step = 1_000 / rate
    for time in stride(from: from / step * step, through: to, by: Int(step)) {
      ring.append(peak + time, motion(Double(time) / 1_000))
    }
    return ring
  }

  /// A fall without sharp corners: standing, walking a little, weightless, a blow, lying on the side.
  static func smoothFall(_ t: Double) -> SIMD3<Double> {
    let tilt = 1.4 / (1 + exp(-6 * (t - 0.1)))
    let fall = 0.7 * bump(t, at: -0.35, width: 0.16)
    let blow = 2.4 * bump(t, at: 0, width: 0.09)
    let step = 0.12 * sin(6 * t) * (t < -0.6 ? 1 : bump(t, at: -0.6, width: 0.2))
    let length = 1 - fall + blow + step
    return SIMD3(length * sin(tilt), length * sin(tilt + 1.5707963267948966), 0.1 * length)
  }

  /// Something different for each seed: levels that change at random, and noise upon them.
  static func noise(seed: UInt64) -> ListRing {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) / Double(1 << 53)
    }
    var ring = ListRing()
    var level = SIMD3(next() - 0.5, next() - 0.5, next() + 0.2)
    var wild = 0.2
    for index in 0...400 {
      if next() < 0.03 {
        level = SIMD3(next() - 0.5, next() - 0.5, next() - 0.5) * 3
        wild = next() * next() * 2
      }
      let off = SIMD3(next() - 0.5, next() - 0.5, next() - 0.5) * wild
      ring.append(peak + Int64(index - 200) * 20, level + off)
    }
    return ring
  }

  static func window(_ ring: ListRing) -> FallWindow {
    var window = FallWindow()
    _ = window.fill(from: ring, peak: peak, minRate: 15)
    return window
  }

  static func values(_ window: FallWindow) -> [FallFeature: Double] {
    var values = Array(repeating: -1.0, count: FallFeature.allCases.count)
    values.withUnsafeMutableBufferPointer { FallFeature.values(of: window, into: $0) }
    return Dictionary(uniqueKeysWithValues: zip(FallFeature.allCases, values))
  }

  private static func bump(_ t: Double, at center: Double, width: Double) -> Double {
    let x = (t - center) / width
    return exp(-x * x)
  }
}
