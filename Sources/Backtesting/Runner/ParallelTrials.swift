import Synchronization
import Threads

/// Work on many trials at the same time: each is taken by the next thread that is free, the results are in
/// the order of the trials.
public enum ParallelTrials {
  /// Calls `body` with 0 ..< count on threads of its own, and waits for their end.
  public static func map<Value: Sendable>(
    _ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Value
  ) -> [Value] {
    guard threads > 1, count > 1 else { return (0..<count).map(body) }
    let shared = Shared<Value>(count)
    let work: @Sendable () -> Void = {
      while let place = shared.take() { shared.put(body(place), at: place) }
    }
    // Where the system has no thread left, fewer do the same, and if need be this one.
    let workers = (0..<min(threads, count)).compactMap { number in
      try? NamedThread(name: "backtest-\(number)", work)
    }
    if workers.isEmpty { work() }
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
