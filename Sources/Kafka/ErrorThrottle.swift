/// Lets one error of a kind through in each interval and counts the others, so that a dead broker
/// cannot flood the log.
struct ErrorThrottle {
  /// Milliseconds between two errors of the same code.
  var interval: Int64 = 10_000
  private var lastTold: [Int32: Int64] = [:]
  private var suppressed: [Int32: Int] = [:]

  init() {}

  /// - Returns: how many errors of this code were held back since the last one that was told, or nil
  ///   if this one is to be held back too.
  mutating func admit(_ code: Int32, now: Int64) -> Int? {
    if let last = lastTold[code], now - last < interval {
      suppressed[code, default: 0] += 1
      return nil
    }
    lastTold[code] = now
    return suppressed.removeValue(forKey: code) ?? 0
  }
}
