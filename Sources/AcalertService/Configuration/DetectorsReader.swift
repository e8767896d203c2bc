import Detection

/// The rules of one detector, as `detectors` holds them.
protocol DetectorKeys {
  /// The rules of a detector that is only named.
  static var usual: Self { get }
  /// Takes over what the mapping says; what it leaves out stays.
  mutating func read(_ node: StrictNode) throws
}

/// The detectors that a stream has beside the z-score, by their names in the configuration.
struct DetectorSet {
  private var robust: RobustRules?
  private var ewma: EWMARules?
  private var cusum: CUSUMRules?
  private var likelihood: LikelihoodRules?
  private var seasonal: SeasonalRules?
  private var rate: RateRules?
  private var flatline: FlatlineRules?
  private var range: RangeRules?
  private var novelty: NoveltyRules?

  static let names: Set<String> = [
    "robust", "ewma", "cusum", "likelihood", "seasonal", "rate", "flatline", "range", "novelty",
  ]

  init(_ detectors: [SeriesDetectorRules]) {
    for detector in detectors {
      switch detector {
      case .robust(let rules): robust = rules
      case .ewma(let rules): ewma = rules
      case .cusum(let rules): cusum = rules
      case .likelihood(let rules): likelihood = rules
      case .seasonal(let rules): seasonal = rules
      case .rate(let rules): rate = rules
      case .flatline(let rules): flatline = rules
      case .range(let rules): range = rules
      case .novelty(let rules): novelty = rules
      }
    }
  }

  /// In one order, whatever that of the file: the same detectors are the same rules.
  var list: [SeriesDetectorRules] {
    let all: [SeriesDetectorRules?] = [
      robust.map { .robust($0) }, ewma.map { .ewma($0) }, cusum.map { .cusum($0) },
      likelihood.map { .likelihood($0) }, seasonal.map { .seasonal($0) }, rate.map { .rate($0) },
      flatline.map { .flatline($0) }, range.map { .range($0) }, novelty.map { .novelty($0) },
    ]
    return all.compactMap { $0 }
  }

  /// Reads `detectors`: those that are named are in use, unless they are `off`; of those that were in use
  /// before, what is left out stays.
  mutating func read(_ node: StrictNode) throws {
    var set = self
    try node.mapping([
      "robust": { try Self.read(&set.robust, $0) },
      "ewma": { try Self.read(&set.ewma, $0) },
      "cusum": { try Self.read(&set.cusum, $0) },
      "likelihood": { try Self.read(&set.likelihood, $0) },
      "seasonal": { try Self.read(&set.seasonal, $0) },
      "rate": { try Self.read(&set.rate, $0) },
      "flatline": { try Self.read(&set.flatline, $0) },
      "range": { try Self.read(&set.range, $0) },
      "novelty": { try Self.read(&set.novelty, $0) },
    ])
    self = set
  }

  private static func read<Rules: DetectorKeys>(_ rules: inout Rules?, _ node: StrictNode) throws {
    rules = try node.unlessOff { node in
      var found = rules ?? Rules.usual
      try found.read(node)
      return found
    }
  }
}
