import Detection
import Events

/// Possible falls, and verdicts on alerts.
extension StoreReader {
  /// Candidates about which the active and the shadow model differ, the newest first.
  ///
  /// - Parameter before: only those with a lower id: a page's `next`.
  public func disagreements(limit: Int, before: Int64? = nil) throws -> FallPage {
    let attempted = "read where models disagree"
    return try reading(attempted) {
      let select = try connection.statement(
        """
        SELECT id FROM fall_rows INDEXED BY falls_disagreeing
        WHERE disagrees = 1 AND id < ?1 ORDER BY id DESC LIMIT ?2
        """)
      let limit = min(max(limit, 1), 1_000)
      select.bind(1, before ?? .max)
      select.bind(2, Int64(limit + 1))
      var ids: [Int64] = []
      try select.forEachRow(attempted) { ids.append(select.integer(0)) }
      let items = try ids.prefix(limit).compactMap { try candidate($0, withFeatures: false) }
      return FallPage(items: items, next: ids.count > limit ? items.last?.id : nil)
    }
  }

  /// One candidate with its features, or `nil` if there is none with this id (any more).
  public func fallCandidate(_ id: Int64) throws -> FallRecord? {
    try reading("read a possible fall") { try candidate(id, withFeatures: true) }
  }

  /// A subject's candidates with a peak in `from ... to`, those that were decided by all features, by time.
  public func fallCandidates(
    of identity: SubjectIdentity, from: Int64, to: Int64
  ) throws -> [FallRecord] {
    let attempted = "read a subject's possible falls"
    return try reading(attempted) {
      guard let subject = try subjectID(identity) else { return [] }
      let select = try connection.statement(
        """
        SELECT id FROM fall_rows INDEXED BY falls_by_subject
        WHERE subject = ?1 AND time BETWEEN ?2 AND ?3 ORDER BY time, id
        """)
      select.bind(1, subject)
      select.bind(2, from)
      select.bind(3, to)
      var ids: [Int64] = []
      try select.forEachRow(attempted) { ids.append(select.integer(0)) }
      return try ids.compactMap { try candidate($0, withFeatures: true) }
    }
  }

  /// Candidates of subjects of whom no alert began in `from ..< to`, with a peak in that time, decided by all
  /// features; in the order of their ids.
  ///
  /// - Parameters:
  ///   - after: only those with a higher id; begin with 0 and go on with the last one's.
  ///   - limit: the most that are read.
  public func quietCandidates(
    from: Int64, to: Int64, after: Int64, limit: Int = 1_000
  ) throws -> [FallRecord] {
    let attempted = "read the possible falls of those without alerts"
    return try reading(attempted) {
      let select = try connection.statement(
        """
        SELECT f.id FROM fall_rows f
        WHERE f.id > ?1 AND f.time >= ?2 AND f.time < ?3
          AND NOT EXISTS (
            SELECT 1 FROM alert_rows a INDEXED BY alerts_by_subject
            WHERE a.subject = f.subject AND a.began >= ?2 AND a.began < ?3)
        ORDER BY f.id LIMIT ?4
        """)
      select.bind(1, after)
      select.bind(2, from)
      select.bind(3, to)
      select.bind(4, Int64(max(1, limit)))
      var ids: [Int64] = []
      try select.forEachRow(attempted) { ids.append(select.integer(0)) }
      return try ids.compactMap { try candidate($0, withFeatures: true) }
    }
  }

  /// All verdicts on an alert, oldest first: the last one counts. Empty if there is no such alert.
  public func verdicts(ofAlert id: Int64) throws -> [Verdict] {
    let attempted = "read an alert's verdicts"
    return try reading(attempted) {
      let select = try connection.statement(
        "SELECT verdict, note, author, time FROM alert_verdict_rows WHERE alert = ?1 ORDER BY id")
      select.bind(1, id)
      var found: [Verdict] = []
      try select.forEachRow(attempted) {
        guard let kind = Verdict.Kind(number: select.integer(0)) else { return }
        found.append(
          Verdict(
            kind: kind, note: select.text(1), author: select.text(2), time: select.integer(3)))
      }
      return found
    }
  }

