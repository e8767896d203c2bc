import Foundation
import Testing

/// Cameras, from a client that is not ours to the row, the threat, the report and the verdict; and rules
/// that change while the service runs.
@Suite(.serialized) struct CameraTests {
  /// Rule 200: a person on the loading dock in three frames of five.
  static let rules = """
    rules:
      - id: 200
        name: person in restricted area
        unsafe: [person]
        match: any
        probability: 0.85
        zones: [loading-dock]
        persist: { frames: 3, of: 5, within: 4s }
        cooldown: 60s
    assign:
      - { users: ["c-*"], devices: ["dock*"], rules: [200] }
    ignore:
      - { users: ["c-8"], classes: [person] }

    """

  /// A service for cameras as a process of its own.
  final class Cameras {
    let cluster: TestCluster
    let topic: String
    let folder = RunningService.makeFolder()
    let serve: ForeignProgram
    let url: String

    init(rules: String, topic name: String = "camera-events") throws {
      cluster = try TestCluster()
      topic = try cluster.topic(name)
      if cluster.isEmbedded { _ = try cluster.topic("unused") }
      let properties = cluster.properties.map { "    \($0.key): \"\($0.value)\"" }.sorted()
      let text = """
        kafka:
          bootstrap.servers: "\(cluster.brokers)"
          group: \(cluster.group)
          properties:
        \(properties.joined(separator: "\n"))
        streams:
          - name: cameras
            type: camera
            topics: [\(topic)]
            rules: rules.yaml
        store: { folder: "\(folder)" }
        http: { listen: "127.0.0.1:0" }
        """
      try text.write(toFile: folder + "/acalert.yaml", atomically: true, encoding: .utf8)
      try rules.write(toFile: folder + "/rules.yaml", atomically: true, encoding: .utf8)
      let program = try ForeignProgram(["acalert", "serve", "--config", folder + "/acalert.yaml"])
      serve = program
      try eventually(within: 30, "the service says where it is; \(program.errors)") {
        program.output.contains("http://")
      }
      let start = try #require(program.output.range(of: "http://"))
      let address = String(program.output[start.lowerBound...].prefix { !$0.isWhitespace })
      url = address
      try eventually(within: 30, "the service is ready") {
        try ForeignProgram.run(["curl", "-s", address + "/readyz"]).output.contains("\"ready\"")
      }
    }

    func get(_ path: String) throws -> [String: Any] { try json(["-s", url + path]) }

    func json(_ arguments: [String]) throws -> [String: Any] {
      let output = try ForeignProgram.run(["curl", "--max-time", "10"] + arguments).output
      return try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }

    func query(_ sql: String) throws -> String {
      try ForeignProgram.run([
        "sqlite3", "-cmd", ".timeout 5000", "file:\(folder)/acalert.db?mode=ro", sql,
      ]).output.trimmingCharacters(in: .newlines)
    }

    func send(_ lines: [String], headers: [String] = []) throws {
      _ = try ForeignProgram.run(
        ["kcat", "-P", "-b", cluster.brokers, "-t", topic, "-k", "c-9"]
          + headers.flatMap { ["-H", $0] },
        input: lines.joined(separator: "\n") + "\n")
    }

    /// The version of the rules in use.
    func version() throws -> String? {
      (try get("/api/v1/rules")["streams"] as? [[String: Any]])?.first?["version"] as? String
    }

    func state(_ path: String) throws -> String? {
      try get("/api/v1/status/camera/" + path)["state"] as? String
    }
  }

  static func frame(
    _ user: String, _ device: String, _ time: Int, objects: [String], contrast: Double = 0.41
  ) -> String {
    """
    {"user":"\(user)","device":"\(device)","site":"s-1","ts":\(time),\
    "timezone":"America/New_York","image":{"format":"jpeg","width":1280,"height":720,\
    "bytes":90211,"contrast":\(contrast)},"objects":[\(objects.joined(separator: ","))]}
    """
  }

  static func object(_ name: String, _ probability: Double, zone: String? = nil) -> String {
    let zones = zone.map { ",\"zones\":[\"\($0)\"]" } ?? ""
    return
      "{\"class\":\"\(name)\",\"probability\":\(probability),\"box\":[0.4,0.4,0.1,0.2]\(zones)}"
  }

  private func now() -> Int { Int(Date().timeIntervalSince1970 * 1000) }

