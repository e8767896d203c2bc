import CRdkafka
import Glibc
import Synchronization

/// A named thread that serves a producer's callbacks until it is stopped.
final class ServingThread: Sendable {
  /// What the thread works with; kept alive by the thread itself.
  private final class Work: Sendable {
    let shouldStop = Atomic<Bool>(false)
    let name: String
    // Unsafe for the raw pointer: the client is thread-safe, and destroyed only after the join.
    nonisolated(unsafe) let client: OpaquePointer

    init(name: String, client: OpaquePointer) {
      self.name = name
      self.client = client
    }
  }

  private let work: Work
  private let thread: pthread_t?

  init(name: String, client: OpaquePointer) {
    work = Work(name: name, client: client)
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { @Sendable argument in
        guard let argument else { return nil }
        let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
        ServingThread.nameThisThread(work.name)
        while !work.shouldStop.load(ordering: .acquiring) { rd_kafka_poll(work.client, 100) }
        return nil
      }, Unmanaged.passRetained(work).toOpaque())
    self.thread = result == 0 ? thread : nil
    if result != 0 { Unmanaged.passUnretained(work).release() }
  }

  /// Waits for the thread to end, at most a tenth of a second. Called once.
  func stop() {
    work.shouldStop.store(true, ordering: .releasing)
    if let thread { pthread_join(thread, nil) }
  }

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
