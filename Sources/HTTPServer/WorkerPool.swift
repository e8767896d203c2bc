import Glibc
import Synchronization
import Threads

/// The threads that run handlers and make preludes, with one queue before them.
///
/// Requests are bounded by `maxPending`. Preludes are not turned away, but each connection has at
/// most one waiting, so the cap on connections bounds them.
final class WorkerPool: Sendable {
  typealias Job = @Sendable () -> Void

  private struct Queue {
    /// Taken jobs are before `head`.
    var jobs: [Job?] = []
    var head = 0
    var requests = 0
    var isClosed = false
  }

  private let queue = Mutex(Queue())
  private let available = Semaphore()
  private let maxPending: Int
  private let threads = Mutex<[NamedThread]>([])

  init(maxPending: Int) { self.maxPending = maxPending }

  /// Starts the threads. If one cannot be started, those before it keep running: `stop` ends them.
  func start(count: Int) throws(HTTPServerError) {
    for number in 0..<max(1, count) {
      let thread = try HTTPServerError.wrapping { () throws(ThreadError) in
        try NamedThread(name: "http-worker-\(number)", blocksSignals: true) { [self] in run() }
      }
      threads.withLock { $0.append(thread) }
    }
  }

  /// Queues a request's handler; `false` if too many wait already.
  func submitRequest(_ job: @escaping Job) -> Bool {
    let isAccepted = queue.withLock { queue in
      guard queue.requests < maxPending, !queue.isClosed else { return false }
      queue.requests += 1
      queue.jobs.append { [self] in
        self.queue.withLock { $0.requests -= 1 }
        job()
      }
      return true
    }
    if isAccepted { available.signal() }
    return isAccepted
  }

  /// Queues the making of a prelude's chunk.
  func submitPrelude(_ job: @escaping Job) {
    queue.withLock { $0.jobs.append(job) }
    available.signal()
  }

  /// Forgets what is queued and ends the threads.
  ///
  /// - Returns: `false` if a handler did not return in time; its thread is left to itself.
  func stop(withinMilliseconds milliseconds: Int) -> Bool {
    queue.withLock { queue in
      queue.isClosed = true
      queue.jobs = []
      queue.head = 0
    }
    let threads = threads.withLock { $0 }
    for _ in threads { available.signal() }
    let deadline = Monotonic.now() + Int64(milliseconds) * 1_000_000
    var isClean = true
    for thread in threads {
      let left = max(0, Int((deadline - Monotonic.now()) / 1_000_000))
      isClean = thread.join(withinMilliseconds: left) && isClean
    }
    return isClean
  }

  private func run() {
    while true {
      available.wait()
      let (job, isClosed): (Job?, Bool) = queue.withLock { queue in
        guard queue.head < queue.jobs.count else { return (nil, queue.isClosed) }
        let job = queue.jobs[queue.head]
        queue.jobs[queue.head] = nil
        queue.head += 1
        if queue.head >= 256 && queue.head * 2 >= queue.jobs.count {
          queue.jobs.removeFirst(queue.head)
          queue.head = 0
        } else if queue.head == queue.jobs.count {
          queue.jobs.removeAll(keepingCapacity: true)
          queue.head = 0
        }
        return (job, queue.isClosed)
      }
      if isClosed { return }
      job?()
    }
  }
}
