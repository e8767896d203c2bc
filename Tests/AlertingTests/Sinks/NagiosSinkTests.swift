import Foundation
import Testing

@testable import Alerting

@Suite struct NagiosSinkTests {
  @Test func writesResultsIntoTheCommandFile() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/nagios.cmd"
    #expect(mkfifo(path, 0o600) == 0)
    var settings = ReceiverSettings.Nagios(way: .commandFile(path))
    settings.host = "{{kind}}s"
    let sink = try MessageSample.sink(.nagios(settings), timeout: 2_000)

    // Nobody reads yet.
    let alone = sink.send(MessageSample.message())
    #expect(alone.outcome == .retried)
    #expect(alone.reason == "connection")

    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    var evil = MessageSample.entry(19, severity: "warning", user: "a;b\n[0] SHUTDOWN_PROGRAM\n")
    evil.reason = "one|two;three\nfour"
    let message = MessageSample.message(
      [MessageSample.entry(), MessageSample.entry(18, status: .resolved, user: "u-18"), evil])
    let answer = sink.send(message)
    #expect(answer.outcome == .accepted)
    let lines = read(reader).split(separator: "\n").map(String.init)
    let start = "[1795257121] PROCESS_SERVICE_CHECK_RESULT;wearers;wearer"
    try #require(lines.count == 3)
    #expect(
      lines[0].hasPrefix("\(start) u-17 watch abnormal;2;DANGER: u-17 (wearer watch): 3 abnormal"))
    #expect(lines[1].hasPrefix("\(start) u-18 watch abnormal;0;RESOLVED: u-18"))
    #expect(
      lines[2]
        == "\(start) a b [0] SHUTDOWN_PROGRAM watch abnormal;1;"
        + "WARNING: a b [0] SHUTDOWN_PROGRAM (wearer watch): one two three four")
  }

  @Test func waitsForRoomInTheCommandFileUntilItsTimeIsUp() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/nagios.cmd"
    #expect(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    let sink = try MessageSample.sink(.nagios(.init(way: .commandFile(path))), timeout: 100)
    let full = MessageSample.message(
      (1...100).map { MessageSample.entry($0, user: String(repeating: "u", count: 200)) })
    var answer = sink.send(full)
    for _ in 0..<10 where answer.outcome == .accepted { answer = sink.send(full) }
    #expect(answer.outcome == .retried)
    #expect(answer.reason == "timeout")
    _ = read(reader)
    #expect(sink.send(MessageSample.message()).outcome == .accepted)
  }

  @Test func writesIntoNothingButAPipe() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("", to: "nagios.cmd")
    let sink = try MessageSample.sink(.nagios(.init(way: .commandFile(path))))
    #expect(sink.send(MessageSample.message()).outcome == .retried)
    #expect(folder.read("nagios.cmd") == "")
    let none = try MessageSample.sink(.nagios(.init(way: .commandFile(path + ".none"))))
    #expect(none.send(MessageSample.message()).outcome == .retried)
  }

  @Test func feedsAProgramLinesWithTabs() throws {
    let folder = try TemporaryFolder()
    let program = try folder.write(
      "#!/bin/sh\ncat > \"$1\"\necho 2 data packets sent\n", to: "send_nsca", mode: 0o755)
    let sink = try MessageSample.sink(
      .nagios(.init(way: .pipe([program, "\(folder.path)/got"]))))
    let entry = MessageSample.entry(18, user: "tab\there")
    let answer = sink.send(
      MessageSample.message([MessageSample.entry(severity: "warning"), entry]))
    #expect(answer.outcome == .accepted)
    #expect(answer.answer == "2 data packets sent")
    let rows = try #require(folder.read("got")).split(separator: "\n")
      .map { $0.components(separatedBy: "\t") }
    try #require(rows.count == 2)
    #expect(rows[0].prefix(3) == ["acalert", "wearer u-17 watch abnormal", "1"])
    #expect(rows[1].prefix(3) == ["acalert", "wearer tab here watch abnormal", "2"])
    #expect(rows.allSatisfy { $0.count == 4 })
  }

  @Test func tellsOfNoticesToo() throws {
    let folder = try TemporaryFolder()
    let program = try folder.write("#!/bin/sh\ncat > \"$1\"\n", to: "send_nsca", mode: 0o755)
    let sink = try MessageSample.sink(.nagios(.init(way: .pipe([program, "\(folder.path)/got"]))))
    var message = MessageSample.message([])
    message.kind = "notice"
    message.notice = "receiver bob keeps failing"
    message.severity = "danger"
    _ = sink.send(message)
    #expect(
      folder.read("got") == "acalert\tacalert notice\t2\tAcalert: receiver bob keeps failing\n")
  }

  private func read(_ descriptor: Int32) -> String {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return text }
      text += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
  }
}
