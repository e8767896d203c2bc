import Foundation

/// A program that is not ours, or our own as a user starts it: what it printed, or a handle on it while it
/// runs. `@unchecked Sendable`: output is gathered under a lock; the rest is set before it starts.
final class ForeignProgram: @unchecked Sendable {
  let process = Process()
  private let lock = NSLock()
  private var gathered = Data()
  private var complaints = Data()
  private let standardInput = Pipe()

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    let executable = try Self.find(arguments[0])
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = Array(arguments.dropFirst())
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = standardInput
    let out = Pipe()
    let err = Pipe()
    process.standardOutput = out
    process.standardError = err
    out.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      if data.isEmpty { handle.readabilityHandler = nil }
      self?.keep(data, isComplaint: false)
    }
    err.fileHandleForReading.readabilityHandler = { [weak self] handle in
      let data = handle.availableData
      if data.isEmpty { handle.readabilityHandler = nil }
      self?.keep(data, isComplaint: true)
    }
    try process.run()
  }

  private func keep(_ data: Data, isComplaint: Bool) {
    lock.lock()
    if isComplaint { complaints.append(data) } else { gathered.append(data) }
    lock.unlock()
  }

  /// What has been printed so far.
  var output: String {
    lock.lock()
    defer { lock.unlock() }
    return String(decoding: gathered, as: UTF8.self)
  }

  var errors: String {
    lock.lock()
    defer { lock.unlock() }
    return String(decoding: complaints, as: UTF8.self)
  }

  func send(_ text: String) throws {
    try standardInput.fileHandleForWriting.write(contentsOf: Data(text.utf8))
  }

  func endInput() { try? standardInput.fileHandleForWriting.close() }

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

  deinit { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }

  /// Runs a program to its end, with `input` as its standard input.
  static func run(
    _ arguments: [String], input: String = ""
  ) throws -> (output: String, errors: String, status: Int32) {
    let program = try ForeignProgram(arguments)
    if !input.isEmpty { try program.send(input) }
    program.endInput()
    program.process.waitUntilExit()
    // The pipes' last bytes may come after the exit.
    let status = program.process.terminationStatus
    var before = -1
    while before != program.output.count + program.errors.count {
      before = program.output.count + program.errors.count
      _ = DispatchSemaphore(value: 0).wait(timeout: .now() + .milliseconds(20))
    }
    return (program.output, program.errors, status)
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
