import Foundation

/// What a message says, by name, for templates. A name that stands for nothing here and now is there all
/// the same, as nothing: in a list of alerts it must not show what the message's first alert has.
enum AlertFacts {
  /// So many alerts are listed; the others are counted in `more`.
  static let maxListed = 20

  /// Facts of one alert. At the top of a message they are those of its first.
  static let entryNames = [
    "id", "headline", "status", "severity", "subject", "kind", "user", "device", "site", "cause",
    "rule", "rule_name", "reason", "began", "ended", "flaps", "acknowledged_by", "state", "value",
    "unit", "mean", "std", "score", "last_seen", "latitude", "longitude", "map", "timezone", "url",
    "is_firing", "is_acknowledged", "is_resolved", "is_danger", "is_new",
  ]

  /// Facts of the message.
  static let messageNames = [
    "receiver", "group", "group_labels", "name", "label_value", "alerts", "subjects", "count",
    "firing", "resolved", "truncated", "more", "is_single", "is_reminder", "is_alerts",
    "is_digest", "is_notice", "held_back", "notice", "key", "created", "external_url",
  ]

  static let names = Set(entryNames + messageNames)

  static func facts(of message: AlertMessage) -> [String: Any] {
    let first = message.entries.first
    var facts =
      first.map { Self.facts(of: $0) } ?? entryNames.reduce(into: [:]) { $0[$1] = NSNull() }
    let more = max(0, message.entries.count - maxListed) + message.truncated
    let zone = first?.timeZone ?? "UTC"
    facts["headline"] = headline(message.status, message.severity)
    facts["status"] = message.status.rawValue
    facts["severity"] = message.severity
    facts["is_firing"] = message.status == .firing
    facts["is_acknowledged"] = message.status == .acknowledged
    facts["is_resolved"] = message.status == .resolved
    facts["is_danger"] = message.severity == "danger"
    facts["receiver"] = message.receiver.oneLine
    facts["group"] = message.group.oneLine
    facts["group_labels"] = message.groupLabels.sorted { $0.key < $1.key }.map {
      ["name": $0.key, "label_value": $0.value.oneLine] as [String: Any]
    }
    // A list within the list would be as long again for each alert.
    facts["alerts"] = message.entries.prefix(maxListed).map { entry in
      Self.facts(of: entry).merging(["alerts": NSNull()]) { fact, _ in fact }
    }
    facts["subjects"] = subjects(of: message)
    facts["count"] = message.entries.count + message.truncated
    facts["firing"] = message.entries.count { $0.status != .resolved }
    facts["resolved"] = message.entries.count { $0.status == .resolved }
    facts["truncated"] = some(message.truncated)
    facts["more"] = some(more)
    facts["is_single"] = message.entries.count + message.truncated == 1
    facts["is_reminder"] =
      message.status == .firing && first != nil && !message.entries.contains { $0.isNews }
    facts["is_alerts"] = message.kind == "alerts"
    facts["is_digest"] = message.kind == "digest"
    facts["is_notice"] = message.kind == "notice"
    facts["held_back"] = message.heldBack
    facts["notice"] = some(message.notice.oneLine)
    facts["key"] = message.key.oneLine
    facts["created"] = LocalTime.text(message.created, zone: zone)
    facts["external_url"] = some(message.externalURL)
    return facts
  }

  static func facts(of entry: AlertMessage.Entry) -> [String: Any] {
    [
      "id": entry.id, "headline": headline(entry.status, entry.severity),
      "status": entry.status.rawValue, "severity": entry.severity, "subject": subject(of: entry),
      "kind": some(entry.kind.oneLine), "user": some(entry.user.oneLine),
      "device": some(entry.device.oneLine), "site": some(entry.site.oneLine),
      "cause": entry.cause, "rule": entry.rule ?? NSNull() as Any,
      "rule_name": some(entry.ruleName.oneLine), "reason": some(entry.reason.oneLine),
      "began": LocalTime.text(entry.began, zone: entry.timeZone),
      "ended": some(LocalTime.text(entry.ended, zone: entry.timeZone)), "flaps": some(entry.flaps),
      "acknowledged_by": acknowledger(of: entry), "state": some(entry.state),
      "value": number(entry.value), "unit": some(entry.unit.oneLine), "mean": number(entry.mean),
      "std": number(entry.std), "score": number(entry.score),
      "last_seen": some(LocalTime.text(entry.lastSeen, zone: entry.timeZone)),
      "latitude": degrees(entry.latitude), "longitude": degrees(entry.longitude),
      "map": some(map(of: entry) ?? ""), "timezone": entry.timeZone.oneLine, "url": some(entry.url),
      "is_firing": entry.status == .firing, "is_acknowledged": entry.status == .acknowledged,
      "is_resolved": entry.status == .resolved, "is_danger": entry.severity == "danger",
      "is_new": entry.isNews,
    ]
  }

  /// `u-17 (wearer watch)`.
  static func subject(of entry: AlertMessage.Entry) -> String {
    let nature = [entry.kind, entry.device].filter { !$0.isEmpty }.joined(separator: " ")
    return (nature.isEmpty ? entry.user : "\(entry.user) (\(nature))").oneLine
  }

  /// A map with a mark at the place (https://wiki.openstreetmap.org/wiki/Browsing).
  static func map(of entry: AlertMessage.Entry) -> String? {
    guard let latitude = entry.latitude, let longitude = entry.longitude, latitude.isFinite,
      longitude.isFinite
    else { return nil }
    let place = String(format: "mlat=%.6f&mlon=%.6f", latitude, longitude)
    return "https://www.openstreetmap.org/?\(place)"
  }

  static func headline(_ status: AlertMessage.Entry.Status, _ severity: String) -> String {
    switch status {
    case .firing: severity.uppercased()
    case .acknowledged: "ACKNOWLEDGED"
    case .resolved: "RESOLVED"
    }
  }

  /// Four significant digits, and no exponent where people do not expect one.
  static func text(of number: Double) -> String {
    String(format: abs(number) >= 1_000 && abs(number) < 1e15 ? "%.0f" : "%.4g", number)
  }

  private static func subjects(of message: AlertMessage) -> String {
    var names: [String] = []
    for entry in message.entries where names.count < 3 {
      let name = subject(of: entry)
      if !names.contains(name) { names.append(name) }
    }
    return names.joined(separator: ", ")
      + (message.entries.count + message.truncated > names.count ? ", …" : "")
  }

  private static func acknowledger(of entry: AlertMessage.Entry) -> Any {
    guard let author = entry.acknowledgedBy else { return NSNull() }
    return author.isEmpty ? "somebody" : author.oneLine
  }

  private static func some(_ text: String) -> Any { text.isEmpty ? NSNull() : text as Any }

  private static func some(_ count: Int) -> Any { count == 0 ? NSNull() : count as Any }

  private static func number(_ value: Double?) -> Any {
    value.map { text(of: $0) as Any } ?? NSNull()
  }

  private static func degrees(_ value: Double?) -> Any {
    value.map { String(format: "%.6f", $0) as Any } ?? NSNull()
  }
}
