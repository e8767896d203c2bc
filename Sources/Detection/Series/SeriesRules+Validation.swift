extension SeriesRules {
  /// Checks every bound that the detectors rely on, and that the combination can come about.
  ///
  /// - Parameter zscoreHasVoice: whether the z-score is switched on.
  public func validate(zscoreHasVoice: Bool = true) throws(RulesError) {
    var names: Set<String> = [Self.zscoreName]
    for rules in detectors {
      try require(
        names.insert(rules.name).inserted, "series.\(rules.name)",
        "is there twice: one of each detector is possible")
      try rules.validate()
    }
    try combination.validate(names: names, zscoreHasVoice: zscoreHasVoice)
  }
}

extension CombinationRules {
  fileprivate func validate(names: Set<String>, zscoreHasVoice: Bool) throws(RulesError) {
    for (name, weight) in weights.sorted(by: { $0.key < $1.key }) {
      let setting = "series.combination.weights.\(name)"
      try require(
        names.contains(name), setting,
        "is not a detector of this stream (\(names.sorted().joined(separator: ", ")))")
      try require((0...1000).contains(weight), setting, "must be 0 to 1000")
    }
    let sum = names.reduce(0) { sum, name in
      name == SeriesRules.zscoreName && !zscoreHasVoice ? sum : sum + (weights[name] ?? 1)
    }
    if names.count > 1 {
      try require(
        sum > 0, "series.combination.weights", "must leave at least one detector a voice")
    }
    if case .atLeast(let need) = need {
      try require(
        need > 0 && need <= sum * (1 + 1e-9), "series.combination.need",
        "must be above 0 and at most the sum of the weights (\(sum))")
    }
    try require((0...day).contains(hold), "series.combination.hold", "must be 0s to 24h")
    try require(
      (0...day).contains(refractory), "series.combination.refractory", "must be 0s to 24h")
  }
}

extension SeriesDetectorRules {
  fileprivate func validate() throws(RulesError) {
    func check(_ condition: Bool, _ key: String, _ message: String) throws(RulesError) {
      try require(condition, "series.\(name).\(key)", message)
    }
    func checkFloor(_ floor: Double, _ key: String) throws(RulesError) {
      try check((0...1e9).contains(floor), key, "must be 0 to 1e9")
    }
    switch self {
    case .rate, .flatline, .range: break
    case .robust, .ewma, .cusum, .likelihood, .seasonal, .novelty:
      try check(
        threshold > 0 && threshold <= 1e6, "threshold", "must be above 0 and at most 1000000")
    }
    switch self {
    case .robust(let rules):
      try check((100...day).contains(rules.window), "window", "must be 100ms to 24h")
      try check(
        (3...PointRing.capacity).contains(rules.minSamples), "minSamples",
        "must be 3 to \(PointRing.capacity)")
      try checkFloor(rules.minDeviation, "minDeviation")
    case .ewma(let rules):
      try check((10...366 * day).contains(rules.halfLife), "halfLife", "must be 10ms to 366d")
      try check((2...1_000_000).contains(rules.minSamples), "minSamples", "must be 2 to 1000000")
      try checkFloor(rules.minStd, "minStd")
    case .cusum(let rules):
      try check((0...1000).contains(rules.drift), "drift", "must be 0 to 1000")
      try check((2...1_000_000).contains(rules.minSamples), "minSamples", "must be 2 to 1000000")
      try checkFloor(rules.minStd, "minStd")
    case .likelihood(let rules):
      try check((1...1000).contains(rules.short), "short", "must be 1 to 1000")
      try check((10...1_000_000).contains(rules.long), "long", "must be 10 to 1000000")
      try check(
        rules.minSamples >= 2 && rules.minSamples <= rules.long, "minSamples",
        "must be 2 to series.likelihood.long (\(rules.long))")
      try checkFloor(rules.minStd, "minStd")
    case .seasonal(let rules):
      try check((1...2016).contains(rules.buckets), "buckets", "must be 1 to 2016")
      try check((1...1000).contains(rules.minPeriods), "minPeriods", "must be 1 to 1000")
      try check(
        rules.learning > 0 && rules.learning <= 1, "learning", "must be above 0 and at most 1")
      try checkFloor(rules.minStd, "minStd")
    case .rate(let rules):
      try check((1000...7 * day).contains(rules.window), "window", "must be 1s to 7d")
      try check((0...1e9).contains(rules.min), "min", "must be 0 to 1e9")
      try check(rules.max > 0 && rules.max.isFinite, "max", "must be above 0")
      try check(rules.min <= rules.max, "min", "must be at most series.rate.max (\(rules.max))")
    case .flatline(let rules):
      try check((100...366 * day).contains(rules.duration), "duration", "must be 100ms to 366d")
      try checkFloor(rules.tolerance, "tolerance")
      try check((2...1_000_000).contains(rules.minSamples), "minSamples", "must be 2 to 1000000")
    case .range(let rules):
      try check(rules.min.isFinite, "min", "must be a number")
      try check(rules.max.isFinite, "max", "must be a number")
      try check(rules.min <= rules.max, "min", "must be at most series.range.max (\(rules.max))")
    case .novelty(let rules): try checkNovelty(rules, check)
    }
  }
}

extension SeriesDetectorRules {
  private func checkNovelty(
    _ rules: NoveltyRules, _ check: (Bool, String, String) throws(RulesError) -> Void
  ) throws(RulesError) {
    try check((2...1_000_000).contains(rules.window), "window", "must be 2 to 1000000")
    try check((2...10_000).contains(rules.warmUp), "warmUp", "must be 2 to 10000")
    try check(rules.warmUp < rules.window, "warmUp", "must be below window (\(rules.window))")
    try check((0...4).contains(rules.caution), "caution", "must be 0 to 4")
    try check((1...1_000_000).contains(rules.quiet), "quiet", "must be 1 to 1000000")
    let views = [
      ("deviation.length", rules.deviation.length, 2...100_000),
      ("transition.length", rules.transition.length, 1...100_000),
      ("transition.bins", rules.transition.bins, 2...256),
      ("week.parts", rules.week.parts, 1...10_080),
      ("hour.short", rules.hour.short, 1...100_000), ("hour.long", rules.hour.long, 1...100_000),
      ("hour.bins", rules.hour.bins, 2...256), ("hour.parts", rules.hour.parts, 1...1_440),
    ]
    for (name, value, bounds) in views {
      try check(
        bounds.contains(value), name, "must be \(bounds.lowerBound) to \(bounds.upperBound)")
    }
    try check(
      rules.week.learning > 0 && rules.week.learning <= 1, "week.learning",
      "must be above 0 and at most 1")
    for (name, scale) in [
      ("deviation.scale", rules.deviation.scale), ("transition.scale", rules.transition.scale),
      ("week.scale", rules.week.scale), ("hour.shortScale", rules.hour.shortScale),
      ("hour.longScale", rules.hour.longScale),
    ] {
      try check(scale >= 0 && scale.isFinite, name, "must be 0 or more")
    }
  }
}

private let day: Int64 = 86_400_000

private func require(
  _ condition: Bool, _ setting: String, _ message: String
) throws(RulesError) {
  if !condition { throw RulesError(setting: setting, message: message) }
}
