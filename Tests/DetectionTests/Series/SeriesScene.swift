import Detection
import Foundation

/// Seeded series for the tests of detectors.
struct SeriesScene {
  var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(state: seed) }

  /// Standard normal (Box and Muller).
  mutating func normal() -> Double {
    let u = Double.random(in: Double.leastNormalMagnitude..<1, using: &generator)
    let v = Double.random(in: 0..<1, using: &generator)
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }

  /// Independent normal values, one each `step` ms.
  mutating func noise(
    _ count: Int, step: Int64 = 100, mean: Double = 0, deviation: Double = 1
  ) -> [SeriesPoint] {
    (0..<count).map {
      SeriesPoint(time: 1_000_000 + Int64($0) * step, value: mean + deviation * normal())
    }
  }

  /// What devices send: uneven times, gaps, values in hundredths, plateaus and wild ones.
  mutating func wild(_ count: Int) -> [SeriesPoint] {
    var time = Int64.random(in: -100_000_000...100_000_000, using: &generator)
    var level = 0.0
    return (0..<count).map { _ in
      switch Int.random(in: 0..<60, using: &generator) {
      case 0: time += Int64.random(in: 1...20_000_000, using: &generator)
      case 1...5: time += Int64.random(in: 1...5_000, using: &generator)
      default: time += Int64.random(in: 1...300, using: &generator)
      }
      var value = level
      switch Int.random(in: 0..<40, using: &generator) {
      case 0: level = Double(Int.random(in: -500...500, using: &generator)) / 100
      case 1: value = Double(Int.random(in: -100_000...100_000, using: &generator))
      case 2...8: break
      default: value = (100 * (level + 0.3 * normal())).rounded() / 100
      }
      return SeriesPoint(time: time, value: value)
    }
  }
}

extension SeriesDetector {
  static func scores(_ rules: Rules, _ points: [SeriesPoint]) -> [Double?] {
    var detector = Self(rules)
    return points.map { detector.score($0) }
  }

  var saved: [UInt8] {
    var state = DetectorStateWriter()
    save(to: &state)
    return state.bytes
  }
}

/// Whether two runs of scores are the same up to rounding.
func agree(_ scores: [Double?], _ others: [Double?], within tolerance: Double = 1e-9) -> Bool {
  guard scores.count == others.count else { return false }
  return zip(scores, others).allSatisfy { score, other in
    guard let score, let other else { return score == nil && other == nil }
    return abs(score - other) <= tolerance * max(1, abs(score), abs(other))
  }
}

/// Statistics by their definitions.
enum Plain {
  static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  static func sampleVariance(_ values: [Double]) -> Double {
    let mean = mean(values)
    return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  static func score(_ distance: Double, _ scale: Double) -> Double {
    distance == 0 ? 0 : min(1e9, abs(distance) / scale)
  }
}
