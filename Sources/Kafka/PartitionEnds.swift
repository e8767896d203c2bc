import CRdkafka
import Synchronization
import Threads

/// Asks the leaders of this member's partitions where these end.
///
/// The answer tells what waits in Kafka and, more important, that nothing does: only a leader knows. And
/// the question wakes librdkafka's fetcher, which sleeps on when its full queue has been drained: any
/// request to a leader does that, for the thread that sends it is the one that fetches. Without it a queue
/// must hold about a second's worth of records to keep the service busy, which is memory.
///
/// Since librdkafka only offers to wait for the answer, it is done on a thread of its own, named
/// "partition-ends".
final class PartitionEnds: Sendable {
  /// What the leaders said.
  struct Answer: Sendable {
    /// When they were asked, by `MonotonicClock`: what came later is not in it.
    var asked = Int64.min
    /// The offset after the newest record, by topic and partition. Those without an answer are missing.
    var offsets: [String: [Int32: Int64]] = [:]

    func end(of partition: TopicPartition) -> Int64? {
      offsets[partition.topic]?[partition.partition]
    }

    fileprivate mutating func add(_ list: PartitionList) {
      for element in list.elements
      where element.err == RD_KAFKA_RESP_ERR_NO_ERROR && element.offset >= 0 {
        offsets[String(cString: element.topic), default: [:]][element.partition] = element.offset
      }
    }
  }

  private final class Work: Sendable {
    let shouldStop = Atomic<Bool>(false)
    let isAsked = Atomic<Bool>(false)
    let isAnswerWanted = Atomic<Bool>(false)
    let isAnswerNew = Atomic<Bool>(false)
    let answer = Mutex(Answer())
    let semaphore = Semaphore()
    // Unsafe for the raw pointer: the client is thread-safe, and destroyed only after the join.
    nonisolated(unsafe) let client: OpaquePointer

    init(client: OpaquePointer) { self.client = client }
  }

  /// How long a broker may take to answer at first, and at most, in milliseconds; fetchers were woken long
  /// before. Who is far away or overloaded is given more time after each question that came to nothing.
  private static let patience: ClosedRange<Int32> = 300...1_200

  private let work: Work
  private let thread: NamedThread

  init(client: OpaquePointer) throws(ThreadError) {
    let work = Work(client: client)
    self.work = work
    thread = try NamedThread(name: "partition-ends") { Self.run(work) }
  }

  /// Wakes the fetchers of all brokers, soon. Never waits, and while a call is under way another one
  /// that waits is enough.
  func wakeFetchers() {
    guard !work.isAsked.exchange(true, ordering: .acquiringAndReleasing) else { return }
    work.semaphore.signal()
  }

  /// Has the leaders asked, soon; the answer is kept. Never waits.
  func ask() {
    work.isAnswerWanted.store(true, ordering: .releasing)
    wakeFetchers()
  }

  /// The answer to a question, once; nil if there is none that has not been taken. Costs next to nothing
  /// then.
  func takeAnswer() -> Answer? {
    guard work.isAnswerNew.load(ordering: .acquiring),
      work.isAnswerNew.exchange(false, ordering: .acquiringAndReleasing)
    else { return nil }
    return work.answer.withLock { $0 }
  }

  /// Waits for the thread to end, as long as a broker may take to answer. Called once.
  func stop() {
    work.shouldStop.store(true, ordering: .releasing)
    work.semaphore.signal()
    thread.join()
  }

  private static func run(_ work: Work) {
    var timeout = patience.lowerBound
    while true {
      work.semaphore.wait()
      if work.shouldStop.load(ordering: .acquiring) { return }
      work.isAsked.store(false, ordering: .releasing)
      let isWanted = work.isAnswerWanted.exchange(false, ordering: .acquiringAndReleasing)
      guard let partitions = assignment(work.client) else { continue }
      var answer = Answer(asked: MonotonicClock.milliseconds())
      if query(work.client, partitions, timeout) {
        if isWanted { answer.add(partitions) }
        // Next time it may take three times as long as this time.
        let took = MonotonicClock.milliseconds() - answer.asked
        timeout = max(patience.lowerBound, timeout / 2, Int32(clamping: 3 * took))
        timeout = min(timeout, patience.upperBound)
      } else if !work.shouldStop.load(ordering: .acquiring) {
        // One leader that cannot be reached spoils the answer of all: each is asked by itself.
        for list in byLeader(work.client, partitions, timeout)
        where !work.shouldStop.load(ordering: .acquiring) && query(work.client, list, timeout) {
          answer.add(list)
        }
        timeout = min(timeout * 2, patience.upperBound)
      }
      guard isWanted else { continue }
      work.answer.withLock { $0 = answer }
      work.isAnswerNew.store(true, ordering: .releasing)
    }
  }

  private static func assignment(_ client: OpaquePointer) -> PartitionList? {
    var assignment: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    guard rd_kafka_assignment(client, &assignment) == RD_KAFKA_RESP_ERR_NO_ERROR, let assignment
    else { return nil }
    let list = PartitionList(adopting: assignment)
    return list.count > 0 ? list : nil
  }

  /// Puts the ends of the partitions into their list; false if not all of the leaders answered.
  private static func query(
    _ client: OpaquePointer, _ list: PartitionList, _ timeout: Int32
  ) -> Bool {
    for i in list.elements.indices { list.elements[i].offset = PartitionList.end }
    return rd_kafka_offsets_for_times(client, list.pointer, timeout) == RD_KAFKA_RESP_ERR_NO_ERROR
  }

  /// The partitions that have a leader, a list for each.
  private static func byLeader(
    _ client: OpaquePointer, _ partitions: PartitionList, _ timeout: Int32
  ) -> [PartitionList] {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    guard
      rd_kafka_metadata(client, 0, nil, &metadata, timeout) == RD_KAFKA_RESP_ERR_NO_ERROR,
      let metadata
    else { return [] }
    defer { rd_kafka_metadata_destroy(metadata) }
    var leaders: [String: [Int32: Int32]] = [:]
    for topic in UnsafeBufferPointer(
      start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt))
    {
      let name = String(cString: topic.topic)
      for partition in UnsafeBufferPointer(
        start: topic.partitions, count: Int(topic.partition_cnt))
      {
        leaders[name, default: [:]][partition.id] = partition.leader
      }
    }
    var lists: [Int32: PartitionList] = [:]
    for element in partitions.elements {
      guard let leader = leaders[String(cString: element.topic)]?[element.partition], leader >= 0
      else { continue }
      let list = lists[leader] ?? PartitionList()
      lists[leader] = list
      rd_kafka_topic_partition_list_add(list.pointer, element.topic, element.partition)
    }
    return Array(lists.values)
  }
}
