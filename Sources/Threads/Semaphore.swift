import Glibc

/// A counting semaphore between threads of this process.
public final class Semaphore: @unchecked Sendable {
  // Sound: sem_t is made for use from many threads; the pointer itself never changes.
  private let semaphore: UnsafeMutablePointer<sem_t>

  /// Begins at zero.
  public init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  /// Lets one `wait` go on, now or later.
  public func signal() { sem_post(semaphore) }

  /// Waits for a signal that no other wait has used up.
  public func wait() {
    while sem_wait(semaphore) != 0 && errno == EINTR {}
  }
}
