import Foundation

/// A program that is not ours, or our own as a user starts it: what it printed, or a handle on it while it
/// runs.
///
/// What it prints goes to files, not through pipes: pipes are inherited by every program that another test
/// starts at the same moment, and then have no end. `@unchecked Sendable`: all is set before it starts.
final class ForeignProgram: @unchecked Sendable {
  let process = Process()
  private let outputFile: URL
  private let errorFile: URL
  private let standardInput: Pipe?

  /// - Parameter input: what it reads from its standard input; `nil`: what `send` gives it.
  init(_ arguments: [String], input: String? = nil) throws {
    process.executableURL = URL(fileURLWithPath: try Self.find(arguments[0]))
    process.arguments = Array(arguments.dropFirst())
    let folder = FileManager.default.temporaryDirectory
    let name = "acalert-program-\(UInt64.random(in: 0...UInt64.max))"
    outputFile = folder.appendingPathComponent(name + ".out")
    errorFile = folder.appendingPathComponent(name + ".err")
    for file in [outputFile, errorFile] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    if let input {
      let file = folder.appendingPathComponent(name + ".in")
      try Data(input.utf8).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      standardInput = nil
      process.standardInput = try FileHandle(forReadingFrom: file)
      try process.run()
    } else {
      let pipe = Pipe()
      standardInput = pipe
      process.standardInput = pipe
      try process.run()
    }
  }

  /// What has been printed so far.
  var output: String { Self.text(outputFile) }
  var errors: String { Self.text(errorFile) }

  private static func text(_ file: URL) -> String {
    String(decoding: (try? Data(contentsOf: file)) ?? Data(), as: UTF8.self)
  }

  func send(_ text: String) throws {
    try standardInput?.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  /// Kills it as `kill -9` does, and waits for its end.
  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Asks it to stop and waits; how long that took, in seconds.
  func stop() -> Double {
    let begin = Date()
    process.interrupt()
    process.waitUntilExit()
    return Date().timeIntervalSince(begin)
  }

  deinit {
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
    for file in [outputFile, errorFile] { try? FileManager.default.removeItem(at: file) }
  }

  /// Runs a program to its end, with `input` as its standard input.
  static func run(
    _ arguments: [String], input: String = ""
  ) throws -> (output: String, errors: String, status: Int32) {
    let program = try ForeignProgram(arguments, input: input)
    program.process.waitUntilExit()
    return (program.output, program.errors, program.process.terminationStatus)
  }

  /// Our own programs lie beside the tests; all others in the usual places.
  private static func find(_ name: String) throws -> String {
    let built = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    for folder in [built.path]
      + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(
        separator: ":"
      ).map(String.init) + ["/usr/bin"]
    {
      let path = "\(folder)/\(name)"
      if name.hasPrefix("acalert") || name == "simulator" {
        if folder == built.path, FileManager.default.isExecutableFile(atPath: path) { return path }
      } else if FileManager.default.isExecutableFile(atPath: path) {
        return path
      }
    }
    throw ProgramMissing(name: name)
  }

  struct ProgramMissing: Error, CustomStringConvertible {
    let name: String
    var description: String { "\(name) is not installed; make test installs what the tests need" }
  }
}
