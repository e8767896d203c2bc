import CLinux
import Glibc

/// A POSIX thread with a name, whose end can be waited for with a limit.
final class NamedThread: Sendable {
  private let handle: pthread_t
  /// Readable once the thread has ended.
  private let ended: Int32

  private final class Start: Sendable {
    let name: String
    let ended: Int32
    let body: @Sendable () -> Void

    init(name: String, ended: Int32, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.ended = ended
      self.body = body
    }
  }

  init(name: String, _ body: @escaping @Sendable () -> Void) throws(HTTPServerError) {
    ended = eventfd(0, Int32(EFD_CLOEXEC))
    guard ended >= 0 else { throw HTTPServerError(attempted: "create an eventfd", code: errno) }
    let start = Unmanaged.passRetained(Start(name: name, ended: ended, body: body))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        // Signals are the program's business: leave them to the threads that expect them.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        clinux_set_thread_name(start.name)
        start.body()
        var one: UInt64 = 1
        write(start.ended, &one, 8)
        return nil
      }, start.toOpaque())
    if code != 0 {
      start.release()
      close(ended)
      throw HTTPServerError(attempted: "start the thread \(name)", code: code)
    }
    self.handle = handle
  }

  /// Waits for the end of the thread. Call it once.
  ///
  /// - Returns: `false` if it has not ended within `milliseconds`; it is then left to itself.
  func join(withinMilliseconds milliseconds: Int) -> Bool {
    var descriptor = pollfd(fd: ended, events: Int16(POLLIN), revents: 0)
    let deadline = Monotonic.now() + Int64(milliseconds) * 1_000_000
    while true {
      let left = max(0, (deadline - Monotonic.now() + 999_999) / 1_000_000)
      let ready = poll(&descriptor, 1, Int32(clamping: left))
      if ready > 0 {
        pthread_join(handle, nil)
        close(ended)
        return true
      }
      if ready == 0 || errno != EINTR {
        // Its eventfd must stay open: the thread will still write to it.
        pthread_detach(handle)
        return false
      }
    }
  }
}

/// The clock that deadlines are measured with: nanoseconds, never set back.
enum Monotonic {
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
