/// Too few or too many samples.
///
/// Event time is cut into panes of ⌊window / 16⌋ ms that begin at multiples of it. With the number c of
/// samples in the 16 whole panes before the present one, and their length T in seconds, r = c / T:
///
///     score = (min − r) / min if r < min,   (r − max) / max if r > max,   else 0
///
/// Odd above 0. It is the same for all samples of a pane. `nil` until 16 whole panes have gone by since the
/// one of the first sample. Only a sample can show that there were too few before it: a subject that sends
/// nothing at all is stale (`status.stale`), which is told at once.
///
/// Source: counting over sliding windows of panes, Li et al. 2005, “No pane, no gain: efficient evaluation of
/// sliding-window aggregates over data streams”.
///
/// Memory: 200 bytes. Cost: O(1): a count, and one step a pane that went by, at most 16.
public struct RateDetector: SeriesDetector {
  private static let paneCount = 16

  private let rules: RateRules
  private let paneLength: Int64
  private var firstPane: Int64?
  private var pane: Int64 = 0
  /// Samples of the 16 whole panes, by pane modulo 16; their sum; and those of the present pane.
  private var counts = [Int](repeating: 0, count: RateDetector.paneCount)
  private var total = 0
  private var present = 0
  /// Not state: it follows from the rest.
  private var current: Double?

  public init(_ rules: RateRules) {
    self.rules = rules
    paneLength = max(1, rules.window / Int64(Self.paneCount))
  }

  public mutating func score(_ point: SeriesPoint) -> Double? {
    var now = point.time / paneLength
    if point.time % paneLength < 0 { now -= 1 }
    if firstPane == nil {
      firstPane = now
      pane = now
    }
    if now != pane {
      advance(to: now)
      current = judged()
    }
    present = min(present &+ 1, Moments.greatestCount)
    return current
  }

  private mutating func advance(to now: Int64) {
    close(pane, with: present)
    present = 0
    // After a longer gap all sixteen are empty, whichever they are.
    let gone = min(now &- pane &- 1, Int64(Self.paneCount))
    if gone > 0 { for step in 1...gone { close(pane &+ step, with: 0) } }
    pane = now
  }

  private mutating func close(_ pane: Int64, with count: Int) {
    let slot = Int(pane & Int64(Self.paneCount - 1))
    total += count - counts[slot]
    counts[slot] = count
  }

  private func judged() -> Double? {
    guard let firstPane, pane &- firstPane > Int64(Self.paneCount) else { return nil }
    let seconds = Double(paneLength * Int64(Self.paneCount)) / 1000
    let rate = Double(total) / seconds
    if rate < rules.min { return SeriesScore.bounded((rules.min - rate) / rules.min) }
    if rate > rules.max { return SeriesScore.bounded((rate - rules.max) / rules.max) }
    return 0
  }

  public func save(to state: inout DetectorStateWriter) {
    state.write(firstPane != nil)
    state.write(firstPane ?? 0)
    state.write(pane)
    for count in counts { state.write(count) }
    state.write(present)
  }

  public init?(_ rules: RateRules, from state: inout DetectorStateReader) {
    self.init(rules)
    guard let hasFirst = state.flag(), let first = state.time(), let pane = state.time() else {
      return nil
    }
    firstPane = hasFirst ? first : nil
    self.pane = pane
    for slot in counts.indices {
      guard let count = state.count(limit: Moments.greatestCount) else { return nil }
      counts[slot] = count
      total += count
    }
    guard let present = state.count(limit: Moments.greatestCount) else { return nil }
    self.present = present
    current = judged()
  }
}
