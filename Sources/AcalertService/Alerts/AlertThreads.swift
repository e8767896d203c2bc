import Alerting
import Foundation
import Logging
import Synchronization
import Threads

/// The threads that the alert desk works on: one for what time does, and for each receiver as many as it
/// takes calls at once. Joined by their owner, `Service`.
final class AlertThreads: Sendable {
  private struct State {
    var isStopping = false
    var desk: NamedThread?
    var receivers: [NamedThread] = []
  }

  let desk: AlertDesk
  private let state = Mutex(State())

  init(_ desk: AlertDesk) { self.desk = desk }

  func start() throws {
    let thread = try NamedThread(name: "alerts") { [self] in
      desk.run { self.state.withLock { $0.isStopping } }
    }
    state.withLock { $0.desk = thread }
    try serveReceivers()
  }

  /// Goes over to other settings; see ``AlertDesk/use(_:)``. The threads of receivers that are gone end by
  /// themselves after the call under way.
  func use(_ settings: AlertSettings) throws {
    try desk.use(settings)
    try serveReceivers()
  }

  private func serveReceivers() throws {
    let desk = desk
    let threads = try desk.settings.receivers.flatMap { receiver in
      try (0..<receiver.concurrency).map { _ in
        // The kernel keeps 15 bytes of a thread's name.
        try NamedThread(name: "to \(receiver.name)") { desk.serve(receiver.name) }
      }
    }
    state.withLock { $0.receivers = threads }
  }

  /// Ends all threads; calls under way get `timeout` seconds together, and go on without an owner after
  /// that until their own time-out: what comes of them is no longer kept, so they will be made again.
  func stop(timeout: Double) {
    let (thread, receivers) = state.withLock { state in
      state.isStopping = true
      return (state.desk, state.receivers)
    }
    desk.stop()
    let end = Date(timeIntervalSinceNow: timeout)
    for thread in [thread].compactMap({ $0 }) + receivers {
      thread.join(withinMilliseconds: max(0, Int(end.timeIntervalSinceNow * 1_000)))
    }
  }
}
