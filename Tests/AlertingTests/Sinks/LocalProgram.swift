import Foundation

/// A program of another maker, which runs as long as this lives.
final class LocalProgram {
  struct Missing: Error, CustomStringConvertible {
    var description: String
  }

  private let process = Process()
  private let output = Pipe()

  /// - Parameter hint: What is to be done if it cannot be started.
  init(_ program: String, _ arguments: [String], hint: String) throws {
    guard FileManager.default.isExecutableFile(atPath: program) else {
      throw Missing(description: "\(program) is missing: \(hint)")
    }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = FileHandle(forWritingAtPath: "/dev/null")
    try process.run()
  }

  deinit { stop() }

  func stop() {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// The number on the first line that it writes.
  func port(hint: String) throws -> Int {
    var line = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data([10]) {
      line += byte
    }
    guard let port = Int(String(decoding: line, as: UTF8.self)) else {
      throw Missing(description: "no server: \(hint)")
    }
    return port
  }
}

/// A certificate for 127.0.0.1 that nobody else trusts.
struct Certificate {
  let file: String
  let key: String

  init(in folder: TemporaryFolder) throws {
    file = "\(folder.path)/cert.pem"
    key = "\(folder.path)/key.pem"
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
      key, "-out", file,
    ]
    process.standardError = FileHandle(forWritingAtPath: "/dev/null")
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw LocalProgram.Missing(description: "openssl made no certificate")
    }
  }
}
