import ArgumentParser
import Foundation

/// Figures beside what they should be: a table, a file of JSON, an exit code.
struct Goals {
  /// One line.
  struct Figure: Codable {
    var name: String
    var value: Double
    var unit: String
    /// The most that it may be, or the least if `isFloor`; `nil` if it is only shown.
    var goal: Double?
    var isFloor = false

    var isKept: Bool {
      guard let goal else { return true }
      return isFloor ? value >= goal : value <= goal
    }
  }

  private(set) var figures: [Figure] = []

  mutating func add(
    _ name: String, _ value: Double, _ unit: String, atMost goal: Double? = nil
  ) {
    figures.append(Figure(name: name, value: value, unit: unit, goal: goal))
  }

  mutating func add(_ name: String, _ value: Double, _ unit: String, atLeast goal: Double) {
    figures.append(Figure(name: name, value: value, unit: unit, goal: goal, isFloor: true))
  }

  /// Prints the table and writes the file.
  ///
  /// - Throws: exit code 1 if a goal is missed.
  func report(json: String?) throws {
    let width = figures.map(\.name.count).max() ?? 0
    for figure in figures {
      let fill = String(repeating: " ", count: width - figure.name.count)
      var line = "\(figure.name)\(fill)  \(Figures.short(figure.value)) \(figure.unit)"
      if let goal = figure.goal {
        line += "   (\(figure.isFloor ? "at least" : "at most") \(Figures.short(goal)): "
        line += figure.isKept ? "kept)" : "MISSED)"
      }
      print(line)
    }
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      // What has never come about takes for ever.
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "never", negativeInfinity: "-never", nan: "unknown")
      try encoder.encode(figures).write(to: URL(fileURLWithPath: json))
    }
    if !figures.allSatisfy(\.isKept) { throw ExitCode(1) }
  }
}

/// A folder of a benchmark's own.
enum ScratchFolder {
  /// Makes it, lends it, and removes it.
  static func with<Result>(
    in parent: String, _ name: String, _ body: (String) throws -> Result
  ) throws -> Result {
    let folder = URL(fileURLWithPath: parent)
      .appendingPathComponent("acalert-\(name)-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }
}
