import Synchronization

/// A number that only grows, kept by any number of threads.
public final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  public init() {}

  public func add(_ amount: Int = 1) { value.add(amount, ordering: .relaxed) }

  public var current: Int { value.load(ordering: .relaxed) }
}

/// Counters of one name told apart by one label, whose values come from a bounded set.
public final class LabelledCounter: Sendable {
  private let values = Mutex<[String: Int]>([:])

  public init() {}

  public func add(_ label: String, _ amount: Int = 1) {
    values.withLock { $0[label, default: 0] += amount }
  }

  /// All labels seen so far, with their counts.
  public var current: [String: Int] { values.withLock { $0 } }

  public var total: Int { values.withLock { $0.values.reduce(0, +) } }
}
