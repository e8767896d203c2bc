import Glibc

/// A moment on the monotonic clock by which something has to be done.
struct Deadline: Sendable {
  private let end: Int64

  /// So many milliseconds from now.
  init(milliseconds: Int64) { end = Self.now() + max(0, milliseconds) }

  /// Milliseconds, 0 once it has passed.
  var left: Int64 { max(0, end - Self.now()) }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}
