import Foundation

/// One line that stays in place on a terminal; elsewhere a line every ten seconds.
final class ProgressLine {
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var last = Date.distantPast
  private var hasShown = false

  func show(_ text: String) {
    if isTerminal {
      FileHandle.standardOutput.write(Data("\r\u{1B}[2K\(text)".utf8))
      hasShown = true
    } else if Date().timeIntervalSince(last) >= 10 {
      last = Date()
      FileHandle.standardOutput.write(Data("\(text)\n".utf8))
    }
  }

  func end() {
    if isTerminal, hasShown { FileHandle.standardOutput.write(Data("\n".utf8)) }
  }
}
