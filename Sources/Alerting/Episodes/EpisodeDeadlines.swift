/// When the book must look at something again, the earliest first: a binary heap.
///
/// Nothing is taken out before its time. What was put off is found to be so when its turn comes, and is put
/// back: so a subject that flaps a thousand times within its delay is in here once.
struct EpisodeDeadlines: Sendable {
  enum Item: Equatable, Sendable {
    /// The episode with this number may be resolved.
    case recovery(Int64)
    /// The silence of this subject may be an alert.
    case silence(UInt32)
  }

  struct Entry: Sendable {
    /// By the wall clock, in milliseconds since 1970.
    var due: Int64
    var item: Item

    /// Among equals silences come first, then the lower number: the order is nobody's accident.
    fileprivate static func precedes(_ left: Entry, _ right: Entry) -> Bool {
      if left.due != right.due { return left.due < right.due }
      switch (left.item, right.item) {
      case (.silence(let left), .silence(let right)): return left < right
      case (.recovery(let left), .recovery(let right)): return left < right
      case (.silence, .recovery): return true
      case (.recovery, .silence): return false
      }
    }
  }

  private var entries: [Entry] = []

  var first: Entry? { entries.first }

  mutating func removeAll() { entries.removeAll(keepingCapacity: true) }

  mutating func push(_ item: Item, due: Int64) {
    entries.append(Entry(due: due, item: item))
    var place = entries.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard Entry.precedes(entries[place], entries[parent]) else { break }
      entries.swapAt(place, parent)
      place = parent
    }
  }

  /// Takes out the first entry if its time has come.
  mutating func pop(until now: Int64) -> Entry? {
    guard let first = entries.first, first.due <= now else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var place = 0
    while true {
      var least = 2 * place + 1
      guard least < entries.count else { break }
      if least + 1 < entries.count, Entry.precedes(entries[least + 1], entries[least]) {
        least += 1
      }
      guard Entry.precedes(entries[least], entries[place]) else { break }
      entries.swapAt(place, least)
      place = least
    }
    return first
  }
}