  @Test func aPersonOnTheDock_IsDangerInWords_AndTracedToItsRecord() throws {
    let cameras = try Cameras(rules: Self.rules)
    let begin = now() - 3_000
    let dog = Self.object("dog", 0.9)
    try cameras.send([
      Self.frame("c-9", "dock", begin, objects: [dog]),
      Self.frame("c-8", "dock", begin, objects: []),
      Self.frame("c-9", "hall", begin, objects: []),
    ])
    try eventually("the cameras are safe") { try cameras.state("c-9/dock") == "safe" }

    let person = Self.object("person", 0.93, zone: "loading-dock")
    // Not on the dock, not this user, not this camera, not three times: nothing.
    try cameras.send(
      (1...3).map {
        Self.frame("c-9", "dock", begin + $0 * 100, objects: [Self.object("person", 0.93)])
      }
        + (1...3).map { Self.frame("c-8", "dock", begin + $0 * 100, objects: [person]) }
        + (1...3).map { Self.frame("c-9", "hall", begin + $0 * 100, objects: [person]) }
        + (4...5).map { Self.frame("c-9", "dock", begin + $0 * 100, objects: [person]) })
    try eventually("all were taken") {
      try cameras.query("select sum(next_offset) from partitions") == "14"
    }
    #expect(try cameras.get("/api/v1/threats")["items"] as? [[String: String]] == [])

    let watcher = try ForeignProgram(["curl", "-sN", "\(cameras.url)/events?state=danger"])
    try eventually("the watcher is connected") { watcher.output.contains("retry:") }
    try cameras.send([Self.frame("c-9", "dock", begin + 600, objects: [person, dog])])
    let words = "person 0.93 in loading-dock, 3 of 5 frames, rule 200"
    try eventually("the watcher sees it") { watcher.output.contains(words) }

    let row = try cameras.get("/api/v1/status/camera/c-9/dock")
    #expect(row["state"] as? String == "danger" && row["reason"] as? String == words)
    #expect(row["value"] as? Double == 0.93)
    let page = try cameras.get("/api/v1/threats?user=c-9")
    let threats = try #require(page["items"] as? [[String: Any]])
    let threat = try #require(threats.first)
    #expect(threats.count == 1)
    #expect(threat["rule"] as? Int == 200 && threat["reason"] as? String == words)
    #expect(threat["site"] as? String == "s-1")
    #expect(threat["topic"] as? String == cameras.topic)
    // To the very record …
    let partition = try #require(threat["partition"] as? Int)
    let offset = try #require(threat["offset"] as? Int)
    let record = try ForeignProgram.run([
      "kcat", "-C", "-b", cameras.cluster.brokers, "-t", cameras.topic, "-p", "\(partition)",
      "-o", "\(offset)", "-c", "1", "-q",
    ])
    #expect(record.output.contains("\"ts\":\(begin + 600)"))
    // … and to the rules that judged it.
    let version = try #require(threat["config"] as? String)
    let text = try cameras.query("select text from config_versions where version = '\(version)'")
    #expect(text.contains("person in restricted area"))
    let served = try cameras.get("/api/v1/configs/\(version)")["text"] as? String
    #expect(served?.trimmingCharacters(in: .newlines) == text)
    #expect(try cameras.get("/api/v1/configs/none")["status"] as? Int == 404)

    try verdict(on: threat, cameras)
  }

