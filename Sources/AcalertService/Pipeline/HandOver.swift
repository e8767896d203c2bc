import Detection
import Foundation

/// The bounded hand-over of decisions from the pipeline's thread to the store's.
///
/// At most `capacity` batches wait, and beside one that takes much memory no other; a pipeline that finds it full
/// goes on collecting into its next batch, and at its own bound stops reading from Kafka. `@unchecked Sendable`:
/// all state is guarded by `condition`.
final class HandOver: @unchecked Sendable {
  private let condition = NSCondition()
  private let capacity: Int
  private let largeBytes: Int
  private var waiting: [Decisions] = []
  /// An emptied batch, of which the next one takes the memory.
  private var emptied: Decisions?
  private var isWorking = false
  private var isClosed = false

  /// - Parameters:
  ///   - capacity: batches that may wait.
  ///   - largeBytes: once those that wait take so many bytes or more, no other may wait beside them.
  init(capacity: Int, largeBytes: Int = .max) {
    self.capacity = capacity
    self.largeBytes = largeBytes
  }

  /// To be asked under `condition`.
  private var isFull: Bool {
    waiting.count >= capacity || waiting.reduce(0) { $0 + $1.bytes } >= largeBytes
  }

  /// Whether a batch would be taken at once.
  var hasRoom: Bool {
    condition.lock()
    defer { condition.unlock() }
    return !isFull
  }

  /// Whether a batch waits or is being stored.
  var isBusy: Bool {
    condition.lock()
    defer { condition.unlock() }
    return isWorking || !waiting.isEmpty
  }

  /// Hands a batch over; false if there is still no room after `timeout` seconds.
  func put(_ decisions: Decisions, timeout: Double) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    let deadline = Date(timeIntervalSinceNow: timeout)
    while isFull, !isClosed {
      guard condition.wait(until: deadline) else { return false }
    }
    guard !isClosed else { return false }
    waiting.append(decisions)
    condition.broadcast()
    return true
  }

  /// Takes the oldest batch; `nil` if none comes within `timeout` seconds. `finished(_:)` must follow.
  func take(timeout: Double) -> Decisions? {
    condition.lock()
    defer { condition.unlock() }
    let deadline = Date(timeIntervalSinceNow: timeout)
    while waiting.isEmpty, !isClosed {
      guard condition.wait(until: deadline) else { return nil }
    }
    guard !waiting.isEmpty else { return nil }
    isWorking = true
    let first = waiting.removeFirst()
    condition.broadcast()
    return first
  }

  /// The batch taken last has been stored and told; its memory may serve another one.
  func finished(_ decisions: consuming Decisions) {
    decisions.empty()
    condition.lock()
    isWorking = false
    emptied = decisions
    condition.broadcast()
    condition.unlock()
  }

  /// An empty batch.
  func spare() -> Decisions {
    condition.lock()
    defer { condition.unlock() }
    return emptied.take() ?? Decisions()
  }

  /// Waits until everything handed over has been stored; false if that takes longer than `timeout`
  /// seconds.
  func waitUntilEmpty(timeout: Double) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    let deadline = Date(timeIntervalSinceNow: timeout)
    while !waiting.isEmpty || isWorking {
      if isClosed && !isWorking { return waiting.isEmpty }
      guard condition.wait(until: deadline) else { return false }
    }
    return true
  }

  /// Nothing more is taken in; what waits can still be taken out.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }

  var isClosedAndEmpty: Bool {
    condition.lock()
    defer { condition.unlock() }
    return isClosed && waiting.isEmpty
  }
}
