import Foundation

/// A child of this program, which is spoken to in lines: words on its standard input, one line of JSON
/// for each on its standard output. It ends when its input is closed, so it never outlives its parent.
final class ChildProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var received = Data()

  /// - Parameter arguments: a subcommand and its options.
  init(_ arguments: [String]) throws {
    // A child that dies is told of by the next answer, not by a signal.
    signal(SIGPIPE, SIG_IGN)
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  var meter: ProcessMeter { ProcessMeter(process.processIdentifier) }

  func send(_ line: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
  }

  /// Whether ``answer(_:)`` would not wait.
  var hasAnswer: Bool {
    if received.contains(UInt8(ascii: "\n")) { return true }
    var descriptor = pollfd(
      fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, 0) > 0
  }

  /// Waits for the next line and reads it as JSON.
  func answer<Answer: Decodable>(_ type: Answer.Type = Answer.self) throws -> Answer {
    while true {
      if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        let line = received[..<end]
        received = received[(end + 1)...]
        return try JSONDecoder().decode(type, from: Data(line))
      }
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else {
        throw BenchmarkError(
          "the child \((process.arguments ?? []).prefix(1)) ended before it answered")
      }
      received += more
    }
  }

  /// Asks and waits.
  func ask<Answer: Decodable>(_ line: String, _ type: Answer.Type = Answer.self) throws -> Answer {
    try send(line)
    return try answer(type)
  }

  /// Closes its input and waits for its end.
  func stop() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// What a child writes: one line, at once.
  static func reply(_ answer: some Encodable) throws {
    let line = try JSONEncoder().encode(answer)
    try FileHandle.standardOutput.write(contentsOf: line + Data("\n".utf8))
  }
}
