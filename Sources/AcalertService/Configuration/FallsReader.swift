import Detection
import ModelFiles

/// How falls are told, while it is read.
struct FallSettings {
  var isEnabled: Bool
  /// Also if falls are not told: what an override begins with.
  var rules = FallRules.standard
  var sources = FallModelSources()

  init(isEnabled: Bool) { self.isEnabled = isEnabled }

  var active: FallRules? { isEnabled ? rules : nil }

  /// Reads `falls`; what it leaves out stays.
  mutating func read(_ node: StrictNode) throws {
    var settings = self
    var rules = rules
    var models = rules.models
    try node.mapping([
      "enabled": { settings.isEnabled = try $0.boolean() },
      "trigger": { rules.trigger = try $0.thousandths() },
      "separation": { rules.separation = try $0.duration() },
      "impact": { node in
        var isEnabled = rules.impact != nil
        var impact = rules.impact ?? ImpactRules()
        try impact.read(node, isEnabled: &isEnabled)
        rules.impact = isEnabled ? impact : nil
      },
      "model": { try $0.readModel(.model, &settings.sources, &models) },
      "early": { try $0.readModel(.early, &settings.sources, &models) },
      "shadow": { try $0.readModel(.shadow, &settings.sources, &models) },
      "combine": {
        try rules.combination.read($0, names: ["model", "impact"], times: false)
      },
      "refractory": { rules.refractory = try $0.duration() },
      "recovery": { node in
        try node.mapping([
          "angle": { rules.recovery.angle = try $0.number() },
          "upright": { rules.recovery.upright = try $0.duration() },
          "limit": { rules.recovery.limit = try $0.duration() },
        ])
      },
      "others": { rules.others = try $0.choice() },
      "minRate": { rules.minRate = try $0.number() },
      "recordFrom": { rules.recordFrom = try $0.number() },
    ])
    rules.models = models
    settings.rules = rules
    self = settings
  }
}

extension ImpactRules {
  fileprivate mutating func read(_ node: StrictNode, isEnabled: inout Bool) throws {
    var rules = self
    var enabled = isEnabled
    try node.mapping([
      "enabled": { enabled = try $0.boolean() },
      "freeFall": { rules.freeFall = try $0.unlessOff { try $0.thousandths() } },
      "freeFallWithin": { rules.freeFallWithin = try $0.duration() },
      "peak": { rules.peak = try $0.thousandths() },
      "rest": { rules.rest = try $0.unlessOff { try $0.thousandths() } },
      "restFor": { rules.restFor = try $0.duration() },
      "restWithin": { rules.restWithin = try $0.duration() },
      "turn": { rules.turn = try $0.unlessOff { try $0.number() } },
      "warns": { rules.warns = try $0.boolean() },
    ])
    self = rules
    isEnabled = enabled
  }
}

extension StrictNode {
  /// Reads `{file, threshold}` and the model's file. A threshold that is left out stays, or with another
  /// file becomes that file's usual one.
  fileprivate func readModel(
    _ role: FallModelRole, _ sources: inout FallModelSources, _ models: inout FallModels
  ) throws {
    var source = sources[role]
    var threshold = models[role]?.threshold
    var written: Double?
    try mapping([
      "file": { node in
        let found = try node.modelSource()
        if found != source { threshold = nil }
        source = found
      },
      "threshold": { written = try $0.number(in: 0...1) },
    ])
    do {
      models[role] = try source.model(as: role).map { model in
        FallModelRules(
          model: model, threshold: written ?? threshold ?? source.usualThreshold(as: role))
      }
    } catch {
      throw self.error("cannot be used: \(error)", at: "file")
    }
    sources[role] = source
  }

  private func modelSource() throws -> ModelSource {
    switch try nonEmptyText() {
    case "none": .none
    case "standard": .standard
    default: .file(try filePath())
    }
  }
}

extension FallRules {
  /// As ``FallRules/init(trigger:separation:impact:model:early:shadow:combination:refractory:recovery:others:minRate:recordFrom:)``
  /// has it, with the models that come with the program.
  public static let standard = FallRules(
    model: FallModelRules(
      model: StandardModels.fall, threshold: StandardModels.fallThreshold),
    early: FallModelRules(
      model: StandardModels.possibleFall, threshold: StandardModels.possibleFallThreshold))
}

extension StreamRules {
  /// How wearers are judged by default: their falls are told.
  public static let standard = StreamRules(falls: .standard)
}
