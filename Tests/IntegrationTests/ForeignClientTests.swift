import Foundation
import Testing

/// The main job, fed by a client that is not ours and looked at with programs that are not ours.
@Suite(.serialized) struct ForeignClientTests {
  /// The original producer's record, as it writes it.
  static func original(_ user: String, _ time: Date, _ value: String) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(identifier: "UTC")
    formatter.dateFormat = "yyyy-MM-dd HH:mm:ss SSS"
    let stamp = formatter.string(from: time)
    return "{\"userid\": \"\(user)\", \"time\": \"\(stamp)000\", \"acc\": \"\(value)\"}\n"
  }

  /// A wearer at rest for `seconds`, ten samples a second, up to now.
  static func rest(_ user: String, seconds: Double) -> String {
    let now = Date()
    return stride(from: -seconds, to: 0, by: 0.1).enumerated().map { place, offset in
      original(user, now.addingTimeInterval(offset), place % 2 == 0 ? "1.00" : "1.02")
    }.joined()
  }

  @Test func aFallSentByKcat_IsSeenEverywhereWithinASecond() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    let running = try RunningService(cluster, topic: topic)
    try running.waitUntilReady()
    let kcat = ["kcat", "-P", "-b", cluster.brokers, "-t", topic, "-k", "7"]
    _ = try ForeignProgram.run(kcat, input: Self.rest("7", seconds: 8))
    try eventually("the wearer is safe") {
      try running.get("api/v1/status/wearer/7")["state"] as? String == "safe"
    }

    let url = running.service.url
    let watcher = try ForeignProgram([
      "curl", "-sN", "\(url)/events?user=7&state=danger&since=\(try revision(running))",
    ])
    try eventually("the watcher is connected") { watcher.output.contains("retry:") }
    let fall = (0..<5).map { place in
      Self.original("7", Date().addingTimeInterval(Double(place) * 0.02), "4.2\(place)")
    }.joined()
    let begin = Date()
    _ = try ForeignProgram.run(kcat, input: fall)
    try eventually("curl sees the danger") {
      watcher.output.contains("\"state\":\"danger\"")
    }
    let delay = Date().timeIntervalSince(begin)
    print("from kcat's start to curl's output: \(Int(delay * 1000)) ms")

    let row = try running.get("api/v1/status/wearer/7")
    #expect(row["state"] as? String == "danger")
    #expect((row["reason"] as? String)?.contains("abnormal") == true)
    #expect(row["topic"] as? String == topic)
    #expect(
      try running.query("select user, state, topic from status where state = 'danger'")
        == "7|danger|\(topic)")
    let status = try ForeignProgram.run([
      "acalert", "status", "--data", running.folder, "--state", "danger", "--json",
    ])
    #expect(status.status == 0 && status.output.contains("\"user\":\"7\""))
    #expect(
      try ForeignProgram.run(["acalert", "status", "--data", running.folder, "--state", "stale"])
        .status == 1)
  }

  private func revision(_ running: RunningService) throws -> Int {
    try running.get("api/v1/status?limit=1")["revision"] as? Int ?? 0
  }

  @Test func recordsWithoutAKey_StillMakeOneWearer() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer", partitions: 4)
    let running = try RunningService(cluster, topic: topic)
    try running.waitUntilReady()
    // Each line to another partition, by turns, as a producer without keys does.
    let lines = Self.rest("nokey", seconds: 6).split(separator: "\n").map { $0 + "\n" }
    for partition in 0..<4 {
      let share = lines.enumerated().filter { $0.offset % 4 == partition }.map(\.element)
      _ = try ForeignProgram.run(
        ["kcat", "-P", "-b", cluster.brokers, "-t", topic, "-p", "\(partition)"],
        input: share.joined())
    }
    try eventually("all samples are stored or known to be late") {
      running.service.counters.records.current == lines.count
    }
    #expect(try running.query("select count(*) from status") == "1")
  }

  @Test func invalidRecords_ReachTheDeadLetterTopic_Untouched() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    if cluster.isEmbedded { _ = try cluster.topic("unused") }
    let running = try RunningService(cluster, topic: topic)
    try running.waitUntilReady()
    let kcat = ["kcat", "-P", "-b", cluster.brokers, "-t", topic, "-k", "k-1"]
    _ = try ForeignProgram.run(kcat, input: "{\"userid\": \"9\", \"acc\": NaN}\nnot json\n")
    try eventually("both are counted") {
      try running.get("api/v1/invalid")["total"] as? Int == 2
    }
    #expect(
      try running.query("select reason from invalid_records order by id") == "not_finite\nnot_json")
    try eventually("both are delivered") {
      running.service.counters.deadLettersDelivered.current == 2
    }
    let letters = try ForeignProgram.run([
      "kcat", "-C", "-b", cluster.brokers, "-t", "\(topic).dlq", "-o", "beginning", "-e", "-q",
      "-f", "%k %s [%h]\\n",
    ])
    #expect(letters.output.contains("k-1 {\"userid\": \"9\", \"acc\": NaN}"))
    #expect(letters.output.contains("k-1 not json"))
    #expect(letters.output.contains("__connect.errors.topic=\(topic)"))
    #expect(letters.output.contains("__connect.errors.exception.class.name=not_json"))
    // The stream goes on.
    _ = try ForeignProgram.run(kcat, input: Self.rest("9", seconds: 3))
    try eventually("good records still count") {
      try running.get("api/v1/status/wearer/9")["state"] as? String == "safe"
    }
  }
}
