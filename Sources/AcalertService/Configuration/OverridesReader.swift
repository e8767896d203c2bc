import Detection

/// An entry of `overrides`: other rules for some of a stream's subjects.
struct OverrideSettings {
  var rules: RulesOverride
  var sources: FallModelSources

  /// Reads an entry; what it leaves out is as in the stream.
  ///
  /// - Parameters:
  ///   - stream: the stream's rules, valid.
  ///   - falls: how the stream tells falls; `nil` if its numbers are no accelerations.
  init(_ node: StrictNode, stream: StreamRules, falls: FallSettings?) throws {
    var users: [String] = []
    var devices: [String] = []
    var rules = stream
    rules.overrides = []
    var settings = falls
    try node.mapping([
      "users": { users = try $0.items().map { try $0.id() } },
      "devices": { devices = try $0.items().map { try $0.id() } },
      "zscore": { try rules.zscore.read($0, digits: stream.digits) },
      "detectors": { try rules.series.read(detectors: $0) },
      "combine": { try rules.series.read(combination: $0) },
      "falls": { try StreamSettings.readFalls(&settings, $0) },
      "status": { try StreamSettings.readStatus(&rules.status, $0) },
    ])
    guard !users.isEmpty || !devices.isEmpty else {
      throw node.error("names neither users nor devices: put what holds for all in the stream")
    }
    rules.falls = settings?.active
    do {
      try rules.validate()
    } catch {
      let error = error.inConfiguration
      throw node.error(error.message, at: error.setting)
    }
    self.rules = RulesOverride(
      users: users, devices: devices, zscore: rules.zscore, series: rules.series,
      falls: rules.falls, status: rules.status)
    sources = settings?.sources ?? FallModelSources()
  }
}

extension ZScoreRules {
  /// Reads `zscore`; what it leaves out stays.
  mutating func read(_ node: StrictNode, digits: Int) throws {
    var rules = self
    try node.mapping([
      "enabled": { rules.isEnabled = try $0.boolean() },
      "k": { rules.thousandthsOfK = try $0.fixedPoint(digits: 3, what: "a number") },
      "minSamples": { rules.minSamples = try $0.integer(in: 2...WindowSums.maxCount) },
      "minStd": { rules.minStd = try $0.fixedPoint(digits: digits, what: "a number") },
      "sides": { rules.sides = try $0.choice() },
    ])
    self = rules
  }
}

extension SeriesRules {
  /// Reads `detectors`; what it leaves out stays.
  mutating func read(detectors node: StrictNode) throws {
    var set = DetectorSet(detectors)
    try set.read(node)
    detectors = set.list
  }

  /// Reads `combine`; what it leaves out stays.
  mutating func read(combination node: StrictNode) throws {
    try combination.read(node, names: DetectorSet.names.union(["zscore"]))
  }
}

extension RulesError {
  /// With the settings named as a stream of samples spells them.
  var inConfiguration: RulesError {
    func spelled(_ text: String) -> String {
      text.replacing("series.combination.", with: "combine.")
        .replacing("series.", with: "detectors.")
    }
    var error = self
    error.setting = spelled(setting)
    error.message = spelled(message)
    return error
  }
}
