import Foundation
import Testing

/// The programs as a user starts them: what they print, and how they end.
@Suite(.serialized) struct CommandLineTests {
  @Test func aTakenPort_IsOneClearLine() throws {
    let cluster = try TestCluster()
    let running = try RunningService(cluster, topic: try cluster.topic("accelerometer"))
    let port = running.service.url.split(separator: ":").last ?? ""
    let demo = try ForeignProgram.run([
      "acalert", "demo", "--http", "127.0.0.1:\(port)", "--data", RunningService.makeFolder(),
      "--duration", "1",
    ])
    #expect(demo.status == 69)
    #expect(demo.errors.contains("127.0.0.1:\(port)"))
    #expect(demo.errors.split(separator: "\n").count <= 2)
  }

  @Test func aSecondServiceOnTheSameData_IsRefused() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("accelerometer")
    let running = try RunningService(cluster, topic: topic)
    #expect(throws: (any Error).self) {
      try RunningService(cluster, topic: topic, folder: running.folder)
    }
  }

  @Test func aWrongConfiguration_NamesFileAndLine() throws {
    let file = RunningService.makeFolder() + "/bad.yaml"
    try "kafka:\n  group: a\n  grop: b\n".write(toFile: file, atomically: true, encoding: .utf8)
    let check = try ForeignProgram.run(["acalert", "check-config", file])
    #expect(check.status == 78)
    #expect(check.errors.contains("\(file):3:3:"))
    #expect(check.errors.contains("did you mean \"group\"?"))
    try "kafka: { properties: { no.such.thing: 1 } }".write(
      toFile: file, atomically: true, encoding: .utf8)
    let unknown = try ForeignProgram.run(["acalert", "check-config", file])
    #expect(unknown.status == 78 && unknown.errors.contains("no.such.thing"))
    #expect(try ForeignProgram.run(["acalert", "check-config", file + ".none"]).status == 66)
  }

  @Test func help_TeachesEveryCommand() throws {
    let help = try ForeignProgram.run(["acalert", "--help"])
    #expect(help.status == 0)
    for command in ["demo", "serve", "status", "check-config", "replay", "rules", "label"] {
      #expect(help.output.contains(command))
      #expect(try ForeignProgram.run(["acalert", command, "--help"]).status == 0)
    }
  }

  @Test func demo_RunsAndStopsWithinTwoSeconds() throws {
    let folder = RunningService.makeFolder()
    let demo = try ForeignProgram([
      "acalert", "demo", "--http", "127.0.0.1:0", "--data", folder, "--users", "50", "--cameras",
      "3",
    ])
    try eventually(within: 40, "the demo's wearers and cameras are judged; \(demo.errors)") {
      guard FileManager.default.fileExists(atPath: folder + "/acalert.db") else { return false }
      let rows = try ForeignProgram.run([
        "sqlite3", "-cmd", ".timeout 5000", "\(folder)/acalert.db",
        "select group_concat(kind || ' ' || n) from (select kind, count(*) n from status "
          + "where state <> 'unknown' and kind <> 'camera-count' group by kind order by kind)",
      ])
      return rows.output.trimmingCharacters(in: .whitespacesAndNewlines) == "camera 6,wearer 50"
    }
    #expect(demo.output.contains("dashboard  http://127.0.0.1:"))
    let seconds = demo.stop()
    #expect(seconds < 2)
    #expect(demo.process.terminationStatus == 0)
  }

  @Test func replay_FlagsASpike() throws {
    let file = RunningService.makeFolder() + "/walk.csv"
    var text = "userid,t,a\n"
    for place in 0..<100 {
      text += "w,\(1_700_000_000_000 + place * 100),\(place == 60 ? "7.5" : "1.0\(place % 3)")\n"
    }
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    let replay = try ForeignProgram.run([
      "acalert", "replay", file, "--map", "t=ts", "--map", "a=acc", "--json",
    ])
    #expect(replay.status == 0)
    let lines = replay.output.split(separator: "\n")
    #expect(lines.filter { $0.contains("\"type\":\"anomaly\"") }.count == 1)
    #expect(lines.last?.contains("\"anomalies\":1") == true)
  }

  @Test func rules_AreCheckedAndTested() throws {
    let file = RunningService.makeFolder() + "/rules.yaml"
    let rules = """
      rules:
        - id: 1
          name: dogs
          unsafe: [dog]
          tests:
            - {name: a dog, expect: fires, events: [{objects: [{class: dog, probability: 0.9}]}]}
      assign: [{users: ["c-*"], rules: [1]}]

      """
    func write(_ text: String) throws {
      try text.write(toFile: file, atomically: true, encoding: .utf8)
    }
    try write(rules)
    #expect(try ForeignProgram.run(["acalert", "rules", "check", file]).status == 0)
    #expect(try ForeignProgram.run(["acalert", "rules", "test", file]).status == 0)
    let event = #"{"user":"c-1","device":"d","ts":1,"objects":[{"class":"dog","probability":0.4}]}"#
    let tried = try ForeignProgram.run(
      ["acalert", "rules", "test", file, "--events", "-"], input: event + "\n")
    #expect(tried.status == 0)
    #expect(tried.output.contains("c-1/d: rule 1: no: dog 0.40 is below 0.5"))

    try write(rules.replacing("fires", with: "safe"))
    let failed = try ForeignProgram.run(["acalert", "rules", "test", file])
    #expect(failed.status == 1)
    #expect(failed.output.contains("FAIL rule 1: a dog"))
    try write(rules.replacing("[dog]", with: "[dgo]"))
    let wrong = try ForeignProgram.run(["acalert", "rules", "check", file])
    #expect(wrong.status == 78)
    #expect(wrong.errors.contains("\(file):4:14: rules[0].unsafe[0]: no detector knows"))
    #expect(try ForeignProgram.run(["acalert", "rules", "check", file + ".none"]).status == 66)
    #expect(try ForeignProgram.run(["acalert", "rules", "test", file, "--user", "u"]).status == 64)
  }

  @Test func hangUp_ReadsTheRulesAgain() throws {
    let cluster = try TestCluster()
    let folder = RunningService.makeFolder()
    func write(_ name: String, _ text: String) throws {
      try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
    let rules = "rules: [{id: 1, name: dogs, unsafe: [dog]}]\nassign: [{rules: [1]}]\n"
    try write("rules.yaml", rules)
    try write(
      "acalert.yaml",
      """
      kafka: {bootstrap.servers: "\(cluster.brokers)", group: \(cluster.group)}
      streams:
        - {name: yard, type: camera, topics: \(try cluster.topic("cameras")), rules: rules.yaml}
      deadLetters: {enabled: no}
      store: {folder: "\(folder)"}
      http: {listen: "127.0.0.1:0"}

      """)
    #expect(
      try ForeignProgram.run(["acalert", "check-config", "\(folder)/acalert.yaml"])
        .output.contains("rule 1 dogs: danger if there is dog of at least 0.5"))
    let service = try ForeignProgram(["acalert", "serve", "--config", "\(folder)/acalert.yaml"])
    try eventually("it serves; \(service.errors)") {
      service.output.contains("the dashboard is at")
    }
    func hangUp(_ text: String, _ expected: String, times: Int = 1) throws {
      try write("rules.yaml", text)
      Foundation.kill(service.process.processIdentifier, SIGHUP)
      try eventually("\(expected); \(service.errors)") {
        service.errors.components(separatedBy: expected).count == times + 1
      }
    }
    try hangUp(rules.replacing("[dog]", with: "[dog, cat]"), "new rules: 1 rule for yard, version ")
    try hangUp(
      "rules: 5\n", "rules and models stay as they are: \(folder)/rules.yaml:1:8: rules: must be")
    try hangUp(rules, "new rules: 1 rule for yard, version ", times: 2)
    try hangUp(rules, "rules and models were read again and have not changed: 1 rule")
    #expect(service.process.isRunning)
    #expect(service.stop() < 4)
    #expect(service.process.terminationStatus == 0)
  }
}
