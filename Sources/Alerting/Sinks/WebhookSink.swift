/// Any program that takes JSON: the body is that of Alertmanager's webhook, version 4
/// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), with a member `acalert` more.
///
/// An acknowledged group is `firing` there, which is all that version 4 can say.
struct WebhookSink: Sink {
  private let url: Secret
  private let signingKey: Secret?
  private let maxAlerts: Int
  private let caller: HTTPCaller

  init(
    _ settings: ReceiverSettings.Webhook, _ receiver: ReceiverSettings, _ client: HTTPClient
  ) throws(SinkError) {
    url = try SinkFactory.checked(settings.target.url)
    signingKey = settings.signingKey
    maxAlerts = settings.maxAlerts
    caller = HTTPCaller(
      client: client, timeout: receiver.timeout, target: settings.target,
      secrets: [url] + (settings.signingKey.map { [$0] } ?? []))
  }

  func send(_ message: AlertMessage) -> SinkAnswer {
    let body = JSONText.bytes(of: WebhookPayload(message, maxAlerts: maxAlerts))
    var headers = [(name: "Idempotency-Key", value: Self.headerValue(message.key))]
    if let signingKey {
      let code = SHA256.authenticationCode(of: body, key: signingKey.revealed.utf8)
      headers.append(("X-Acalert-Signature", "sha256=\(code)"))
    }
    return caller.post(
      body, as: "application/json", to: url, by: Deadline(milliseconds: caller.timeout),
      headers: headers)
  }

  /// A key as a header's value: as it is, if it is visible ASCII of at most 255 characters; else the
  /// digest of it.
  static func headerValue(_ key: String) -> String {
    let isPlain =
      !key.isEmpty && key.utf8.count <= 255 && key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    return isPlain ? key : "sha256-\(SHA256.hex(of: key.utf8))"
  }
}

/// The body.
struct WebhookPayload: Encodable {
  struct Item: Encodable {
    var status: String
    var labels: [String: String]
    var annotations: [String: String]
    var startsAt: String
    /// Go's zero time while it is firing, as Alertmanager has it.
    var endsAt: String
    var generatorURL: String
    var fingerprint: String
  }

  /// What version 4 has no words for.
  struct Extension: Encodable {
    var key: String
    var kind: String
    var status: String
    var severity: String
    var created: String
    var heldBack: Int
    var notice: String
  }

  var version = "4"
  var groupKey: String
  var truncatedAlerts: Int
  var status: String
  var receiver: String
  var groupLabels: [String: String]
  var commonLabels: [String: String]
  var commonAnnotations: [String: String]
  var externalURL: String
  var alerts: [Item]
  var acalert: Extension

  /// - Parameter maxAlerts: 0 for all.
  init(_ message: AlertMessage, maxAlerts: Int) {
    let entries = maxAlerts > 0 ? Array(message.entries.prefix(maxAlerts)) : message.entries
    let described = entries.map { PrometheusAlert($0) }
    groupKey = message.incidentKey
    truncatedAlerts = message.truncated + message.entries.count - entries.count
    status = Self.status(message.status)
    receiver = message.receiver
    groupLabels = message.groupLabels
    commonLabels = Self.common(described.map(\.labels))
    commonAnnotations = Self.common(described.map(\.annotations))
    externalURL = message.externalURL
    alerts = zip(entries, described).map { entry, alert in
      Item(
        status: Self.status(entry.status), labels: alert.labels, annotations: alert.annotations,
        startsAt: PrometheusAlert.time(entry.began),
        endsAt: entry.status == .resolved
          ? PrometheusAlert.time(entry.ended ?? message.created) : "0001-01-01T00:00:00Z",
        generatorURL: entry.url, fingerprint: alert.fingerprint)
    }
    acalert = Extension(
      key: message.key, kind: message.kind, status: message.status.rawValue,
      severity: message.severity, created: PrometheusAlert.time(message.created),
      heldBack: message.heldBack, notice: message.notice)
  }

  private static func status(_ status: AlertMessage.Entry.Status) -> String {
    status == .resolved ? "resolved" : "firing"
  }

  private static func common(_ all: [[String: String]]) -> [String: String] {
    guard let first = all.first else { return [:] }
    return first.filter { pair in all.allSatisfy { $0[pair.key] == pair.value } }
  }
}
