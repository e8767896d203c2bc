import Backtesting
import Detection
import Glibc

/// One of the parameters that vary, with the values it may have.
struct NoveltyParameter: Sendable {
  let values: [Double]
  let apply: @Sendable (inout NoveltyRules, Double) -> Void

  private init(
    _ values: [Double], _ apply: @escaping @Sendable (inout NoveltyRules, Double) -> Void
  ) {
    self.values = values
    self.apply = apply
  }

  /// All but the threshold, which is chosen apart: each range is written from its least to its largest value.
  ///
  /// The scales are relative to each other: multiplying them all by c divides every score by c.
  static let all = [
    Self([3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 10_000]) { $0.window = Int($1) },
    Self([100, 150, 200]) { $0.warmUp = Int($1) },
    Self([0.25, 0.35, 0.5, 0.7, 1]) { $0.caution = $1 },
    Self([30, 40, 50, 60, 70, 85, 100, 130]) { $0.quiet = Int($1) },
    Self([30, 50, 70, 100, 140, 200, 300]) { $0.deviation.length = Int($1) },
    Self(wideScales) { $0.deviation.scale = $1 },
    Self([16, 20, 28, 40, 56, 80]) { $0.transition.bins = Int($1) },
    Self([5, 8, 10, 14, 20, 28, 40, 60]) { $0.transition.length = Int($1) },
    Self(wideScales) { $0.transition.scale = $1 },
    Self([42, 84, 168, 336]) { $0.week.parts = Int($1) },
    Self([0.05, 0.1, 0.2]) { $0.week.learning = $1 },
    Self([0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3]) { $0.week.scale = $1 },
    Self([8, 10, 14, 20, 28]) { $0.hour.bins = Int($1) },
    Self([6, 12, 24]) { $0.hour.parts = Int($1) },
    Self([3, 5, 10, 15, 20]) { $0.hour.short = Int($1) },
    Self(hourScales) { $0.hour.shortScale = $1 },
    Self([30, 40, 50, 60]) { $0.hour.long = Int($1) },
    Self(hourScales) { $0.hour.longScale = $1 },
  ]

  private static let wideScales = [0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.1]
  private static let hourScales = [0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.1]
}

/// A set of parameters: for each of ``NoveltyParameter/all``, the place of its value.
struct NoveltySet: Hashable, Sendable {
  private let places: [Int]

  /// So many sets, each value drawn by itself, all equally likely: no label has a say.
  static func draw(_ count: Int, seed: UInt64) -> [NoveltySet] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      NoveltySet(
        places: NoveltyParameter.all.map { Int(random.below(UInt64($0.values.count))) })
    }
  }

  /// So many sets beside this one: each parameter stays or goes one value down or up, all equally likely; not
  /// beyond the ends. The same seed takes the same steps from any set.
  func neighbours(_ count: Int, seed: UInt64) -> [NoveltySet] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      NoveltySet(
        places: zip(NoveltyParameter.all, places).map { parameter, place in
          let moved = place + Int(random.below(3)) - 1
          return min(max(moved, 0), parameter.values.count - 1)
        })
    }
  }

  var rules: NoveltyRules {
    var rules = NoveltyRules()
    for (parameter, value) in zip(NoveltyParameter.all, values) { parameter.apply(&rules, value) }
    return rules
  }

  /// In the order of ``NoveltyParameter/all``.
  var values: [Double] { zip(NoveltyParameter.all, places).map { $0.values[$1] } }
}

/// A ridge regression of the goal on the parameters: the logarithm of each and its square, over sets whose
/// goal is known. It evens out what a single set owes to luck.
///
/// Columns are centred and of unit deviation before they are squared; the squares are centred as well. The
/// penalty is 10, none on the constant. Source: Hoerl and Kennard, "Ridge regression", 1970.
struct NoveltyRidge {
  private static let penalty = 10.0

  /// By set.
  private let rows: [[Double]]
  /// Lower triangle of the Cholesky factor of XᵀX + penalty · 1.
  private let factor: [[Double]]

  /// - Parameter sets: at least one.
  init(_ sets: [NoveltySet]) {
    let linear = Self.centred(sets.map { $0.values.map { log($0) } })
    let squares = Self.centred(linear.map { $0.map { $0 * $0 } }, keepsDeviation: true)
    let rows = zip(linear, squares).map { $0 + $1 }
    let size = rows.first?.count ?? 0
    var factor: [[Double]] = []
    for i in 0..<size {
      var line: [Double] = []
      for j in 0...i {
        var sum = rows.reduce(0) { $0 + $1[i] * $1[j] }
        if i == j { sum += Self.penalty }
        for k in 0..<j { sum -= line[k] * (i == j ? line[k] : factor[j][k]) }
        line.append(i == j ? sqrt(sum) : sum / factor[j][j])
      }
      factor.append(line)
    }
    self.rows = rows
    self.factor = factor
  }

  /// The goals that the regression has for the sets, but for a constant.
  func smoothed(_ goals: [Double]) -> [Double] {
    let mean = goals.reduce(0, +) / Double(goals.count)
    // Lᵀ w = L⁻¹ Xᵀ y
    var weights: [Double] = []
    for (i, line) in factor.enumerated() {
      var sum = zip(rows, goals).reduce(0) { $0 + $1.0[i] * ($1.1 - mean) }
      for k in 0..<i { sum -= line[k] * weights[k] }
      weights.append(sum / line[i])
    }
    for i in factor.indices.reversed() {
      for k in i + 1..<factor.count { weights[i] -= factor[k][i] * weights[k] }
      weights[i] /= factor[i][i]
    }
    return rows.map { row in zip(row, weights).reduce(0) { $0 + $1.0 * $1.1 } }
  }

  private static func centred(_ rows: [[Double]], keepsDeviation: Bool = false) -> [[Double]] {
    let count = Double(rows.count)
    let width = rows.first?.count ?? 0
    var rows = rows
    for column in 0..<width {
      let mean = rows.reduce(0) { $0 + $1[column] } / count
      let variance = rows.reduce(0) { $0 + pow($1[column] - mean, 2) } / count
      let deviation = keepsDeviation || variance == 0 ? 1 : sqrt(variance)
      for place in rows.indices { rows[place][column] = (rows[place][column] - mean) / deviation }
    }
    return rows
  }
}
