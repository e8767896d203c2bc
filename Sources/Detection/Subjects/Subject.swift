/// What the engine keeps of one subject, in 88 bytes; its samples lie in a block of its own, see `RingFormat`.
///
/// The ring is sorted by time. From its oldest sample on it holds: those too old for the window, kept
/// for late samples and for tumbling windows that are still open; the `windowCount` samples of the
/// window before `lastTime`, whose sums are `sums`; and the `pending` samples at `lastTime` itself,
/// which are not part of their own baseline and join the sums when time moves on.
///
/// Of a million subjects each byte is a megabyte: the properties are as long as what they hold, and in an
/// order that leaves no gaps between them.
struct Subject {
  /// The newest sample's time; `Int64.min` before the first sample.
  var lastTime: Int64 = .min
  /// The record that caused the state, in `causePartition`.
  var causeOffset: Int64 = -1
  private var squaresLow: UInt64 = 0
  /// The sum in the lower 48 bits, above it the high word of the squares (for their bounds see `WindowSums`).
  private var sumAndSquares: UInt64 = 0

  private var arrival = ShortTime(0)
  /// The partition of the newest record, and of the one that caused the state.
  var partition: PartitionIndex = 0
  private var stateTime = ShortTime(0)
  var causePartition: PartitionIndex = 0
  private var windowStart = ShortTime(.min)
  /// The position of the ring's oldest sample in its block.
  var head: UInt16 = 0

  var count: UInt16 = 0
  private(set) var windowCount: UInt16 = 0
  var pending: UInt16 = 0
  var stream: UInt8 = 0
  /// The class of the ring's block; `noBlock` without one.
  var blockClass: UInt8 = Self.noBlock

  /// The ring's block, in the slab of its format.
  var block: UInt32 = 0
  /// Its place in `Engine.watches`, while the flag `watched` is set.
  var watch: UInt32 = 0
  /// Steps of the engine at or after which every sample of the ring arrived (see `Checkpoints`): the
  /// older one holds now, the younger one takes its place once all samples before it have left.
  var oldMark: UInt32 = 0
  var youngMark: UInt32 = 0
  /// The low half of `lastTime` when `youngMark` was set.
  private var markTime: UInt32 = 0
  var format = RingFormat.wide
  var state: SafetyState = .unknown
  var previousState: SafetyState = .unknown
  var flags: Flags = []

  static let noBlock: UInt8 = .max

  /// When the newest record reached Kafka.
  @inline(__always) var lastArrival: Int64 {
    get { arrival.value }
    set { arrival = ShortTime(newValue) }
  }

  /// When the state was entered.
  @inline(__always) var since: Int64 {
    get { stateTime.value }
    set { stateTime = ShortTime(newValue) }
  }

  /// The start of the oldest tumbling window that is not yet closed.
  @inline(__always) var openWindow: Int64 {
    get { windowStart.value }
    set { windowStart = ShortTime(newValue) }
  }

  /// How long before `time` the younger mark was set; that is within 2³¹ ms of `lastTime`.
  @inline(__always)
  func sinceMark(at time: Int64) -> Int64 {
    Int64(Int32(truncatingIfNeeded: UInt32(truncatingIfNeeded: time) &- markTime))
  }

  @inline(__always)
  mutating func setMark(step: UInt32, at time: Int64) {
    youngMark = step
    markTime = UInt32(truncatingIfNeeded: time)
  }

  /// For a subject of which `lastTime` is known and no mark: as if the younger one had been set longer ago than
  /// any window reaches, so that the next sample sets it anew.
  mutating func makeMarkDue() { markTime = UInt32(truncatingIfNeeded: lastTime &- 1 << 30) }

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
      count: Int64(windowCount), sum: Int64(bitPattern: sumAndSquares << 16) >> 16,
      squaresLow: squaresLow, squaresHigh: UInt32(truncatingIfNeeded: sumAndSquares >> 48))
  }

  @inline(__always)
  mutating func setSums(_ sums: WindowSums) {
    windowCount = UInt16(truncatingIfNeeded: sums.count)
    squaresLow = sums.squaresLow
    sumAndSquares =
      UInt64(sums.squaresHigh) << 48 | UInt64(bitPattern: sums.sum) & 0xffff_ffff_ffff
  }
}

/// A time in milliseconds since 1970, in six bytes: `Int64.min`, or from the year 1413 to 9999, where times of
/// records end (``Sample/maxTime``). What lies beyond is cut to these bounds.
struct ShortTime {
  private var low: UInt32
  private var high: UInt16

  /// What a stored 0 means, which stands for `Int64.min`.
  private static let origin: Int64 = -(1 << 44)

  @inline(__always)
  init(_ time: Int64) {
    let bits = UInt64(clamping: max(time, Self.origin) &- Self.origin)
    low = UInt32(truncatingIfNeeded: bits)
    high = bits >> 48 == 0 ? UInt16(truncatingIfNeeded: bits >> 32) : .max
  }

  @inline(__always) var value: Int64 {
    let bits = UInt64(high) << 32 | UInt64(low)
    return bits == 0 ? .min : Self.origin &+ Int64(bits)
  }
}
