import Detection
import Store

/// Makes messages: what a receiver is told, with the facts of the moment.
struct MessageComposer {
  let settings: AlertSettings
  /// Tells this database's alerts from those of other instances.
  let instance: String

  /// The subjects' rows, by alert.
  func facts(of alerts: [Alert], _ reader: StoreReader) throws -> [Int64: StatusRecord] {
    var facts: [Int64: StatusRecord] = [:]
    for alert in alerts {
      facts[alert.id] = try reader.status(
        kind: alert.identity.kind, user: alert.identity.user, device: alert.identity.device)
    }
    return facts
  }

  func message(
    _ planned: PlannedNotification, alerts: [Alert], facts: [Int64: StatusRecord], now: Int64
  ) -> AlertMessage {
    let told = Dictionary(
      planned.told.map { ($0.alert, $0) }, uniquingKeysWith: { _, last in last })
    let news = Set(planned.news)
    let first = Set(planned.first)
    let entries = alerts.compactMap { alert in
      told[alert.id].map {
        entry(
          alert, $0, isNews: news.contains(alert.id), isFirst: first.contains(alert.id),
          facts[alert.id])
      }
    }
    let severity = planned.told.contains { $0.severity == .danger } ? "danger" : "warning"
    return AlertMessage(
      key: key(planned.receiver, planned.group, planned.generation, now),
      receiver: planned.receiver, kind: planned.kind.rawValue,
      group: "\(instance)/\(planned.group)",
      groupLabels: Dictionary(
        uniqueKeysWithValues: planned.groupLabels.map { ($0.key.rawValue, $0.value) }),
      generation: planned.generation, status: .init(planned.status), severity: severity,
      created: now, entries: entries, truncated: planned.told.count - entries.count,
      heldBack: planned.heldBack, externalURL: settings.externalURL)
  }

  /// A message about the alerting itself.
  func notice(_ text: String, group: String, to receiver: String, now: Int64) -> AlertMessage {
    AlertMessage(
      key: key(receiver, group, now, now), receiver: receiver, kind: "notice",
      group: "\(instance)/\(group)", groupLabels: [:], generation: now, status: .firing,
      severity: "warning", created: now, entries: [], notice: text,
      externalURL: settings.externalURL)
  }

  private func key(_ receiver: String, _ group: String, _ generation: Int64, _ now: Int64)
    -> String
  {
    "acalert/\(instance)/\(receiver)/\(group)/\(generation)/\(now)"
  }

  private func entry(
    _ alert: Alert, _ told: AlertNotification.Told, isNews: Bool, isFirst: Bool,
    _ row: StatusRecord?
  ) -> AlertMessage.Entry {
    let location = row?.location ?? alert.location
    let zones = [row?.timeZone ?? "", alert.timeZone, settings.timeZone]
    return AlertMessage.Entry(
      id: alert.id, status: .init(told.status), severity: told.severity.name,
      kind: alert.identity.kind, user: alert.identity.user, device: alert.identity.device,
      site: alert.site, cause: alert.cause.name, rule: alert.cause.rule,
      ruleName: alert.ruleName, reason: alert.reason, began: alert.began,
      ended: alert.isOpen ? nil : alert.ended ?? alert.resolved, flaps: alert.flaps,
      acknowledgedBy: alert.acknowledgement?.author, state: row?.state.name ?? "",
      value: row?.value ?? alert.value, unit: row?.unit ?? "", mean: row?.mean, std: row?.std,
      score: row?.score, lastSeen: row?.lastSeen, latitude: location?.latitude,
      longitude: location?.longitude, timeZone: zones.first { !$0.isEmpty } ?? "UTC",
      url: settings.externalURL.isEmpty ? "" : "\(settings.externalURL)/#alert=\(alert.id)",
      wasTold: !isFirst, isNews: isNews)
  }
}

extension AlertMessage.Entry.Status {
  init(_ status: AlertNotification.Told.Status) {
    switch status {
    case .firing: self = .firing
    case .acknowledged: self = .acknowledged
    case .resolved: self = .resolved
    }
  }
}
