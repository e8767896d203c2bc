import Alerting
import Detection

extension AlertsFile {
  /// Reads the root of a file of alerts.
  mutating func read(_ root: StrictNode, _ surroundings: Surroundings) throws {
    var settings = AlertSettings()
    var destinations: [String: String] = [:]
    // These refer to receivers and schedules, which may come after them.
    var route: StrictNode?
    var fallback: StrictNode?
    try root.mapping([
      "keepFiring": { settings.keepFiring = try $0.duration(in: 0...86_400_000) },
      "stale": { try Self.readStale(&settings, $0) },
      "externalURL": { settings.externalURL = try Self.externalURL($0) },
      "timezone": { node in
        settings.timeZone = try node.nonEmptyText()
        try node.requireTimeZone(settings.timeZone)
      },
      "receivers": { node in
        for item in try node.list() {
          let (receiver, destination) = try Self.receiver(item, surroundings)
          guard destinations.updateValue(destination, forKey: receiver.name) == nil else {
            throw item.error("two receivers are named \"\(receiver.name)\"", at: "name")
          }
          settings.receivers.append(receiver)
        }
      },
      "route": { route = $0 },
      "inhibit": { settings.inhibitions = try $0.list().map(Self.inhibition) },
      "muteSchedules": { settings.muteSchedules = try Self.muteSchedules($0) },
      "fallback": { fallback = $0 },
      "failingAfter": { settings.failingAfter = try $0.duration(in: 1_000...604_800_000) },
    ])
    let names = Names(
      receivers: settings.receivers.map(\.name), schedules: settings.muteSchedules.keys.sorted())
    if let route { settings.route = try names.root(route) }
    if let fallback, try !fallback.text().isEmpty {
      settings.fallback = try names.receiver(fallback)
    }
    self.settings = settings
    self.destinations = destinations
  }

  private static func readStale(_ settings: inout AlertSettings, _ node: StrictNode) throws {
    var severity = settings.staleSeverity
    var after = settings.staleAfter
    try node.mapping([
      "severity": { node in
        switch try node.text() {
        case "warning": severity = .warning
        case "danger": severity = .danger
        case "none": severity = nil
        case let text: throw node.error("\"\(text)\" is none of: warning, danger, none")
        }
      },
      "after": { after = try $0.duration(in: 0...31_536_000_000) },
    ])
    settings.staleSeverity = severity
    settings.staleAfter = after
  }

  private static func externalURL(_ node: StrictNode) throws -> String {
    var text = try node.text()
    guard !text.isEmpty else { return "" }
    let parts = try node.webAddress(text)
    guard !parts.path.contains(where: { "?#".contains($0) }) else {
      throw node.error("must end with its path: links are made of it by adding to it")
    }
    while text.last == "/" { text.removeLast() }
    return text
  }

  private static func inhibition(_ node: StrictNode) throws -> Inhibition {
    var inhibition = Inhibition(source: [], target: [], equal: [])
    try node.mapping([
      "source": { inhibition.source = try $0.matchers() },
      "target": { inhibition.target = try $0.matchers() },
      "equal": { inhibition.equal = try $0.labels() },
    ])
    for (key, matchers) in [("source", inhibition.source), ("target", inhibition.target)]
    where matchers.isEmpty {
      // Matching everything, one alert would hush up all others.
      throw node.error("has no \(key), which must have at least one label")
    }
    return inhibition
  }

  private static func muteSchedules(_ node: StrictNode) throws -> [String: MuteSchedule] {
    var schedules: [String: MuteSchedule] = [:]
    for (key, name, value) in try node.entries() {
      try key.requireName(name)
      let times = try value.items().map { item in
        let schedule = try Schedule(item)
        if case .named(let zone) = schedule.zone {
          try (item.child("timezone") ?? item).requireTimeZone(zone)
        }
        guard schedule.days != 0 else { throw item.error("names no day", at: "days") }
        return schedule
      }
      guard !times.isEmpty else { throw value.error("has no times") }
      schedules[name] = MuteSchedule(times: times)
    }
    return schedules
  }
}

extension StrictNode {
  /// A name that stands in group names, metrics and addresses.
  func requireName(_ name: String) throws {
    guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) != nil else {
      throw error("\"\(name)\" is not a name: 1 to 64 of a-z, A-Z, 0-9, dot, _ and -")
    }
  }

  func name() throws -> String {
    let name = try text()
    try requireName(name)
    return name
  }

  /// The items of a list, which is also empty where nothing stands.
  func list() throws -> [StrictNode] {
    if case .scalar(let scalar) = node, scalar.string.isEmpty { return [] }
    return try sequence()
  }

  /// Labels of alerts, none twice.
  func labels() throws -> [AlertLabel] {
    var labels: [AlertLabel] = []
    for item in try items() {
      let label: AlertLabel = try item.choice()
      guard !labels.contains(label) else {
        throw item.error("\(label.rawValue) is given twice")
      }
      labels.append(label)
    }
    return labels
  }
}
