import Detection
import Foundation
import Kafka
import Store
import Testing
import Threads

@testable import AcalertService

/// A database that takes nothing for a while: reading stops, nothing is lost, and all goes on after.
@Suite(.serialized) struct BackPressureTests {
  @Test func whileTheDatabaseIsLocked_RecordsWaitInKafka() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    let running = try RunningService(cluster, topic: topic) { $0.kafka.maxBatchRecords = 300 }
    try running.waitUntilReady()
    let counters = running.service.counters
    let producer = try Producer(ProducerConfiguration(bootstrapServers: cluster.brokers))
    var sent = 0
    func send(_ count: Int) throws {
      for _ in 0..<count {
        let user = "u-\(sent % 10)"
        let record = "{\"user\":\"\(user)\",\"ts\":\(1_700_000_000_000 + sent * 10),\"acc\":1}"
        try producer.send(topic: topic, key: Array(user.utf8), value: Array(record.utf8))
        sent += 1
      }
      #expect(producer.flush(timeoutMilliseconds: 20_000))
    }
    try send(1_000)
    try eventually("the first are stored") { counters.records.current == sent }

    let holder = try ForeignProgram(["sqlite3", running.database])
    try holder.send(".timeout 5000\nbegin immediate;\nselect 'locked';\n")
    try eventually("sqlite3 holds the lock") { holder.output.contains("locked") }
    // More than the hand-over holds: the pipeline must stop and wait, but stay in its group.
    try eventually(within: 60, "a commit fails, and reading is paused") {
      if counters.pauses.current == 0 { try send(200) }
      return counters.failedCommits.current > 0 && counters.pauses.current > 0
    }
    try send(1_000)
    let held = counters.records.current
    #expect(held < sent)
    try holder.send("commit;\n.quit\n")
    try eventually(within: 60, "everything is stored") { counters.records.current == sent }
    #expect(try running.query("select sum(next_offset) from partitions") == "\(sent)")
    #expect(counters.lostRecords.current == 0)
    #expect(running.service.failure == nil)
  }

  /// A batch that was given up must not be passed over by the offsets of the next one.
  @Test func afterABatchThatCouldNotBeStored_NoLaterOneIs() throws {
    let path = RunningService.makeFolder() + "/acalert.db"
    var options = StoreOptions()
    options.busyTimeout = 50
    let store = try Store(path: path, options: options)
    defer { store.close() }
    try store.useConfiguration(Configuration().configurationVersion(at: 0))
    let partition = try store.partitionIndex(for: TopicPartitionName(topic: "t", partition: 0))
    func batch(next: Int64) -> Decisions {
      var decisions = Decisions()
      decisions.progress = [PartitionProgress(partition: partition, next: next, rewind: 0)]
      decisions.recordCount = 1
      return decisions
    }
    let handOver = HandOver(capacity: 4)
    let counters = ServiceCounters()
    let writer = try StoreWriter(store, handOver, counters) {
      counters.failedCommits.current > 0
    }
    let thread = try NamedThread(name: "store") { writer.run() }

    #expect(handOver.put(batch(next: 1), timeout: 1))
    #expect(handOver.waitUntilEmpty(timeout: 10))
    let holder = try ForeignProgram(["sqlite3", path])
    try holder.send("begin immediate;\nselect 'locked';\n")
    try eventually("sqlite3 holds the lock") { holder.output.contains("locked") }
    #expect(handOver.put(batch(next: 2), timeout: 1))
    try eventually("the batch is given up") { counters.failedCommits.current > 0 }
    try holder.send("commit;\n.quit\n")
    holder.process.waitUntilExit()
    #expect(handOver.put(batch(next: 3), timeout: 1))
    #expect(handOver.waitUntilEmpty(timeout: 10))
    handOver.close()
    #expect(thread.join(withinMilliseconds: 10_000))
    #expect(try store.partitions().map(\.next) == [1])
  }
}
