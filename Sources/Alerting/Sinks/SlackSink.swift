/// Slack's incoming webhook, and those that understand the same (Mattermost, Rocket.Chat): an attachment
/// with a colour (https://api.slack.com/reference/messaging/attachments), which all of them show.
struct SlackSink: Sink {
  private let url: Secret
  private let text: AlertText
  private let caller: HTTPCaller

  init(
    _ target: ReceiverSettings.HTTPTarget, _ receiver: ReceiverSettings, _ text: AlertText,
    _ client: HTTPClient
  ) throws(SinkError) {
    url = try SinkFactory.checked(target.url)
    self.text = text
    caller = HTTPCaller(client: client, timeout: receiver.timeout, target: target, secrets: [url])
  }

  func send(_ message: AlertMessage) -> SinkAnswer {
    let title = Self.escaped(text.title(of: message))
    let link = message.entries.first.map(\.url).flatMap { $0.isEmpty ? nil : $0 }
    let body = SlackMessage(
      text: title,
      attachments: [
        .init(
          color: Self.color(of: message), fallback: title, title: title,
          titleLink: link ?? (message.externalURL.isEmpty ? nil : message.externalURL),
          text: Self.escaped(text.text(of: message).shortened(to: 7_000)), footer: "Acalert",
          ts: message.created / 1_000)
      ])
    return caller.post(json: body, to: url, by: Deadline(milliseconds: caller.timeout))
  }

  /// The three characters that mean something (https://api.slack.com/reference/surfaces/formatting): so
  /// nobody's name can call a whole channel, as `<!channel>` would.
  static func escaped(_ text: String) -> String {
    text.reduce(into: "") { escaped, character in
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      default: escaped.append(character)
      }
    }
  }

  private static func color(of message: AlertMessage) -> String {
    switch (message.status, message.severity) {
    case (.resolved, _): "#2e7d32"
    case (.acknowledged, _): "#1565c0"
    case (.firing, "danger"): "#c62828"
    case (.firing, _): "#ef6c00"
    }
  }
}

/// The body of a message.
struct SlackMessage: Encodable {
  struct Attachment: Encodable {
    var color: String
    var fallback: String
    var title: String
    var titleLink: String?
    var text: String
    var footer: String
    var ts: Int64
    /// No part is read as markup.
    var markdown: [String] = []

    enum CodingKeys: String, CodingKey {
      case color, fallback, title, text, footer, ts
      case titleLink = "title_link"
      case markdown = "mrkdwn_in"
    }
  }

  var text: String
  var mrkdwn = false
  var attachments: [Attachment]
}
