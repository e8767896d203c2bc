/// Why a receiver cannot be used as it is configured.
public struct SinkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Names no secret.
  public var description: String

  public init(_ description: String) { self.description = description }
}

/// Makes the sink of each kind of receiver.
public struct SinkFactory: Sendable {
  let client: HTTPClient

  /// - Parameter userAgent: Such as `acalert/1.2.3`.
  public init(userAgent: String) { client = HTTPClient(userAgent: userAgent) }

  /// Checks what can be checked without a network or a file: addresses, templates, command lines.
  ///
  /// - Throws: what is wrong; always for Kafka, whose sink the service makes.
  public func sink(for receiver: ReceiverSettings) throws(SinkError) -> any Sink {
    let text: AlertText
    do {
      text = try AlertText(title: receiver.title, text: receiver.text)
    } catch {
      throw SinkError("template: \(error)")
    }
    return switch receiver.kind {
    case .webhook(let settings): try WebhookSink(settings, receiver, client)
    case .pagerDuty(let settings): try PagerDutySink(settings, receiver, text, client)
    case .alertmanager(let target): try AlertmanagerSink(target, receiver, text, client)
    case .sendGrid(let settings): try SendGridSink(settings, receiver, text, client)
    case .smtp(let settings): try SMTPSink(settings, receiver, text)
    case .nagios(let settings): try NagiosSink(settings, receiver, text)
    case .slack(let target): try SlackSink(target, receiver, text, client)
    case .twilio(let settings): try TwilioSink(settings, receiver, text, client)
    case .command(let settings): try CommandSink(settings, receiver, text)
    case .kafka: throw SinkError("a Kafka topic is served by the service itself")
    }
  }

  /// The address, if it is one.
  static func checked(_ url: Secret) throws(SinkError) -> Secret {
    guard WebAddress(url.revealed) != nil else {
      throw SinkError("the address is not a whole http or https URL")
    }
    return url
  }

  static func mailbox(_ text: String) throws(SinkError) -> MailAddress {
    guard let address = MailAddress(text) else {
      throw SinkError("not a mail address: \(text.oneLine.shortened(to: 80))")
    }
    return address
  }

  static func mailboxes(_ texts: [String]) throws(SinkError) -> [MailAddress] {
    guard !texts.isEmpty else { throw SinkError("nobody to send mail to") }
    var addresses: [MailAddress] = []
    for text in texts { addresses.append(try mailbox(text)) }
    return addresses
  }
}
