/// Remembers, for one partition, which offset came next at past steps of the engine.
///
/// A subject knows the step since which all of its ring's samples arrived; this list turns the step into
/// an offset of each partition: where a restart must begin to read so that the ring comes out the same.
struct Checkpoints {
  private struct Entry {
    var step: UInt32
    var next: Int64
  }

  /// Beyond so many entries every second one is dropped: the offsets found are then older than need
  /// be, never too young.
  private static let limit = 4096
  private var entries: [Entry] = []
  private var first = 0

  /// Notes that at the beginning of `step` the next offset was `next`.
  mutating func append(step: UInt32, next: Int64) {
    if let last = entries.last, first < entries.count, last.step == step || last.next == next {
      return
    }
    if entries.count - first >= Self.limit { thin() }
    entries.append(Entry(step: step, next: next))
  }

  /// The next offset at the latest checkpoint not after `step`; older checkpoints are forgotten.
  mutating func offset(at step: UInt32) -> Int64? {
    guard first < entries.count else { return nil }
    while first + 1 < entries.count, entries[first + 1].step <= step { first += 1 }
    if first > 1024 {
      entries.removeFirst(first)
      first = 0
    }
    return entries[first].next
  }

  private mutating func thin() {
    entries = entries[first...].enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
    first = 0
  }
}
