import Backtesting

/// Parameters and thresholds chosen on some files, judged on others.
///
/// For each part that is left out, with the files outside of it only:
/// 1. Each set of the pool has a goal (see ``NoveltyCurves/goal(_:)``); of the sets, that with the largest
///    goal by a ridge regression over all of them is chosen.
/// 2. For each profile the threshold is chosen of ``NoveltyMaterial/thresholds`` at which the mean raw score of
///    the set, counted twice, and of 16 sets beside it is largest.
///
/// Then the files of the part are judged with that set and these thresholds. The raw scores of all parts
/// together, normalised as one corpus, are the result. Same material, same pool and same seed: same result.
struct NoveltySelection {
  private static let neighbours = 16

  private let material: NoveltyMaterial
  private let seed: UInt64
  private let pool: [NoveltySet]
  private let poolCurves: [NoveltyCurves]
  private let ridge: NoveltyRidge
  /// Of the sets beside those that have been chosen, by the place of these in the pool.
  private var besides: [Int: [NoveltyCurves]] = [:]

  /// Judges all files with so many random sets.
  init(_ material: NoveltyMaterial, sets: Int, seed: UInt64) {
    self.material = material
    self.seed = seed
    pool = NoveltySet.draw(sets, seed: seed)
    poolCurves = material.curves(of: pool)
    ridge = NoveltyRidge(pool)
  }

  /// For each part that is left out, what its files count for in each profile.
  mutating func leavingOut(_ parts: [[Int]]) -> [[NoveltyPart]] {
    parts.map { part in
      let left = Set(part)
      let training = material.files.indices.filter { !left.contains($0) }
      let set = choose(training)
      let thresholds = thresholds(of: set, training)
      return zip(poolCurves[set].sum(part), thresholds).map { curve, place in
        NoveltyPart(raw: curve.raw[place], windows: curve.windows, profile: curve.profile)
      }
    }
  }

  /// A set's place in the pool.
  private func choose(_ training: [Int]) -> Int {
    let goals = ridge.smoothed(poolCurves.map { $0.goal(training) })
    return Self.placeOfLargest(goals)
  }

  /// By profile, a threshold's place.
  private mutating func thresholds(of set: Int, _ training: [Int]) -> [Int] {
    let beside =
      besides[set] ?? material.curves(of: pool[set].neighbours(Self.neighbours, seed: seed))
    besides[set] = beside
    var sums = poolCurves[set].sum(training)
    for other in [poolCurves[set]] + beside {
      for (profile, curve) in other.sum(training).enumerated() { sums[profile] += curve }
    }
    return sums.map { Self.placeOfLargest($0.raw) }
  }

  /// The first of several.
  private static func placeOfLargest(_ values: [Double]) -> Int {
    var best = 0
    for place in values.indices where values[place] > values[best] { best = place }
    return best
  }
}

/// What files that were left out count for in one profile.
struct NoveltyPart {
  var raw: Double
  var windows: Int
  var profile: NABProfile

  /// All files of several parts as one corpus.
  static func normalized(_ parts: [NoveltyPart]) -> Double? {
    parts.first.flatMap { first in
      NABCurve.normalized(
        parts.reduce(0) { $0 + $1.raw }, windows: parts.reduce(0) { $0 + $1.windows },
        profile: first.profile)
    }
  }
}

extension NoveltyMaterial {
  /// Ten parts: of the files in the order of their names, each goes into the part of its place's last digit.
  func partsByName() -> [[Int]] { Self.dealt(Array(files.indices)) }

  /// Ten parts, dealt in an order that the seed determines.
  func partsByChance(seed: UInt64) -> [[Int]] {
    var order = Array(files.indices)
    var random = SplitMix64(seed: seed)
    random.shuffle(&order)
    return Self.dealt(order)
  }

  /// A part for each folder, by name.
  var folders: [(name: String, files: [Int])] {
    Set(files.map(\.folder)).sorted().map { folder in
      (folder, files.indices.filter { files[$0].folder == folder })
    }
  }

  private static func dealt(_ order: [Int]) -> [[Int]] {
    (0..<10).map { part in stride(from: part, to: order.count, by: 10).map { order[$0] } }
  }
}
