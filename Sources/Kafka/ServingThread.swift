import CRdkafka
import Synchronization
import Threads

/// A thread that serves a producer's callbacks until it is stopped.
final class ServingThread: Sendable {
  /// What the thread works with; kept alive by the thread itself.
  private final class Work: Sendable {
    let shouldStop = Atomic<Bool>(false)
    // Unsafe for the raw pointer: the client is thread-safe, and destroyed only after the join.
    nonisolated(unsafe) let client: OpaquePointer

    init(client: OpaquePointer) { self.client = client }
  }

  private let work: Work
  private let thread: NamedThread

  init(name: String, client: OpaquePointer) throws(ThreadError) {
    let work = Work(client: client)
    self.work = work
    thread = try NamedThread(name: name) {
      while !work.shouldStop.load(ordering: .acquiring) { rd_kafka_poll(work.client, 100) }
    }
  }

  /// Waits for the thread to end, at most a tenth of a second. Called once.
  func stop() {
    work.shouldStop.store(true, ordering: .releasing)
    thread.join()
  }
}
