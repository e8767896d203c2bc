/// One of a bank's detectors, without a box of its own on the heap.
enum DetectorMember: Sendable {
  case robust(RobustDetector)
  case ewma(EWMADetector)
  case cusum(CUSUMDetector)
  case likelihood(LikelihoodDetector)
  case seasonal(SeasonalDetector)
  case rate(RateDetector)
  case flatline(FlatlineDetector)
  case range(RangeDetector)
  case novelty(NoveltyDetector)
  init(_ rules: SeriesDetectorRules) {
    self =
      switch rules {
      case .robust(let rules): .robust(RobustDetector(rules))
      case .ewma(let rules): .ewma(EWMADetector(rules))
      case .cusum(let rules): .cusum(CUSUMDetector(rules))
      case .likelihood(let rules): .likelihood(LikelihoodDetector(rules))
      case .seasonal(let rules): .seasonal(SeasonalDetector(rules))
      case .rate(let rules): .rate(RateDetector(rules))
      case .flatline(let rules): .flatline(FlatlineDetector(rules))
      case .range(let rules): .range(RangeDetector(rules))
      case .novelty(let rules): .novelty(NoveltyDetector(rules))
      }
  }

  init?(_ rules: SeriesDetectorRules, from state: inout DetectorStateReader) {
    let member: DetectorMember? =
      switch rules {
      case .robust(let rules): RobustDetector(rules, from: &state).map(Self.robust)
      case .ewma(let rules): EWMADetector(rules, from: &state).map(Self.ewma)
      case .cusum(let rules): CUSUMDetector(rules, from: &state).map(Self.cusum)
      case .likelihood(let rules): LikelihoodDetector(rules, from: &state).map(Self.likelihood)
      case .seasonal(let rules): SeasonalDetector(rules, from: &state).map(Self.seasonal)
      case .rate(let rules): RateDetector(rules, from: &state).map(Self.rate)
      case .flatline(let rules): FlatlineDetector(rules, from: &state).map(Self.flatline)
      case .range(let rules): RangeDetector(rules, from: &state).map(Self.range)
      case .novelty(let rules): NoveltyDetector(rules, from: &state).map(Self.novelty)
      }
    guard let member else { return nil }
    self = member
  }

  /// The detector is taken out and put back, so that its memory has one owner and is changed in place.
  mutating func score(_ point: SeriesPoint) -> Double? {
    switch consume self {
    case .robust(var detector):
      let score = detector.score(point)
      self = .robust(detector)
      return score
    case .ewma(var detector):
      let score = detector.score(point)
      self = .ewma(detector)
      return score
    case .cusum(var detector):
      let score = detector.score(point)
      self = .cusum(detector)
      return score
    case .likelihood(var detector):
      let score = detector.score(point)
      self = .likelihood(detector)
      return score
    case .seasonal(var detector):
      let score = detector.score(point)
      self = .seasonal(detector)
      return score
    case .rate(var detector):
      let score = detector.score(point)
      self = .rate(detector)
      return score
    case .flatline(var detector):
      let score = detector.score(point)
      self = .flatline(detector)
      return score
    case .range(var detector):
      let score = detector.score(point)
      self = .range(detector)
      return score
    case .novelty(var detector):
      let score = detector.score(point)
      self = .novelty(detector)
      return score
    }
  }

  func save(to state: inout DetectorStateWriter) {
    switch self {
    case .robust(let detector): detector.save(to: &state)
    case .ewma(let detector): detector.save(to: &state)
    case .cusum(let detector): detector.save(to: &state)
    case .likelihood(let detector): detector.save(to: &state)
    case .seasonal(let detector): detector.save(to: &state)
    case .rate(let detector): detector.save(to: &state)
    case .flatline(let detector): detector.save(to: &state)
    case .range(let detector): detector.save(to: &state)
    case .novelty(let detector): detector.save(to: &state)
    }
  }
}
