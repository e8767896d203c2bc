import Foundation

/// One line that stays in place on a terminal; elsewhere a line every ten seconds.
final class ProgressLine {
  private let handle: FileHandle
  private let isTerminal: Bool
  private var last = Date.distantPast
  private var hasShown = false

  /// - Parameter handle: where it goes; standard error where standard output holds a result.
  init(on handle: FileHandle = .standardOutput) {
    self.handle = handle
    isTerminal = isatty(handle.fileDescriptor) == 1
  }

  func show(_ text: String) {
    if isTerminal {
      handle.write(Data("\r\u{1B}[2K\(text)".utf8))
      hasShown = true
    } else if Date().timeIntervalSince(last) >= 10 {
      last = Date()
      handle.write(Data("\(text)\n".utf8))
    }
  }

  func end() {
    if isTerminal, hasShown { handle.write(Data("\n".utf8)) }
    hasShown = false
  }
}
