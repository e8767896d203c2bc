import Detection
import Events

extension RuleSet {
  /// The rules as a rules file, one line each, always the same for the same rules: it is what their
  /// version is made of. Reading it gives the same rules again; comments, tests and `classes` are not in
  /// it, because they decide nothing.
  var text: String {
    func section(_ name: String, _ lines: [String]) -> String {
      lines.isEmpty ? "" : "\(name):\n" + lines.map { "  - {\($0)}\n" }.joined()
    }
    return section("rules", rules.map(\.text)) + section("assign", assignments.map(\.text))
      + section("ignore", exemptions.map(\.text))
  }
}

extension ThreatRule {
  fileprivate var text: String {
    var parts = [
      "id: \(id)", "name: \(name.quoted)", "unsafe: \(unsafe.list)", "match: \(match.rawValue)",
      "probability: \(StrictNode.shareText(probability))",
    ]
    if !zones.isEmpty { parts.append("zones: \(zones.listText)") }
    if let schedule {
      let zone =
        switch schedule.zone {
        case .device: "device"
        case .named(let name): name.quoted
        }
      parts.append(
        "schedule: {days: \(schedule.daysText), from: \(Schedule.text(schedule.from).quoted), "
          + "to: \(Schedule.text(schedule.to).quoted), timezone: \(zone)}")
    }
    parts.append(
      "persist: {frames: \(persist.frames), of: \(persist.of), "
        + "within: \(StrictNode.text(persist.within))}")
    if let medianProbability {
      parts.append("median_probability: \(StrictNode.shareText(medianProbability))")
    }
    parts.append("cooldown: \(StrictNode.text(cooldown))")
    parts.append("severity: \(severity.rawValue)")
    return parts.joined(separator: ", ")
  }
}

extension RuleAssignment {
  fileprivate var text: String {
    (camerasText(users, devices, sites)
      + ["rules: [\(rules.map(String.init).joined(separator: ", "))]"]).joined(separator: ", ")
  }
}

extension ClassExemption {
  fileprivate var text: String {
    (camerasText(users, devices, sites) + ["classes: \(classes.list)"]
      + (zones.isEmpty ? [] : ["zones: \(zones.listText)"])).joined(separator: ", ")
  }
}

private func camerasText(_ users: [String], _ devices: [String], _ sites: [String]) -> [String] {
  [("users", users), ("devices", devices), ("sites", sites)].compactMap { name, patterns in
    patterns.isEmpty ? nil : "\(name): \(patterns.list)"
  }
}

extension [String] {
  fileprivate var list: String { "[\(map(\.quoted).joined(separator: ", "))]" }
}

extension [ThreatRule.Zone] {
  fileprivate var listText: String {
    let zones = map { zone in
      switch zone {
      case .named(let name): return name.quoted
      case .polygon(let name, let points):
        let corners = points.map {
          "[\(StrictNode.shareText($0.x)), \(StrictNode.shareText($0.y))]"
        }
        return "{name: \(name.quoted), polygon: [\(corners.joined(separator: ", "))]}"
      }
    }
    return "[\(zones.joined(separator: ", "))]"
  }
}

extension StrictNode {
  /// Millionths as a decimal, exactly: 850,000 as `0.85`.
  static func shareText(_ millionths: Int32) -> String {
    var digits = String(millionths % 1_000_000 + 1_000_000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return digits.isEmpty ? "\(millionths / 1_000_000)" : "\(millionths / 1_000_000).\(digits)"
  }
}
