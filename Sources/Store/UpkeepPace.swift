/// How much old history is looked after with each batch of new one: deleted, or merged.
///
/// Where much is written much must be deleted, or the database outgrows its limit however fast the disk is. So
/// once there is anything to do, each batch is followed by work on up to a quarter more rows than it
/// brought. Before, it is enough to look now and then.
public struct UpkeepPace: Sendable {
  /// The most rows of one step.
  public let stepRows: Int
  /// A step is for at least so many, where few are written.
  public let leastRows: Int
  /// After a look that found nothing more to delete it is looked again after so many seconds.
  public static let interval = 5.0
  /// Where little is written, steps lie so many seconds apart: nobody shall wait for them.
  public static let pause = 0.02

  private var next: Double
  /// Whether the last step found anything to do: then each batch brings more.
  private var isAtLimit = false
  private var owed = 0

  private init(stepRows: Int, leastRows: Int, now: Double) {
    self.stepRows = stepRows
    self.leastRows = leastRows
    next = now + Self.interval
  }

  /// The pace of ``Store/prune(now:policy:budget:)``. A step holds the writer up for a tenth of a second at most,
  /// or so.
  ///
  /// - Parameter now: The time by a clock that is never set, in seconds, as in the other calls.
  public static func retention(now: Double) -> UpkeepPace {
    UpkeepPace(stepRows: 50_000, leastRows: 5_000, now: now)
  }

  /// The pace of ``Store/mergeWindows(writtenBy:budget:)``: steps of a hundredth of a second or so. Each writes the
  /// pages of all that was written in some minutes, so smaller ones cost more in all.
  public static func merging(now: Double) -> UpkeepPace {
    UpkeepPace(stepRows: 20_000, leastRows: 4_000, now: now)
  }

  /// A batch brought so many rows of history.
  public mutating func wrote(_ rows: Int) {
    if isAtLimit { owed += rows + rows / 4 }
  }

  /// How many rows a step is for now; `nil` if it is not time for one.
  public func budget(now: Double) -> Int? {
    guard owed > leastRows || now >= next else { return nil }
    return min(max(owed, leastRows), stepRows)
  }

  /// A step has been taken.
  ///
  /// - Parameters:
  ///   - done: How many rows it deleted or merged.
  ///   - isFinished: Whether there was nothing more to do.
  public mutating func stepped(done: Int, isFinished: Bool, now: Double) {
    isAtLimit = done > 0 || !isFinished
    owed = isFinished ? 0 : max(0, owed - done)
    next = now + (isFinished ? Self.interval : Self.pause)
  }

  /// A step failed; it is tried again later.
  public mutating func failed(now: Double) {
    isAtLimit = false
    owed = 0
    next = now + 30
  }
}
