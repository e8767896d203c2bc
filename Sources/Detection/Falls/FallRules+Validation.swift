extension FallRules {
  /// Checks every bound that the engine relies on.
  func validate() throws(RulesError) {
    func require(_ condition: Bool, _ setting: String, _ message: String) throws(RulesError) {
      if !condition { throw RulesError(setting: "falls.\(setting)", message: message) }
    }
    try require((1_000...30_000).contains(trigger), "trigger", "must be 1 to 30 g")
    try require((100...2_000).contains(separation), "separation", "must be 100ms to 2s")
    try require((0...3_600_000).contains(refractory), "refractory", "must be 0s to 1h")
    try require((1...1_000).contains(minRate), "minRate", "must be 1 to 1000 samples a second")
    try require((0...1).contains(recordFrom), "recordFrom", "must be 0 to 1")
    try require((0...180).contains(recovery.angle), "recovery.angle", "must be 0 to 180 degrees")
    try require(
      (1_000...3_600_000).contains(recovery.upright), "recovery.upright", "must be 1s to 1h")
    try require(
      (10_000...86_400_000).contains(recovery.limit), "recovery.limit", "must be 10s to 24h")
    if let impact {
      try require((0...30_000).contains(impact.peak), "impact.peak", "must be 0 to 30 g")
      try require(
        impact.freeFall.map { (1...1_000).contains($0) } ?? true, "impact.freeFall",
        "must be 0.001 to 1 g")
      try require(
        (100...2_000).contains(impact.freeFallWithin), "impact.freeFallWithin",
        "must be 100ms to 2s")
      try require(
        impact.rest.map { (1...2_000).contains($0) } ?? true, "impact.rest", "must be 0.001 to 2 g")
      try require(
        (200...5_000).contains(impact.restFor), "impact.restFor", "must be 200ms to 5s")
      try require(
        (ImpactSequence.settling + impact.restFor...20_000).contains(impact.restWithin),
        "impact.restWithin",
        "must be at least impact.restFor and \(ImpactSequence.settling)ms, at most 20s")
      try require(
        impact.turn.map { (0...180).contains($0) } ?? true, "impact.turn",
        "must be 0 to 180 degrees")
    }
    try require(
      model != nil || impact != nil, "model", "is missing, and so is impact: nothing tells falls")
    for (name, rules) in [("model", model), ("early", early), ("shadow", shadow)] {
      guard let rules else { continue }
      try require((0...1).contains(rules.threshold), "\(name).threshold", "must be 0 to 1")
      try require(!rules.model.features.isEmpty, "\(name).file", "takes no features")
      for feature in rules.model.features {
        try require(
          FallFeature(rawValue: feature) != nil, "\(name).file",
          "takes a feature \"\(feature)\", which is none of those that are measured")
      }
    }
    let known = ["model": model != nil, "impact": impact != nil]
    for (name, weight) in combination.weights {
      try require(
        known[name] == true, "combine.weights",
        "\"\(name)\" is neither model nor impact, or not in use")
      try require((0...1_000).contains(weight), "combine.weights", "must be 0 to 1000")
    }
    if case .atLeast(let sum) = combination.need {
      let all = known.filter(\.value).keys.reduce(0) { $0 + (combination.weights[$1] ?? 1) }
      try require(
        sum > 0 && sum <= all, "combine.need", "must be above 0 and at most \(all), all together")
    }
  }
}
