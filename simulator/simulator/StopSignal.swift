import Glibc
import Synchronization

/// SIGINT and SIGTERM: the first asks the run to end, one that comes a second later ends the process.
///
/// Not the very next one: `timeout` and some shells deliver the same signal twice.
enum StopSignal {
  /// When the first signal came, by the monotonic clock in milliseconds; 0 before.
  private static let firstAt = Atomic<Int64>(0)

  static var isRaised: Bool { firstAt.load(ordering: .acquiring) != 0 }

  static func install() {
    // Makes the atomic exist before a handler may touch it.
    firstAt.store(0, ordering: .releasing)
    for number in [SIGINT, SIGTERM] {
      // Only what is safe in a signal handler: an atomic, the clock, `_exit`.
      signal(number) { @Sendable number in
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        let (isFirst, first) = StopSignal.firstAt.compareExchange(
          expected: 0, desired: max(1, now), ordering: .acquiringAndReleasing)
        if !isFirst, now - first >= 1_000 { _exit(128 + number) }
      }
    }
  }
}
