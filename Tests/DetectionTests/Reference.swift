import Detection
import Events

/// The plain meaning of the rules, computed by brute force: what the engine is held against.
enum Reference {
  /// A whole number wide enough for any product of the tests.
  typealias Wide = Int128

  struct Judged: Equatable {
    var time: Int64
    var value: Int32
    var isFlagged: Bool
  }

  struct Window: Equatable {
    var start: Int64
    var count: Int
    var sum: Int64
    var squares: Wide
    var min: Int32
    var max: Int32
    var flagged: Int
  }

  /// Whether `sample` is flagged against all of `others` (which do not contain it).
  static func flags(_ sample: Sample, among others: [Sample], _ rules: StreamRules) -> Bool {
    let window = others.filter {
      $0.time < sample.time && $0.time >= sample.time - rules.window.length
    }
    guard window.count >= rules.zscore.minSamples else { return false }
    let n = Wide(window.count)
    let sum = window.reduce(Wide(0)) { $0 + Wide($1.value) }
    let squares = window.reduce(Wide(0)) { $0 + Wide($1.value) * Wide($1.value) }
    let distance = n * Wide(sample.value) - sum
    switch rules.zscore.sides {
    case .both: break
    case .high: if distance <= 0 { return false }
    case .low: if distance >= 0 { return false }
    }
    let floor = Wide(rules.zscore.minStd) * Wide(rules.zscore.minStd)
    let spread = max(n * squares - sum * sum, floor * n * (n - 1))
    let k = Wide(rules.zscore.thousandthsOfK)
    // Products of up to 2¹⁵⁰: compared digit by digit in base 2⁶⁴ through full-width multiplication.
    let left = (distance * distance).magnitude.multipliedFullWidth(by: UInt128((n - 1) * 1_000_000))
    let right = spread.magnitude.multipliedFullWidth(by: UInt128(k * k * n))
    return left.high != right.high ? left.high > right.high : left.low > right.low
  }

  /// The tumbling windows of samples that all arrived in time, up to the watermark of the newest one.
  static func closedWindows(_ samples: [Sample], _ rules: StreamRules) -> [Window] {
    guard let newest = samples.map(\.time).max() else { return [] }
    let watermark = newest - rules.window.allowedLateness
    let length = rules.window.aggregate
    let byStart = Dictionary(grouping: samples) { sample in sample.time / length * length }
    var windows: [Window] = []
    for (start, members) in byStart where start + length <= watermark {
      let values = members.map(\.value)
      windows.append(
        Window(
          start: start, count: members.count, sum: values.reduce(0) { $0 + Int64($1) },
          squares: values.reduce(0) { (total: Wide, value) in total + Wide(value) * Wide(value) },
          min: values.min() ?? 0, max: values.max() ?? 0,
          flagged: members.filter { flags($0, among: samples, rules) }.count))
    }
    return windows.sorted { $0.start < $1.start }
  }
}

/// A small seeded generator, so that every run tests the same streams.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
