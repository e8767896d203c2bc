/// Mail by SendGrid, v3 (https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send).
struct SendGridSink: Sink {
  private let url: Secret
  private let from: MailAddress
  private let to: [MailAddress]
  private let text: AlertText
  private let caller: HTTPCaller

  init(
    _ settings: ReceiverSettings.SendGrid, _ receiver: ReceiverSettings, _ text: AlertText,
    _ client: HTTPClient
  ) throws(SinkError) {
    url = try SinkFactory.checked(Secret(settings.url))
    from = try SinkFactory.mailbox(settings.from)
    to = try SinkFactory.mailboxes(settings.to)
    self.text = text
    var target = ReceiverSettings.HTTPTarget(url: url)
    target.headers["Authorization"] = Secret("Bearer \(settings.apiKey.revealed)")
    caller = HTTPCaller(
      client: client, timeout: receiver.timeout, target: target, secrets: [settings.apiKey])
  }

  func send(_ message: AlertMessage) -> SinkAnswer {
    let body = text.text(of: message)
    let mail = SendGridMail(
      personalizations: [.init(to: to.map(SendGridMail.Mailbox.init))], from: .init(from),
      subject: text.title(of: message),
      // An empty content is refused.
      content: [.init(type: "text/plain", value: body.isEmpty ? " " : body)],
      headers: [
        "References":
          "<\(SHA256.hex(of: message.incidentKey.utf8).prefix(32)).incident@\(from.domain)>"
      ],
      customArguments: ["acalert_key": WebhookSink.headerValue(message.key)],
      categories: ["acalert"])
    return caller.post(json: mail, to: url, by: Deadline(milliseconds: caller.timeout))
  }
}

/// The body of a mail.
struct SendGridMail: Encodable {
  struct Mailbox: Encodable {
    var email: String
    var name: String?

    init(_ address: MailAddress) {
      email = address.address
      name = address.name.isEmpty ? nil : address.name
    }
  }

  struct Personalization: Encodable {
    var to: [Mailbox]
  }

  struct Content: Encodable {
    var type: String
    var value: String
  }

  var personalizations: [Personalization]
  var from: Mailbox
  var subject: String
  var content: [Content]
  var headers: [String: String]
  var customArguments: [String: String]
  var categories: [String]

  enum CodingKeys: String, CodingKey {
    case personalizations, from, subject, content, headers, categories
    case customArguments = "custom_args"
  }
}
