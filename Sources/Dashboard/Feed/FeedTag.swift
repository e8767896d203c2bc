import Detection
import HTTPServer

/// How the feed's events are marked for filters, in the 64 bits of an `EventTag`.
///
/// A row: bits 0 … 4 the states that the row is in or has left, 5 whether its state changed, 16 … 31
/// its kind's number; the tag's name is the user. An alert: bit 7, and its subject's kind and user as in
/// a row. Counts: bit 6, and the revision in bits 16 … 63.
enum FeedTag {
  static let transition: UInt64 = 1 << 5
  static let counts: UInt64 = 1 << 6
  static let alert: UInt64 = 1 << 7
  static let kindMask: UInt64 = 0xffff << 16

  static func bit(_ state: SafetyState) -> UInt64 { 1 << UInt64(state.rawValue) }

  static func kind(_ number: UInt16) -> UInt64 { UInt64(number) << 16 }

  @inline(__always)
  static func bits(of row: StatusRow, kind number: UInt16) -> UInt64 {
    var bits = kind(number) | bit(row.state) | bit(row.replacedState)
    if row.isTransition || row.state != row.replacedState {
      // Between two rows of a subject there may have been several states: the last one left counts.
      bits |= transition | bit(row.previousState)
    }
    return bits
  }

  static func bits(countsAt revision: Int64) -> UInt64 {
    counts | UInt64(truncatingIfNeeded: revision) << 16
  }

  /// The key under which newer values of an alert replace older ones for a watcher that lags. Subjects'
  /// keys stay below 2⁶³, as 2³¹ engines are never made; the counts' is the highest.
  static func key(ofAlert id: Int64) -> UInt64 { 1 << 63 | UInt64(truncatingIfNeeded: id) }

  static let countsKey = UInt64.max

  /// The revision of counts.
  static func revision(_ bits: UInt64) -> UInt64 { bits >> 16 }
}
