import CRdkafka
import Synchronization
import Threads

/// Wakes librdkafka's fetcher, which sleeps on when its full queue has been drained.
///
/// Any request to a partition's leader does that, for the thread that sends it is the one that fetches.
/// This asks each leader for the ends of its partitions, the least there is to ask; since librdkafka only
/// offers to wait for the answer, it is done on a thread of its own, named "fetch-wake". Without it a
/// queue must hold about a second's worth of records to keep the service busy, which is memory.
final class FetchWaker: Sendable {
  private final class Work: Sendable {
    let shouldStop = Atomic<Bool>(false)
    let isAsked = Atomic<Bool>(false)
    /// Whether the next answer is to be kept, and the last one that was.
    let wantsEnds = Atomic<Bool>(false)
    let ends = Mutex<[End]>([])
    let semaphore = Semaphore()
    // Unsafe for the raw pointer: the client is thread-safe, and destroyed only after the join.
    nonisolated(unsafe) let client: OpaquePointer

    init(client: OpaquePointer) { self.client = client }
  }

  /// Where a partition ends, as its leader has said.
  struct End: Sendable {
    var topic: String
    var partition: Int32
    var offset: Int64
  }

  /// How long a broker may take to answer: those that do were woken long before.
  private static let timeout: Int32 = 300

  private let work: Work
  private let thread: NamedThread

  init(client: OpaquePointer) throws(ThreadError) {
    let work = Work(client: client)
    self.work = work
    thread = try NamedThread(name: "fetch-wake") { Self.run(work) }
  }

  /// Wakes the fetchers of all brokers, soon. Never waits, and while a call is under way another one
  /// that waits is enough.
  func wake() {
    guard !work.isAsked.exchange(true, ordering: .acquiringAndReleasing) else { return }
    work.semaphore.signal()
  }

  /// Where the partitions ended when that was asked last after a call of this function; it has the next
  /// answer kept. Never waits.
  func ends() -> [End] {
    work.wantsEnds.store(true, ordering: .releasing)
    return work.ends.withLock { $0 }
  }

  /// Waits for the thread to end, as long as a broker may take to answer. Called once.
  func stop() {
    work.shouldStop.store(true, ordering: .releasing)
    work.semaphore.signal()
    thread.join()
  }

  private static func run(_ work: Work) {
    while true {
      work.semaphore.wait()
      if work.shouldStop.load(ordering: .acquiring) { return }
      work.isAsked.store(false, ordering: .releasing)
      var assignment: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
      guard rd_kafka_assignment(work.client, &assignment) == RD_KAFKA_RESP_ERR_NO_ERROR,
        let assignment
      else { continue }
      let list = PartitionList(adopting: assignment)
      guard list.count > 0 else { continue }
      for i in list.elements.indices { list.elements[i].offset = PartitionList.end }
      // Whether there is an answer does not matter, nor mostly what it says.
      _ = rd_kafka_offsets_for_times(work.client, list.pointer, timeout)
      if work.wantsEnds.exchange(false, ordering: .acquiringAndReleasing) { keep(list, in: work) }
    }
  }

  private static func keep(_ list: PartitionList, in work: Work) {
    let answered = list.elements.filter {
      $0.err == RD_KAFKA_RESP_ERR_NO_ERROR && $0.offset >= 0
    }
    let ends = answered.map {
      End(topic: String(cString: $0.topic), partition: $0.partition, offset: $0.offset)
    }
    work.ends.withLock { $0 = ends }
  }
}
