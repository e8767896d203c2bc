/// How long to wait before the next attempt: exponential, with jitter, so that many notifications that
/// failed together do not come back together.
public struct Backoff: Equatable, Sendable {
  /// The wait after the first failure, and the longest, in milliseconds.
  public var first: Int64 = 1_000
  public var longest: Int64 = 300_000

  public init() {}

  /// The wait in milliseconds after so many failed attempts (from 1): between half of `first` · 2^(n − 1),
  /// at most `longest`, and all of it. A receiver that asks for more time gets it.
  ///
  /// - Parameters:
  ///   - asked: what the receiver asked for (`Retry-After`), in milliseconds.
  ///   - random: 0 ..< 1.
  public func wait(afterAttempt attempt: Int, asked: Int64?, random: Double) -> Int64 {
    let doublings = min(max(attempt, 1) - 1, 30)
    let full = min(longest, first << Int64(doublings))
    let wait = full / 2 + Int64(Double(full - full / 2) * random)
    return max(wait, asked ?? 0)
  }
}
