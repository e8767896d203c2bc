import Detection
import Store

/// Models, what they said, and of what.
extension JSONWriter {
  mutating func use(_ use: ModelUse) {
    literal("{\"kind\":")
    string(use.kind)
    literal(",\"users\":")
    strings(use.users)
    literal(",\"devices\":")
    strings(use.devices)
    literal(",\"role\":")
    string(use.role.rawValue)
    literal(",\"hash\":")
    string(use.model.hash)
    literal(",\"name\":")
    string(use.model.name)
    literal(",\"type\":")
    string(use.model.kind)
    literal(",\"threshold\":")
    value(use.threshold)
    byte(UInt8(ascii: "}"))
  }

  /// The members of a report, to follow others.
  mutating func members(of report: ModelReport) {
    literal(",\"candidates\":{")
    for (place, outcome) in FallCandidate.Outcome.allCases.enumerated() {
      comma(unless: place == 0)
      string(outcome.rawValue)
      byte(UInt8(ascii: ":"))
      integer(report.outcomes[outcome] ?? 0)
    }
    literal("},\"models\":[")
    for (place, figures) in report.models.enumerated() {
      comma(unless: place == 0)
      self.figures(figures)
    }
    literal("],\"agreement\":[")
    for (place, agreement) in report.agreements.enumerated() {
      comma(unless: place == 0)
      self.agreement(agreement)
    }
    byte(UInt8(ascii: "]"))
  }

  private mutating func figures(_ figures: ModelReport.Figures) {
    literal("{\"role\":")
    string(figures.role.rawValue)
    literal(",\"model\":")
    optional(figures.model, withFirstUse: true)
    literal(",\"scored\":")
    integer(figures.scored)
    literal(",\"falls\":")
    integer(figures.falls)
    literal(",\"mean_probability\":")
    figure(figures.meanProbability)
    literal(",\"confirmed\":")
    answers(figures.confirmed)
    literal(",\"false_alarms\":")
    answers(figures.falseAlarms)
    byte(UInt8(ascii: "}"))
  }

  private mutating func answers(_ answers: ModelReport.Answers) {
    literal("{\"fall\":")
    integer(answers.fall)
    literal(",\"none\":")
    integer(answers.none)
    byte(UInt8(ascii: "}"))
  }

  private mutating func agreement(_ agreement: ModelReport.Agreement) {
    literal("{\"active\":")
    optional(agreement.active, withFirstUse: false)
    literal(",\"shadow\":")
    optional(agreement.shadow, withFirstUse: false)
    literal(",\"both\":")
    integer(agreement.both)
    literal(",\"active_only\":")
    integer(agreement.activeOnly)
    literal(",\"shadow_only\":")
    integer(agreement.shadowOnly)
    literal(",\"neither\":")
    integer(agreement.neither)
    byte(UInt8(ascii: "}"))
  }

  private mutating func optional(_ model: ModelRecord?, withFirstUse: Bool) {
    guard let model else { return literal("null") }
    literal("{\"hash\":")
    string(model.hash)
    literal(",\"name\":")
    string(model.name)
    literal(",\"type\":")
    string(model.kind)
    if withFirstUse {
      literal(",\"first_used\":")
      time(model.firstUsed)
    }
    byte(UInt8(ascii: "}"))
  }

  // MARK: Candidates

  mutating func candidate(_ candidate: FallRecord, withFeatures: Bool) {
    literal("{\"id\":")
    integer(candidate.id)
    literal(",\"kind\":")
    string(candidate.identity.kind)
    literal(",\"user\":")
    string(candidate.identity.user)
    literal(",\"device\":")
    string(candidate.identity.device)
    literal(",\"time\":")
    time(candidate.time)
    literal(",\"decided\":")
    time(candidate.decided)
    literal(",\"peak\":")
    value(candidate.peak)
    literal(",\"outcome\":")
    string(candidate.outcome.rawValue)
    literal(",\"scores\":[")
    for (place, score) in candidate.scores.enumerated() {
      comma(unless: place == 0)
      self.score(score)
    }
    literal("],\"alert\":")
    if let alert = candidate.alert {
      literal("{\"id\":")
      integer(alert.id)
      literal(",\"verdict\":")
      optional(alert.verdict?.rawValue)
      byte(UInt8(ascii: "}"))
    } else {
      literal("null")
    }
    if let cause = candidate.place {
      place(topic: cause.topic, partition: cause.partition)
      integer(cause.offset)
    } else {
      noPlace()
    }
    literal(",\"config\":")
    optional(candidate.judgement.isEmpty ? nil : candidate.judgement)
    if withFeatures { features(candidate.features) }
    byte(UInt8(ascii: "}"))
  }

  private mutating func score(_ score: FallRecord.Score) {
    literal("{\"role\":")
    string(score.role.rawValue)
    literal(",\"model\":")
    optional(score.model, withFirstUse: false)
    literal(",\"probability\":")
    figure(score.probability)
    literal(",\"threshold\":")
    value(score.threshold)
    literal(score.isFall ? ",\"fall\":true}" : ",\"fall\":false}")
  }

  /// By name; `null` where one is missing.
  private mutating func features(_ values: [Double]) {
    literal(",\"features\":{")
    for (place, (feature, value)) in zip(FallFeature.allCases, values).enumerated() {
      comma(unless: place == 0)
      string(feature.name)
      byte(UInt8(ascii: ":"))
      figure(value)
    }
    byte(UInt8(ascii: "}"))
  }
}
