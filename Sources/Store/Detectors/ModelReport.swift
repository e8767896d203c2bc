import Detection

/// How the models did in some time, side by side.
public struct ModelReport: Equatable, Sendable {
  /// What a model said in one role; `impact` stands for itself.
  public struct Figures: Equatable, Sendable {
    public var role: FallScore.Role
    /// `nil` for `impact`.
    public var model: ModelRecord?
    /// Candidates of which it was asked, and those that it took for falls.
    public var scored: Int
    public var falls: Int
    /// `nil` if there is none.
    public var meanProbability: Double?
    /// Alerts that people have judged, and in whose ``LabelWindow`` it was asked.
    public var confirmed = Answers()
    public var falseAlarms = Answers()
  }

  /// Alerts by what a model had said: that at least one of the candidates was a fall, or that none was.
  public struct Answers: Equatable, Sendable {
    public var fall = 0
    public var none = 0

    public init(fall: Int = 0, none: Int = 0) {
      self.fall = fall
      self.none = none
    }
  }

  /// What an active model and a shadow said of the same candidates.
  public struct Agreement: Equatable, Sendable {
    public var active: ModelRecord
    public var shadow: ModelRecord
    /// Both took them for falls, one of them, none.
    public var both = 0
    public var activeOnly = 0
    public var shadowOnly = 0
    public var neither = 0

    public var count: Int { both + activeOnly + shadowOnly + neither }
  }

  /// Candidates by outcome.
  public var outcomes: [FallCandidate.Outcome: Int] = [:]
  /// By role in the order of `allCases`, then the newest model first.
  public var models: [Figures] = []
  /// Most candidates first.
  public var agreements: [Agreement] = []
}

extension StoreReader {
  /// Candidates with a peak, and alerts that began, in `from ..< to`, added up.
  ///
  /// Costs one pass over that time's candidates and their scores.
  public func modelReport(from: Int64, to: Int64) throws -> ModelReport {
    try reading("compare the models") {
      ModelReport(
        outcomes: try outcomes(from, to), models: try figures(from, to),
        agreements: try agreements(from, to))
    }
  }

  /// Prepares a query of one time, `?1 ..< ?2`.
  private func select(_ sql: String, _ from: Int64, _ to: Int64) throws -> Statement {
    let select = try connection.statement(sql)
    select.bind(1, from)
    select.bind(2, to)
    return select
  }

  private func outcomes(
    _ from: Int64, _ to: Int64
  ) throws -> [FallCandidate.Outcome: Int] {
    let select = try select(
      """
      SELECT outcome, count(*) FROM fall_rows INDEXED BY falls_by_time
      WHERE time >= ?1 AND time < ?2 GROUP BY outcome
      """, from, to)
    var found: [FallCandidate.Outcome: Int] = [:]
    try select.forEachRow("count possible falls") {
      guard let outcome = FallCandidate.Outcome(rawValue: select.text(0)) else { return }
      found[outcome] = Int(select.integer(1))
    }
    return found
  }

  /// One model in one role.
  private struct Key: Hashable {
    var role: String
    var model: Int64?
  }

  private func figures(_ from: Int64, _ to: Int64) throws -> [ModelReport.Figures] {
    var (confirmed, falseAlarms) = try answers(from, to)
    let select = try select(
      """
      SELECT g.role, g.model, g.scored, g.falls, g.mean, m.hash, m.name, m.kind, m.first_used
      FROM (
        SELECT s.role, s.model, count(*) AS scored, sum(s.is_fall) AS falls,
          avg(s.probability) AS mean
        FROM fall_rows f INDEXED BY falls_by_time
          CROSS JOIN fall_score_rows s ON s.candidate = f.id
        WHERE f.time >= ?1 AND f.time < ?2 GROUP BY s.role, s.model) g
        LEFT JOIN model_rows m ON m.id = g.model
      ORDER BY g.model DESC
      """, from, to)
    var found: [FallScore.Role: [ModelReport.Figures]] = [:]
    try select.forEachRow("count what models said") {
      let key = Key(role: select.text(0), model: select.optionalInteger(1))
      guard let role = FallScore.Role(rawValue: key.role) else { return }
      found[role, default: []].append(
        ModelReport.Figures(
          role: role, model: model(select, at: 5), scored: Int(select.integer(2)),
          falls: Int(select.integer(3)), meanProbability: select.optionalDouble(4),
          confirmed: confirmed.removeValue(forKey: key) ?? .init(),
          falseAlarms: falseAlarms.removeValue(forKey: key) ?? .init()))
    }
    return FallScore.Role.allCases.flatMap { found[$0] ?? [] }
  }

