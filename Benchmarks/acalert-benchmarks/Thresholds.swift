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

  /// What was measured and fell short, in words. A share is listed as `whole/original of c/job`.
  func misses(among results: [Measurement]) -> [String] {
    results.flatMap { result in
      var reached = result.shares.map { (name: "\(result.name) of \($0.key)", ratio: $0.value) }
      if let ratio = result.ratio { reached.append((result.name, ratio)) }
      return reached.sorted { $0.name < $1.name }.compactMap { miss($0.name, $0.ratio) }
    }
  }

  private func miss(_ name: String, _ ratio: Double) -> String? {
    guard let wanted = ratios[name], ratio < wanted * (1 - Self.tolerance) else { return nil }
    return "\(name): the ratio is \(Figures.fixed(ratio, 2)), "
      + "more than 30 % below \(Figures.fixed(wanted, 2))"
  }
}
