import Foundation

/// Runs stages as processes of their own, so that no stage's memory is another's.
struct StageProcess {
  var records: Int
  var users: Int
  /// Where databases and files are made.
  var folder: String

  /// Runs one to its end.
  ///
  /// - Parameter only: The first letters of the cases' names.
  func measure(
    _ stage: Stage, load: Load, only: String = "", rounds: Int, brokers: String
  ) throws -> [Measurement] {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [
      "stage", stage.rawValue, "--load", load.rawValue, "--only", only, "--records", "\(records)",
      "--users", "\(users)", "--rounds", "\(rounds)", "--brokers", brokers, "--folder", folder,
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BenchmarkError("the stage \(stage.rawValue) failed")
    }
    let decoder = JSONDecoder()
    return try text.split(separator: UInt8(ascii: "\n")).map {
      try decoder.decode(Measurement.self, from: $0)
    }
  }
}
