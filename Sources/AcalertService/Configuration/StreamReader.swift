import Detection
import Events

/// What a stream's records are.
enum StreamType: String, CaseIterable {
  /// Numbers with a time.
  case samples
  /// What object detectors saw in the images of cameras.
  case camera

  /// What is said of a key that another type of stream has.
  var rejection: String { "means nothing for a stream of type: \(rawValue)" }
}

extension StreamSettings {
  /// Reads one entry of `streams`.
  init(_ node: StrictNode) throws {
    switch try node.child("type")?.choice() ?? StreamType.samples {
    case .samples: try self.init(samples: node)
    case .camera: try self.init(camera: node)
    }
  }

  private init(samples node: StrictNode) throws {
    var unit = UnitSetting.g
    var label: String?
    var digits = 6
    var names = RecordFieldNames()
    var maxRecordBytes = RecordFormat.standard.maxRecordBytes
    var maxFutureSkew = RecordFormat.standard.maxFutureSkew
    var maxBurstSamples = RecordFormat.standard.maxBurstSamples
    var rules = StreamRules()
    var zscore: StrictNode?
    var fallsNode: StrictNode?
    var overridesNode: StrictNode?
    var name = ""
    var topics: [String] = []
    try node.mapping(
      [
        "type": { _ in },
        "name": { name = try $0.nonEmptyText() },
        "topics": { topics = try Self.readTopics($0) },
        "kind": { rules.kind = try Self.readKind($0) },
        "fields": { try Self.readFields(&names, $0) },
        "unit": { unit = try $0.choice() },
        "label": { label = try $0.text() },
        "resolution": { node in
          let text = try node.text()
          guard let found = Self.digits(ofResolution: text) else {
            throw node.error("\"\(text)\" is not 1, 0.1, 0.01 … down to 0.000000001")
          }
          digits = found
        },
        "maxRecordBytes": { node in
          maxRecordBytes = Int(clamping: try node.size())
        },
        "maxFutureSkew": { maxFutureSkew = try $0.duration() },
        "maxBurstSamples": { maxBurstSamples = try $0.integer(in: 1...1_000_000) },
        "window": { node in
          try node.mapping([
            "length": { rules.window.length = try $0.duration() },
            "aggregate": { rules.window.aggregate = try $0.duration() },
            "allowedLateness": { rules.window.allowedLateness = try $0.duration() },
            "maxSamples": {
              rules.window.maxSamples = try $0.integer(in: 16...WindowSums.maxCount)
            },
          ])
        },
        "zscore": { zscore = $0 },
        "detectors": { try rules.series.read(detectors: $0) },
        "combine": { try rules.series.read(combination: $0) },
        "falls": { fallsNode = $0 },
        "overrides": { overridesNode = $0 },
        "status": { try Self.readStatus(&rules.status, $0) },
      ], elsewhere: (Self.cameraKeys, StreamType.samples.rejection))
    rules.digits = digits
    // The default of 0.1 in the stream's own resolution.
    rules.zscore.minStd = digits == 0 ? 0 : Int64(StreamSettings.powerOfTen(digits - 1))
    try zscore.map { try rules.zscore.read($0, digits: digits) }
    var falls = unit == .none ? nil : FallSettings(isEnabled: true)
    try fallsNode.map { try Self.readFalls(&falls, $0) }
    rules.falls = falls?.active
    if label != nil, unit != .none {
      throw node.error("goes with unit: none only", at: "label")
    }
    rules.unit = unit == .none ? label ?? "" : "g"
    do {
      self.format = try RecordFormat(
        names: names, unit: unit.unit, digits: digits, maxRecordBytes: maxRecordBytes,
        maxFutureSkew: maxFutureSkew, maxBurstSamples: maxBurstSamples)
      try rules.validate()
    } catch let error as RecordFormatError {
      throw node.error(error.problem, at: error.setting)
    } catch let error as RulesError {
      let error = error.inConfiguration
      throw node.error(error.message, at: error.setting)
    }
    let overrides = try overridesNode?.sequenceOrNothing().map {
      try OverrideSettings($0, stream: rules, falls: falls)
    }
    guard !name.isEmpty else { throw node.error("has no name") }
    guard !topics.isEmpty else { throw node.error("has no topics") }
    rules.overrides = (overrides ?? []).map(\.rules)
    self.name = name
    self.topics = topics
    self.rules = rules
    models = falls?.sources ?? FallModelSources()
    overrideModels = (overrides ?? []).map(\.sources)
  }

  /// Reads `falls`; `nil` are those of a stream whose numbers are no accelerations.
  static func readFalls(_ falls: inout FallSettings?, _ node: StrictNode) throws {
    guard var found = falls else {
      throw node.error("goes with unit: g or m/s2 only: falls are told from accelerations")
    }
    try found.read(node)
    falls = found
  }

  /// What the subjects of a stream are.
  static func readKind(_ node: StrictNode) throws -> String {
    let kind = try node.text()
    guard kind.wholeMatch(of: /[a-z][a-z0-9_-]{0,31}/) != nil else {
      throw node.error("\"\(kind)\" is not a word of a-z, 0-9, - and _, at most 32 long")
    }
    return kind
  }

  /// Topics by name: patterns are refused, since a record's stream is found by its topic's name.
  static func readTopics(_ node: StrictNode) throws -> [String] {
    var topics: [String] = []
    for item in try node.items() {
      let topic = try item.nonEmptyText()
      guard Self.isTopicName(topic) else {
        throw item.error(
          "\"\(topic)\" is not a topic's name: 1 to 249 of a-z, A-Z, 0-9, dot, _ and -")
      }
      guard !topics.contains(topic) else { throw item.error("\"\(topic)\" is given twice") }
      topics.append(topic)
    }
    return topics
  }

  /// Whether Kafka allows a topic of this name
  /// (`org.apache.kafka.common.internals.Topic.validate`).
  static func isTopicName(_ name: String) -> Bool {
    (1...249).contains(name.utf8.count) && name != "." && name != ".."
      && name.wholeMatch(of: /[a-zA-Z0-9._-]+/) != nil
  }

  static func readStatus(_ rules: inout StatusRules, _ node: StrictNode) throws {
    var status = rules
    try node.mapping([
      "raise": { node in
        try node.mapping([
          "count": { status.raiseCount = try $0.integer(in: 1...1000) },
          "within": { status.raiseWithin = try $0.duration() },
        ])
      },
      "clear": { try $0.mapping(["after": { status.clearAfter = try $0.duration() }]) },
      "stale": { try $0.mapping(["after": { status.staleAfter = try $0.duration() }]) },
    ])
    rules = status
  }

  private static func readFields(_ names: inout RecordFieldNames, _ node: StrictNode) throws {
    var found = names
    var readers: [String: (StrictNode) throws -> Void] = [:]
    for field in RecordField.allCases {
      readers[field.name] = { found[field] = try $0.texts() }
    }
    try node.mapping(readers)
    names = found
  }

  static func digits(ofResolution text: String) -> Int? {
    (0...9).first { digits in
      guard let value = StrictNode.fixedPoint(text, digits: digits) else { return false }
      return value == 1
    }
  }

  private static func powerOfTen(_ exponent: Int) -> Int {
    (0..<exponent).reduce(1) { product, _ in product * 10 }
  }

  /// What a stream's values are measured in.
  enum UnitSetting: String, CaseIterable {
    case g
    case metresPerSecondSquared = "m/s2"
    case none

    var unit: RecordFormat.Unit {
      switch self {
      case .g: .g
      case .metresPerSecondSquared: .metresPerSecondSquared
      case .none: .none
      }
    }
  }
}
