import Glibc

/// A fixed number of readers that threads borrow for one request each.
///
/// `@unchecked Sendable`: `mutex` guards all mutable state, and a reader is in the hands of one
/// borrower at a time.
public final class ReaderPool: @unchecked Sendable {
  private var idle: [StoreReader] = []
  private var isClosed = false
  // POSIX ones at fixed addresses, because `Synchronization` has no condition variable.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let returned: UnsafeMutablePointer<pthread_cond_t>

  /// Opens `size` readers of the database.
  public init(path: String, size: Int = 4, timeLimit: Duration = .seconds(10)) throws {
    idle = try (0..<max(1, size)).map { _ in try StoreReader(path: path, timeLimit: timeLimit) }
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    returned = .allocate(capacity: 1)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(returned, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(returned)
    returned.deallocate()
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Lends a reader to `body`, which must not keep it.
  ///
  /// - Parameter wait: How long to wait for a reader to come back.
  /// - Throws: ``StoreError`` with code `readersBusy` if none came back in time or the pool is closed,
  ///   and what `body` throws.
  public func withReader<T>(
    wait: Duration = .seconds(2), _ body: (StoreReader) throws -> T
  ) throws -> T {
    let reader = try borrow(wait)
    defer { giveBack(reader) }
    return try body(reader)
  }

  /// Closes the readers: idle ones now, borrowed ones when they come back.
  public func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    let closing = idle
    idle = []
    pthread_cond_broadcast(returned)
    pthread_mutex_unlock(mutex)
    for reader in closing { reader.close() }
  }

  private func borrow(_ wait: Duration) throws -> StoreReader {
    var end = timespec()
    clock_gettime(CLOCK_MONOTONIC, &end)
    let (seconds, attoseconds) = wait.components
    let nanoseconds = end.tv_nsec + Int(attoseconds / 1_000_000_000)
    end.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
    end.tv_nsec = nanoseconds % 1_000_000_000

    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let reader = idle.popLast() { return reader }
      if isClosed || pthread_cond_timedwait(returned, mutex, &end) != 0 { break }
    }
    // The last reader may have come back together with the end of the wait.
    if let reader = idle.popLast() { return reader }
    throw StoreError(
      code: .readersBusy, message: isClosed ? "the readers are closed" : "all readers are in use",
      attempted: "read the database", hint: isClosed ? nil : "try again, with fewer requests")
  }

  private func giveBack(_ reader: StoreReader) {
    pthread_mutex_lock(mutex)
    let closes = isClosed
    if !closes {
      idle.append(reader)
      pthread_cond_signal(returned)
    }
    pthread_mutex_unlock(mutex)
    if closes { reader.close() }
  }
}
