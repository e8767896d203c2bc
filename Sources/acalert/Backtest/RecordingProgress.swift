import Backtesting
import Foundation

/// How far a long run is, and how long it will take, in one line of a terminal's standard error; nothing
/// elsewhere.
final class RecordingProgress {
  private let what: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let begin = ContinuousClock.now
  private let remaining = RemainingTime(start: 0)
  private var last: Int64 = -1_000

  init(_ what: String) { self.what = what }

  /// - Parameter share: of the work done, 0 … 1.
  func show(_ share: Double) {
    guard isTerminal else { return }
    let elapsed = (ContinuousClock.now - begin) / .milliseconds(1)
    let now = Int64(elapsed)
    guard now - last >= 200 else { return }
    last = now
    var line = "\r\u{1B}[2K\(what): \(Int(share * 100)) %"
    if now > 1_000,
      let rest = remaining.estimate(done: Int(share * 1_000), of: 1_000, now: now)
    {
      line += ", \(RemainingTime.text(rest)) to go"
    }
    FileHandle.standardError.write(Data(line.utf8))
  }

  func end() {
    if isTerminal { FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8)) }
  }
}
