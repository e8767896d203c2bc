import Events

extension CameraJudge {
  /// So many objects are named in words, the others counted.
  private static let namedObjects = 4

  /// An outcome of the frame taken last in words: `person 0.93 in loading-dock, 3 of 5 frames, rule 200`
  /// if the rule fires, else why not: `rule 200: no: person 0.62 is below 0.85`.
  func words(_ outcome: RuleOutcome, _ frame: CameraFrame, _ batch: FrameBatch) -> String {
    guard let list, outcome.rule < list.rules.count else { return "" }
    let rule = list.rules[outcome.rule]
    switch outcome.finding {
    case .fires:
      return phrase(outcome, rule, batch) + frames(outcome) + ", rule \(rule.id)"
    case .notYet:
      let needed =
        "needs \(rule.persist.frames) within \(DecimalText.duration(rule.persist.within))"
      return "rule \(rule.id): no: " + phrase(outcome, rule, batch) + frames(outcome) + ", "
        + needed
    default:
      return "rule \(rule.id): no: " + whyNot(outcome, rule, frame, batch)
    }
  }

  private func frames(_ outcome: RuleOutcome) -> String {
    outcome.of > 1 ? ", \(outcome.frames) of \(outcome.of) frames" : ""
  }

  /// The outcome's objects, the surest first.
  private func surest(_ outcome: RuleOutcome, _ batch: FrameBatch) -> [MatchedObject] {
    matches[outcome.objects].sorted {
      let left = batch.objects[$0.object].probability
      let right = batch.objects[$1.object].probability
      return left != right ? left > right : $0.object < $1.object
    }
  }

  private func phrase(_ outcome: RuleOutcome, _ rule: CompiledRule, _ batch: FrameBatch) -> String {
    let objects = surest(outcome, batch)
    var parts = objects.prefix(Self.namedObjects).map { match in
      name(match, batch) + (match.zone >= 0 ? " in \(rule.zones[match.zone].name)" : "")
    }
    if objects.count > parts.count { parts.append("\(objects.count - parts.count) more") }
    guard let last = parts.popLast() else { return "" }
    return parts.isEmpty ? last : parts.joined(separator: ", ") + " and " + last
  }

  private func name(_ match: MatchedObject, _ batch: FrameBatch) -> String {
    let object = batch.objects[match.object]
    return "\(className(object)) \(ProbabilityText.rounded(object.probability))"
  }

  private func className(_ object: DetectedObject) -> String {
    list?.names.classes.name(object.classID) ?? ""
  }

  private func whyNot(
    _ outcome: RuleOutcome, _ rule: CompiledRule, _ frame: CameraFrame, _ batch: FrameBatch
  ) -> String {
    guard let first = outcome.objects.first, let list else {
      return "nothing of an unsafe class (\(rule.source.unsafe.joined(separator: ", ")))"
    }
    let match = matches[first]
    let object = batch.objects[match.object]
    let name = name(match, batch)
    switch outcome.finding {
    case .fires, .notYet, .noUnsafeClass: return name
    case .exempted: return "\(name) is ignored here"
    case .outsideSchedule:
      guard let schedule = rule.schedule else { return name }
      let local = schedule.local(frame.time, device: frame.timeZone, list.timeZones)
      return "\(name) at \(CompiledSchedule.text(local: local)), outside of \(schedule.text)"
    case .belowProbability:
      let value = ProbabilityText.rounded(object.probability, below: rule.probability)
      return "\(className(object)) \(value) is below \(ProbabilityText.exact(rule.probability))"
    case .outsideZones:
      return "\(name) is outside of \(rule.zones.map(\.name).joined(separator: ", "))"
    case .late: return "\(name) came late, and its track is not known"
    case .belowMedian:
      let median = ProbabilityText.rounded(topMedian(match, frame), below: rule.median)
      let limit = ProbabilityText.exact(rule.median)
      return "\(name), but the median of its track, \(median), is below \(limit)"
    case .otherObject: return "\(name) is there as well, and all must be unsafe"
    }
  }

  /// The outcome's objects as a threat tells of them, the surest first.
  func objects(_ outcome: RuleOutcome, _ batch: FrameBatch) -> [Threat.Object] {
    guard let list, outcome.rule < list.rules.count else { return [] }
    let zones = list.rules[outcome.rule].zones
    return surest(outcome, batch).map { match in
      let object = batch.objects[match.object]
      return Threat.Object(
        className: className(object), probability: Double(object.probability) / 1_000_000,
        zone: match.zone >= 0 ? zones[match.zone].name : nil)
    }
  }
}