  // MARK: Rows

  private func candidate(_ id: Int64, withFeatures: Bool) throws -> FallRecord? {
    let attempted = "read a possible fall"
    let select = try connection.statement(
      """
      SELECT u.kind, u.user, u.device, f.time, f.decided, f.peak, f.outcome, f.partition, f.offset,
        f.config, f.subject, f.feature_set, f.features
      FROM fall_rows f CROSS JOIN subject_rows u ON u.id = f.subject WHERE f.id = ?1
      """)
    select.bind(1, id)
    var found: FallRecord?
    try select.forEachRow(attempted) {
      let time = select.integer(3)
      found = FallRecord(
        id: id,
        identity: SubjectIdentity(
          kind: kind(select.integer(0)).name, user: select.text(1), device: select.text(2)),
        time: time, decided: select.integer(4), peak: select.optionalDouble(5),
        // Only raw values are ever written.
        outcome: .init(rawValue: select.text(6)) ?? .none, scores: try scores(of: id),
        features: withFeatures
          ? try features(set: select.optionalInteger(11), select.bytes(12)) : [],
        place: try place(partition: select.integer(7), offset: select.integer(8)),
        judgement: try select.optionalInteger(9).flatMap { try configuration($0) } ?? "",
        alert: try alert(around: time, subject: select.integer(10)))
    }
    return found
  }

  private func scores(of candidate: Int64) throws -> [FallRecord.Score] {
    let select = try connection.statement(
      """
      SELECT s.role, s.probability, s.threshold, s.is_fall, m.hash, m.name, m.kind, m.first_used
      FROM fall_score_rows s LEFT JOIN model_rows m ON m.id = s.model
      WHERE s.candidate = ?1 ORDER BY s.place
      """)
    select.bind(1, candidate)
    var found: [FallRecord.Score] = []
    try select.forEachRow("read what models said") {
      guard let role = FallScore.Role(rawValue: select.text(0)) else { return }
      found.append(
        FallRecord.Score(
          role: role, model: model(select, at: 4), probability: select.optionalDouble(1),
          threshold: select.optionalDouble(2), isFall: select.integer(3) != 0))
    }
    return found
  }

  /// Hash, name, kind and first use, from this column on; `nil` if they are not there.
  func model(_ row: Statement, at column: Int32) -> ModelRecord? {
    if row.isNull(column) { return nil }
    return ModelRecord(
      hash: row.text(column), name: row.text(column + 1), kind: row.text(column + 2),
      firstUsed: row.integer(column + 3))
  }

  /// The values in today's order, by the names under which they were written.
  private func features(set: Int64?, _ bytes: UnsafeRawBufferPointer) throws -> [Double] {
    guard let set, let values = FeatureBytes.unpack(bytes) else { return [] }
    let select = try connection.statement("SELECT names FROM feature_sets WHERE id = ?1")
    select.bind(1, set)
    var names = ""
    try select.forEachRow("read the features' names") { names = select.text(0) }
    if names == FeatureBytes.names { return values }
    let known = Dictionary(
      zip(names.split(separator: "\n").map(String.init), values), uniquingKeysWith: { $1 })
    return FallFeature.allCases.map { known[$0.name] ?? .nan }
  }

  private func alert(around time: Int64, subject: Int64) throws -> FallRecord.Alert? {
    let select = try connection.statement(
      """
      SELECT a.id, (SELECT verdict FROM alert_verdict_rows v WHERE v.id = a.verdict)
      FROM alert_rows a INDEXED BY alerts_by_subject
      WHERE a.subject = ?1 AND ?2 BETWEEN a.began - \(LabelWindow.margin) AND \(LabelWindow.endOfAlert)
      ORDER BY a.cause != 'fall', abs(a.began - ?2), a.id LIMIT 1
      """)
    select.bind(1, subject)
    select.bind(2, time)
    var found: FallRecord.Alert?
    try select.forEachRow("find a candidate's alert") {
      found = FallRecord.Alert(
        id: select.integer(0), verdict: Verdict.Kind(number: select.integer(1)))
    }
    return found
  }
}
