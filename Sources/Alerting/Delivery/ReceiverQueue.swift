import Foundation
import Store

/// The notifications that wait for one receiver, each until its time; the receiver's threads take them.
///
/// What waits lies in the store as well: the queue holds one notification a group at most, so it is bounded
/// by the number of groups. `@unchecked Sendable`: all state is guarded by `condition`.
final class ReceiverQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [AlertNotification] = []
  private var isClosed = false

  /// Adds notifications in the order of their ids.
  func add(_ notifications: [AlertNotification]) {
    condition.lock()
    waiting.append(contentsOf: notifications)
    condition.broadcast()
    condition.unlock()
  }

  /// Takes the one that is due longest, and waits for it; `nil` once the queue is closed.
  ///
  /// - Parameter now: the wall clock, in milliseconds since 1970.
  func take(now: @Sendable () -> Int64) -> AlertNotification? {
    condition.lock()
    defer { condition.unlock() }
    while !isClosed {
      guard
        let place = waiting.indices.min(by: {
          (waiting[$0].nextAttempt, waiting[$0].id) < (waiting[$1].nextAttempt, waiting[$1].id)
        })
      else {
        condition.wait()
        continue
      }
      let due = waiting[place].nextAttempt - now()
      if due <= 0 { return waiting.remove(at: place) }
      // Not longer than a minute at a time: the clock may be set.
      _ = condition.wait(until: Date(timeIntervalSinceNow: Double(min(due, 60_000)) / 1_000))
    }
    return nil
  }

  /// Ends all waits; nothing is taken any more.
  func close() {
    condition.lock()
    isClosed = true
    condition.broadcast()
    condition.unlock()
  }
}
