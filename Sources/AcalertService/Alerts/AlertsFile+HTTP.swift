import Alerting

/// The receivers that are told by HTTP.
extension AlertsFile {
  static func webhook(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    var signingKey: Secret?
    var maxAlerts = 0
    let (target, place) = try self.target(
      node, surroundings,
      [
        "signingKey": { signingKey = try $0.secret(surroundings) },
        "maxAlerts": { maxAlerts = try $0.integer(in: 0...AlertMessage.maxEntries) },
      ])
    var webhook = ReceiverSettings.Webhook(target: target)
    webhook.signingKey = signingKey
    webhook.maxAlerts = maxAlerts
    return (.webhook(webhook), signingKey == nil ? place : "\(place), signed")
  }

  static func alertmanager(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    let (target, place) = try target(node, surroundings)
    return (.alertmanager(target), place)
  }

  static func slack(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    let (target, place) = try target(node, surroundings)
    return (.slack(target), place)
  }

  static func pagerDuty(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    var key: Secret?
    var url: (text: String, shown: String)?
    try node.mapping([
      "routingKey": { key = try $0.secret(surroundings) },
      "url": { url = try $0.plainURL() },
    ])
    guard let key else { throw node.error("has no routingKey: {file: PATH} or {env: NAME}") }
    var settings = ReceiverSettings.PagerDuty(routingKey: key)
    if let url { settings.url = url.text }
    return (.pagerDuty(settings), url.map { "at \($0.shown)" } ?? "")
  }

  static func sendGrid(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    var key: Secret?
    var from: String?
    var to: [String] = []
    var url: (text: String, shown: String)?
    try node.mapping([
      "apiKey": { key = try $0.secret(surroundings) },
      "from": { from = try $0.mailAddress() },
      "to": { to = try $0.mailAddresses() },
      "url": { url = try $0.plainURL() },
    ])
    guard let key else { throw node.error("has no apiKey: {file: PATH} or {env: NAME}") }
    guard let from else { throw node.error("has no from") }
    guard !to.isEmpty else { throw node.error("has no to") }
    var settings = ReceiverSettings.SendGrid(apiKey: key, from: from, to: to)
    if let url { settings.url = url.text }
    let place = url.map { " at \($0.shown)" } ?? ""
    return (.sendGrid(settings), "mail to \(to.joined(separator: ", "))\(place)")
  }

  static func twilio(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> (kind: ReceiverSettings.Kind, destination: String) {
    var account: String?
    var token: Secret?
    var way = ReceiverSettings.Twilio.Way.call
    var from: String?
    var to: [String] = []
    var url: (text: String, shown: String)?
    try node.mapping([
      "accountSID": { account = try $0.twilioAccount() },
      "authToken": { token = try $0.secret(surroundings) },
      "way": { way = try $0.choice() },
      "from": { from = try $0.telephoneNumber() },
      "to": { to = try $0.telephoneNumbers() },
      "url": { url = try $0.plainURL() },
    ])
    guard let account else { throw node.error("has no accountSID") }
    guard let token else { throw node.error("has no authToken: {file: PATH} or {env: NAME}") }
    guard let from else { throw node.error("has no from") }
    guard !to.isEmpty else { throw node.error("has no to") }
    var settings = ReceiverSettings.Twilio(
      accountSID: account, authToken: token, from: from, to: to)
    settings.way = way
    if let url { settings.url = url.text }
    let place = url.map { " at \($0.shown)" } ?? ""
    return (.twilio(settings), "\(way.rawValue) to \(to.joined(separator: ", "))\(place)")
  }

  /// Reads `url`, `headers`, `caFile` and what else there is.
  private static func target(
    _ node: StrictNode, _ surroundings: Surroundings,
    _ others: [String: (StrictNode) throws -> Void] = [:]
  ) throws -> (ReceiverSettings.HTTPTarget, shown: String) {
    var url: (secret: Secret, shown: String)?
    var headers: [String: Secret] = [:]
    var caFile: String?
    var readers = others
    readers["url"] = { url = try $0.url(surroundings) }
    readers["headers"] = { headers = try self.headers($0, surroundings) }
    readers["caFile"] = { caFile = try $0.readableFile(surroundings) }
    try node.mapping(readers)
    guard let url else { throw node.error("has no url") }
    var target = ReceiverSettings.HTTPTarget(url: url.secret)
    target.headers = headers
    target.caFile = caFile
    return (target, url.shown)
  }

  private static func headers(
    _ node: StrictNode, _ surroundings: Surroundings
  ) throws -> [String: Secret] {
    var headers: [String: Secret] = [:]
    for (key, name, value) in try node.entries() {
      // A token of RFC 9110, section 5.6.2.
      guard name.wholeMatch(of: /[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}/) != nil else {
        throw key.error("\"\(name)\" is not the name of a header")
      }
      let lower = name.asciiLowercased
      guard
        !["content-length", "content-type", "transfer-encoding", "connection"].contains(lower),
        !lower.hasPrefix("x-acalert-")
      else { throw key.error("the header \(name) is made by the service itself") }
      guard !headers.keys.contains(where: { $0.asciiLowercased == lower }) else {
        throw key.error("\"\(name)\" is given twice; case does not count")
      }
      let isSecret =
        ["authorization", "cookie", "token", "secret", "password", "key"].contains {
          lower.contains($0)
        }
      if case .mapping = value.node {
        headers[name] = try value.secret(surroundings)
      } else if isSecret {
        headers[name] = try value.secret(surroundings)
      } else {
        headers[name] = Secret(try value.headerText())
      }
    }
    return headers
  }
}
