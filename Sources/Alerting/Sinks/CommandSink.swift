import Glibc
import Store

/// A program of this machine: the message as JSON on its standard input, the main facts in its environment.
///
/// No shell reads it, so nothing in a message is ever a command. Exit 0 is accepted, 75 (EX_TEMPFAIL of
/// sysexits.h) is tried again, as is a time-out, anything else is refused. The program gets the variables
/// below and a few of the service's own, not those that may hold secrets.
struct CommandSink: Sink {
  static let temporaryFailure: Int32 = 75

  private let arguments: [String]
  private let text: AlertText
  private let timeout: Int64

  init(
    _ settings: ReceiverSettings.Command, _ receiver: ReceiverSettings, _ text: AlertText
  ) throws(SinkError) {
    arguments = try Self.checked(settings.arguments)
    self.text = text
    timeout = receiver.timeout
  }

  static func checked(_ arguments: [String]) throws(SinkError) -> [String] {
    guard let program = arguments.first, !program.isEmpty else {
      throw SinkError("no program is named")
    }
    guard !arguments.contains(where: { $0.utf8.contains(0) }) else {
      throw SinkError("an argument has a zero byte in it")
    }
    return arguments
  }

  func send(_ message: AlertMessage) -> SinkAnswer {
    Self.answer(
      ChildProcess.run(
        arguments, environment: environment(for: message), input: message.json + [0x0a],
        timeout: timeout))
  }

  static func answer(_ run: ChildProcess.Run) -> SinkAnswer {
    var answer: SinkAnswer
    switch run.end {
    case .exited(0): answer = SinkAnswer(outcome: .accepted, reason: "ok", status: 0)
    case .exited(let status):
      answer = SinkAnswer(
        outcome: status == temporaryFailure ? .retried : .refused, reason: "exit",
        status: Int(status))
    case .killed(let signal):
      answer = SinkAnswer(outcome: .refused, reason: "signal", status: Int(signal))
    case .timedOut: answer = SinkAnswer(outcome: .retried, reason: "timeout")
    case .notStarted(let code):
      // Out of processes or memory for now; anything else is for the configuration to mend.
      let isPassing = [EAGAIN, ENOMEM, EMFILE, ENFILE].contains(code)
      answer = SinkAnswer(outcome: isPassing ? .retried : .refused, reason: "spawn")
      answer.answer = String(cString: strerror(code))
    }
    if !run.output.isEmpty {
      answer.answer = SinkAnswer.kept(String(decoding: run.output, as: UTF8.self), Redaction([]))
    }
    return answer
  }

  private func environment(for message: AlertMessage) -> [String: String] {
    var facts = [
      "KEY": message.key, "KIND": message.kind, "RECEIVER": message.receiver,
      "GROUP": message.group, "INCIDENT": message.incidentKey, "STATUS": message.status.rawValue,
      "SEVERITY": message.severity, "COUNT": "\(message.entries.count + message.truncated)",
      "TITLE": text.title(of: message), "TEXT": text.text(of: message),
    ]
    if let entry = message.entries.first {
      facts["ALERT"] = "\(entry.id)"
      facts["SUBJECT_KIND"] = entry.kind
      facts["USER"] = entry.user
      facts["DEVICE"] = entry.device
      facts["SITE"] = entry.site
      facts["CAUSE"] = entry.cause
      facts["REASON"] = entry.reason
      facts["URL"] = entry.url
      facts["LATITUDE"] = entry.latitude.map { "\($0)" } ?? ""
      facts["LONGITUDE"] = entry.longitude.map { "\($0)" } ?? ""
    }
    return facts.reduce(into: ChildProcess.plainEnvironment()) { environment, fact in
      environment["ACALERT_\(fact.key)"] = fact.value
    }
  }
}
