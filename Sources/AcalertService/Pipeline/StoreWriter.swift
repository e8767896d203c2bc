import Alerting
import Detection
import Foundation
import Kafka
import Logging
import Store

/// Writes what the pipeline hands over: one transaction a batch, the alerts that it leads to included, and
/// only then is the world told.
///
/// Lives on one thread, "store". Between batches it removes old history, as fast as new one comes, and merges
/// the windows of some minutes ago.
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
  /// After so many seconds a window may be the first of those that share a row.
  private let mergingAge: Double

  init(
    store: Store, desk: AlertDesk, handOver: HandOver, counters: ServiceCounters,
    settings: StoreSettings, log: Logger,
    committed: @escaping @Sendable (Decisions, AppliedDecisions) -> Void,
    idle: @escaping @Sendable () -> Void, failed: @escaping @Sendable (any Error) -> Void,
    isAbandoned: @escaping @Sendable () -> Bool, mergingAge: Double = RipeWindows.usualAge
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
    self.mergingAge = mergingAge
  }

  /// Runs until the hand-over is closed and empty.
  func run() {
    let start = WallClock.monotonicSeconds()
    var pruning = UpkeepPace.retention(now: start)
    var merging = UpkeepPace.merging(now: start)
    var ripe = RipeWindows(age: mergingAge)
    // Once a batch could not be stored no later one may be: its offsets would pass over what is missing.
    // Everything from there on is read again after the next start.
    var isWhole = true
    while !handOver.isClosedAndEmpty {
      if let decisions = handOver.take(timeout: 0.5) {
        isWhole = isWhole && write(decisions)
        pruning.wrote(decisions.historyRows)
        merging.wrote(decisions.windows.count)
        handOver.finished(decisions)
      }
      idle()
      while let budget = pruning.budget(now: WallClock.monotonicSeconds()), !isAbandoned() {
        prune(budget, &pruning)
      }
      ripe.note(newest: store.lastWindowID, now: WallClock.monotonicSeconds())
      while let budget = merging.budget(now: WallClock.monotonicSeconds()), !isAbandoned() {
        merge(budget, upTo: ripe.newest, &merging)
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

  /// Removes so many rows of old history.
  private func prune(_ budget: Int, _ pace: inout UpkeepPace) {
    do {
      let result = try store.prune(
        now: WallClock.milliseconds(),
        policy: Retention(maxAge: settings.maxAge, maxBytes: settings.maxBytes), budget: budget)
      counters.prunedRows.add(result.deleted)
      pace.stepped(
        done: result.deleted, isFinished: result.isFinished, now: WallClock.monotonicSeconds())
    } catch {
      log.error("cannot remove old history: \(error)")
      pace.failed(now: WallClock.monotonicSeconds())
    }
  }

  /// Makes runs of so many windows.
  private func merge(_ budget: Int, upTo id: Int64, _ pace: inout UpkeepPace) {
    do {
      let result = try store.mergeWindows(writtenBy: id, budget: budget)
      counters.mergedWindows.add(result.windows)
      pace.stepped(
        done: result.windows, isFinished: result.isFinished, now: WallClock.monotonicSeconds())
    } catch {
      log.error("cannot merge windows: \(error)")
      pace.failed(now: WallClock.monotonicSeconds())
    }
  }
}

extension Decisions {
  /// Rows that only retention takes away again.
  fileprivate var historyRows: Int {
    windows.count + anomalies.count + lateSamples.count + invalidRecords.count + lostRanges.count
      + threats.count + equipmentFaults.count + unmatched.count + fallCandidates.count
  }
}
