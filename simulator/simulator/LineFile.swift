import ArgumentParser
import Glibc

/// A file that is written anew, line by line.
final class LineFile: Sendable {
  let descriptor: Int32

  init(path: String) throws {
    descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw ValidationError("cannot write \(path): \(String(cString: strerror(errno)))")
    }
  }

  /// One call of the system for each line: the ground truth has few.
  func write(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }

  /// Many lines at once.
  ///
  /// - Throws: what the system says if not all can be written, as on a full disk.
  func write(all bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = Glibc.write(
          descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          throw ValidationError("cannot write: \(String(cString: strerror(errno)))")
        }
        rest = rest.dropFirst(written)
      }
    }
  }

  func close() {
    _ = Glibc.close(descriptor)
  }
}
