import CCurl
import Store

/// Mail by SMTP, spoken by libcurl (https://curl.se/libcurl/c/CURLOPT_MAIL_FROM.html).
///
/// One mail for all recipients. It is accepted if the server takes it for any of them (those it does not
/// take are in the answer): one address with a mistake must not keep the others from being told.
struct SMTPSink: Sink {
  private let settings: ReceiverSettings.SMTP
  private let url: String
  private let from: MailAddress
  private let to: [MailAddress]
  private let text: AlertText
  private let timeout: Int64
  private let redaction: Redaction

  init(
    _ settings: ReceiverSettings.SMTP, _ receiver: ReceiverSettings, _ text: AlertText
  ) throws(SinkError) {
    // Looked at as the host of an http address, which a host and port also are.
    guard let address = WebAddress("http://\(settings.server)"), address.path == "/",
      address.query.isEmpty, !settings.server.contains(where: { "@/?#".contains($0) })
    else { throw SinkError("the server is not host:port") }
    self.settings = settings
    url = "\(settings.security == .tls ? "smtps" : "smtp")://\(settings.server)"
    from = try SinkFactory.mailbox(settings.from)
    to = try SinkFactory.mailboxes(settings.to)
    self.text = text
    timeout = receiver.timeout
    redaction = Redaction(settings.password.map { [$0] } ?? [])
  }

  func send(_ message: AlertMessage) -> SinkAnswer {
    let mail = MailMessage(
      from: from, to: to, subject: text.title(of: message), text: text.text(of: message),
      date: message.created, key: message.key, thread: message.incidentKey,
      isUrgent: message.severity == "danger" && message.status == .firing)
    do throws(TransferError) {
      let transfer = try transfer(of: mail)
      do throws(TransferError) {
        try transfer.perform()
      } catch {
        return answer(to: error, transfer)
      }
      return SinkAnswer(
        outcome: .accepted, reason: "ok", status: transfer.number(CURLINFO_RESPONSE_CODE),
        answer: SinkAnswer.kept(Self.replies(of: transfer), redaction))
    } catch {
      return SinkAnswer(error, redaction)
    }
  }

  private func transfer(of mail: MailMessage) throws(TransferError) -> CurlTransfer {
    let transfer = try CurlTransfer(upload: mail.bytes, limit: 65_536)
    transfer.set(CURLOPT_URL, url)
    transfer.set(with: ccurl_limit_to_smtp)
    transfer.set(CURLOPT_UPLOAD, 1)
    transfer.set(CURLOPT_MAIL_FROM, "<\(from.address)>")
    transfer.set(CURLOPT_MAIL_RCPT, list: to.map { "<\($0.address)>" })
    transfer.set(with: ccurl_let_recipients_fail)
    // Demanded, not tried: a server, or somebody between, that does not offer it gets no password.
    if settings.security != .none { transfer.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
    if let username = settings.username {
      transfer.set(CURLOPT_USERNAME, username)
      transfer.set(CURLOPT_PASSWORD, settings.password?.revealed ?? "")
    }
    transfer.setTLS(caFile: settings.caFile)
    transfer.setTimeouts(total: timeout, connect: timeout)
    return transfer
  }

  /// A reply of the server counts for more than what libcurl makes of it: 4xx is for now, 5xx for good
  /// (RFC 5321, 4.2.1).
  private func answer(to error: TransferError, _ transfer: CurlTransfer) -> SinkAnswer {
    let status = transfer.number(CURLINFO_RESPONSE_CODE)
    let text = "\(error.text)\n\(Self.replies(of: transfer))"
    var answer = SinkAnswer(TransferError(error.reason, text), redaction)
    let isReply = [.connection, .protocol, .auth].contains(error.reason)
    if isReply, (400...599).contains(status) {
      answer.status = status
      answer.outcome = status < 500 ? .retried : .refused
      if error.reason != .auth { answer.reason = status < 500 ? "smtp_4xx" : "smtp_5xx" }
    }
    return answer
  }

  /// The last reply, and those before it that say no.
  private static func replies(of transfer: CurlTransfer) -> String {
    let lines = transfer.lines.map(\.trimmed)
    let refusals = lines.dropLast().filter { $0.hasPrefix("4") || $0.hasPrefix("5") }
    return (refusals + lines.suffix(1)).joined(separator: "\n")
  }
}
