/// What goes wrong with records on their way, on purpose: shares of all records, of which at most one
/// thing happens to each.
public struct Disturbances: Hashable, Sendable {
  /// The share of records that arrive `lateBy` milliseconds after they are due.
  public var late = 0.0
  public var lateBy: Int64 = 60_000
  /// The share of records that arrive after their sender's next one.
  public var outOfOrder = 0.0
  /// The share of records that are sent twice, one right after the other.
  public var duplicates = 0.0
  /// The share of records in whose place something comes that is none.
  public var malformed = 0.0

  public init() {}

  /// - Throws: the first setting that is out of its range.
  func validate() throws(SimulationError) {
    for (name, share) in [
      ("late records", late), ("records out of order", outOfOrder), ("duplicates", duplicates),
      ("malformed records", malformed),
    ] {
      try require((0...1).contains(share), "the share of \(name) must be from 0 to 1")
    }
    try require(
      late + outOfOrder + duplicates + malformed <= 1,
      "the shares of late, out-of-order, duplicate and malformed records add up to more than 1")
    try require((0...86_400_000).contains(lateBy), "records can be late by 0 to 86,400,000 ms")
  }

  /// What happens to a record; `nil` for nothing.
  func draw(_ random: inout SplitMix64) -> Truth.Kind? {
    var draw = random.unit()
    for (kind, share) in [
      (Truth.Kind.malformed, malformed), (.late, late), (.outOfOrder, outOfOrder),
      (.duplicate, duplicates),
    ] {
      if draw < share { return kind }
      draw -= share
    }
    return nil
  }
}

/// - Throws: the message, if the condition does not hold.
func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(SimulationError) {
  if !holds { throw SimulationError(message()) }
}
