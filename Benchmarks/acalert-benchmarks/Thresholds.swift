import Foundation

/// The ratios that a change must not lose.
struct Thresholds {
  /// Noise of a machine that others use as well, as a share of the ratio.
  static let tolerance = 0.3

  private let ratios: [String: Double]

  /// Reads an object of names and ratios.
  init(path: String) throws {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw BenchmarkError(
        "the thresholds \(path) cannot be read: run from the top of the tree, or give --thresholds")
    }
    ratios = try JSONDecoder().decode([String: Double].self, from: data)
  }

  /// What was measured and fell short, in words.
  func misses(among results: [Measurement]) -> [String] {
    results.compactMap { result in
      guard let wanted = ratios[result.name], let ratio = result.ratio,
        ratio < wanted * (1 - Self.tolerance)
      else { return nil }
      return "\(result.name): the ratio is \(Figures.fixed(ratio, 2)), "
        + "more than 30 % below \(Figures.fixed(wanted, 2))"
    }
  }
}
