import Foundation
import Testing

@testable import Alerting

/// Python's aiosmtpd takes the mail, and Python's email package reads it.
@Suite struct SMTPSinkTests {
  private static let hint = "the packages python3 and python3-aiosmtpd, which make test installs"

  @Test func sendsAMailThatAReaderUnderstands() throws {
    let server = try Server(.none)
    let answer = try server.sink().send(
      MessageSample.message([MessageSample.entry(user: "Jürgen")]))
    #expect(answer.outcome == .accepted)
    #expect(answer.reason == "ok")
    #expect(answer.status == 250)
    #expect(answer.answer == "250 OK queued as 17")
    let mail = try #require(server.mails.first)
    #expect(mail.sender == "a@example.org")
    #expect(mail.recipients == ["ann@example.org", "bob@example.org"])
    #expect(mail.headers["Subject"]?.hasPrefix("DANGER: Jürgen (wearer watch): 3 abnormal") == true)
    #expect(mail.headers["From"] == "Acälert <a@example.org>")
    #expect(mail.headers["To"] == "ann@example.org, \"Bob, B\" <bob@example.org>")
    #expect(mail.headers["Date"] == "Sat, 21 Nov 2026 10:32:01 +0000")
    #expect(mail.headers["Importance"] == "high")
    #expect(mail.headers["Auto-Submitted"] == "auto-generated")
    #expect(mail.defects == 0)
    #expect(mail.text.contains("DANGER: Jürgen (wearer watch), site s-1\n"))
    #expect(mail.text.contains("\nBegan: Sat 21 Nov 2026 05:32:00 EST (America/New_York)\n"))
  }

  @Test func threadsTheMailsOfAnIncident() throws {
    let server = try Server(.none)
    let sink = try server.sink()
    _ = sink.send(MessageSample.message(key: "1"))
    _ = sink.send(MessageSample.message(key: "1"))
    _ = sink.send(
      MessageSample.message([MessageSample.entry(status: .resolved)], status: .resolved, key: "2"))
    var later = MessageSample.message(key: "3")
    later.generation += 1
    _ = sink.send(later)
    let mails = server.mails
    try #require(mails.count == 4)
    let names = mails.map { $0.headers["Message-ID"] }
    #expect(names[0] == names[1])
    #expect(Set(names).count == 3)
    let threads = mails.map { $0.headers["References"] }
    #expect(threads[0] == threads[2])
    #expect(threads[0] != threads[3])
    #expect(mails.allSatisfy { $0.headers["References"] == $0.headers["In-Reply-To"] })
    #expect(mails[2].headers["Importance"] == nil)
  }

  @Test func letsNoRecordWriteAHeaderOrEndTheMail() throws {
    let server = try Server(.none)
    let entry = MessageSample.entry(user: "u\r\nBcc: eve@example.org\r\n\r\n.\r\nQUIT")
    #expect(try server.sink().send(MessageSample.message([entry])).outcome == .accepted)
    _ = try server.sink { $0.text = ".\n..\n.first\nlast" }.send(MessageSample.message())
    let mails = server.mails
    try #require(mails.count == 2)
    #expect(mails[0].recipients == ["ann@example.org", "bob@example.org"])
    #expect(mails[0].headers["Bcc"] == nil)
    #expect(mails[0].headers["Subject"]?.contains("Bcc: eve@example.org") == true)
    #expect(mails[1].text.trimmed == ".\n..\n.first\nlast")
  }

  @Test func demandsAndTrustsTLS() throws {
    let server = try Server(.starttls)
    #expect(try server.sink().send(MessageSample.message()).outcome == .accepted)
    #expect(server.mails.first?.isSecure == true)
    // Whom nobody vouches for gets nothing.
    server.settings.caFile = nil
    let answer = try server.sink().send(MessageSample.message())
    #expect(answer.outcome == .retried)
    #expect(answer.reason == "tls")
    #expect(server.mails.count == 1)
  }

  @Test func speaksTLSFromTheFirstByte() throws {
    let server = try Server(.tls)
    #expect(try server.sink().send(MessageSample.message()).outcome == .accepted)
    #expect(server.mails.first?.isSecure == true)
  }

  @Test func sendsNothingWhereSTARTTLSIsNotOffered() throws {
    let server = try Server(.none)
    server.settings.security = .starttls
    server.settings.username = "acalert"
    server.settings.password = Secret("hunter2")
    let answer = try server.sink().send(MessageSample.message())
    #expect(answer.outcome == .retried)
    #expect(answer.reason == "tls")
    #expect(server.mails.isEmpty)
  }

  @Test func saysWhoItIs() throws {
    let server = try Server(.starttls, demandsLogin: true)
    server.settings.username = "acalert"
    server.settings.password = Secret("hunter2")
    #expect(try server.sink().send(MessageSample.message()).outcome == .accepted)
    server.settings.password = Secret("hunter3")
    let answer = try server.sink().send(MessageSample.message())
    #expect(answer.outcome == .refused)
    #expect(answer.reason == "auth")
    #expect(answer.status == 535)
    #expect(!answer.answer.contains("hunter"))
    #expect(server.mails.count == 1)
  }

