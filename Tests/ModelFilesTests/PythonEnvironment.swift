import Foundation
import Testing

/// The Python that `make test` prepares (scripts/python-environment), and a folder of its own to work in.
///
/// What it prints goes to a file, not through a pipe: pipes are inherited by every program that another
/// test starts at the same moment, and then have no end.
final class PythonEnvironment {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  let folder: URL
  private let interpreter: URL

  init() throws {
    interpreter = Self.root.appendingPathComponent(".build/python/bin/python")
    guard FileManager.default.isExecutableFile(atPath: interpreter.path) else {
      throw Missing()
    }
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("acalert-python-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  struct Missing: Error, CustomStringConvertible {
    let description =
      ".build/python is not there; make test makes it, or scripts/python-environment alone"
  }

  /// Runs a script of the project in the folder, to its end; what it printed.
  func run(_ script: String, _ arguments: String...) throws -> String {
    let output = folder.appendingPathComponent("output.txt")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = interpreter
    process.arguments = [Self.root.appendingPathComponent(script).path] + arguments
    process.currentDirectoryURL = folder
    // Threads that wait for each other in turn make tiny models slow where other tests run beside them.
    process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1"]) {
      $1
    }
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let text = try self.text("output.txt")
    try #require(process.terminationStatus == 0, "\(script): \(text)")
    return text
  }

  func bytes(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(file)))
  }

  func text(_ file: String) throws -> String { String(decoding: try bytes(file), as: UTF8.self) }

  func write(_ text: String, to file: String) throws {
    try Data(text.utf8).write(to: folder.appendingPathComponent(file))
  }
}
