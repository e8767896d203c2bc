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
    for command in ["demo", "serve", "status", "check-config", "replay"] {
      #expect(help.output.contains(command))
      #expect(try ForeignProgram.run(["acalert", command, "--help"]).status == 0)
    }
  }

  @Test func demo_RunsAndStopsWithinTwoSeconds() throws {
    let folder = RunningService.makeFolder()
    let demo = try ForeignProgram([
      "acalert", "demo", "--http", "127.0.0.1:0", "--data", folder, "--users", "50",
    ])
    try eventually(within: 40, "the demo's wearers are judged; \(demo.errors)") {
      guard FileManager.default.fileExists(atPath: folder + "/acalert.db") else { return false }
      let rows = try ForeignProgram.run([
        "sqlite3", "-cmd", ".timeout 5000", "\(folder)/acalert.db",
        "select count(*) from status where state <> 'unknown'",
      ])
      return (Int(rows.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) == 50
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
}
