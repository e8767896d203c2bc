/// How much old history goes with each batch of new one.
///
/// Where much is written much must be deleted, or the database outgrows its limit however fast the disk is. So
/// once there is anything to delete, each batch is followed by the deletion of up to a quarter more rows than it
/// brought. Before, it is enough to look now and then.
public struct RetentionPace: Sendable {
  /// The rows of one step, which holds the writer up for a tenth of a second or so.
  public static let stepRows = 50_000
  /// A step deletes at least so many, where few are written.
  public static let leastRows = 5_000
  /// After a look that found nothing more to delete it is looked again after so many seconds.
  public static let interval = 5.0
  /// Where little is written, steps lie so many seconds apart: nobody shall wait for them.
  public static let pause = 0.02

  private var next: Double
  /// Whether the last step found anything to delete: then each batch brings more.
  private var isAtLimit = false
  private var owed = 0

  /// - Parameter now: The time by a clock that is never set, in seconds, as in the other calls.
  public init(now: Double) { next = now + Self.interval }

  /// A batch brought so many rows of history.
  public mutating func wrote(_ rows: Int) {
    if isAtLimit { owed += rows + rows / 4 }
  }

  /// How many rows are to be deleted in a step now; `nil` if none.
  public func budget(now: Double) -> Int? {
    guard owed > Self.leastRows || now >= next else { return nil }
    return min(max(owed, Self.leastRows), Self.stepRows)
  }

  /// A step has been taken.
  ///
  /// - Parameter isFinished: Whether there was nothing more to delete.
  public mutating func stepped(deleted: Int, isFinished: Bool, now: Double) {
    isAtLimit = deleted > 0 || !isFinished
    owed = isFinished ? 0 : max(0, owed - deleted)
    next = now + (isFinished ? Self.interval : Self.pause)
  }

  /// A step failed; it is tried again later.
  public mutating func failed(now: Double) {
    isAtLimit = false
    owed = 0
    next = now + 30
  }
}
