import CLinux
import Glibc
import Synchronization

/// Wakes the event loop from another thread through an eventfd(2).
final class Waker: Sendable {
  let descriptor: Int32
  /// Saves the system call while a wake-up is already on its way.
  private let isAwake = Atomic(false)

  init() throws(HTTPServerError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    if descriptor < 0 {
      throw HTTPServerError(attempted: "create an eventfd", code: errno)
    }
  }

  deinit { close(descriptor) }

  func wake() {
    guard !isAwake.exchange(true, ordering: .acquiringAndReleasing) else { return }
    var one: UInt64 = 1
    write(descriptor, &one, 8)
  }

  /// Called by the loop before it looks at what it may have been woken for.
  func acknowledge() {
    var count: UInt64 = 0
    read(descriptor, &count, 8)
    isAwake.store(false, ordering: .sequentiallyConsistent)
  }
}
