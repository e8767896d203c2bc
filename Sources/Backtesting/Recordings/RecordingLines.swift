import CZlib
import Glibc

/// The lines of a file, gzipped or not (RFC 1952; zlib tells by the first bytes), read in pieces. Lines end in
/// LF or CRLF; a byte order mark at the file's start is no part of the first.
final class RecordingLines {
  let path: String
  /// The number of the line handed out last, counted from 1.
  private(set) var number = 0
  private let file: gzFile
  private var buffer: UnsafeMutableRawPointer
  private var capacity: Int
  private var start = 0
  private var end = 0
  private var isAtEnd = false

  private static let piece = 1 << 20
  /// The longest line, in bytes.
  private static let limit = 64 << 20

  init(path: String) throws(BacktestError) {
    self.path = path
    errno = 0
    guard let file = gzopen(path, "rb") else { throw Self.unreadable(path, errno) }
    self.file = file
    gzbuffer(file, 1 << 17)
    capacity = 2 * Self.piece
    buffer = .allocate(byteCount: capacity, alignment: 16)
  }

  deinit {
    gzclose(file)
    buffer.deallocate()
  }

  /// Bytes of the file, as it lies on the disk, that have been read.
  var offset: Int { max(0, Int(gzoffset(file))) }

  /// The next line without its end, valid until the next call; `nil` at the end of the file.
  func next() throws(BacktestError) -> UnsafeRawBufferPointer? {
    var searched = start
    while true {
      if let found = memchr(buffer + searched, 0x0A, end - searched) {
        let stop = UnsafeRawPointer(found) - UnsafeRawPointer(buffer)
        return take(start..<stop, next: stop + 1)
      }
      if isAtEnd { return start < end ? take(start..<end, next: end) : nil }
      let read = end - start
      try fill()
      searched = start + read
    }
  }

  private func take(_ range: Range<Int>, next: Int) -> UnsafeRawBufferPointer {
    start = next
    number += 1
    var line = UnsafeRawBufferPointer(start: buffer + range.lowerBound, count: range.count)
    if line.last == 0x0D { line = UnsafeRawBufferPointer(rebasing: line.dropLast()) }
    if number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) {
      line = UnsafeRawBufferPointer(rebasing: line.dropFirst(3))
    }
    return line
  }

  /// Moves the unread rest to the front and reads a piece behind it.
  private func fill() throws(BacktestError) {
    let rest = end - start
    guard rest <= Self.limit else {
      throw BacktestError(
        .malformed, file: path, line: number + 1, "the line is longer than 64 MiB")
    }
    memmove(buffer, buffer + start, rest)
    start = 0
    end = rest
    if capacity - end < Self.piece {
      let larger = UnsafeMutableRawPointer.allocate(byteCount: 2 * capacity, alignment: 16)
      memcpy(larger, buffer, rest)
      buffer.deallocate()
      buffer = larger
      capacity *= 2
    }
    errno = 0
    let count = gzread(file, buffer + end, UInt32(Self.piece))
    var code: Int32 = Z_OK
    let text = gzerror(file, &code)
    // zlib says of a file that ends within its last member that there is too little to go on.
    guard count >= 0, code == Z_OK || (code == Z_STREAM_END) else {
      if code == Z_ERRNO { throw Self.unreadable(path, errno) }
      let what = code == Z_BUF_ERROR ? "ends too early" : text.map { String(cString: $0) }
      throw BacktestError(
        .malformed, file: path, line: number + 1, "the gzipped file is damaged: \(what ?? "")")
    }
    end += Int(count)
    if count == 0 { isAtEnd = true }
  }

  private static func unreadable(_ path: String, _ code: Int32) -> BacktestError {
    BacktestError(
      .unreadable, file: path,
      "cannot be read: \(String(cString: strerror(code == 0 ? ENOMEM : code)))")
  }
}
