/// How far each partition has been done, and whether the group has been told.
///
/// It is committed by the consumer and not by librdkafka, which before its version 2.2 commits offsets
/// without their metadata.
struct GroupOffsets {
  struct Entry {
    var next: Int64
    var metadata: String
    /// Whether a commit of it is on its way or has been accepted.
    var isSent: Bool
  }

  private(set) var entries: [Int: Entry] = [:]

  /// Notes that all before an offset of a partition is done.
  mutating func store(_ index: Int, next: Int64, metadata: String) {
    if let entry = entries[index], entry.next == next, entry.metadata == metadata { return }
    entries[index] = Entry(next: next, metadata: metadata, isSent: false)
  }

  mutating func forget(_ indices: [Int]) {
    for index in indices { entries[index] = nil }
  }

  /// What is to be told of these partitions; it counts as told from now on.
  mutating func take(of indices: some Sequence<Int>) -> [(index: Int, entry: Entry)] {
    var taken: [(index: Int, entry: Entry)] = []
    for index in indices {
      guard let entry = entries[index], !entry.isSent else { continue }
      entries[index]?.isSent = true
      taken.append((index, entry))
    }
    return taken
  }

  /// A commit failed, which one is not known: all are told again.
  mutating func takeBack() {
    for index in entries.keys { entries[index]?.isSent = false }
  }
}
