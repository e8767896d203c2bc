import ArgumentParser
import Backtesting
import Detection
import Foundation

/// What `novelty` is worth on the Numenta Anomaly Benchmark: as it is, and when chosen on other files.
struct NoveltyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "novelty",
    abstract:
      "Scores the novelty detector on the Numenta Anomaly Benchmark, by nested selection too.",
    discussion: """
      DATA is the benchmark's folder data, LABELS its combined_windows.json. First the detector as it \
      is by default: its parameters were chosen with these files in view. Then what parameters are \
      worth on files they were not chosen on: of a pool of random sets, one is chosen on the other \
      files, with its thresholds. How exactly: docs/DETECTION.md.

      The same data, seed and number of sets give the same figures, whatever the number of threads.
      """)

  @Argument(help: ArgumentHelp("Folders and files of the benchmark.", valueName: "data"))
  var data: [String]

  @Option(help: "The benchmark's combined_windows.json.")
  var labels: String

  @Option(help: "Of the pool, of the sets beside the chosen one, and of the parts by chance.")
  var seed: UInt64 = 1

  @Option(help: "So many seeds, from --seed on; of more than one the range as well.")
  var seeds: UInt64 = 1

  @Option(help: "Sets of parameters in the pool.")
  var sets = 470

  @Option(help: "Judge so many sets at the same time (default: one a core).")
  var threads: Int?

  func validate() throws {
    guard (2...5_000).contains(sets), (1...1_024).contains(threads ?? 1) else {
      throw ValidationError("--sets is 2 to 5000, --threads 1 to 1024")
    }
    guard (1...100).contains(seeds), seed <= .max - seeds else {
      throw ValidationError("--seeds is 1 to 100")
    }
  }

  func run() throws {
    let threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    let material = try NoveltyMaterial(paths: data, labels: labels, threads: threads)
    let folders = material.folders
    guard folders.count > 1, material.files.count > 1 else {
      throw BenchmarkError("nothing can be left out of one folder")
    }
    print("\(material.files.count) files, \(material.records) records")
    showShipped(material)

    var ways: [NoveltyRange] = []
    for seed in seed..<seed + seeds {
      var selection = NoveltySelection(material, sets: sets, seed: seed)
      print("\nchosen on other files, of \(sets) random sets, seed \(seed)")
      print(NoveltyTable.header)
      let parts = selection.leavingOut(folders.map(\.files))
      let scores = [
        show("10 parts by name", selection.leavingOut(material.partsByName())),
        show("10 parts by chance", selection.leavingOut(material.partsByChance(seed: seed))),
        show("one folder left out", parts),
      ]
      if ways.isEmpty { ways = scores.map { _ in NoveltyRange() } }
      for (way, score) in scores.enumerated() { ways[way].add(score) }
      // One seed's folders are enough.
      guard seed == self.seed else { continue }
      for (folder, part) in zip(folders, parts) { _ = show("  \(folder.name)", [part]) }
    }
    if seeds > 1 { showRange(ways) }
  }

  /// The standard score over the seeds.
  private func showRange(_ ways: [NoveltyRange]) {
    print("\nstandard, over the seeds \(seed) to \(seed + seeds - 1)")
    print(NoveltyTable.line(["", "mean", "least", "most"]))
    for (title, way) in zip(
      ["10 parts by name", "10 parts by chance", "one folder left out"], ways)
    {
      print(NoveltyTable.row(title, [way.mean, way.least, way.most]))
    }
  }

  private func showShipped(_ material: NoveltyMaterial) {
    let series = material.files.map { material.series(NoveltyRules(), of: $0) }
    let profiles = NABProfile.allCases
    // The detector flags above its threshold, the benchmark from it on.
    let threshold = NoveltyRules().threshold.nextUp
    let row = { (title: String, series: [NABSeries]) in
      let scores = profiles.map { NABScore.score(of: series, profile: $0, threshold: threshold) }
      let found = "\(scores[0].detectedWindows) of \(scores[0].windows)"
      print(
        NoveltyTable.row(
          title, scores.map(\.normalized), [found, "\(scores[0].falsePositives)"]))
    }
    print("\nthe default parameters")
    print(NoveltyTable.header + NoveltyTable.counts)
    row("threshold \(Figures.fixed(NoveltyRules().threshold, 2))", series)
    for folder in material.folders { row("  \(folder.name)", folder.files.map { series[$0] }) }
    let best = profiles.map { NABScore.best(of: series, profile: $0).normalized }
    print(NoveltyTable.row("best threshold", best))
  }

  /// - Returns: the standard score.
  private func show(_ title: String, _ parts: [[NoveltyPart]]) -> Double? {
    let scores = NABProfile.allCases.indices.map { profile in
      NoveltyPart.normalized(parts.map { $0[profile] })
    }
    print(NoveltyTable.row(title, scores))
    return scores.first ?? nil
  }
}

/// What one way of choosing came to with several seeds.
private struct NoveltyRange {
  private var scores: [Double] = []

  mutating func add(_ score: Double?) {
    if let score { scores.append(score) }
  }

  var mean: Double? { scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count) }
  var least: Double? { scores.min() }
  var most: Double? { scores.max() }
}

private enum NoveltyTable {
  static let header = line(["", "standard", "low FP", "low FN"])
  static let counts = line(["", "found", "false"], [0, 14, 8])

  static func row(_ title: String, _ scores: [Double?], _ more: [String] = []) -> String {
    line([title] + scores.map { $0.map { Figures.fixed($0, 2) } ?? "–" })
      + line(
        [""] + more, [0, 14, 8])
  }

  static func line(_ columns: [String], _ widths: [Int] = [26, 10, 10, 10]) -> String {
    var line = ""
    for (place, (column, width)) in zip(columns, widths).enumerated() {
      let fill = String(repeating: " ", count: max(0, width - column.count))
      line += place == 0 ? column + fill : fill + column
    }
    return line
  }
}
