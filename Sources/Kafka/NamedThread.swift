import Glibc

/// A thread with a name, which its owner joins.
struct NamedThread: Sendable {
  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  private let thread: pthread_t

  /// Starts it; nil when the system has no thread left.
  init?(_ name: String, _ run: @escaping @Sendable () -> Void) {
    let body = Unmanaged.passRetained(Body(name: name, run: run))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { @Sendable argument in
        guard let argument else { return nil }
        let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        NamedThread.nameThisThread(body.name)
        body.run()
        return nil
      }, body.toOpaque())
    guard result == 0 else {
      body.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits for its end. Called once.
  func join() { pthread_join(thread, nil) }

  /// Gives the running thread a name for `top -H` and debuggers, at most 15 bytes of it. Through the
  /// file system, because Glibc's module leaves out `pthread_setname_np` (a GNU extension) and `prctl`
  /// (variadic). A name that cannot be set is no loss.
  private static func nameThisThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    let bytes = Array(name.utf8.prefix(15))
    _ = write(file, bytes, bytes.count)
    _ = close(file)
  }
}
