import Glibc
import Synchronization
import simulation

/// What the user sees on standard error while the simulator runs: a line that stays in place on a
/// terminal, a line every ten seconds elsewhere.
final class Progress: Sendable {
  private struct State {
    var lastShown: Int64 = 0
    var lastAcknowledged = 0
    var started: Int64 = Progress.now()
    var lineIsOpen = false
  }
  private let state = Mutex(State())
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let isQuiet: Bool

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
  }

  func show(_ counters: SimulationCounters) {
    guard !isQuiet else { return }
    state.withLock { state in
      let now = Self.now()
      let since = now - max(state.lastShown, state.started)
      guard since >= (isTerminal ? 500 : 10_000) else { return }
      let rate = (counters.acknowledged - state.lastAcknowledged) * 1_000 / Int(max(1, since))
      state.lastShown = now
      state.lastAcknowledged = counters.acknowledged
      let text = Self.text(counters, rate: rate)
      write(isTerminal ? "\r\u{1B}[K\(text)" : "\(text)\n")
      state.lineIsOpen = isTerminal
    }
  }

  /// The last line, with the rate over the whole run.
  func finish(_ counters: SimulationCounters) {
    guard !isQuiet else { return }
    state.withLock { state in
      let milliseconds = max(1, Self.now() - state.started)
      let text = Self.text(counters, rate: counters.acknowledged * 1_000 / Int(milliseconds))
      write(state.lineIsOpen ? "\r\u{1B}[K\(text)\n" : "\(text)\n")
      state.lineIsOpen = false
    }
  }

  func message(_ text: String) {
    state.withLock { state in
      write(state.lineIsOpen ? "\r\u{1B}[K\(text)\n" : "\(text)\n")
      state.lineIsOpen = false
    }
  }

  private static func text(_ counters: SimulationCounters, rate: Int) -> String {
    let made = counters.population
    var text =
      "sent \(counters.sent)  acknowledged \(counters.acknowledged)  failed \(counters.failed)"
      + "  \(rate)/s"
    for (name, count) in [
      ("falls", made.falls), ("outliers", made.outliers), ("visits", made.visits),
      ("threats", made.threats), ("voids", made.voids), ("bad tags", made.badTags),
      ("late", made.late), ("out of order", made.outOfOrder), ("duplicates", made.duplicates),
      ("malformed", made.malformed),
    ] where count > 0 { text += "  \(name) \(count)" }
    for (reason, count) in counters.failures.sorted(by: { $0.key < $1.key }) {
      text += "  \(reason) \(count)"
    }
    return text
  }

  private func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