  /// An operator says that it was a false alarm; the report knows.
  private func verdict(on threat: [String: Any], _ cameras: Cameras) throws {
    let id = try #require(threat["id"] as? Int)
    let answer = try cameras.json([
      "-s", "-H", "Content-Type: application/json", "-d",
      #"{"verdict":"false_alarm","note":"a scarecrow"}"#,
      "\(cameras.url)/api/v1/threats/\(id)/verdict",
    ])
    #expect((answer["verdict"] as? [String: Any])?["verdict"] as? String == "false_alarm")
    #expect(
      try cameras.query("select verdict, note from verdicts") == "false_alarm|a scarecrow")
    let report = try cameras.get("/api/v1/reports/daily?timezone=UTC")
    let rules = try #require(report["rules"] as? [[String: Any]])
    // Around midnight the threat may have been yesterday.
    if let rule = rules.first {
      #expect(rule["rule"] as? Int == 200 && rule["false_alarm_rate"] as? Double == 1)
    }
    let csv = try ForeignProgram.run([
      "curl", "-s", "\(cameras.url)/api/v1/reports/daily?format=csv",
    ])
    #expect(csv.output.contains("section"))
  }

  @Test func newRules_TakeEffectWithoutARestart_AndBadOnesDoNot() throws {
    let cameras = try Cameras(rules: Self.rules)
    let begin = now() - 5_000
    let dog = Self.object("dog", 0.9)
    try cameras.send([Self.frame("c-9", "dock", begin, objects: [dog])])
    try eventually("the dog is safe") { try cameras.state("c-9/dock") == "safe" }
    let first = try #require(try cameras.version())

    let file = cameras.folder + "/rules.yaml"
    try "rules:\n  - id: 7\n    nmae: dogs\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    let refused = try cameras.json(["-s", "-X", "POST", cameras.url + "/api/v1/rules"])
    #expect(refused["status"] as? Int == 422)
    #expect((refused["detail"] as? String)?.contains("rules.yaml:3:5") == true)
    #expect(try cameras.version() == first)

    let dogs = """
      rules:
        - { id: 7, name: dogs, unsafe: [dog], probability: 0.8 }
      assign:
        - { rules: [7] }

      """
    try dogs.write(toFile: file, atomically: true, encoding: .utf8)
    kill(cameras.serve.process.processIdentifier, SIGHUP)
    var second = ""
    try eventually("the new rules are in use") {
      second = try cameras.version() ?? first
      return second != first
    }
    try cameras.send([Self.frame("c-9", "dock", begin + 1_000, objects: [dog])])
    try eventually("the dog is dangerous now") { try cameras.state("c-9/dock") == "danger" }
    #expect(
      try cameras.query("select rule, config_version from threats") == "7|\(second)")
    #expect(try cameras.get("/api/v1/status/camera/c-9/dock")["config"] as? String == second)
    #expect(cameras.serve.process.isRunning)
  }

  @Test func whatCannotBeUsed_HasItsReason_AndAVoidImageIsAFault() throws {
    let cameras = try Cameras(rules: Self.rules)
    let begin = now() - 8_000
    try cameras.send([
      Self.frame("c-9", "dock", begin, objects: []),
      #"{"device":"dock","ts":\#(begin),"objects":[]}"#,
      Self.frame("c-9", "dock", begin, objects: [Self.object("person", 1.5)]),
      Self.frame("c-9", "dock", begin, objects: []).replacingOccurrences(
        of: "America/New_York", with: "Mars/Olympus"),
    ])
    try eventually("three are invalid") {
      try cameras.get("/api/v1/invalid")["total"] as? Int == 3
    }
    #expect(
      try cameras.query("select reason from invalid_records order by reason")
        == "bad_probability\nbad_timezone\nmissing_field")
    try cameras.send(
      (1...5).map { Self.frame("c-9", "dock", begin + $0 * 1_000, objects: [], contrast: 0.003) })
    try eventually("the camera is blind") { try cameras.state("c-9/dock") == "warning" }
    #expect(
      try cameras.query("select user, device, fault from equipment_faults")
        == "c-9|dock|void_image")
  }

  @Test func aCloudEventInHeaders_IsReadAsOne() throws {
    let cameras = try Cameras(rules: Self.rules)
    try cameras.send(
      [#"{"objects":[]}"#],
      headers: [
        "ce_specversion=1.0", "ce_id=1", "ce_source=/detector", "ce_type=objects.seen",
        "ce_subject=c-5/gate", "ce_time=2026-01-05T02:00:00Z",
      ])
    try eventually("the camera is known") { try cameras.state("c-5/gate") == "safe" }

    // One that cannot be used keeps its headers on its way to the dead-letter topic.
    try cameras.send(
      [#"{"objects":7}"#], headers: ["ce_specversion=1.0", "ce_subject=c-5/gate", "trace=a1"])
    try eventually("it is in the dead-letter topic") {
      try ForeignProgram.run([
        "kcat", "-C", "-b", cameras.cluster.brokers, "-t", "\(cameras.topic).dlq", "-o",
        "beginning", "-e", "-q", "-f", "%s [%h]\\n",
      ]).output.contains(
        #"{"objects":7} [ce_specversion=1.0,ce_subject=c-5/gate,trace=a1,__connect.errors.topic="#)
    }
  }
}