  @Test(arguments: [("bad", "smtp_5xx", 550), ("later", "smtp_4xx", 451)])
  func knowsWhatIsForNowAndWhatForGood(_ name: String, reason: String, status: Int) throws {
    let server = try Server(.none)
    server.settings.to = ["\(name)@example.org"]
    let answer = try server.sink().send(MessageSample.message())
    #expect(answer.outcome == (status < 500 ? .retried : .refused))
    #expect(answer.reason == reason)
    #expect(answer.status == status)
    #expect(answer.answer.contains("no \(name)@example.org"))
  }

  @Test func tellsTheOthersIfOneAddressIsWrong() throws {
    let server = try Server(.none)
    server.settings.to = ["bad@example.org", "ann@example.org"]
    let answer = try server.sink().send(MessageSample.message())
    #expect(answer.outcome == .accepted)
    #expect(answer.answer == "550 no bad@example.org\n250 OK queued as 17")
    #expect(server.mails.first?.recipients == ["ann@example.org"])
  }

  @Test func triesAgainWhereNobodyAnswers() throws {
    let silent = try FreePort.listen()
    defer { close(silent.socket) }
    func send(to port: Int) throws -> SinkAnswer {
      var settings = ReceiverSettings.SMTP(
        server: "127.0.0.1:\(port)", from: "a@example.org", to: ["b@example.org"])
      settings.security = .none
      return try MessageSample.sink(.smtp(settings), timeout: 200).send(MessageSample.message())
    }
    #expect(try send(to: silent.port).reason == "timeout")
    let answer = try send(to: FreePort.unused())
    #expect(answer.outcome == .retried)
    #expect(answer.reason == "connection")
  }

  /// A mail as the server has got it.
  private struct Mail: Decodable {
    var sender: String
    var recipients: [String]
    var headers: [String: String]
    var text: String
    var defects: Int
    var isSecure: Bool
  }

  private final class Server {
    var settings: ReceiverSettings.SMTP
    private let folder: TemporaryFolder
    private let program: LocalProgram

    init(_ security: ReceiverSettings.SMTP.Security, demandsLogin: Bool = false) throws {
      folder = try TemporaryFolder()
      let certificate = try Certificate(in: folder)
      program = try LocalProgram(
        "/usr/bin/python3",
        [
          "-u", "-c", script, security.rawValue, demandsLogin ? "login" : "open",
          certificate.file, certificate.key, folder.path,
        ], hint: SMTPSinkTests.hint)
      settings = ReceiverSettings.SMTP(
        server: "127.0.0.1:\(try program.port(hint: SMTPSinkTests.hint))",
        from: "Acälert <a@example.org>", to: ["ann@example.org", "\"Bob, B\" <bob@example.org>"])
      settings.security = security
      settings.caFile = certificate.file
    }

    deinit { program.stop() }

    func sink(change: (inout ReceiverSettings) -> Void = { _ in }) throws -> any Sink {
      try MessageSample.sink(.smtp(settings), change: change)
    }

    var mails: [Mail] {
      (1...20).compactMap { number in
        folder.read("\(number).json").flatMap {
          try? JSONDecoder().decode(Mail.self, from: Data($0.utf8))
        }
      }
    }
  }
}

/// Takes mails and writes each as a file of JSON; its port is its first line.
private let script = """
  import asyncio, email, email.policy, json, ssl, sys
  from aiosmtpd.smtp import SMTP, AuthResult
  security, login, certificate, key, folder = sys.argv[1:]
  context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
  context.load_cert_chain(certificate, key)
  class Handler:
    count = 0
    async def handle_RCPT(self, server, session, envelope, address, options):
      if address.startswith('bad'): return '550 no ' + address
      if address.startswith('later'): return '451 no ' + address
      envelope.rcpt_tos.append(address)
      return '250 OK'
    async def handle_DATA(self, server, session, envelope):
      mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
      self.count += 1
      with open(f'{folder}/{self.count}.json', 'w') as file:
        json.dump({
          'sender': envelope.mail_from, 'recipients': envelope.rcpt_tos,
          'headers': {name: str(value) for name, value in mail.items()},
          'text': mail.get_content().replace('\\r\\n', '\\n'), 'isSecure': session.ssl is not None or security == 'tls',
          'defects': len(mail.defects) + sum(len(value.defects) for value in mail.values())}, file)
      return '250 OK queued as 17'
  def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b'acalert' and data.password == b'hunter2', handled=False)
  handler = Handler()
  def make():
    return SMTP(
      handler, hostname='localhost', tls_context=context if security == 'starttls' else None,
      require_starttls=security == 'starttls', auth_required=login == 'login',
      authenticator=authenticate)
  async def main():
    server = await asyncio.get_running_loop().create_server(
      make, '127.0.0.1', 0, ssl=context if security == 'tls' else None)
    print(server.sockets[0].getsockname()[1])
    await server.serve_forever()
  asyncio.run(main())
  """
