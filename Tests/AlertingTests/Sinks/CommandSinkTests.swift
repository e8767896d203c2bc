import Foundation
import Store
import Testing

@testable import Alerting

@Suite struct CommandSinkTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func send(
    _ script: String, _ message: AlertMessage = MessageSample.message(), timeout: Int64 = 20_000
  ) throws -> SinkAnswer {
    let program = try folder.write("#!/bin/sh\n\(script)\n", to: UUID().uuidString, mode: 0o755)
    return try MessageSample.sink(
      .command(.init(arguments: [program, folder.path, "$(touch evil); `id`"])), timeout: timeout
    ).send(message)
  }

  @Test func getsTheMessageAndTheMainFacts() throws {
    setenv("ACALERT_TEST_SECRET", "hunter2", 1)
    let message = MessageSample.message([MessageSample.entry(user: "u;$(touch evil)\n`id`")])
    let answer = try send(
      #"cat > "$1/in"; env > "$1/env"; printf %s "$2" > "$1/argument"; pwd; ls /proc/self/fd | wc -l"#,
      message)
    #expect(answer.outcome == .accepted)
    #expect(answer.status == 0)
    let input = try #require(folder.read("in"))
    #expect(try AlertMessage(json: input.utf8) == message)
    #expect(input.hasSuffix("\n"))
    let environment = try #require(folder.read("env"))
    for line in [
      "ACALERT_SEVERITY=danger", "ACALERT_STATUS=firing", "ACALERT_ALERT=17",
      "ACALERT_DEVICE=watch",
      "ACALERT_KEY=\(message.key)", "ACALERT_COUNT=1", "ACALERT_LATITUDE=40.7128",
      "ACALERT_INCIDENT=\(message.incidentKey)",
    ] {
      #expect(environment.contains(line + "\n"), "\(line)")
    }
    #expect(environment.contains("\nPATH="))
    #expect(!environment.contains("hunter2"))
    #expect(folder.read("argument") == "$(touch evil); `id`")
    #expect(folder.read("evil") == nil)
    // Its three, and the one by which ls reads the folder.
    #expect(answer.answer.split(separator: "\n").last == "4")
  }

  @Test(
    arguments: [
      ("exit 0", AlertDelivery.Outcome.accepted, "ok", 0), ("exit 75", .retried, "exit", 75),
      ("exit 1", .refused, "exit", 1), ("exit 127", .refused, "exit", 127),
      ("kill -TERM $$", .refused, "signal", 15),
    ])
  func isJudgedByItsEnd(
    _ script: String, outcome: AlertDelivery.Outcome, reason: String, status: Int
  ) throws {
    let answer = try send(script)
    #expect(answer.outcome == outcome)
    #expect(answer.reason == reason)
    #expect(answer.status == status)
  }

  @Test func isKilledWithAllItsChildrenWhenItsTimeIsUp() throws {
    let start = Date()
    let answer = try send(
      #"trap '' TERM; echo begun; sleep 300 & echo $! > "$1/child"; wait"#, timeout: 500)
    #expect(answer.outcome == .retried)
    #expect(answer.reason == "timeout")
    #expect(answer.answer == "begun")
    #expect(Date().timeIntervalSince(start) < 20)
    let child = try #require(folder.read("child").flatMap { Int32($0.trimmed) })
    // Nobody of ours reaps a grandchild: gone, or waiting for its new parent to look.
    #expect(
      eventually {
        guard kill(child, 0) == 0 else { return true }
        let status = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
        return status?.contains(") Z ") ?? true
      })
  }

  @Test func isNotWaitedForIfItLeavesAChildWithItsOutput() throws {
    let start = Date()
    let answer = try send("sleep 300 & echo $!")
    #expect(answer.outcome == .accepted)
    #expect(Date().timeIntervalSince(start) < 20)
    if let child = Int32(answer.answer) { kill(child, SIGKILL) }
  }

  @Test func mayLeaveItsInputAndWriteALot() throws {
    var message = MessageSample.message((1...100).map { MessageSample.entry($0) })
    message.notice = String(repeating: "x", count: 500_000)
    let answer = try send("head -c 3000000 /dev/zero | tr '\\0' 'y'; exit 75", message)
    #expect(answer.outcome == .retried)
    #expect(answer.answer == String(repeating: "y", count: AlertDelivery.maxAnswerBytes))
  }

  @Test func endsThoughTheProgramWritesWithoutEnd() throws {
    let answer = try send("cat /dev/zero", timeout: 300)
    #expect(answer.reason == "timeout")
  }

  @Test func isRefusedIfThereIsNone() throws {
    let answer = try MessageSample.sink(.command(.init(arguments: ["/no/such/program"])))
      .send(MessageSample.message())
    #expect(answer.outcome == .refused)
    #expect(answer.reason == "spawn")
    #expect(answer.answer == "No such file or directory")
  }
}
