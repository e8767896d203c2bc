import Events

extension RuleSet {
  /// The longest `persist.within`: so far back a restart must read again. Milliseconds.
  public static let maxWithin: Int64 = 3_600_000
  /// The longest `cooldown`. Milliseconds.
  public static let maxCooldown: Int64 = 365 * 86_400_000

  /// Checks that the set means something and does not contradict itself: all that ``CompiledRules``
  /// relies on.
  ///
  /// - Parameters:
  ///   - knownClasses: what detectors can see, in lower case; `nil` if any class may be named.
  ///   - isTimeZone: whether a name is one of the IANA database; `nil` if names are not to be checked.
  /// - Throws: the first fault, in the order rules, assignments, exemptions.
  public func validate(
    knownClasses: Set<String>?, isTimeZone: ((String) -> Bool)? = nil
  ) throws(RuleSetError) {
    var places: [Int: Int] = [:]
    for (place, rule) in rules.enumerated() {
      let check = RuleSetCheck(place: .rule(place))
      try check.require(rule.id > 0, "id", "must be greater than 0, not \(rule.id)")
      if let first = places.updateValue(place, forKey: rule.id) {
        throw check.fault(
          "id", nil,
          "id \(rule.id) is also that of \"\(rules[first].name)\": give each rule its own")
      }
      try check.definition(of: rule, knownClasses: knownClasses, isTimeZone: isTimeZone)
    }
    for (place, assignment) in assignments.enumerated() {
      let check = RuleSetCheck(place: .assignment(place))
      try check.patterns(assignment.users, assignment.devices, assignment.sites)
      try check.require(!assignment.rules.isEmpty, "rules", "is empty: name at least one rule's id")
      var seen: Set<Int> = []
      for (item, id) in assignment.rules.enumerated() {
        try check.require(
          places[id] != nil, "rules", item, "there is no rule \(id): define it or leave it out")
        try check.require(seen.insert(id).inserted, "rules", item, "rule \(id) is named twice")
      }
    }
    for (place, exemption) in exemptions.enumerated() {
      let check = RuleSetCheck(place: .exemption(place))
      try check.patterns(exemption.users, exemption.devices, exemption.sites)
      try check.classes(exemption.classes, "classes", known: knownClasses)
      try check.zones(exemption.zones)
      if exemption.isForEverybody, exemption.zones.isEmpty {
        try requireUseful(exemption, check)
      }
    }
  }

  /// A class cannot be unsafe in a rule and ignored for every camera.
  private func requireUseful(
    _ exemption: ClassExemption, _ check: RuleSetCheck
  ) throws(RuleSetError) {
    for (item, name) in exemption.classes.enumerated() {
      guard let rule = rules.first(where: { $0.unsafe.contains(name) }) else { continue }
      throw check.fault(
        "classes", item,
        "\(name) is ignored for everybody, yet unsafe in rule \(rule.id): leave it out of one of "
          + "them, or say for which users, devices, sites or zones it is ignored")
    }
  }
}

extension ClassExemption {
  /// Whether it holds for every camera.
  fileprivate var isForEverybody: Bool {
    [users, devices, sites].allSatisfy { patterns in
      patterns.isEmpty || patterns.contains { $0.allSatisfy { $0 == "*" } }
    }
  }
}
