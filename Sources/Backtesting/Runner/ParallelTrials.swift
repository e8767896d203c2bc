import Foundation
import Synchronization

/// Work on many trials at the same time: each is taken by the next thread that is free, the results are in
/// the order of the trials.
public enum ParallelTrials {
  /// Calls `body` with 0 ..< count on threads of its own, and waits for their end.
  public static func map<Value: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Value
  ) -> [Value] {
    guard threads > 1, count > 1 else { return (0..<count).map(body) }
    let shared = Shared<Value>(count)
    let workers = (0..<min(threads, count)).map { number in
      BacktestThread(name: "backtest-\(number)") {
        while let place = shared.take() { shared.put(body(place), at: place) }
      }
    }
    for worker in workers { worker.join() }
    return shared.values
  }

  private final class Shared<Value: Sendable>: Sendable {
    private let next = Atomic<Int>(0)
    private let results: Mutex<[Value?]>
    private let count: Int

    init(_ count: Int) {
      self.count = count
      results = Mutex(Array(repeating: nil, count: count))
    }

    func take() -> Int? {
      let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
      return place < count ? place : nil
    }

    func put(_ value: Value, at place: Int) { results.withLock { $0[place] = value } }

    /// All of them, once the workers have ended: each place was taken and put.
    var values: [Value] { results.withLock { $0.compactMap { $0 } } }
  }
}

/// A thread with a name, whose owner waits for its end.
///
/// `@unchecked Sendable`: `thread` is only started; the semaphore is made for sharing.
final class BacktestThread: @unchecked Sendable {
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
    // Rules of thousands of trees are walked without recursion; this is room for all else.
    thread.stackSize = 1 << 21
    thread.start()
  }

  /// Waits for the thread's end: its body ends by itself.
  func join() { ended.wait() }
}
