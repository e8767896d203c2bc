import Glibc
import Store

/// Nagios, by passive check results: one for each alert
/// (https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/passivechecks.html).
///
/// They go into the external command file, a named pipe that Nagios reads, or to a program such as
/// `send_nsca`. A result that comes twice changes nothing.
struct NagiosSink: Sink {
  private let way: ReceiverSettings.Nagios.Way
  private let host: MessageTemplate
  private let service: MessageTemplate
  private let text: AlertText
  private let timeout: Int64

  /// A line is to fit into a pipe in one piece (PIPE_BUF of Linux), or lines of several writers would mix.
  private static let maxLine = 4_096

  init(
    _ settings: ReceiverSettings.Nagios, _ receiver: ReceiverSettings, _ text: AlertText
  ) throws(SinkError) {
    way = settings.way
    switch settings.way {
    case .commandFile(let path):
      guard path.hasPrefix("/") else { throw SinkError("the command file is not a whole path") }
    case .pipe(let arguments): _ = try CommandSink.checked(arguments)
    }
    do {
      host = try MessageTemplate(settings.host)
      service = try MessageTemplate(settings.service)
    } catch {
      throw SinkError("template: \(error)")
    }
    self.text = text
    timeout = receiver.timeout
  }

  func send(_ message: AlertMessage) -> SinkAnswer {
    let results = results(of: message)
    switch way {
    case .commandFile(let path):
      let time = message.created / 1_000
      let lines = results.map { result in
        let start = "[\(time)] PROCESS_SERVICE_CHECK_RESULT;"
        return Self.line("\(start)\(result.host);\(result.service);\(result.code);", result.text)
      }
      return NamedPipe.write(lines, to: path, by: Deadline(milliseconds: timeout))
    case .pipe(let arguments):
      let lines = results.map { result in
        Self.line("\(result.host)\t\(result.service)\t\(result.code)\t", result.text)
      }
      return CommandSink.answer(
        ChildProcess.run(
          arguments, environment: ChildProcess.plainEnvironment(), input: lines.flatMap { $0 },
          timeout: timeout))
    }
  }

  struct Result {
    var host: String
    var service: String
    /// 0 OK, 1 WARNING, 2 CRITICAL.
    var code: Int
    var text: String
  }

  private func results(of message: AlertMessage) -> [Result] {
    guard message.kind == "alerts" else {
      let facts = AlertFacts.facts(of: message)
      return [
        Result(
          host: Self.cleaned(host.render(facts)), service: "acalert \(message.kind)",
          code: Self.code(message.status, message.severity),
          text: Self.cleaned(text.title(of: message)))
      ]
    }
    return message.entries.map { entry in
      let facts = AlertFacts.facts(of: entry)
      var single = message
      single.entries = [entry]
      single.truncated = 0
      single.status = entry.status
      single.severity = entry.severity
      return Result(
        host: Self.cleaned(host.render(facts)), service: Self.cleaned(service.render(facts)),
        code: Self.code(entry.status, entry.severity),
        text: Self.cleaned(text.title(of: single)))
    }
  }

  private static func code(_ status: AlertMessage.Entry.Status, _ severity: String) -> Int {
    status == .resolved ? 0 : severity == "danger" ? 2 : 1
  }

  /// Without what divides fields and lines, begins performance data, or is twice the same space.
  static func cleaned(_ text: String) -> String {
    text.oneLine.map { ";|\\".contains($0) ? " " : $0 }.split(separator: " ").map { String($0) }
      .joined(separator: " ")
  }

  private static func line(_ start: String, _ text: String) -> [UInt8] {
    Array("\(start)\(text)".cut(toBytes: maxLine - 1).utf8) + [0x0a]
  }
}

/// A named pipe that somebody else reads.
enum NamedPipe {
  /// Writes each line in one piece. Nobody who reads, or reads fast enough, is a reason to try again.
  static func write(_ lines: [[UInt8]], to path: String, by deadline: Deadline) -> SinkAnswer {
    let pipe = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
    guard pipe >= 0 else {
      let text = errno == ENXIO ? "nobody reads the command file" : String(cString: strerror(errno))
      return SinkAnswer(outcome: .retried, reason: "connection", answer: text)
    }
    defer { close(pipe) }
    var status = stat()
    guard fstat(pipe, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
      // A program that is not running leaves none; what lies there instead is read by nobody.
      return SinkAnswer(
        outcome: .retried, reason: "connection", answer: "the command file is not a named pipe")
    }
    for line in lines {
      while withoutBrokenPipeSignal({ Glibc.write(pipe, line, line.count) }) != line.count {
        let code = errno
        guard code == EAGAIN || code == EINTR else {
          return SinkAnswer(
            outcome: .retried, reason: "connection", answer: String(cString: strerror(code)))
        }
        guard deadline.left > 0 else {
          return SinkAnswer(
            outcome: .retried, reason: "timeout", answer: "the command file is full")
        }
        var wanted = pollfd(fd: pipe, events: Int16(POLLOUT), revents: 0)
        poll(&wanted, 1, Int32(clamping: min(deadline.left, 100)))
      }
    }
    return SinkAnswer(outcome: .accepted, reason: "ok")
  }
}