  private func answers(
    _ from: Int64, _ to: Int64
  ) throws -> (confirmed: [Key: ModelReport.Answers], falseAlarms: [Key: ModelReport.Answers]) {
    let select = try select(
      """
      SELECT s.role, s.model, v.verdict, max(s.is_fall)
      FROM alert_rows a INDEXED BY alerts_judged
        CROSS JOIN alert_verdict_rows v ON v.id = a.verdict
        CROSS JOIN fall_rows f INDEXED BY falls_by_subject ON f.subject = a.subject
          AND f.time BETWEEN a.began - \(LabelWindow.margin) AND \(LabelWindow.endOfAlert)
        CROSS JOIN fall_score_rows s ON s.candidate = f.id
      WHERE a.verdict IS NOT NULL AND a.began >= ?1 AND a.began < ?2
      GROUP BY a.id, s.role, s.model
      """, from, to)
    var found: (confirmed: [Key: ModelReport.Answers], falseAlarms: [Key: ModelReport.Answers]) =
      ([:], [:])
    try select.forEachRow("hold models against verdicts") {
      let key = Key(role: select.text(0), model: select.optionalInteger(1))
      let answer = select.integer(3) != 0 ? \ModelReport.Answers.fall : \.none
      if Verdict.Kind(number: select.integer(2)) == .confirmed {
        found.confirmed[key, default: .init()][keyPath: answer] += 1
      } else {
        found.falseAlarms[key, default: .init()][keyPath: answer] += 1
      }
    }
    return found
  }

  private func agreements(_ from: Int64, _ to: Int64) throws -> [ModelReport.Agreement] {
    let select = try select(
      """
      SELECT g.active_fall, g.shadow_fall, g.count, a.hash, a.name, a.kind, a.first_used, s.hash,
        s.name, s.kind, s.first_used
      FROM (
        SELECT x.model AS active, y.model AS shadow, x.is_fall AS active_fall,
          y.is_fall AS shadow_fall, count(*) AS count
        FROM fall_rows f INDEXED BY falls_by_time
          CROSS JOIN fall_score_rows x ON x.candidate = f.id AND x.role = 'active'
          CROSS JOIN fall_score_rows y ON y.candidate = f.id AND y.role = 'shadow'
        WHERE f.time >= ?1 AND f.time < ?2 GROUP BY 1, 2, 3, 4) g
        JOIN model_rows a ON a.id = g.active JOIN model_rows s ON s.id = g.shadow
      """, from, to)
    var found: [[ModelRecord]: ModelReport.Agreement] = [:]
    try select.forEachRow("compare the active model with its shadow") {
      guard let active = model(select, at: 3), let shadow = model(select, at: 7) else { return }
      var agreement =
        found[[active, shadow]] ?? ModelReport.Agreement(active: active, shadow: shadow)
      let count = Int(select.integer(2))
      switch (select.integer(0) != 0, select.integer(1) != 0) {
      case (true, true): agreement.both += count
      case (true, false): agreement.activeOnly += count
      case (false, true): agreement.shadowOnly += count
      case (false, false): agreement.neither += count
      }
      found[[active, shadow]] = agreement
    }
    return found.values.sorted {
      ($1.count, $0.active.hash, $0.shadow.hash) < ($0.count, $1.active.hash, $1.shadow.hash)
    }
  }
}
