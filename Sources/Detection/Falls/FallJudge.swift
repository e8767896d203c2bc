import Events

/// The rules of falls of one stream, made ready to be asked.
final class FallJudge {
  let rules: FallRules
  let impact: ImpactSequence?
  private let model: Asker?
  private let early: Asker?
  private let shadow: Asker?
  /// When the models are asked, after the peak, in milliseconds.
  let earlyDelay: Int64
  let modelDelay: Int64
  private var window = FallWindow()
  private let values: UnsafeMutableBufferPointer<Double>
  private let modelWeight: Double
  private let impactWeight: Double
  private let need: Double

  /// A model with the places of its features.
  private struct Asker {
    let rules: FallModelRules
    let role: FallScore.Role
    let places: [Int]
    let delay: Int64
    let input: UnsafeMutableBufferPointer<Double>

    init?(_ rules: FallModelRules?, _ role: FallScore.Role) {
      guard let rules else { return nil }
      let all = FallFeature.allCases
      let features = rules.model.features.compactMap { FallFeature(rawValue: $0) }
      self.rules = rules
      self.role = role
      places = features.map { feature in all.firstIndex(of: feature) ?? 0 }
      delay = features.map(\.delay).max() ?? 0
      input = .allocate(capacity: max(1, features.count))
    }

    func ask(_ values: UnsafeMutableBufferPointer<Double>) -> FallScore {
      for (place, feature) in places.enumerated() { input[place] = values[feature] }
      let probability = rules.model.probability(
        UnsafeBufferPointer(rebasing: input[..<places.count]))
      return FallScore(
        role: role, model: rules.model.hash, probability: probability,
        threshold: rules.threshold, isFall: probability >= rules.threshold)
    }
  }

  /// `rules` are valid: every feature of a model is a ``FallFeature``.
  init(_ rules: FallRules) {
    self.rules = rules
    impact = rules.impact.map(ImpactSequence.init)
    model = Asker(rules.model, .active)
    early = Asker(rules.early, .early)
    shadow = Asker(rules.shadow, .shadow)
    earlyDelay = early?.delay ?? .max
    // A larger sample may still come within the separation, and then this was no peak.
    modelDelay = max(rules.separation, model?.delay ?? 0, shadow?.delay ?? 0)
    values = .allocate(capacity: FallFeature.allCases.count)
    func weight(_ name: String, _ isThere: Bool) -> Double {
      isThere ? rules.combination.weights[name] ?? 1 : 0
    }
    modelWeight = weight("model", model != nil)
    impactWeight = weight("impact", impact != nil)
    need =
      switch rules.combination.need {
      case .any: [modelWeight, impactWeight].filter { $0 > 0 }.min() ?? .infinity
      case .all: modelWeight + impactWeight
      case .atLeast(let sum): sum
      }
  }

  deinit {
    values.deallocate()
    for asker in [model, early, shadow] { asker?.input.deallocate() }
  }

  var hasModels: Bool { model != nil || shadow != nil }
  var hasEarly: Bool { early != nil }

  /// How far back of the newest sample its looks at a peak reach, in milliseconds.
  static func reach(_ rules: FallRules) -> Int64 {
    let after = max(2_000, rules.separation, rules.impact.map { ImpactSequence($0).lastLook } ?? 0)
    return after + ImpactSequence.step + 3_000 + rules.separation
  }

  /// Whether what has been found makes a fall; `nil` while something that could make one is open.
  func isFall(_ peak: FallWatch.Peak) -> Bool? {
    var sum = 0.0
    var open = 0.0
    if peak.isModelDone {
      if peak.scores.contains(where: { $0.role == .active && $0.isFall }) { sum += modelWeight }
    } else {
      open += modelWeight
    }
    if peak.isImpactDone {
      if peak.scores.contains(where: { $0.role == .impact && $0.isFall }) { sum += impactWeight }
    } else {
      open += impactWeight
    }
    if sum > 0, sum >= need { return true }
    return sum + open > 0 && sum + open >= need && open > 0 ? nil : false
  }

  /// Measures a peak. Returns false if there is too little to measure.
  func measure(_ peak: Int64, in ring: MotionView) -> Bool {
    guard window.fill(from: ring, peak: peak, minRate: rules.minRate) else { return false }
    FallFeature.values(of: window, into: values)
    return true
  }

  /// The features measured last.
  var features: [Double] { Array(values) }

  /// What the early model says of them.
  func askEarly() -> FallScore? { early?.ask(values) }

  /// What the model and the shadow say of them.
  func ask() -> [FallScore] { [model, shadow].compactMap { $0?.ask(values) } }
}
