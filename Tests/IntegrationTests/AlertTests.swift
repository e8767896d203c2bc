import Foundation
import Testing

/// Alerts from a record to a receiver that is not ours, whatever dies in between.
@Suite(.serialized) struct AlertTests {
  /// A service of its own process with one receiver, and a wearer who can fall.
  struct Room {
    let cluster: TestCluster
    let topic: String
    let folder = RunningService.makeFolder()
    let receiver: RecordingReceiver
    let config: String

    init(_ more: String = "") throws {
      cluster = try TestCluster()
      topic = try cluster.topic("accelerometer")
      receiver = try RecordingReceiver()
      try """
      keepFiring: 1s
      receivers:
        - name: hook
          webhook: { url: "\(receiver.url)/alerts" }
      route:
        receivers: [hook]
        groupBy: [user, cause]
        groupWait: 0s
        groupInterval: 1s
      \(more)
      """.write(toFile: folder + "/alerts.yaml", atomically: true, encoding: .utf8)
      let properties = cluster.properties.merging(["session.timeout.ms": "6000"]) { one, _ in one }
        .map { "    \($0.key): \"\($0.value)\"" }.sorted()
      config = folder + "/acalert.yaml"
      try """
      kafka:
        bootstrap.servers: "\(cluster.brokers)"
        group: \(cluster.group)
        properties:
      \(properties.joined(separator: "\n"))
      streams:
        - name: accelerometer
          kind: wearer
          topics: [\(topic)]
          status: { clear: { after: 1s } }
      store: { folder: "\(folder)" }
      http: { listen: "127.0.0.1:0" }
      alerts: { file: alerts.yaml }
      """.write(toFile: config, atomically: true, encoding: .utf8)
    }

    func serve() throws -> ForeignProgram {
      let program = try ForeignProgram(["acalert", "serve", "--config", config])
      try eventually(within: 60, "it watches; \(program.errors)") {
        program.output.contains("acalert is watching")
      }
      return program
    }

    func send(_ records: String) throws {
      _ = try ForeignProgram.run(
        ["kcat", "-P", "-b", cluster.brokers, "-t", topic, "-k", "7"], input: records)
    }

    /// Ten seconds of rest, then a fall.
    func fall(_ user: String = "7") throws {
      try send(ForeignClientTests.rest(user, seconds: 8))
      try send(
        (0..<5).map { place in
          ForeignClientTests.original(
            user, Date().addingTimeInterval(Double(place) * 0.02), "4.2\(place)")
        }.joined())
    }

    func query(_ sql: String) throws -> String {
      let result = try ForeignProgram.run([
        "sqlite3", "-cmd", ".timeout 5000", "file:\(folder)/acalert.db?mode=ro", sql,
      ])
      return result.output.trimmingCharacters(in: .newlines)
    }

    /// The calls that told of danger, and their keys.
    func dangers() throws -> [RecordingReceiver.Call] {
      try receiver.calls().filter { call in
        let alerts = call.body["alerts"] as? [[String: Any]] ?? []
        return alerts.contains {
          ($0["labels"] as? [String: String])?["severity"] == "danger"
            && $0["status"] as? String == "firing"
        }
      }
    }
  }

