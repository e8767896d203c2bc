import Alerting
import Logging
import Store

@testable import AcalertService

extension StoreWriter {
  /// A writer that tells nobody of what it has written.
  convenience init(
    _ store: Store, _ handOver: HandOver, _ counters: ServiceCounters,
    mergingAge: Double = RipeWindows.usualAge,
    isAbandoned: @escaping @Sendable () -> Bool = { false }
  ) throws {
    let desk = try AlertDesk(
      store: store, settings: AlertSettings(), subjects: [:],
      world: AlertDesk.World(
        now: { WallClock.milliseconds() }, random: { 0 }, zone: { _ in nil },
        sink: { try SinkFactory(userAgent: "test").sink(for: $0) }, changed: { _, _ in },
        report: { _ in }))
    self.init(
      store: store, desk: desk, handOver: handOver, counters: counters, settings: StoreSettings(),
      log: Logger(label: "test"), committed: { _, _ in }, idle: {}, failed: { _ in },
      isAbandoned: isAbandoned, mergingAge: mergingAge)
  }
}
