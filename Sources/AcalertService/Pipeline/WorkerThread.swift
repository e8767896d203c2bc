import Foundation

/// A thread with a name, whose owner waits for its end.
///
/// `@unchecked Sendable`: `thread` is only started and named; the semaphore is made for sharing.
final class WorkerThread: @unchecked Sendable {
  private let thread: Thread
  private let ended = DispatchSemaphore(value: 0)

  init(name: String, _ body: @escaping @Sendable () -> Void) {
    let ended = ended
    thread = Thread {
      body()
      ended.signal()
    }
    thread.name = name
    thread.stackSize = 1 << 20
    thread.start()
  }

  /// Waits for the thread's end; false if it has not come within `timeout` seconds.
  @discardableResult
  func join(timeout: Double) -> Bool {
    guard ended.wait(timeout: .now() + timeout) == .success else { return false }
    ended.signal()
    return true
  }
}
