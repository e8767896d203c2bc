import Glibc

@testable import Detection

/// The plain meaning of the features, point by point over lists: what the fast way is held against.
struct FallReference {
  /// By point relative to the peak.
  var points: [Int: SIMD3<Double>] = [:]

  init(_ window: FallWindow) {
    for index in window.known {
      points[index - FallWindow.peakIndex] = SIMD3(
        window.x[index], window.y[index], window.z[index])
    }
  }

  private typealias Vectors = [SIMD3<Double>]

  /// The known points from `from` to `to` seconds, `nil` if they are less than half.
  private func part(_ from: Double, _ to: Double) -> Vectors? {
    let range = Int((from * 50).rounded())...Int((to * 50).rounded())
    let known = range.compactMap { points[$0] }
    return known.count * 2 >= range.count ? known : nil
  }

  private func of(_ from: Double, _ to: Double, _ measure: (Vectors) -> Double) -> Double {
    part(from, to).map(measure) ?? .nan
  }

  private func norm(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }
  private func norms(_ v: Vectors) -> [Double] { v.map(norm) }

  private func variance(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
  }

  private func mean(_ v: Vectors) -> SIMD3<Double> { v.reduce(.zero, +) / Double(v.count) }

  private func mean(_ from: Double, _ to: Double) -> SIMD3<Double> {
    part(from, to).map(mean) ?? SIMD3(repeating: .nan)
  }

  private func angle(_ u: SIMD3<Double>, _ v: SIMD3<Double>) -> Double {
    // Between unit vectors, by half of their chord.
    let chord = norm(u / norm(u) - v / norm(v))
    let other = norm(u / norm(u) + v / norm(v))
    return 2 * atan2(chord, other) * 180 / .pi
  }

  private func spread(_ v: Vectors) -> Double {
    (variance(v.map(\.x)) + variance(v.map(\.y)) + variance(v.map(\.z))).squareRoot()
  }

  private func steps(_ v: Vectors) -> [Double] { zip(v, v.dropFirst()).map { norm($1 - $0) * 50 } }

