import Foundation
import Kafka
import Testing

/// A database that takes nothing for a while: reading stops, nothing is lost, and all goes on after.
@Suite(.serialized) struct BackPressureTests {
  @Test func whileTheDatabaseIsLocked_RecordsWaitInKafka() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    let running = try RunningService(cluster, topic: topic)
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
    try eventually(within: 60, "a commit fails") {
      try send(200)
      return counters.failedCommits.current > 0
    }
    let held = counters.records.current
    #expect(held < sent)
    try holder.send("commit;\n.quit\n")
    try eventually(within: 60, "everything is stored") { counters.records.current == sent }
    #expect(try running.query("select sum(next_offset) from partitions") == "\(sent)")
    #expect(counters.lostRecords.current == 0)
    #expect(running.service.failure == nil)
  }
}
