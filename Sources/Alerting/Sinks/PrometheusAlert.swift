import Foundation

/// An alert in the words of Prometheus, for Alertmanager and for those who understand its webhook.
///
/// The labels say which alert it is: equal while the episode lasts, whatever becomes known of it, and
/// different for the next episode, whose number is one of them. So the site, which may change, is an
/// annotation; and of the labels only the severity changes, when it rises.
struct PrometheusAlert: Equatable, Sendable {
  var labels: [String: String]
  var annotations: [String: String]

  init(_ entry: AlertMessage.Entry, severity: String? = nil) {
    labels = [
      "alertname": Self.name(of: entry.cause), "severity": severity ?? entry.severity,
      "kind": entry.kind, "user": entry.user, "device": entry.device, "cause": entry.cause,
      "rule": entry.rule.map(String.init) ?? "", "episode": String(entry.id),
    ].filter { !$0.value.isEmpty }
    let headline = AlertFacts.headline(entry.status, entry.severity)
    annotations = [
      "summary": "\(headline): \(AlertFacts.subject(of: entry))", "description": entry.reason,
      "rule_name": entry.ruleName, "site": entry.site, "state": entry.state,
      "value": entry.value.map { "\(AlertFacts.text(of: $0)) \(entry.unit)".trimmed } ?? "",
      "score": entry.score.map(AlertFacts.text(of:)) ?? "",
      "last_seen": Self.time(entry.lastSeen), "local_time": Self.localTime(of: entry),
      "location": Self.location(of: entry), "map": AlertFacts.map(of: entry) ?? "",
      "acknowledged_by": entry.acknowledgedBy ?? "", "flaps": "\(entry.flaps)",
    ].filter { !$0.value.isEmpty }
  }

  /// For what is no alert of a subject: a digest, a notice.
  init(_ message: AlertMessage, title: String, text: String) {
    labels = [
      "alertname": message.kind == "digest" ? "AcalertDigest" : "AcalertNotice",
      "severity": message.severity, "receiver": message.receiver, "group": message.group,
      "episode": String(message.generation),
    ].filter { !$0.value.isEmpty }
    annotations = ["summary": title, "description": text]
  }

  /// As Prometheus computes it for a set of labels (`LabelSet.Fingerprint` of
  /// https://github.com/prometheus/common): FNV-1a of 64 bits over the sorted names and values, each
  /// followed by the byte 255; sixteen hexadecimal digits.
  var fingerprint: String {
    var hash: UInt64 = 14_695_981_039_346_656_037
    func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    for name in labels.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      for text in [name, labels[name] ?? ""] {
        text.utf8.forEach(add)
        add(255)
      }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// RFC 3339; empty for none.
  static func time(_ milliseconds: Int64?) -> String {
    guard let milliseconds else { return "" }
    return Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(
      Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  /// `abnormal` is AcalertAbnormal, `void_image` AcalertVoidImage, `rule:200` AcalertRule.
  private static func name(of cause: String) -> String {
    "Acalert"
      + (cause.split(separator: ":").first ?? "").split(separator: "_").map {
        $0.prefix(1).uppercased() + $0.dropFirst()
      }.joined()
  }

  private static func localTime(of entry: AlertMessage.Entry) -> String {
    LocalTime.text(entry.began, zone: entry.timeZone)
  }

  private static func location(of entry: AlertMessage.Entry) -> String {
    guard let latitude = entry.latitude, let longitude = entry.longitude else { return "" }
    return String(format: "%.6f,%.6f", latitude, longitude)
  }
}
