import Glibc

/// The time that waits and rate limits are measured by: it only goes forward, and its zero means
/// nothing.
enum MonotonicClock {
  /// Milliseconds since some moment in the past.
  static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