  @Test func aFall_IsToldOnce_AndSoIsItsEnd() throws {
    let room = try Room()
    let service = try room.serve()
    try room.fall()
    try eventually("the receiver knows; \(service.errors)") { try room.dangers().count == 1 }
    try room.send(ForeignClientTests.rest("7", seconds: 0.5))
    try eventually("the wearer gets up") {
      for _ in 0..<5 { try room.send(ForeignClientTests.rest("7", seconds: 0.2)) }
      return try room.query("select state from status") == "safe"
    }
    try eventually("its end is told") {
      try room.receiver.calls().last?.body["status"] as? String == "resolved"
    }
    #expect(try room.dangers().count == 1)
    #expect(try room.query("select severity, phase from alerts") == "danger|resolved")
    try eventually("all is delivered") {
      try room.query("select count(*) from notifications where state = 'waiting'") == "0"
    }
    #expect(
      Int(try room.query("select count(*) from deliveries where outcome != 'accepted'")) == 0)
    #expect(service.stop() < 4)
  }

  @Test func killedBetweenDecisionAndDelivery_TheNextLifeDelivers() throws {
    let room = try Room()
    // Nobody accepts anything: what is decided waits.
    try room.receiver.answer(503)
    let victim = try room.serve()
    try room.fall()
    try eventually("it is decided; \(victim.errors)") {
      try room.query("select severity from alerts") == "danger"
    }
    victim.kill()
    let before = try room.receiver.calls().count
    try room.receiver.answer(200)
    let service = try room.serve()
    try eventually("it is delivered; \(service.errors)") {
      try room.query("select count(*) from notifications where state = 'waiting'") == "0"
        && room.dangers().count > 0 && room.receiver.calls().count > before
    }
    #expect(try Set(room.dangers().compactMap { $0.headers["idempotency-key"] }).count <= 2)
    #expect(
      try room.query(
        "select count(*) from deliveries d join notifications n on n.id = d.notification "
          + "where d.outcome = 'accepted' group by n.id having count(*) > 1") == "")
    #expect(service.stop() < 4)
  }

  @Test func killedDuringDelivery_AtMostOneDuplicateWithTheSameKey() throws {
    let room = try Room()
    try room.receiver.answer(200, after: 20)
    let victim = try room.serve()
    try room.fall()
    try eventually("the call is under way; \(victim.errors)") {
      try room.receiver.calls().count == 1
    }
    victim.kill()
    try room.receiver.answer(200)
    let service = try room.serve()
    try eventually("nothing waits; \(service.errors)") {
      try room.receiver.calls().count > 1
        && room.query("select count(*) from notifications where state = 'waiting'") == "0"
    }
    let keys = try room.receiver.calls().compactMap { $0.headers["idempotency-key"] }
    #expect(keys.filter { $0 == keys[0] }.count == 2)
    #expect(Dictionary(grouping: keys) { $0 }.values.allSatisfy { $0.count <= 2 })
    #expect(service.stop() < 4)
  }

  @Test func peopleActFromTheCommandLine() throws {
    let room = try Room()
    let service = try room.serve()
    let url = try #require(service.output.firstMatch(of: /http:\/\/[0-9.:]+/)).output
    func acalert(_ arguments: String...) throws -> (output: String, errors: String, status: Int32) {
      try ForeignProgram.run(["acalert"] + arguments + ["--url", String(url)])
    }
    try eventually("it is ready") { try acalert("check").status == 0 }
    #expect(try acalert("check").output.hasPrefix("ACALERT OK - 0 in danger"))
    #expect(try acalert("alerts").status == 1)

    try room.fall()
    try eventually("an alert is open; \(service.errors)") {
      try acalert("alerts", "--severity", "danger").status == 0
    }
    #expect(try acalert("alerts").output.contains("wearer 7: 3 abnormal"))
    let critical = try acalert("check")
    #expect(critical.status == 2 && critical.output.contains("| danger=1;;1;0"))

    #expect(try acalert("ack", "1", "--author", "Ann", "--note", "on my way").status == 0)
    let late = try acalert("ack", "1", "--author", "Ben")
    #expect(late.status == 1 && late.errors.contains("acknowledged"))
    #expect(try acalert("check").status == 0)
    #expect(try acalert("alerts", "1").output.contains("acknowledged by Ann: on my way"))

    let silence = try acalert(
      "silence", "add", "--for", "1h", "--comment", "test", "--author", "Ann", "user=7")
    #expect(silence.status == 0 && silence.output.hasPrefix("1  active"))
    #expect(try acalert("silence", "list").output.contains("user=7  Ann: test"))
    #expect(try acalert("silence", "expire", "1").output.hasPrefix("1  expired"))
    #expect(try acalert("silence", "list").output.isEmpty)
    let bad = try acalert("silence", "add", "--for", "1h", "--comment", "test", "colour=red")
    #expect(bad.status == 1 && bad.errors.contains("no label 'colour'"))
    #expect(service.stop() < 4)
    #expect(try acalert("alerts").status == 69)
    #expect(try acalert("check").status == 2)
  }

  @Test func hangUp_ReadsTheFileOfAlertsAgain_AndABadOneChangesNothing() throws {
    let room = try Room()
    let service = try room.serve()
    let file = room.folder + "/alerts.yaml"
    let good = try String(contentsOfFile: file, encoding: .utf8)
    func reload(_ text: String, until line: String) throws {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      kill(service.process.processIdentifier, SIGHUP)
      try eventually("the log says so; \(service.errors)") {
        (service.output + service.errors).contains(line)
      }
    }
    try reload(good + "\nnonsense: 1", until: "the settings of alerts stay as they are")
    try room.fall("7")
    try eventually("told as before; \(service.errors)") { try room.dangers().count == 1 }
    #expect(try room.dangers()[0].path == "/alerts")

    try reload(
      good.replacingOccurrences(of: "/alerts\"", with: "/elsewhere\""),
      until: "the settings of alerts were read again")
    try room.fall("8")
    try eventually("told by the new settings; \(service.errors)") {
      try room.dangers().contains { $0.path == "/elsewhere" }
    }
    #expect(try room.dangers().count == 2)
    #expect(service.stop() < 4)
  }
}
