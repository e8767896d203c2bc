/// What the engine keeps of one subject, in 64 bytes, which is one line of the processor's cache; its samples lie
/// in a block of its own, see `RingFormat`.
///
/// The ring is sorted by time. From its oldest sample on it holds: those too old for the window, kept
/// for late samples and for tumbling windows that are still open; the `windowCount` samples of the
/// window before `lastTime`, of which `RingBlock` knows the sums; and the `pending` samples at `lastTime` itself,
/// which are not part of their own baseline and join the sums when time moves on.
///
/// Of a million subjects each byte is a megabyte: the properties are as long as what they hold, and in an
/// order that leaves no gaps between them.
struct Subject {
  private var newest = ShortTime(.min)
  /// The partition of the newest record, and of the one that caused the state.
  var partition: PartitionIndex = 0
  private var arrival = ShortTime(0)
  var causePartition: PartitionIndex = 0
  private var stateTime = ShortTime(0)
  /// The position of the ring's oldest sample in its block.
  var head: UInt16 = 0
  private var windowStart = ShortTime(.min)
  var count: UInt16 = 0

  /// One more than the offset of the record that caused the state in the lower 56 bits; the state above it in
  /// four, and the one before that in the topmost four.
  private var causeAndStates: UInt64 = 0

  /// The ring's block, in the slab of its format.
  var block: UInt32 = 0
  /// Steps of the engine at or after which every sample of the ring arrived (see `Checkpoints`): the
  /// older one holds now, the younger one takes its place once all samples before it have left.
  var oldMark: UInt32 = 0
  var youngMark: UInt32 = 0
  /// The low half of `lastTime` when `youngMark` was set.
  private var markTime: UInt32 = 0
  var windowCount: UInt16 = 0
  var pending: UInt16 = 0
  var stream: UInt8 = 0
  /// The class of the ring's block; `noBlock` without one.
  var blockClass: UInt8 = Self.noBlock
  var format = RingFormat.wide
  var flags: Flags = []

  static let noBlock: UInt8 = .max

  /// The newest sample's time; `Int64.min` before the first sample.
  @inline(__always) var lastTime: Int64 {
    get { newest.value }
    set { newest = ShortTime(newValue) }
  }

  @inline(__always) var state: SafetyState {
    get { Self.state(causeAndStates &>> 56) }
    set { causeAndStates = causeAndStates & ~(0xf << 56) | UInt64(newValue.rawValue) << 56 }
  }

  /// The state before that.
  @inline(__always) var previousState: SafetyState {
    get { Self.state(causeAndStates &>> 60) }
    set { causeAndStates = causeAndStates & ~(0xf << 60) | UInt64(newValue.rawValue) << 60 }
  }

  @inline(__always)
  private static func state(_ bits: UInt64) -> SafetyState {
    SafetyState(rawValue: UInt8(truncatingIfNeeded: bits & 0xf)).unsafelyUnwrapped
  }

  /// The record that caused the state, in `causePartition`; -1 if none did. At a million records a second a
  /// partition gets to the end of these numbers in 2,000 years.
  var causeOffset: Int64 {
    get { Int64(causeAndStates & Self.offsetMask) &- 1 }
    set {
      let bits = UInt64(min(max(newValue, -1), Int64(Self.offsetMask) - 1) + 1)
      causeAndStates = causeAndStates & ~Self.offsetMask | bits
    }
  }

  private static let offsetMask: UInt64 = 1 << 56 - 1

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
}
