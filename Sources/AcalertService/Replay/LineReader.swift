import Foundation

/// Reads a file line by line, in pieces of a mebibyte; lines of any length, ended by LF or CRLF. A byte
/// order mark at the file's start is no part of its first line.
public struct LineReader: ~Copyable {
  private let descriptor: Int32
  private let path: String
  private let pieceSize: Int
  private let closes: Bool
  private var buffer: [UInt8] = []
  private var start = 0
  private var isAtStart = true
  private var isAtEnd = false

  /// Opens a file; `-` is standard input.
  ///
  /// - Throws: ``ConfigurationError`` naming the file if it cannot be opened.
  public init(path: String) throws(ConfigurationError) {
    try self.init(path: path, pieceSize: 1 << 20)
  }

  /// - Parameter pieceSize: how many bytes to ask the system for at once, at least 3.
  init(path: String, pieceSize: Int) throws(ConfigurationError) {
    self.path = path
    self.pieceSize = pieceSize
    if path == "-" {
      descriptor = STDIN_FILENO
      closes = false
    } else {
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      closes = true
      guard descriptor >= 0 else { throw Self.unreadable(path) }
    }
  }

  deinit { if closes { close(descriptor) } }

  /// Hands the next line, without its end, to `body`; false at the end of the file.
  ///
  /// - Throws: ``ConfigurationError`` if the file, or the rest of it, cannot be read.
  public mutating func next(
    _ body: (UnsafeRawBufferPointer) -> Void
  ) throws(ConfigurationError) -> Bool {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        lend(start..<end, body)
        start = end + 1
        return true
      }
      searched = buffer.count
      if isAtEnd {
        guard start < buffer.count else { return false }
        lend(start..<buffer.count, body)
        start = buffer.count
        return true
      }
      searched -= start
      try fill()
      if isAtStart, isAtEnd || buffer.count >= 3 {
        isAtStart = false
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) {
          start = 3
          searched = 3
        }
      }
    }
  }

  private func lend(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Void) {
    var range = range
    if let last = range.last, buffer[last] == UInt8(ascii: "\r") {
      range = range.lowerBound..<last
    }
    buffer.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  private mutating func fill() throws(ConfigurationError) {
    buffer.removeFirst(start)
    start = 0
    let used = buffer.count
    buffer.append(contentsOf: repeatElement(0, count: pieceSize))
    var count: Int
    repeat {
      count = buffer.withUnsafeMutableBytes { bytes in
        read(descriptor, bytes.baseAddress.map { $0 + used }, pieceSize)
      }
    } while count < 0 && errno == EINTR
    guard count >= 0 else { throw Self.unreadable(path) }
    buffer.removeLast(pieceSize - count)
    if count == 0 { isAtEnd = true }
  }

  private static func unreadable(_ path: String) -> ConfigurationError {
    ConfigurationError(
      file: path, message: "cannot be read: \(String(cString: strerror(errno)))")
  }
}
