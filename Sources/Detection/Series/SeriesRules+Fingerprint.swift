extension SeriesRules {
  /// A mark of all rules, by which a saved state is known to be of the same ones. It does not depend on the
  /// order of the weights.
  func fingerprint(zscoreHasVoice: Bool) -> Int64 {
    var words = DetectorStateWriter()
    words.write(zscoreHasVoice)
    for rules in detectors {
      write(rules.name, to: &words)
      rules.write(to: &words)
    }
    switch combination.need {
    case .any: words.write(0)
    case .all: words.write(1)
    case .atLeast(let sum):
      words.write(2)
      words.write(sum)
    }
    for (name, weight) in combination.weights.sorted(by: { $0.key < $1.key }) {
      write(name, to: &words)
      words.write(weight)
    }
    words.write(combination.hold)
    words.write(combination.refractory)
    return StateDigest.of(words.bytes)
  }
}

private func write(_ text: String, to words: inout DetectorStateWriter) {
  words.write(StateDigest.of(Array(text.utf8)))
}

extension SeriesDetectorRules {
  fileprivate func write(to words: inout DetectorStateWriter) {
    switch self {
    case .robust(let rules):
      words.write([rules.threshold, rules.minDeviation])
      words.write(rules.window)
      words.write(rules.minSamples)
    case .ewma(let rules):
      words.write([rules.threshold, rules.minStd])
      words.write(rules.halfLife)
      words.write(rules.minSamples)
    case .cusum(let rules):
      words.write([rules.threshold, rules.drift, rules.minStd])
      words.write(rules.reference == .initial)
      words.write(rules.minSamples)
    case .likelihood(let rules):
      words.write([rules.threshold, rules.minStd])
      words.write(rules.short)
      words.write(rules.long)
      words.write(rules.minSamples)
    case .seasonal(let rules):
      words.write([rules.threshold, rules.learning, rules.minStd])
      words.write(rules.period == .day)
      words.write(rules.buckets)
      words.write(rules.minPeriods)
    case .rate(let rules):
      words.write([rules.min, rules.max])
      words.write(rules.window)
    case .flatline(let rules):
      words.write(rules.tolerance)
      words.write(rules.duration)
      words.write(rules.minSamples)
    case .range(let rules): words.write([rules.min, rules.max])
    case .novelty(let rules):
      // By reflection: its settings in the order of their declaration.
      Detection.write(String(describing: rules), to: &words)
    }
  }
}
