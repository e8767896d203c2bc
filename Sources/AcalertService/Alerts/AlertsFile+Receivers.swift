import Alerting

extension AlertsFile {
  /// Reads what makes a kind of receiver, and what can be shown of where it leads.
  private typealias KindReader =
    (StrictNode, Surroundings) throws -> (kind: ReceiverSettings.Kind, destination: String)

  private static var kinds: [String: KindReader] {
    [
      "webhook": webhook, "pagerduty": pagerDuty, "alertmanager": alertmanager,
      "sendgrid": sendGrid, "smtp": smtp, "nagios": nagios, "slack": slack, "twilio": twilio,
      "kafka": kafka, "command": command,
    ]
  }

  /// Reads an entry of `receivers`.
  static func receiver(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (receiver: ReceiverSettings, destination: String) {
    // Those of a receiver of any kind: what is left out is as here.
    var common = ReceiverSettings(name: "", kind: .kafka(topic: ""))
    var found: [(key: String, kind: ReceiverSettings.Kind, destination: String)] = []
    var readers: [String: (StrictNode) throws -> Void] = [
      "name": { common.name = try $0.name() },
      "timeout": { common.timeout = try $0.duration(in: 1_000...120_000) },
      "concurrency": { common.concurrency = try $0.integer(in: 1...16) },
      "rateCap": { common.rateCap = try rateCap($0) },
      "sendResolved": { common.sendsResolved = try $0.boolean() },
      "sendAcknowledged": { common.sendsAcknowledged = try $0.boolean() },
      "title": { common.title = try $0.template() },
      "text": { common.text = try $0.template() },
    ]
    for (key, read) in kinds {
      readers[key] = { node in
        guard found.isEmpty else {
          throw node.error("a receiver has one type, and this one has \(found[0].key) already")
        }
        let (kind, destination) = try read(node, surroundings)
        found.append((key, kind, destination))
      }
    }
    try node.mapping(readers)
    guard !common.name.isEmpty else { throw node.error("has no name") }
    guard let found = found.first else {
      throw node.error("has no type: one of \(kinds.keys.sorted().joined(separator: ", "))")
    }
    common.kind = found.kind
    try requireSink(common, node, found.key)
    return (common, found.destination)
  }

  /// What the reader has let pass, and the receiver could not be started with.
  private static func requireSink(
    _ receiver: ReceiverSettings, _ node: StrictNode, _ key: String
  ) throws {
    if case .kafka = receiver.kind { return }
    do throws(SinkError) {
      _ = try SinkFactory(userAgent: "acalert").sink(for: receiver)
    } catch {
      throw node.error(error.description, at: key)
    }
  }

  private static func rateCap(_ node: StrictNode) throws -> ReceiverSettings.RateCap? {
    if case .scalar(let scalar) = node.node {
      guard scalar.string == "none" else {
        throw node.error("is neither {notifications: N, every: DURATION} nor none")
      }
      return nil
    }
    var cap = ReceiverSettings.RateCap(notifications: 60, interval: 3_600_000)
    try node.mapping([
      "notifications": { cap.notifications = try $0.integer(in: 1...10_000) },
      "every": { cap.interval = try $0.duration(in: 1_000...86_400_000) },
    ])
    return cap
  }
}

extension StrictNode {
  /// A template in Mustache, as `AlertText` fills it in.
  func template() throws -> String {
    let template = try nonEmptyText()
    do {
      try AlertText.check(template: template)
    } catch {
      throw self.error("is not a template: \(error)")
    }
    return template
  }
}
