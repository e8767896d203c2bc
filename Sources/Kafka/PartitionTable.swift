import CRdkafka
import Synchronization

/// What the polling thread knows of one partition.
struct PartitionState {
  var isAssigned = false
  /// The offset that the next message should have, −1 while that is not known.
  var expected: Int64 = -1
  /// The end that was reached last, −1 for none. It lies after `expected` where the last offsets hold no
  /// message.
  var endReached: Int64 = -1
  /// Where reading was to begin, for a broker that cannot answer at first.
  var start = StartPosition.beginning
  /// When a jump in the offsets was last held against the broker's low watermark.
  var lastJudged = Int64.min
  /// Whether librdkafka was told not to fetch it.
  var isPaused = false
}

/// Every (topic, partition) that the consumer has seen, its index and its state.
///
/// `states` and the look-ups belong to the polling thread. `known` may be read from any thread.
struct PartitionTable {
  var states: [PartitionState] = []
  private var topics: [Topic] = []
  /// The pointers seen in the current batch, which keeps their topics alive. A pointer is never
  /// believed beyond its batch: a deleted topic's memory may come back as another topic's.
  private var pointers: [(pointer: OpaquePointer, topic: Int)] = []

  private struct Topic {
    var name: String
    /// The same with the zero at its end.
    var bytes: ContiguousArray<CChar>
    /// The index of each partition of the topic, −1 for one not seen yet.
    var indices: [Int] = []
  }

  mutating func beginBatch() {
    pointers.removeAll(keepingCapacity: true)
  }

  /// The index of a message's partition. Allocates only for a partition never seen before.
  mutating func index(
    of topic: OpaquePointer, _ partition: Int32, known: borrowing Mutex<[TopicPartition]>
  ) -> Int {
    var position = -1
    for entry in pointers where entry.pointer == topic {
      position = entry.topic
      break
    }
    if position < 0 {
      guard let name = rd_kafka_topic_name(topic) else { return -1 }
      position = self.position(of: name)
      pointers.append((topic, position))
    }
    return index(at: position, Int(partition), known: known)
  }

  mutating func index(
    named topic: UnsafePointer<CChar>, _ partition: Int32, known: borrowing Mutex<[TopicPartition]>
  ) -> Int {
    index(at: position(of: topic), Int(partition), known: known)
  }

  private mutating func index(
    at position: Int, _ partition: Int, known: borrowing Mutex<[TopicPartition]>
  ) -> Int {
    if partition < topics[position].indices.count {
      let index = topics[position].indices[partition]
      if index >= 0 { return index }
    }
    return add(partition, to: position, known: known)
  }

  private mutating func position(of name: UnsafePointer<CChar>) -> Int {
    for position in topics.indices {
      let isSame = topics[position].bytes.withUnsafeBufferPointer {
        equal($0.baseAddress, name)
      }
      if isSame { return position }
    }
    let text = String(cString: name)
    topics.append(Topic(name: text, bytes: ContiguousArray(text.utf8CString)))
    return topics.count - 1
  }

  private func equal(_ left: UnsafePointer<CChar>?, _ right: UnsafePointer<CChar>) -> Bool {
    guard let left else { return false }
    var i = 0
    while left[i] == right[i] {
      if left[i] == 0 { return true }
      i += 1
    }
    return false
  }

  private mutating func add(
    _ partition: Int, to position: Int, known: borrowing Mutex<[TopicPartition]>
  ) -> Int {
    let index = states.count
    states.append(PartitionState())
    let missing = partition + 1 - topics[position].indices.count
    if missing > 0 {
      topics[position].indices.append(contentsOf: repeatElement(-1, count: missing))
    }
    topics[position].indices[partition] = index
    let name = topics[position].name
    known.withLock {
      $0.append(TopicPartition(index: index, topic: name, partition: Int32(partition)))
    }
    return index
  }
}
