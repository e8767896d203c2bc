import Detection

/// What the rules of a stream of samples mean, in words.
extension StreamRules {
  /// A line, and those that belong to it.
  func summary(named name: String, topics: [String]) -> [String] {
    var lines = [
      "stream \(name): \(kind)s from \(topics.joined(separator: ", ")); "
        + "window \(StrictNode.text(window.length)), \(zscore.words), danger after "
        + "\(status.raiseCount) within \(StrictNode.text(status.raiseWithin)), stale after "
        + StrictNode.text(status.staleAfter)
    ]
    lines += series.summary(zscore).map { "  \($0)" }
    lines += falls.summary.map { "  \($0)" }
    for entry in overrides {
      let parts = [("users", entry.users), ("devices", entry.devices)].compactMap {
        $1.isEmpty ? nil : "\($0) \($1.joined(separator: ", "))"
      }
      var words: [String] = []
      if entry.zscore != zscore { words.append(entry.zscore.words) }
      if entry.status != status {
        words.append(
          "danger after \(entry.status.raiseCount) within "
            + "\(StrictNode.text(entry.status.raiseWithin)), cleared after "
            + "\(StrictNode.text(entry.status.clearAfter)), stale after "
            + StrictNode.text(entry.status.staleAfter))
      }
      let rest = words.isEmpty ? "" : " \(words.joined(separator: ", "))"
      lines.append("  for \(parts.joined(separator: " and ")):\(rest)")
      if entry.series != series {
        let found = entry.series.summary(entry.zscore)
        lines += (found.isEmpty ? ["no other detectors"] : found).map { "    \($0)" }
      }
      if entry.falls != falls { lines += entry.falls.summary.map { "    \($0)" } }
    }
    return lines
  }
}

extension ZScoreRules {
  fileprivate var words: String {
    isEnabled
      ? "flagged beyond \(StrictNode.text(k)) standard deviations" : "z-score without a voice"
  }
}

extension SeriesRules {
  /// Nothing, if the z-score is alone.
  fileprivate func summary(_ zscore: ZScoreRules) -> [String] {
    guard self != SeriesRules() else { return [] }
    let voices = (zscore.isEnabled ? ["zscore"] : []) + detectors.map(\.words)
    var text = "detectors: \(voices.joined(separator: ", ")); abnormal by \(combination.words)"
    if combination.hold > 0 { text += ", held for \(StrictNode.text(combination.hold))" }
    if combination.refractory > 0 {
      text += ", not again for \(StrictNode.text(combination.refractory))"
    }
    return [text]
  }
}

extension SeriesDetectorRules {
  fileprivate var words: String {
    func bounds(_ min: Double, _ max: Double) -> String {
      let least = min > -.greatestFiniteMagnitude ? "below \(StrictNode.text(min))" : ""
      let most = max < .greatestFiniteMagnitude ? "above \(StrictNode.text(max))" : ""
      return [least, most].filter { !$0.isEmpty }.joined(separator: " or ")
    }
    return switch self {
    case .rate(let rules): "rate \(bounds(rules.min, rules.max)) a second"
    case .range(let rules): "range \(bounds(rules.min, rules.max))"
    case .flatline(let rules): "flatline for \(StrictNode.text(rules.duration))"
    case .robust(let rules): "robust beyond \(StrictNode.text(rules.threshold))"
    case .ewma(let rules): "ewma beyond \(StrictNode.text(rules.threshold))"
    case .cusum(let rules): "cusum beyond \(StrictNode.text(rules.threshold))"
    case .likelihood(let rules): "likelihood beyond \(StrictNode.text(rules.threshold))"
    case .seasonal(let rules): "seasonal beyond \(StrictNode.text(rules.threshold))"
    case .novelty(let rules): "novelty beyond \(StrictNode.text(rules.threshold))"
    }
  }
}

extension CombinationRules {
  /// Which findings it takes.
  fileprivate var words: String {
    var text =
      switch need {
      case .any: "any"
      case .all: "all"
      case .atLeast(let sum): "weights of \(StrictNode.text(sum)) together"
      }
    if !weights.isEmpty {
      let parts = weights.sorted { $0.key < $1.key }.map { "\($0) \(StrictNode.text($1))" }
      text += " (\(parts.joined(separator: ", ")))"
    }
    return text
  }
}

extension FallRules? {
  fileprivate var summary: [String] {
    guard let falls = self else { return ["falls: not told"] }
    var lines: [String] = []
    for role in FallModelRole.allCases {
      guard let rules = falls.models[role] else { continue }
      lines.append(
        "falls: \(role.rawValue) \(rules.model.name), \(rules.model.kind), "
          + "sha256 \(rules.model.hash.prefix(12)), from \(StrictNode.text(rules.threshold)) on")
    }
    if let impact = falls.impact { lines.append("falls: impact, \(impact.words)") }
    if falls.impact != nil, falls.model != nil {
      lines.append("falls: told by \(falls.combination.words) of model and impact")
    }
    return lines
  }
}

extension ImpactRules {
  fileprivate var words: String {
    func g(_ thousandths: Int64) -> String { "\(StrictNode.text(Double(thousandths) / 1000)) g" }
    var parts = ["a peak of \(g(peak))"]
    if let freeFall {
      parts.insert("below \(g(freeFall)) within \(StrictNode.text(freeFallWithin))", at: 0)
    }
    if let rest {
      parts.append(
        "rest below \(g(rest)) for \(StrictNode.text(restFor)) within \(StrictNode.text(restWithin))"
      )
    }
    if let turn { parts.append("turned by \(StrictNode.text(turn)) degrees") }
    return parts.joined(separator: ", ")
  }
}
