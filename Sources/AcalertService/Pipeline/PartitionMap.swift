import Detection
import Synchronization

/// Which partition of the store is which of the consumer; written by the pipeline on assignment, read by
/// the store's thread.
final class PartitionMap: Sendable {
  private let entries = Mutex<[PartitionIndex: (name: TopicPartitionName, place: Int)]>([:])

  func set(_ index: PartitionIndex, name: TopicPartitionName, place: Int) {
    entries.withLock { $0[index] = (name, place) }
  }

  func name(of index: PartitionIndex) -> TopicPartitionName? {
    entries.withLock { $0[index]?.name }
  }

  func place(of index: PartitionIndex) -> Int? { entries.withLock { $0[index]?.place } }
}
