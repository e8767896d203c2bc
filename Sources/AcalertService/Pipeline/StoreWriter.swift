import Alerting
import Detection
import Foundation
import Kafka
import Logging
import Store

/// Writes what the pipeline hands over: one transaction a batch, the alerts that it leads to included, and
/// only then is the world told.
///
/// Lives on one thread, "store". When there is nothing to write it removes old history in small steps.
final class StoreWriter: Sendable {
  private let store: Store
  private let desk: AlertDesk
  private let handOver: HandOver
  private let counters: ServiceCounters
  private let settings: StoreSettings
  private let log: Logger
  /// Called with every committed batch, on this thread.
  private let committed: @Sendable (Decisions, AppliedDecisions) -> Void
  /// Called now and then, also while nothing is written.
  private let idle: @Sendable () -> Void
  private let failed: @Sendable (any Error) -> Void
  private let isAbandoned: @Sendable () -> Bool

  init(
    store: Store, desk: AlertDesk, handOver: HandOver, counters: ServiceCounters,
    settings: StoreSettings, log: Logger,
    committed: @escaping @Sendable (Decisions, AppliedDecisions) -> Void,
    idle: @escaping @Sendable () -> Void, failed: @escaping @Sendable (any Error) -> Void,
    isAbandoned: @escaping @Sendable () -> Bool
  ) {
    self.store = store
    self.desk = desk
    self.handOver = handOver
    self.counters = counters
    self.settings = settings
    self.log = log
    self.committed = committed
    self.idle = idle
    self.failed = failed
    self.isAbandoned = isAbandoned
  }

  /// Runs until the hand-over is closed and empty.
  func run() {
    var nextPruning = WallClock.monotonicSeconds() + 5
    // Once a batch could not be stored no later one may be: its offsets would pass over what is missing.
    // Everything from there on is read again after the next start.
    var isWhole = true
    while !handOver.isClosedAndEmpty {
      if let decisions = handOver.take(timeout: 0.5) {
        isWhole = isWhole && write(decisions)
        handOver.finished(decisions)
      }
      idle()
      if WallClock.monotonicSeconds() >= nextPruning {
        nextPruning = WallClock.monotonicSeconds() + prune()
      }
    }
  }

  /// Stores a batch, trying again while that may help; false if it was given up.
  private func write(_ decisions: Decisions) -> Bool {
    var attempt = 0
    while true {
      do {
        let begin = WallClock.monotonicSeconds()
        try desk.apply(decisions) { applied in
          let end = WallClock.monotonicSeconds()
          counters.count(decisions, seconds: end - begin, at: end)
          committed(decisions, applied)
        }
        if attempt > 0 { log.notice("the database takes records again") }
        return true
      } catch let error as StoreError where error.isRetriable {
        counters.failedCommits.add()
        if attempt % 30 == 0 { log.critical("cannot store, trying again: \(error)") }
        attempt += 1
        // Back-pressure does the rest: the pipeline stops reading until this batch is stored.
        if isAbandoned() { return false }
        Thread.sleep(forTimeInterval: min(1, 0.05 * Double(attempt)))
      } catch {
        counters.failedCommits.add()
        log.critical("cannot store: \(error)")
        failed(error)
        return false
      }
    }
  }

  /// Removes one small step of old history; returns in how many seconds to look again.
  private func prune() -> Double {
    do {
      let result = try store.prune(
        now: WallClock.milliseconds(),
        policy: Retention(maxAge: settings.maxAge, maxBytes: settings.maxBytes))
      counters.prunedRows.add(result.deleted)
      return result.isFinished ? 5 : 0.02
    } catch {
      log.error("cannot remove old history: \(error)")
      return 30
    }
  }
}
