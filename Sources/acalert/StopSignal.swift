import Dispatch
import Foundation

/// Ctrl-C and `kill`: the first asks for a clean stop, a second one ends the process at once.
final class StopSignal: Sendable {
  private let asked = DispatchSemaphore(value: 0)
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  init() {
    let asked = asked
    // Dispatch sources are safe to share; the array is set once, here, and only kept alive.
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(
        signal: number, queue: DispatchQueue.global(qos: .userInitiated))
      // Touched by the handler alone, which a source never runs twice at a time.
      nonisolated(unsafe) var count = 0
      source.setEventHandler {
        count += 1
        if count > 1 { _exit(130) }
        asked.signal()
      }
      source.resume()
      return source
    }
    signal(SIGPIPE, SIG_IGN)
  }

  /// Waits for the signal; false if it has not come within `seconds`.
  func wait(seconds: Double) -> Bool {
    guard asked.wait(timeout: .now() + seconds) == .success else { return false }
    asked.signal()
    return true
  }
}

/// `kill -HUP`, by which an operator asks for the files that may change to be read again.
final class ReloadSignal: Sendable {
  private nonisolated(unsafe) let source: any DispatchSourceSignal

  /// Runs `reload` after each signal, one at a time, on a queue of its own.
  init(_ reload: @escaping @Sendable () -> Void) {
    signal(SIGHUP, SIG_IGN)
    // Dispatch sources are safe to share; this one is set once, here, and only kept alive.
    source = DispatchSource.makeSignalSource(
      signal: SIGHUP, queue: DispatchQueue(label: "reload", qos: .utility))
    source.setEventHandler(handler: DispatchWorkItem(block: reload))
    source.resume()
  }

  deinit { source.cancel() }
}
