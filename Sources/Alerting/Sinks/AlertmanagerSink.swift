/// Prometheus' Alertmanager, `/api/v2/alerts`
/// (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml).
///
/// Alertmanager takes an alert without an end for resolved some minutes after it was last posted. Here it is
/// posted when there is news, so each gets an end far ahead, and the true one once it is resolved. A
/// severity that has risen makes another alert of it, so the one of the lower severity is ended then.
struct AlertmanagerSink: Sink {
  private static let path = "/api/v2/alerts"
  /// An outbox gives up never, but an Alertmanager that has heard nothing for so long may forget.
  private static let longestFiring: Int64 = 7 * 86_400_000
  private static let longestDigest: Int64 = 3_600_000

  private let url: Secret
  private let text: AlertText
  private let caller: HTTPCaller

  /// - Parameter target: The address of Alertmanager, with or without `/api/v2/alerts`.
  init(
    _ target: ReceiverSettings.HTTPTarget, _ receiver: ReceiverSettings, _ text: AlertText,
    _ client: HTTPClient
  ) throws(SinkError) {
    var address = try SinkFactory.checked(target.url).revealed
    if !address.hasSuffix(Self.path) {
      while address.hasSuffix("/") { address.removeLast() }
      address += Self.path
    }
    url = try SinkFactory.checked(Secret(address))
    self.text = text
    caller = HTTPCaller(
      client: client, timeout: receiver.timeout, target: target, secrets: [url])
  }

  func send(_ message: AlertMessage) -> SinkAnswer {
    caller.post(
      json: alerts(of: message), to: url, by: Deadline(milliseconds: caller.timeout))
  }

  struct Item: Encodable {
    var labels: [String: String]
    var annotations: [String: String]
    var startsAt: String
    var endsAt: String
    var generatorURL: String?
  }

  func alerts(of message: AlertMessage) -> [Item] {
    guard message.kind == "alerts" else { return [notice(of: message)] }
    return message.entries.flatMap { entry in
      // A device's clock may be ahead; what begins in the future cannot have ended yet.
      let began = min(entry.began, message.created)
      let over = max(began, min(entry.ended ?? message.created, message.created))
      func item(_ severity: String, ends: Int64) -> Item {
        let alert = PrometheusAlert(entry, severity: severity)
        return Item(
          labels: alert.labels, annotations: alert.annotations,
          startsAt: PrometheusAlert.time(began), endsAt: PrometheusAlert.time(ends),
          generatorURL: entry.url.isEmpty ? nil : entry.url)
      }
      let ends = entry.status == .resolved ? over : message.created + Self.longestFiring
      let current = item(entry.severity, ends: ends)
      guard entry.severity == "danger" else { return [current] }
      return [current, item("warning", ends: over)]
    }
  }

  private func notice(of message: AlertMessage) -> Item {
    let alert = PrometheusAlert(
      message, title: text.title(of: message), text: text.text(of: message))
    let length = message.kind == "digest" ? Self.longestDigest : Self.longestFiring
    let ends = message.status == .resolved ? message.created : message.created + length
    return Item(
      labels: alert.labels, annotations: alert.annotations,
      startsAt: PrometheusAlert.time(message.created), endsAt: PrometheusAlert.time(ends),
      generatorURL: message.externalURL.isEmpty ? nil : message.externalURL)
  }
}
