import Detection

/// What a reading of the files has changed of the judgement, by the streams' places in the configuration.
public struct JudgementChange: Sendable {
  /// The rules of the camera streams that have new ones.
  public var rules: [Int: RuleSet] = [:]
  /// All models of the streams of which one is new.
  public var models: [Int: StreamModels] = [:]
  /// What judges from then on.
  public var judgement: JudgementVersion

  var isEmpty: Bool { rules.isEmpty && models.isEmpty }

  /// The models that it brings, each once.
  var newModels: [Model] {
    var found: [Model] = []
    for models in models.values.flatMap({ [$0.stream] + $0.overrides }) {
      for use in [models.model, models.early, models.shadow] {
        guard let model = use?.model, !found.contains(model) else { continue }
        found.append(model)
      }
    }
    return found
  }

  /// Takes up a later change: what it does not speak of still holds.
  mutating func merge(_ later: JudgementChange) {
    rules.merge(later.rules) { _, new in new }
    models.merge(later.models) { _, new in new }
    judgement = later.judgement
  }
}

/// The models that tell the falls of a stream's wearers.
public struct StreamModels: Equatable, Sendable {
  public var stream: FallModels
  /// Those of the stream's overrides, in their order.
  public var overrides: [FallModels]
}

extension StreamRules {
  var models: StreamModels {
    StreamModels(
      stream: falls?.models ?? FallModels(),
      overrides: overrides.map { $0.falls?.models ?? FallModels() })
  }
}

extension StreamSettings {
  /// Reads the files of its models again.
  ///
  /// - Throws: ``ConfigurationError`` about the first file that is not good; then nothing has changed.
  mutating func readModels() throws(ConfigurationError) {
    var found = rules
    if let falls = found.falls { found.falls?.models = try models.load(thresholds: falls.models) }
    for (place, sources) in overrideModels.enumerated() {
      guard let falls = found.overrides[place].falls else { continue }
      found.overrides[place].falls?.models = try sources.load(thresholds: falls.models)
    }
    rules = found
  }
}
