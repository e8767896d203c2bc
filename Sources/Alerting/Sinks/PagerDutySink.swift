import Store

/// PagerDuty, Events API v2: one incident for a group from the time it opens until all of it is resolved
/// (https://developer.pagerduty.com/docs/events-api-v2/trigger-events/).
///
/// An incident that PagerDuty has not heard of cannot be acknowledged or resolved there, so it is triggered
/// first if the receiver was never told. All events of an incident have the same `dedup_key`: repeating
/// one, or all, changes nothing.
struct PagerDutySink: Sink {
  private let url: Secret
  private let routingKey: Secret
  private let text: AlertText
  private let caller: HTTPCaller

  /// Limits of the interface, in characters.
  private static let maxSummary = 1_024
  private static let maxDedupKey = 255

  init(
    _ settings: ReceiverSettings.PagerDuty, _ receiver: ReceiverSettings, _ text: AlertText,
    _ client: HTTPClient
  ) throws(SinkError) {
    url = try SinkFactory.checked(Secret(settings.url))
    routingKey = settings.routingKey
    self.text = text
    caller = HTTPCaller(
      client: client, timeout: receiver.timeout, target: .init(url: url),
      secrets: [settings.routingKey])
  }

  func send(_ message: AlertMessage) -> SinkAnswer {
    let deadline = Deadline(milliseconds: caller.timeout)
    var answer = SinkAnswer(outcome: .accepted, reason: "ok")
    for action in Self.actions(for: message) {
      answer = caller.post(json: event(action, message), to: url, by: deadline)
      if answer.outcome != .accepted { break }
    }
    return answer
  }

  enum Action: String, Encodable { case trigger, acknowledge, resolve }

  static func actions(for message: AlertMessage) -> [Action] {
    let isNew = !message.entries.isEmpty && !message.entries.contains { $0.wasTold }
    return switch message.status {
    case .firing: [.trigger]
    case .acknowledged: isNew ? [.trigger, .acknowledge] : [.acknowledge]
    case .resolved: isNew ? [.trigger, .resolve] : [.resolve]
    }
  }

  static func dedupKey(_ message: AlertMessage) -> String {
    let key = message.incidentKey
    return key.utf8.count <= maxDedupKey ? key : "acalert/sha256/\(SHA256.hex(of: key.utf8))"
  }

  private func event(_ action: Action, _ message: AlertMessage) -> PagerDutyEvent {
    var event = PagerDutyEvent(
      routingKey: routingKey.revealed, eventAction: action, dedupKey: Self.dedupKey(message))
    guard action == .trigger else { return event }
    let first = message.entries.first
    event.payload = PagerDutyEvent.Payload(
      summary: text.title(of: message).shortened(to: Self.maxSummary),
      source: first.map(AlertFacts.subject(of:)) ?? "acalert",
      severity: message.kind == "digest"
        ? "info" : message.severity == "danger" ? "critical" : "warning",
      timestamp: PrometheusAlert.time(first?.began ?? message.created),
      component: first?.device, group: message.group, class: first?.cause ?? message.kind,
      customDetails: details(of: message))
    event.client = "Acalert"
    event.clientURL = message.externalURL.isEmpty ? nil : message.externalURL
    event.links = message.entries.prefix(10).flatMap { entry in
      [
        entry.url.isEmpty ? nil : .init(href: entry.url, text: "Alert \(entry.id) in Acalert"),
        AlertFacts.map(of: entry).map { .init(href: $0, text: "Map, alert \(entry.id)") },
      ].compactMap { $0 }
    }
    return event
  }

  private func details(of message: AlertMessage) -> [String: String] {
    var details = message.entries.first.map { PrometheusAlert($0).annotations } ?? [:]
    details["summary"] = nil
    details["description"] = nil
    details["text"] = text.text(of: message)
    details["alerts"] = String(message.entries.count + message.truncated)
    details["key"] = message.key
    return details
  }
}

/// The body of an event.
struct PagerDutyEvent: Encodable {
  struct Payload: Encodable {
    var summary: String
    var source: String
    var severity: String
    var timestamp: String
    var component: String?
    var group: String
    var `class`: String
    var customDetails: [String: String]

    enum CodingKeys: String, CodingKey {
      case summary, source, severity, timestamp, component, group, `class`
      case customDetails = "custom_details"
    }
  }

  struct Link: Encodable {
    var href: String
    var text: String
  }

  var routingKey: String
  var eventAction: PagerDutySink.Action
  var dedupKey: String
  var payload: Payload?
  var client: String?
  var clientURL: String?
  var links: [Link]?

  enum CodingKeys: String, CodingKey {
    case payload, client, links
    case routingKey = "routing_key"
    case eventAction = "event_action"
    case dedupKey = "dedup_key"
    case clientURL = "client_url"
  }
}
