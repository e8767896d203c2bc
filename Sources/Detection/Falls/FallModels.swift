/// The models of a stream of wearers, which can be replaced while it runs.
public struct FallModels: Equatable, Sendable {
  public var model: FallModelRules?
  public var early: FallModelRules?
  public var shadow: FallModelRules?

  public init(
    model: FallModelRules? = nil, early: FallModelRules? = nil, shadow: FallModelRules? = nil
  ) {
    self.model = model
    self.early = early
    self.shadow = shadow
  }
}

extension FallRules {
  /// The models among the rules.
  public var models: FallModels {
    get { FallModels(model: model, early: early, shadow: shadow) }
    set { (model, early, shadow) = (newValue.model, newValue.early, newValue.shadow) }
  }
}

extension Engine {
  /// Judges falls by other models from the next record on.
  ///
  /// - Parameters:
  ///   - models: those of the stream, and by override those of its overrides.
  ///   - stream: its place in the list that the engine was made with.
  ///   - judgement: what the models make of the rules, handed out with the next decisions.
  public mutating func use(
    models: FallModels, overrides: [FallModels] = [], stream: Int, judgement: JudgementVersion
  ) {
    replace(models, of: stream)
    for (place, models) in zip(profiles[stream]?.places ?? [], overrides) {
      replace(models, of: place)
    }
    decisions.judgement = judgement
  }

  private mutating func replace(_ models: FallModels, of place: Int) {
    guard var falls = rules[place].falls else { return }
    falls.models = models
    rules[place].falls = falls
    fallJudges[place] = FallJudge(falls)
  }
}
