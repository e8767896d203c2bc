import Alerting
import Detection

extension AlertsFile {
  /// What it means, in a few lines; without secrets.
  public var summary: String {
    var lines = ["alerts: resolved when their cause has been over for \(text(settings.keepFiring))"]
    if let severity = settings.staleSeverity {
      let after = settings.staleAfter == 0 ? "at once" : "after \(text(settings.staleAfter)) more"
      lines.append("  a subject that is stale: \(severity.name) \(after)")
    } else {
      lines.append("  a subject that is stale: no alert")
    }
    lines += settings.receivers.map(line)
    if let fallback = settings.fallback {
      lines.append(
        "  \(fallback) is told when another receiver has accepted nothing for "
          + text(settings.failingAfter))
    }
    lines += self.lines(settings.route, indent: "  ")
    lines += settings.inhibitions.map { inhibition in
      let equal = inhibition.equal.map(\.rawValue).joined(separator: ", ")
      return "  not told: \(inhibition.target.words) while there is \(inhibition.source.words)"
        + (equal.isEmpty ? "" : " with the same \(equal)")
    }
    for (name, schedule) in settings.muteSchedules.sorted(by: { $0.key < $1.key }) {
      lines.append(
        "  mute schedule \(name): \(schedule.times.map(\.words).joined(separator: "; "))")
    }
    lines += oversights.map { "  note: \($0)" }
    return lines.joined(separator: "\n")
  }

  /// What is allowed, and hardly meant.
  public var oversights: [String] {
    let routes = settings.route.all
    var told = Set(routes.flatMap { $0.receivers + $0.escalations.flatMap(\.receivers) })
    var notes: [String] = []
    if routes.allSatisfy({ $0.receivers.isEmpty && $0.escalations.isEmpty }) {
      notes.append("no route has receivers: alerts are recorded, and nobody is told")
    }
    if let fallback = settings.fallback { told.insert(fallback) }
    for receiver in settings.receivers where !told.contains(receiver.name) {
      notes.append("no route leads to the receiver \(receiver.name)")
    }
    let used = Set(routes.flatMap(\.mute))
    for name in settings.muteSchedules.keys.sorted() where !used.contains(name) {
      notes.append("no route is muted by the schedule \(name)")
    }
    return notes
  }

  private func line(_ receiver: ReceiverSettings) -> String {
    let place = destinations[receiver.name].map { $0.isEmpty ? "" : " \($0)" } ?? ""
    var parts = ["\(receiver.kind.name)\(place)"]
    parts.append("\(text(receiver.timeout)) a call, \(receiver.concurrency) at a time")
    if let cap = receiver.rateCap {
      parts.append("at most \(cap.notifications) in \(text(cap.interval)), danger aside")
    }
    switch (receiver.sendsResolved, receiver.sendsAcknowledged) {
    case (true, true): parts.append("told when resolved or acknowledged")
    case (true, false): parts.append("told when resolved")
    case (false, true): parts.append("told when acknowledged")
    case (false, false): parts.append("told neither when resolved nor when acknowledged")
    }
    return "  receiver \(receiver.name): \(parts.joined(separator: "; "))"
  }

  private func lines(_ route: Route, indent: String) -> [String] {
    var parts = [
      route.receivers.isEmpty ? "nobody" : route.receivers.joined(separator: ", "),
      route.groupWords,
    ]
    parts += route.escalations.map {
      "\($0.receivers.joined(separator: ", ")) if not acknowledged in \(text($0.after))"
    }
    if !route.mute.isEmpty { parts.append("muted \(route.mute.joined(separator: ", "))") }
    if route.continues { parts.append("then on to the next route") }
    let matchers = route.matchers.isEmpty ? "everything" : route.matchers.words
    return ["\(indent)route \(route.name): \(matchers) to \(parts.joined(separator: "; "))"]
      + route.routes.flatMap { lines($0, indent: indent + "  ") }
  }

  private func text(_ milliseconds: Int64) -> String { StrictNode.text(milliseconds) }
}

extension Route {
  /// The route and all below it, depth first.
  var all: [Route] { [self] + routes.flatMap(\.all) }

  /// How its alerts are put together, and when that is told.
  var groupWords: String {
    let labels = groupBy.map(\.rawValue).joined(separator: ", ")
    return "\(labels.isEmpty ? "all in one group" : "grouped by \(labels)"), first "
      + "\(Self.delay(groupWait)), news after \(StrictNode.text(groupInterval)), again after "
      + StrictNode.text(repeatInterval)
  }

  static func delay(_ milliseconds: Int64) -> String {
    milliseconds == 0 ? "at once" : "after \(StrictNode.text(milliseconds))"
  }
}

extension [Matcher] {
  var words: String { map(\.text).joined(separator: " ") }
}

extension Schedule {
  /// `mon-fri 22:00 to 06:00 in the device's time zone`.
  var words: String {
    let zone =
      switch zone {
      case .device: "the device's time zone"
      case .named(let name): name
      }
    return "\(daysText) \(Self.text(from)) to \(Self.text(to)) in \(zone)"
  }
}
