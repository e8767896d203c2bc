/// What is to be done when: the earliest first, of one moment what was put in first. A binary heap.
///
/// Entries are never taken back; whoever takes one out knows whether it still holds.
struct DeadlineQueue<Work: Sendable>: Sendable {
  private struct Entry: Sendable {
    var time: Int64
    var number: Int
    var work: Work

    func isBefore(_ other: Entry) -> Bool { (time, number) < (other.time, other.number) }
  }

  private var heap: [Entry] = []
  private var pushed = 0

  var first: (time: Int64, work: Work)? { heap.first.map { ($0.time, $0.work) } }
  var count: Int { heap.count }

  mutating func push(_ work: Work, at time: Int64) {
    heap.append(Entry(time: time, number: pushed, work: work))
    pushed += 1
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].isBefore(heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes out the first if its time has come.
  mutating func pop(until now: Int64) -> Work? {
    guard let first, first.time <= now else { return nil }
    return popFirst()?.work
  }

  mutating func popFirst() -> (time: Int64, work: Work)? {
    guard let first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
        if heap[child].isBefore(heap[least]) { least = child }
      }
      guard least != parent else { return first }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