  private func average(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  private func rises(_ level: Double, _ values: [Double]) -> Double {
    Double(zip(values, values.dropFirst()).filter { $0 <= level && $1 > level }.count)
  }

  private func path(_ from: Int, _ fifths: Int) -> Double {
    let blocks = (0..<fifths).compactMap { fifth -> SIMD3<Double>? in
      let block = (0..<10).compactMap { points[from + fifth * 10 + $0] }
      return block.count == 10 ? mean(block) / norm(mean(block)) : nil
    }
    guard blocks.count * 2 >= fifths else { return .nan }
    return zip(blocks, blocks.dropFirst()).map { norm($1 - $0) }.reduce(0, +)
  }

  private func longestRun(_ values: [Double]) -> Double {
    var best = 0.0
    for start in values.indices {
      for end in start..<values.count {
        best = max(best, values[start...end].map { 1 - $0 }.reduce(0, +))
      }
    }
    return best
  }

  private func rhythm(_ values: [Double]) -> Double {
    let off = values.map { $0 - average(values) }
    let power = off.map { $0 * $0 }.reduce(0, +)
    return stride(from: 12, through: 60, by: 4)
      .map { lag in zip(off, off.dropFirst(lag)).map(*).reduce(0, +) / power }.max() ?? .nan
  }

  /// By the power method.
  private func linearity(_ v: Vectors) -> Double {
    let off = v.map { $0 - mean(v) }
    var axis = SIMD3(0.6, 0.5, 0.4)
    var value = 0.0
    for _ in 0..<1_000 {
      let next = off.map { $0 * ($0 * axis).sum() }.reduce(.zero, +)
      value = norm(next)
      axis = next / value
    }
    return value / off.map { ($0 * $0).sum() }.reduce(0, +)
  }

  private func quiet(_ values: [Double]) -> Double {
    var best = 0
    for start in values.indices {
      best = max(best, values[start...].prefix { abs($0 - 1) < 0.15 }.count)
    }
    return Double(best) / 50
  }

  func value(_ feature: FallFeature) -> Double {
    let before = mean(-3, -1)
    let g = before / norm(before)
    let rest = mean(1, 2)
    let metres = 9.80665 / 50
    func along(_ from: Double, _ to: Double) -> [Double] {
      (part(from, to) ?? []).map { ($0 * g).sum() }
    }
    if norm(before).isNaN {
      switch feature {
      case .fallSpeed, .normEarlier, .sideways, .alongMin, .alongMax, .alongRange, .turnImpact,
        .peakAngle, .turn, .alongRest, .kick:
        return .nan
      default: break
      }
    }
    return switch feature {
    case .peak: norm(points[0] ?? .zero)
    case .minBefore: of(-1, 0) { norms($0).min() ?? .nan }
    case .maxBefore: of(-1, -0.14) { norms($0).max() ?? .nan }
    case .freeFall: of(-1.2, 0) { norms($0).map { max(0, 1 - $0) }.reduce(0, +) / 50 }
    case .dropSpeed: of(-1.2, 0) { longestRun(norms($0)) * metres }
    case .fallSpeed:
      (1...51).map { along(-1, 0).prefix($0).map { 1 - $0 }.reduce(0, +) * metres }.max() ?? .nan
    case .stdEarlier: of(-3, -1) { variance(norms($0)).squareRoot() }
    case .maxEarlier: of(-3, -1) { norms($0).max() ?? .nan }
    case .normEarlier: norm(before)
    case .spreadEarlier: of(-3, -1, spread)
    case .pathEarlier: path(-150, 10)
    case .turnEarlier: angle(mean(-3, -2), mean(-2, -1))
    case .stdApproach: of(-1, 0) { variance(norms($0)).squareRoot() }
    case .moveApproach: of(-1, -0.2) { average(steps($0)) }
    case .pathApproach: path(-50, 5)
    case .stdImpact: of(0, 0.5) { variance(norms($0)).squareRoot() }
    case .jerk: of(-0.5, 0.5) { steps($0).max() ?? .nan }
    case .moveImpact: of(0, 0.5) { average(steps($0)) }
    case .minImpact: of(0, 0.5) { norms($0).min() ?? .nan }
    case .impulse: of(-0.2, 0.5) { norms($0).map { max(0, $0 - 1) }.reduce(0, +) / 50 }
    case .sideways:
      of(-0.5, 0.5) { spread($0.map { $0 - g * ($0 * g).sum() }) }
    case .alongMin: along(-1, 0.3).min() ?? .nan
    case .alongMax: along(-1, 0.3).max() ?? .nan
    case .alongRange: value(.alongMax) - value(.alongMin)
    case .crossingsBefore: of(-3, 0) { rises(1.5, norms($0)) }
    case .rhythm: of(-3, 0) { rhythm(norms($0)) }
    case .turnImpact: angle(before, mean(0.1, 0.5))
    case .turnApproachImpact: angle(mean(-1, 0), mean(0.1, 0.5))
    case .peakAngle: angle(before, points[0] ?? .zero)
    case .linearity: of(-0.3, 0.3, linearity)
    case .turn: angle(before, rest)
    case .turnHalf: angle(mean(-1, -0.5), rest)
    case .turnApproach: angle(mean(-1, 0), rest)
    case .turnAfter: angle(mean(0.1, 0.5), rest)
    case .turnRest: angle(mean(1, 1.5), mean(1.5, 2))
    case .impactAngle: angle(mean(-0.06, 0.06), rest)
    case .alongRest: average(along(1, 2))
    case .kick:
      of(-0.2, 0.4) {
        norm($0.map { $0 - (g + rest / norm(rest)) / 2 }.reduce(.zero, +)) * metres
      }
    case .normRest: norm(rest)
    case .spreadRest: of(1, 2, spread)
    case .pathAfter: path(20, 3)
    case .pathRest: path(50, 5)
    case .moveAfter: of(0.5, 1) { average(steps($0)) }
    case .moveRest: of(1, 2) { average(steps($0)) }
    case .maxAfter: of(0.5, 2) { norms($0).max() ?? .nan }
    case .minAfter: of(0.5, 2) { norms($0).min() ?? .nan }
    case .stdAfter: of(0.5, 2) { variance(norms($0)).squareRoot() }
    case .stdRatio:
      of(1, 2) { variance(norms($0)).squareRoot() } / (value(.stdEarlier) + 0.02)
    case .crossings: of(-3, 2) { rises(1.5, norms($0)) }
    case .quiet: of(0.5, 2) { quiet(norms($0)) }
    case .beforeX: before.x
    case .beforeY: before.y
    case .beforeZ: before.z
    case .approachX: mean(-1, 0).x
    case .approachY: mean(-1, 0).y
    case .approachZ: mean(-1, 0).z
    case .blowX: mean(-0.06, 0.06).x
    case .blowY: mean(-0.06, 0.06).y
    case .blowZ: mean(-0.06, 0.06).z
    case .impactX: mean(0.1, 0.5).x
    case .impactY: mean(0.1, 0.5).y
    case .impactZ: mean(0.1, 0.5).z
    case .restX: rest.x
    case .restY: rest.y
    case .restZ: rest.z
    }
  }
}
