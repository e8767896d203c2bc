import Glibc

/// One connection's place in the log and what is under way to it. Pure: the I/O is the event loop's.
struct Watcher {
  let filter: (@Sendable (EventTag) -> Bool)?
  /// What makes the next chunk; `nil` once the prelude has ended.
  var prelude: (@Sendable () -> EventStream.PreludeStep)?
  /// A worker is making a chunk.
  var isMakingChunk = false
  /// Sequence of the next entry to send.
  private(set) var cursor: UInt64
  /// How much of the entry at `cursor` has been sent already.
  private(set) var sentOfEntry = 0
  /// Entries with this id or a lower one were part of the prelude.
  var resumeAfter: UInt64 = 0
  /// The socket has refused bytes since the watcher last had everything: only now does coalescing
  /// apply, a watcher that keeps up sees each event.
  private(set) var isBehind = false

  init(_ stream: EventStream, cursor: UInt64) {
    filter = stream.filter
    prelude = stream.prelude
    self.cursor = cursor
  }

  /// Whether the next byte sent would begin an event.
  var isAtBoundary: Bool { sentOfEntry == 0 }

  /// Whether the log has overwritten what the watcher had still to get.
  func hasFallenOff(_ ring: EventRing) -> Bool { cursor < ring.firstSequence }

  /// Pieces of the ring to send next, and the entries they belong to.
  struct Plan {
    var memory: [iovec] = []
    /// With each entry, how many before it are left out because a newer one replaces them.
    var entries: [(sequence: UInt64, bytes: Int, leftOut: Int)] = []
    var byteCount = 0
    /// Where the watcher stands once all of it is sent.
    var endCursor: UInt64 = 0
    /// Entries left out because a newer one replaces them, in all.
    var leftOut = 0

    mutating func clear() {
      memory.removeAll(keepingCapacity: true)
      entries.removeAll(keepingCapacity: true)
      byteCount = 0
      leftOut = 0
    }
  }

  /// The most that one plan holds: more than a socket takes at once, and bounded work for the loop.
  static let maxPlanBytes = 128 * 1024
  static let maxPlanPieces = 64

  /// Plans what to send next. No bytes in the plan: nothing is left that the watcher wants.
  ///
  /// - Precondition: the watcher has not fallen off `ring`.
  func plan(from ring: EventRing, into plan: inout Plan) {
    plan.clear()
    var sequence = cursor
    while sequence < ring.endSequence, plan.byteCount < Self.maxPlanBytes,
      plan.memory.count < Self.maxPlanPieces
    {
      let entry = ring[sequence]
      // What has been begun must be finished, replaced or not.
      let begun = sequence == cursor ? sentOfEntry : 0
      if begun > 0 || wants(entry) {
        if begun == 0 && isBehind && isReplaced(entry, in: ring) {
          plan.leftOut += 1
        } else {
          let count = entry.length - begun
          ring.appendMemory(from: entry.start + UInt64(begun), count: count, to: &plan.memory)
          plan.entries.append((sequence, count, plan.leftOut))
          plan.byteCount += count
        }
      }
      sequence += 1
    }
    plan.endCursor = sequence
  }

  /// Moves past the `sent` bytes of `plan` that the socket took.
  ///
  /// - Returns: the number of events completed, and of those left out for good.
  mutating func advance(_ sent: Int, of plan: Plan) -> (completed: Int, leftOut: Int) {
    var left = sent
    for (index, entry) in plan.entries.enumerated() {
      if left < entry.bytes {
        isBehind = true
        sentOfEntry = entry.sequence == cursor ? sentOfEntry + left : left
        cursor = entry.sequence
        return (index, entry.leftOut)
      }
      left -= entry.bytes
    }
    cursor = plan.endCursor
    sentOfEntry = 0
    return (plan.entries.count, plan.leftOut)
  }

  /// Notes that the socket refused bytes of the head or the prelude.
  mutating func noteRefusal() { isBehind = true }

  /// Notes that everything in the log has been sent.
  mutating func noteCaughtUp() { isBehind = false }

  private func wants(_ entry: EventRing.Entry) -> Bool {
    if let id = entry.id, id <= resumeAfter { return false }
    return filter?(entry.tag) ?? true
  }

  /// Whether a newer entry with the same key will be sent instead.
  ///
  /// It must itself pass the filter: one that does not would never tell the watcher. The search along
  /// the key's newer entries is bounded; giving up means sending, which is always right.
  private func isReplaced(_ entry: EventRing.Entry, in ring: EventRing) -> Bool {
    var successor = entry.successor
    for _ in 0..<16 where successor != 0 {
      let newer = ring[successor]
      if wants(newer) { return true }
      successor = newer.successor
    }
    return false
  }
}
