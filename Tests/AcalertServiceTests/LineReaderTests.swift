import Foundation
import Testing

@testable import AcalertService

struct LineReaderTests {
  private func lines(_ bytes: [UInt8], pieceSize: Int = 1 << 20) throws -> [[UInt8]] {
    let file = try TemporaryFile(bytes)
    var reader = try LineReader(path: file.path, pieceSize: pieceSize)
    var found: [[UInt8]] = []
    while try reader.next({ found.append(Array($0)) }) {}
    // The end stays the end.
    #expect(try !reader.next { _ in })
    return found
  }

  /// Splits by the definition: a line ends with LF, before which one CR is part of the end.
  private func bruteForce(_ bytes: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var line: [UInt8] = []
    for byte in bytes {
      if byte == 10 {
        lines.append(line)
        line = []
      } else {
        line.append(byte)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { $0.last == 13 ? $0.dropLast() : $0 }
  }

  @Test func anyFileInAnyPiecesIsSplitRight() throws {
    var random = SeededGenerator(state: 7)
    for _ in 0..<400 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        [10, 13, 10, 97, 98, 0, 255].randomElement(using: &random) ?? 0 as UInt8
      }
      let pieceSize = Int.random(in: 3...9, using: &random)
      #expect(
        try lines(bytes, pieceSize: pieceSize) == bruteForce(bytes), "\(bytes) by \(pieceSize)")
    }
  }

  @Test func linesLongerThanAPieceAreWhole() throws {
    let long = [UInt8](repeating: 120, count: 300_001)
    let file = Array("a\n".utf8) + long + [13, 10, 98]
    #expect(try lines(file, pieceSize: 1 << 16) == [[97], long, [98]])
  }

  @Test func emptyFileHasNoLines() throws {
    #expect(try lines([]) == [])
    #expect(try lines([10]) == [[]])
    #expect(try lines([13, 10]) == [[]])
  }

  @Test func lastLineNeedsNoEnd() throws {
    #expect(try lines(Array("a\nb".utf8)) == [[97], [98]])
    #expect(try lines(Array("a\nb\n".utf8)) == [[97], [98]])
  }

  @Test func byteOrderMarkIsPassedOverAtTheStartOnly() throws {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    #expect(try lines(mark + [97, 10] + mark, pieceSize: 3) == [[97], mark])
    #expect(try lines(mark) == [])
    #expect(try lines([0xEF, 0xBB]) == [[0xEF, 0xBB]])
  }

  @Test func whatCannotBeReadIsNamed() {
    #expect(throws: ConfigurationError.self) { _ = try LineReader(path: "/nowhere/file") }
    // A folder can be opened, and not read: it must not pass for an empty file.
    #expect(
      throws: ConfigurationError(
        file: NSTemporaryDirectory(), message: "cannot be read: Is a directory")
    ) {
      var reader = try LineReader(path: NSTemporaryDirectory())
      _ = try reader.next { _ in }
    }
  }
}
