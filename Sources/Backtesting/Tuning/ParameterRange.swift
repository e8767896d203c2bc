import Glibc

/// Values at even distances: `lower`, `lower + step`, … up to `upper`, exactly as decimals.
///
/// On a logarithmic scale small values are as likely as large ones, decade by decade, and the grid takes
/// `gridCount` of them at about even ratios; they too are multiples of the step above `lower`, so a value
/// has never more decimals than were asked for.
public struct ParameterRange: Equatable, Sendable {
  public enum Scale: String, Equatable, Sendable, CaseIterable { case linear, log }

  public let scale: Scale
  /// Put behind each number, e.g. `s` for a duration.
  public let unit: String
  /// How many values there are on the scale's finest mesh.
  public let count: Int
  /// How many of them a grid takes.
  public let gridCount: Int

  /// In units of 10^−digits.
  private let lower: Int64
  private let step: Int64
  private let digits: Int

  /// - Parameters:
  ///   - lower, upper, step: decimals such as `0.05`; all three of at most 9 decimals and 1e9.
  ///   - gridCount: for a logarithmic scale, at least 2; a linear grid has all values.
  /// - Throws: what is wrong with them.
  public init(
    lower: String, upper: String, step: String, scale: Scale = .linear, gridCount: Int? = nil,
    unit: String = ""
  ) throws(TuningError) {
    let numbers = [lower, upper, step].map(Self.parts)
    guard let low = numbers[0], let high = numbers[1], let mesh = numbers[2] else {
      let place = numbers.firstIndex { $0 == nil } ?? 0
      throw TuningError(
        "\"\([lower, upper, step][place])\" is not a number of at most 9 decimals up to 1000000000")
    }
    let digits = max(low.digits, high.digits, mesh.digits)
    let bottom = low.scaled(to: digits)
    let top = high.scaled(to: digits)
    let distance = mesh.scaled(to: digits)
    guard distance > 0 else { throw TuningError("step must be above 0") }
    guard top > bottom else { throw TuningError("max must be above min") }
    let count = (top - bottom) / distance + 1
    guard count <= 1_000_000_000 else { throw TuningError("has more than 1000000000 values") }
    if scale == .log {
      guard bottom > 0 else { throw TuningError("a log scale begins above 0") }
      guard let gridCount, (2...100_000).contains(gridCount) else {
        throw TuningError("a log scale needs count, the number of values in a grid: 2 to 100000")
      }
    } else if gridCount != nil {
      throw TuningError("count is for scale: log; a linear range has all values of its step")
    }
    self.lower = bottom
    self.step = distance
    self.digits = digits
    self.scale = scale
    self.unit = unit
    self.count = Int(count)
    if scale == .log, let gridCount {
      self.gridCount = Self.logPlaces(gridCount, bottom, distance, Int(count)).count
      asked = gridCount
    } else {
      self.gridCount = Int(count)
      asked = 0
    }
  }

  /// The values of a logarithmic grid as asked for, before those that coincide on the mesh fall together.
  private let asked: Int

  /// The value at a place of the finest mesh, `0 ..< count`, as text.
  public func value(at place: Int) -> String { text(lower + Int64(place) * step) }

  /// The values of a grid, rising.
  public var grid: [String] {
    switch scale {
    case .linear: (0..<count).map(value)
    case .log: Self.logPlaces(asked, lower, step, count).map(value)
    }
  }

  /// A value drawn at random: evenly, or evenly in the logarithm.
  public func draw(_ random: inout SplitMix64) -> String {
    switch scale {
    case .linear: return value(at: Int(random.below(UInt64(count))))
    case .log: return value(at: Self.place(of: random.fraction(), lower, step, count))
    }
  }

  private static func logPlaces(_ asked: Int, _ lower: Int64, _ step: Int64, _ count: Int) -> [Int]
  {
    var places: [Int] = []
    for number in 0..<asked {
      let place = place(of: Double(number) / Double(asked - 1), lower, step, count)
      if place != places.last { places.append(place) }
    }
    return places
  }

  /// The place on the mesh nearest to the value that lies at `share` (0 … 1) of the way in the logarithm.
  private static func place(of share: Double, _ lower: Int64, _ step: Int64, _ count: Int) -> Int {
    let first = Double(lower)
    let last = Double(lower + Int64(count - 1) * step)
    let value = first * pow(last / first, share)
    return min(max(Int(((value - first) / Double(step)).rounded()), 0), count - 1)
  }

  private func text(_ number: Int64) -> String {
    var digits = digits
    var number = number
    while digits > 0, number % 10 == 0 {
      number /= 10
      digits -= 1
    }
    let all = String(number.magnitude)
    let padded = String(repeating: "0", count: max(0, digits + 1 - all.count)) + all
    let whole = padded.dropLast(digits)
    let sign = number < 0 ? "-" : ""
    return digits == 0
      ? "\(sign)\(whole)\(unit)" : "\(sign)\(whole).\(padded.suffix(digits))\(unit)"
  }

  private struct Parts {
    var number: Int64
    var digits: Int

    func scaled(to others: Int) -> Int64 {
      (digits..<others).reduce(number) { product, _ in product * 10 }
    }
  }

  private static func parts(_ text: String) -> Parts? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isDecimal = parts.dropFirst().allSatisfy { part in
      !part.isEmpty && part.count <= 9 && part.utf8.allSatisfy { (48...57).contains($0) }
    }
    guard (1...2).contains(parts.count), isDecimal, let whole = Int64(parts[0]),
      whole.magnitude <= 1_000_000_000, parts[0].first != "+"
    else { return nil }
    let fraction = parts.count == 2 ? String(parts[1]) : ""
    guard let number = Int64(parts[0] + fraction) else { return nil }
    return Parts(number: number, digits: fraction.count)
  }
}
