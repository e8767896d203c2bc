import Detection

extension RuleSet {
  /// The rules for people: one line each, with the cameras that they are for.
  public var summary: String {
    var lines: [String] = []
    for rule in rules {
      lines.append("rule \(rule.id) \(rule.name): \(rule.words)")
      let cameras = assignments.filter { $0.rules.contains(rule.id) }.map {
        Self.cameras($0.users, $0.devices, $0.sites)
      }
      lines.append("  for \(cameras.isEmpty ? "nobody" : cameras.joined(separator: "; "))")
    }
    for exemption in exemptions {
      let zones = exemption.zones.isEmpty ? "" : " in \(exemption.zones.map(\.text).orList)"
      lines.append(
        "never: \(exemption.classes.orList)\(zones) for "
          + Self.cameras(exemption.users, exemption.devices, exemption.sites))
    }
    return lines.joined(separator: "\n")
  }

  private static func cameras(
    _ users: [String], _ devices: [String], _ sites: [String]
  ) -> String {
    let parts = [("users", users), ("devices", devices), ("sites", sites)].compactMap {
      $1.isEmpty ? nil : "\($0) \($1.orList)"
    }
    return parts.isEmpty ? "everybody" : parts.joined(separator: ", ")
  }
}

extension ThreatRule {
  /// What it asks for, in words.
  fileprivate var words: String {
    var text =
      "\(severity.rawValue) if \(match == .all ? "all that is seen is" : "there is") \(unsafe.orList)"
      + " of at least \(StrictNode.shareText(probability))"
    if !zones.isEmpty { text += " in \(zones.map(\.text).orList)" }
    if let schedule {
      let zone =
        switch schedule.zone {
        case .device: "the device's time zone"
        case .named(let name): name
        }
      text +=
        ", \(schedule.daysText) \(Schedule.text(schedule.from)) to \(Schedule.text(schedule.to)) in \(zone)"
    }
    if persist.of > 1 {
      text +=
        ", in \(persist.frames) of \(persist.of) frames within \(StrictNode.text(persist.within))"
    }
    if let medianProbability {
      text += ", median of its track at least \(StrictNode.shareText(medianProbability))"
    }
    return text + "; not again for \(StrictNode.text(cooldown))"
  }
}

extension ThreatRule.Zone {
  fileprivate var text: String {
    switch self {
    case .named(let name): name
    case .polygon(let name, let points): "\(name) (\(points.count) corners)"
    }
  }
}

extension [String] {
  fileprivate var orList: String {
    count < 2 ? joined() : dropLast().joined(separator: ", ") + " or \(self[count - 1])"
  }
}

extension Int {
  /// `1 rule`, `2 rules`.
  public func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
