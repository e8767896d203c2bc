import Foundation
import Testing

/// Kafka is gone for a while, and nobody can know whether the wearers are silent.
@Suite(.serialized) struct OutageTests {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ACALERT_TEST_BROKERS"] == nil))
  func aClusterThatIsGone_MakesNobodySilent() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    let running = try RunningService(cluster, topic: topic) { settings in
      settings.kafka.properties["session.timeout.ms"] = "60000"
      settings.kafka.properties["reconnect.backoff.max.ms"] = "500"
      settings.streams[0].rules.window.length = 2_000
      settings.streams[0].rules.window.aggregate = 2_000
      settings.streams[0].rules.window.allowedLateness = 0
      settings.streams[0].rules.status.staleAfter = 6_200
    }
    try running.waitUntilReady()
    _ = try ForeignProgram.run(
      ["kcat", "-P", "-b", cluster.brokers, "-t", topic, "-k", "7"],
      input: ForeignClientTests.rest("7", seconds: 3))
    try eventually("the wearer is safe") {
      try running.query("select state from status") == "safe"
    }
    try cluster.setSilent(true)
    // Longer than a wearer may be silent.
    let end = Date(timeIntervalSinceNow: 11)
    try eventually("the time has passed") {
      let state = try running.query("select state from status")
      #expect(state == "safe")
      return Date() > end || state != "safe"
    }
    #expect(try running.query("select count(*) from alerts") == "0")
    try cluster.setSilent(false)
    try eventually("the silence is real") {
      try running.query("select state from status") == "stale"
    }
  }
}
