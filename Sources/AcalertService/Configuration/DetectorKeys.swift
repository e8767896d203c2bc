import Detection

// The keys of each detector. What its rules allow is checked once all of them have been read.

extension StrictNode {
  /// How many samples; the bounds that hold for a detector are checked with the rest of its rules.
  fileprivate func count() throws -> Int { try integer(in: 0...1_000_000_000) }

  /// A number, or `off` for none.
  fileprivate func bound(orNone none: Double) throws -> Double {
    try unlessOff { try $0.number() } ?? none
  }
}

extension RobustRules: DetectorKeys {
  static var usual: Self { Self() }

  mutating func read(_ node: StrictNode) throws {
    var rules = self
    try node.mapping([
      "threshold": { rules.threshold = try $0.number() },
      "window": { rules.window = try $0.duration() },
      "minSamples": { rules.minSamples = try $0.count() },
      "minDeviation": { rules.minDeviation = try $0.number() },
    ])
    self = rules
  }
}

extension EWMARules: DetectorKeys {
  static var usual: Self { Self() }

  mutating func read(_ node: StrictNode) throws {
    var rules = self
    try node.mapping([
      "threshold": { rules.threshold = try $0.number() },
      "halfLife": { rules.halfLife = try $0.duration() },
      "minSamples": { rules.minSamples = try $0.count() },
      "minStd": { rules.minStd = try $0.number() },
    ])
    self = rules
  }
}

extension CUSUMRules: DetectorKeys {
  static var usual: Self { Self() }

  mutating func read(_ node: StrictNode) throws {
    var rules = self
    try node.mapping([
      "threshold": { rules.threshold = try $0.number() },
      "drift": { rules.drift = try $0.number() },
      "reference": { rules.reference = try $0.choice() },
      "minSamples": { rules.minSamples = try $0.count() },
      "minStd": { rules.minStd = try $0.number() },
    ])
    self = rules
  }
}

extension LikelihoodRules: DetectorKeys {
  static var usual: Self { Self() }

  mutating func read(_ node: StrictNode) throws {
    var rules = self
    try node.mapping([
      "threshold": { rules.threshold = try $0.number() },
      "short": { rules.short = try $0.count() },
      "long": { rules.long = try $0.count() },
      "minSamples": { rules.minSamples = try $0.count() },
      "minStd": { rules.minStd = try $0.number() },
    ])
    self = rules
  }
}

extension SeasonalRules: DetectorKeys {
  static var usual: Self { Self() }

  mutating func read(_ node: StrictNode) throws {
    var rules = self
    try node.mapping([
      "threshold": { rules.threshold = try $0.number() },
      "period": { rules.period = try $0.choice() },
      "buckets": { rules.buckets = try $0.count() },
      "minPeriods": { rules.minPeriods = try $0.count() },
      "learning": { rules.learning = try $0.number() },
      "minStd": { rules.minStd = try $0.number() },
    ])
    self = rules
  }
}

extension RateRules: DetectorKeys {
  static var usual: Self { Self() }

  mutating func read(_ node: StrictNode) throws {
    var rules = self
    try node.mapping([
      "window": { rules.window = try $0.duration() },
      "min": { rules.min = try $0.number() },
      "max": { rules.max = try $0.bound(orNone: .greatestFiniteMagnitude) },
    ])
    self = rules
  }
}

extension FlatlineRules: DetectorKeys {
  static var usual: Self { Self() }

  mutating func read(_ node: StrictNode) throws {
    var rules = self
    try node.mapping([
      "duration": { rules.duration = try $0.duration() },
      "tolerance": { rules.tolerance = try $0.number() },
      "minSamples": { rules.minSamples = try $0.count() },
    ])
    self = rules
  }
}

extension RangeRules: DetectorKeys {
  static var usual: Self { Self() }

  mutating func read(_ node: StrictNode) throws {
    var rules = self
    try node.mapping([
      "min": { rules.min = try $0.bound(orNone: -.greatestFiniteMagnitude) },
      "max": { rules.max = try $0.bound(orNone: .greatestFiniteMagnitude) },
    ])
    self = rules
  }
}

extension NoveltyRules: DetectorKeys {
  static var usual: Self { Self() }

  mutating func read(_ node: StrictNode) throws {
    var rules = self
    try node.mapping([
      "threshold": { rules.threshold = try $0.number() },
      "window": { rules.window = try $0.count() },
      "warmUp": { rules.warmUp = try $0.count() },
      "caution": { rules.caution = try $0.number() },
      "quiet": { rules.quiet = try $0.count() },
    ])
    self = rules
  }
}
