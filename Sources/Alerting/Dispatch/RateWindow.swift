/// Counts a receiver's notifications in a sliding interval.
struct RateWindow: Sendable {
  private let cap: ReceiverSettings.RateCap?
  /// When they were planned, in order of time; those that count no more are at the front.
  private var times: [Int64]

  init(_ cap: ReceiverSettings.RateCap?, restoring times: [Int64] = []) {
    self.cap = cap
    self.times = cap == nil ? [] : times.sorted()
  }

  mutating func add(_ time: Int64) {
    guard let cap else { return }
    times.append(time)
    if times.count >= 64, times[times.count / 2] + cap.interval <= time {
      times.removeAll { $0 + cap.interval <= time }
    }
  }

  /// When there is room for one more: a moment that is over if there is now.
  var room: Int64 {
    guard let cap else { return .min }
    let limit = max(1, cap.notifications)
    guard times.count >= limit else { return .min }
    return times[times.count - limit] + cap.interval
  }

  /// The clock was put back.
  mutating func clamp(to now: Int64) { times = times.map { min($0, now) } }
}
