import Events

/// The checks of one rule, assignment or exemption; each says which place is at fault.
struct RuleSetCheck {
  let place: RuleSetError.Place

  func fault(_ key: String, _ item: Int?, _ message: String) -> RuleSetError {
    RuleSetError(place: place, key: key, item: item, message: message)
  }

  func require(
    _ condition: Bool, _ key: String, _ item: Int?, _ message: @autoclosure () -> String
  ) throws(RuleSetError) {
    if !condition { throw fault(key, item, message()) }
  }

  func require(
    _ condition: Bool, _ key: String, _ message: @autoclosure () -> String
  ) throws(RuleSetError) {
    if !condition { throw fault(key, nil, message()) }
  }

  func definition(
    of rule: ThreatRule, knownClasses: Set<String>?, isTimeZone: ((String) -> Bool)?
  ) throws(RuleSetError) {
    try require(
      rule.name.contains { !$0.isWhitespace }, "name", "is empty: say what the rule is about")
    try require(rule.name.utf8.count <= 200, "name", "must be at most 200 bytes long")
    try classes(rule.unsafe, "unsafe", known: knownClasses)
    try probability(rule.probability, "probability")
    if let median = rule.medianProbability { try probability(median, "median_probability") }
    try zones(rule.zones)
    if let schedule = rule.schedule { try self.schedule(schedule, isTimeZone) }
    try persistence(rule.persist)
    try require(
      (0...RuleSet.maxCooldown).contains(rule.cooldown), "cooldown", "must be 0s to 365d")
  }

  func classes(_ names: [String], _ key: String, known: Set<String>?) throws(RuleSetError) {
    try require(!names.isEmpty, key, "is empty: name at least one class, e.g. person")
    var seen: Set<String> = []
    for (item, name) in names.enumerated() {
      try self.name(name, key, item, of: "class")
      let lower = name.lowercased()
      try require(name == lower, key, item, "write \(name) in lower case: \(lower)")
      try require(seen.insert(name).inserted, key, item, "\(name) is named twice")
      if let known {
        try require(
          known.contains(name), key, item,
          "no detector knows the class \(name): mend its spelling, or add it to the known classes")
      }
    }
  }

  /// Names of classes and zones are those that a `Vocabulary` takes.
  private func name(
    _ name: String, _ key: String, _ item: Int, of what: String
  ) throws(RuleSetError) {
    try require(
      name.contains { !$0.isWhitespace }, key, item, "a \(what) without a name: name it")
    try require(
      name.utf8.count <= Vocabulary.maxNameBytes, key, item,
      "a \(what)'s name must be at most \(Vocabulary.maxNameBytes) bytes long")
  }

  private func probability(_ value: Int32, _ key: String) throws(RuleSetError) {
    try require(
      (1...1_000_000).contains(value), key,
      "must be above 0 and at most 1, not \(ProbabilityText.exact(value))")
  }

  private func persistence(_ persist: ThreatRule.Persistence) throws(RuleSetError) {
    try require(
      (1...64).contains(persist.of), "persist.of", "must be 1 to 64 frames, not \(persist.of)")
    try require(
      persist.frames >= 1, "persist.frames", "must be at least 1, not \(persist.frames)")
    try require(
      persist.frames <= persist.of, "persist.frames",
      "\(persist.frames) of \(persist.of) frames can never be: at most `of`")
    try require(
      (1...RuleSet.maxWithin).contains(persist.within), "persist.within",
      "must be more than 0s and at most 1h")
  }

  private func schedule(
    _ schedule: Schedule, _ isTimeZone: ((String) -> Bool)?
  ) throws(RuleSetError) {
    try require(
      schedule.days != 0, "schedule.days", "names no day: name some, or leave the schedule out")
    try require(schedule.days <= 0x7f, "schedule.days", "a week has seven days")
    try require(
      (0...1439).contains(schedule.from), "schedule.from", "must be 00:00 to 23:59")
    try require((0...1440).contains(schedule.to), "schedule.to", "must be 00:00 to 24:00")
    guard case .named(let zone) = schedule.zone else { return }
    try require(
      isTimeZone?(zone) ?? !zone.isEmpty, "schedule.timezone",
      "there is no time zone \"\(zone)\": write a name of the IANA database such as "
        + "America/New_York, or device")
  }

  func patterns(
    _ users: [String], _ devices: [String], _ sites: [String]
  ) throws(RuleSetError) {
    for (key, patterns) in [("users", users), ("devices", devices), ("sites", sites)] {
      var seen: Set<String> = []
      for (item, pattern) in patterns.enumerated() {
        try require(
          !pattern.isEmpty, key, item, "an empty pattern fits nobody: write * for all")
        try require(
          pattern.utf8.count <= 256, key, item, "a pattern must be at most 256 bytes long")
        try require(seen.insert(pattern).inserted, key, item, "\(pattern) is given twice")
      }
    }
  }

  func zones(_ zones: [ThreatRule.Zone]) throws(RuleSetError) {
    try require(zones.count <= 1_000, "zones", "must be at most 1,000")
    var seen: Set<String> = []
    for (item, zone) in zones.enumerated() {
      switch zone {
      case .named(let name):
        try self.name(name, "zones", item, of: "zone")
      case .polygon(let name, let points):
        try self.name(name, "zones", item, of: "zone")
        try polygon(name, points, item)
      }
      try require(
        seen.insert(zone.name.lowercased()).inserted, "zones", item,
        "the zone \(zone.name) is given twice: give each its own name, once")
    }
  }

  private func polygon(
    _ name: String, _ points: [Point], _ item: Int
  ) throws(RuleSetError) {
    try require(
      Set(points).count >= 3, "zones", item,
      "the polygon \(name) has \(Set(points).count) distinct points: it needs at least 3")
    try require(
      points.count <= 256, "zones", item, "the polygon \(name) has more than 256 points")
    let range: ClosedRange<Int32> = 0...1_000_000
    try require(
      points.allSatisfy { range.contains($0.x) && range.contains($0.y) }, "zones", item,
      "the polygon \(name) reaches out of the image: points are parts of its width and height, "
        + "0 to 1")
    try require(
      !Polygon.crossesItself(points), "zones", item,
      "the edges of the polygon \(name) cross: list its points in order around the area")
    try require(
      Polygon.doubleArea(points) != 0, "zones", item,
      "the polygon \(name) is empty: its points lie on one line")
  }
}

extension ThreatRule.Zone {
  /// Its name for messages.
  var name: String {
    switch self {
    case .named(let name): name
    case .polygon(let name, _): name
    }
  }
}
