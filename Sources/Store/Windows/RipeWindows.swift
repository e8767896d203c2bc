/// Which windows were written so long ago that those of the next minutes have come, too, and a run can be made of
/// them.
public struct RipeWindows: Sendable {
  /// How long ago that usually is, in seconds: as long as a run, and half a minute for what comes late.
  public static let usualAge = Double(WindowRuns.span) / 1_000 + 30
  private static let interval = 10.0

  /// Which window was the last one at times that are not so long ago.
  private var notes: [(time: Double, id: Int64)] = []

  /// The id of the newest window that is ripe; 0 if there is none.
  public private(set) var newest: Int64 = 0

  private let age: Double

  public init(age: Double = usualAge) { self.age = age }

  /// Notes which window is the last one now.
  ///
  /// - Parameters:
  ///   - id: The window's.
  ///   - now: The time by a clock that is never set, in seconds.
  public mutating func note(newest id: Int64, now: Double) {
    while let first = notes.first, now - first.time >= age {
      newest = first.id
      notes.removeFirst()
    }
    if let last = notes.last, now - last.time < Self.interval { return }
    notes.append((now, id))
  }
}
