import Foundation

/// A thread with a name, whose owner waits for its end.
///
/// `@unchecked Sendable`: `thread` is only started; the semaphore is made for sharing.
final class WorkerThread: @unchecked Sendable {
  private let thread: Thread
  private let ended = DispatchSemaphore(value: 0)

  init(name: String, _ body: @escaping @Sendable () -> Void) {
    let ended = ended
    thread = Thread {
      // From within: on Linux a name that is given before the start never reaches the kernel.
      Thread.current.name = name
      body()
      ended.signal()
    }
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
