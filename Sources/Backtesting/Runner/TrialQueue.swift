import Foundation

/// Recordings that have been read and wait to be judged: at most so many, then the reader waits.
///
/// `@unchecked Sendable`: all state is guarded by `condition`.
final class TrialQueue<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let limit: Int
  private var waiting: [Element] = []
  private var isClosed = false

  init(limit: Int) { self.limit = limit }

  /// Adds one, when there is room; false if the queue has been closed: nobody takes any more.
  func put(_ element: Element) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while waiting.count >= limit, !isClosed { condition.wait() }
    guard !isClosed else { return false }
    waiting.append(element)
    condition.broadcast()
    return true
  }

  /// The oldest; `nil` once the queue is closed and empty.
  func take() -> Element? {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty, !isClosed { condition.wait() }
    guard !waiting.isEmpty else { return nil }
    let element = waiting.removeFirst()
    condition.broadcast()
    return element
  }

  /// No more will come.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}
