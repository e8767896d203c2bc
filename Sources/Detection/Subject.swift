import Events

/// What the engine keeps of one subject, in 112 bytes; its samples lie in the `RingSlab`.
///
/// The ring is sorted by time. From its oldest sample on it holds: those too old for the window, kept
/// for late samples and for tumbling windows that are still open; the `windowCount` samples of the
/// window before `lastTime`, whose sums are `sums`; and the `pending` samples at `lastTime` itself,
/// which are not part of their own baseline and join the sums when time moves on.
struct Subject {
  /// The newest sample's time; `Int64.min` before the first sample.
  var lastTime: Int64 = .min
  /// When the newest record reached Kafka.
  var lastArrival: Int64 = 0
  /// When the state was entered, and the record that caused it.
  var since: Int64 = 0
  var causeOffset: Int64 = -1
  /// The start of the oldest tumbling window that is not yet closed.
  var openWindow: Int64 = .min
  /// `lastTime` when `youngMark` was set.
  var markTime: Int64 = .min

  var sum: Int64 = 0
  var squaresLow: UInt64 = 0

  /// Steps of the engine at or after which every sample of the ring arrived (see `Checkpoints`): the
  /// older one holds now, the younger one takes its place once all samples before it have left.
  var oldMark: UInt32 = 0
  var youngMark: UInt32 = 0

  /// The ring's block and the position of its oldest sample in it.
  var block: UInt32 = 0
  var head: UInt32 = 0
  var count: UInt32 = 0
  var windowCount: UInt32 = 0
  var pending: UInt32 = 0
  /// The block of the samples' axes, of the class and with the head of the samples' own; `noAxes` if
  /// they are not kept.
  var axisBlock: UInt32 = Self.noAxes
  /// Its place in `Engine.watches`, while the flag `watched` is set.
  var watch: UInt32 = 0

  var squaresHigh: UInt16 = 0
  /// The partition of the newest record, and of the one that caused the state.
  var partition: PartitionIndex = 0
  var causePartition: PartitionIndex = 0
  var stream: UInt8 = 0
  var state: SafetyState = .unknown
  var previousState: SafetyState = .unknown
  /// The class of the ring's block; `noBlock` without one.
  var blockClass: UInt8 = Self.noBlock
  var flags: Flags = []

  static let noBlock: UInt8 = .max
  static let noAxes: UInt32 = .max

  struct Flags: OptionSet {
    var rawValue: UInt8
    /// The row in the database is behind.
    static let dirty = Flags(rawValue: 1)
    /// In this batch's list of rows to be written at once.
    static let listed = Flags(rawValue: 2)
    /// The state has changed since the row was last made.
    static let transitioned = Flags(rawValue: 4)
    /// An episode or a floor is kept for it in `Engine.notes`.
    static let noted = Flags(rawValue: 8)
    /// Restored from the store, and no record seen since.
    static let restored = Flags(rawValue: 16)
    /// Its records come from more than one partition.
    static let scattered = Flags(rawValue: 32)
    /// Its partition was taken away; the row belongs to another member of the group now.
    static let revoked = Flags(rawValue: 64)
    /// Peaks of it are being looked at as possible falls, see `FallWatch`.
    static let watched = Flags(rawValue: 128)
  }

  @inline(__always) var sums: WindowSums {
    WindowSums(
      count: Int64(windowCount), sum: sum, squaresLow: squaresLow, squaresHigh: UInt32(squaresHigh))
  }

  @inline(__always)
  mutating func setSums(_ sums: WindowSums) {
    windowCount = UInt32(truncatingIfNeeded: sums.count)
    sum = sums.sum
    squaresLow = sums.squaresLow
    squaresHigh = UInt16(truncatingIfNeeded: sums.squaresHigh)
  }

  /// The full time of a slot: all times of a ring lie within 2³¹ ms of `lastTime`.
  @inline(__always)
  func time(of slot: RingSlab.Slot) -> Int64 {
    lastTime
      &- Int64(Int32(truncatingIfNeeded: UInt32(truncatingIfNeeded: lastTime) &- slot.time))
  }
}
