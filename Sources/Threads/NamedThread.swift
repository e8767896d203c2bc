import CLinux
import Glibc
import Synchronization

/// A POSIX thread with a name, for whose end its owner waits.
///
/// A thread that nobody waited for is left to itself when its owner lets go of it.
public final class NamedThread: Sendable {
  /// Becomes readable once the thread has ended. Shared with the thread, which may outlive its owner.
  private final class End: Sendable {
    let descriptor: Int32

    init(name: String) throws(ThreadError) {
      descriptor = eventfd(0, Int32(EFD_CLOEXEC))
      guard descriptor >= 0 else {
        throw ThreadError(attempted: "create an eventfd for the thread \(name)", code: errno)
      }
    }

    deinit { close(descriptor) }

    func announce() {
      var one: UInt64 = 1
      write(descriptor, &one, 8)
    }

    /// Whether it is announced within so many milliseconds; a negative number is for ever.
    func isAnnounced(withinMilliseconds milliseconds: Int) -> Bool {
      var descriptor = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let deadline = Self.now() + milliseconds
      while true {
        let left = milliseconds < 0 ? -1 : max(0, deadline - Self.now())
        let ready = poll(&descriptor, 1, Int32(clamping: left))
        if ready > 0 { return true }
        if ready == 0 || errno != EINTR { return false }
      }
    }

    private static func now() -> Int {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
  }

  private final class Start: Sendable {
    let name: String
    let blocksSignals: Bool
    let end: End
    let body: @Sendable () -> Void

    init(name: String, blocksSignals: Bool, end: End, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.blocksSignals = blocksSignals
      self.end = end
      self.body = body
    }
  }

  private let handle: pthread_t
  private let end: End
  private let isJoined = Mutex(false)

  /// Starts it.
  ///
  /// - Parameters:
  ///   - name: As `top -H` and debuggers show it, of which the kernel keeps 15 bytes.
  ///   - blocksSignals: Whether the program's signals are left to other threads. Programs that the thread
  ///     starts would inherit that.
  /// - Throws: when the system has no thread or no descriptor left.
  public init(
    name: String, blocksSignals: Bool = false, _ body: @escaping @Sendable () -> Void
  ) throws(ThreadError) {
    end = try End(name: name)
    let start = Unmanaged.passRetained(
      Start(name: name, blocksSignals: blocksSignals, end: end, body: body))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { @Sendable context in
        guard let context else { return nil }
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        if start.blocksSignals {
          var all = sigset_t()
          sigfillset(&all)
          pthread_sigmask(SIG_BLOCK, &all, nil)
        }
        clinux_set_thread_name(start.name)
        start.body()
        start.end.announce()
        return nil
      }, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw ThreadError(attempted: "start the thread \(name)", code: code)
    }
    self.handle = handle
  }

  deinit {
    if !isJoined.withLock({ $0 }) { pthread_detach(handle) }
  }

  /// Waits for the end of the thread, however long it takes.
  public func join() { _ = join(withinMilliseconds: -1) }

  /// Waits for the end of the thread.
  ///
  /// - Returns: `false` if it has not ended within `milliseconds`. Waiting again is possible.
  @discardableResult
  public func join(withinMilliseconds milliseconds: Int) -> Bool {
    guard end.isAnnounced(withinMilliseconds: milliseconds) else { return false }
    isJoined.withLock { isJoined in
      if !isJoined { pthread_join(handle, nil) }
      isJoined = true
    }
    return true
  }
}

/// Why a thread could not be started.
public struct ThreadError: Error, Sendable, CustomStringConvertible {
  /// What was tried, as it follows "cannot".
  public let attempted: String
  /// The system's error number.
  public let code: Int32

  public var description: String {
    "cannot \(attempted): " + (strerror(code).map { String(cString: $0) } ?? "error \(code)")
  }
}
