import Detection
import Events

extension StoreReader {
  /// Threats, the newest first.
  ///
  /// A query that names a user reads that user's threats; any other walks back in time until the page
  /// is full, over the index alone where only the rule and the verdict are asked for.
  ///
  /// - Throws: ``StoreError``, with code `invalidCursor` if no page gave the cursor out.
  public func threatPage(_ query: ThreatQuery) throws -> ThreatPage {
    let attempted = "read a page of threats"
    let cursor = try query.cursor.map { try ThreatCursor($0) }
    return try reading(attempted) {
      var page = ThreatPage(items: [], next: nil)
      let limit = min(max(query.limit, 1), 1_000)
      guard let select = try pageSelect(query, behind: cursor, limit: limit + 1) else {
        return page
      }
      var ids: [Int64] = []
      try select.forEachRow(attempted) { ids.append(select.integer(0)) }
      page.items = try ids.prefix(limit).compactMap(threatRecord)
      if ids.count > limit, let last = page.items.last {
        page.next = ThreatCursor(time: last.time, id: last.id).text
      }
      return page
    }
  }

  /// One threat, or `nil` if there is none with this id (any more).
  public func threat(_ id: Int64) throws -> ThreatRecord? {
    try reading("read a threat") { try threatRecord(id) }
  }

  /// All verdicts on a threat, oldest first: the last one counts. Empty if there is no such threat.
  public func verdicts(ofThreat id: Int64) throws -> [Verdict] {
    try reading("read a threat's verdicts") {
      let select = try connection.statement(
        "SELECT verdict, note, author, time FROM verdict_rows WHERE threat = ?1 ORDER BY id")
      select.bind(1, id)
      var found: [Verdict] = []
      try select.forEachRow("read a threat's verdicts") {
        if let verdict = verdict(select) { found.append(verdict) }
      }
      return found
    }
  }

  /// The configuration and rules of this short name, or `nil` if nothing was ever judged by them.
  public func judgement(version: String) throws -> JudgementVersion? {
    let attempted = "read a version of the configuration"
    return try reading(attempted) {
      let select = try connection.statement(
        """
        SELECT text, CAST(round((julianday(first_used) - 2440587.5) * 86400000) AS INTEGER)
        FROM config_versions WHERE version = ?1
        """)
      select.bind(1, version)
      var found: JudgementVersion?
      try select.forEachRow(attempted) {
        found = JudgementVersion(
          version: version, text: select.text(0), firstUsed: select.integer(1))
      }
      return found
    }
  }

  // MARK: Pages

  /// The query for a page's ids; `nil` if nothing can match.
  private func pageSelect(
    _ query: ThreatQuery, behind cursor: ThreatCursor?, limit: Int
  ) throws -> Statement? {
    var conditions = ["t.time >= ?1", "t.time <= ?2", "(t.time < ?3 OR t.id < ?4)"]
    let (from, source) = try subjects(query, &conditions)
    guard let from else { return nil }
    if query.rule != nil { conditions.append("t.rule = ?8") }
    if query.verdict != nil { conditions.append("t.verdict = ?9") }
    let select = try connection.statement(
      """
      SELECT t.id FROM \(from) WHERE \(conditions.joined(separator: " AND "))
      ORDER BY t.time DESC, t.id DESC LIMIT ?10
      """)
    var last = Int64.max
    if let to = query.to {
      guard to > Int64.min else { return nil }
      last = to - 1
    }
    select.bind(1, query.from ?? .min)
    select.bind(2, min(last, cursor?.time ?? .max))
    select.bind(3, cursor?.time ?? .max)
    select.bind(4, cursor?.id ?? .max)
    source(select)
    if let rule = query.rule { select.bind(8, Int64(rule)) }
    if let verdict = query.verdict {
      let kind: Verdict.Kind? =
        switch verdict {
        case .falseAlarm: .falseAlarm
        case .confirmed: .confirmed
        case .none: nil
        }
      select.bind(9, kind?.number ?? 0)
    }
    select.bind(10, Int64(limit))
    return select
  }

  /// Where a page's threats come from, what that adds to the conditions and its parameters 5, 6, 7;
  /// `nil` if the kind is unknown.
  private func subjects(
    _ query: ThreatQuery, _ conditions: inout [String]
  ) throws -> (from: String?, bind: (Statement) -> Void) {
    var kind: Int64?
    if let name = query.kind {
      kind = kindID(name)
      if kind == nil { return (nil, { _ in }) }
    }
    var filters: [String] = []
    if kind != nil { filters.append("u.kind = ?5") }
    if query.user != nil { filters.append("u.user = ?6") }
    if query.device != nil { filters.append("u.device = ?7") }
    let bind = { (select: Statement) in
      if let kind { select.bind(5, kind) }
      if let user = query.user { select.bind(6, user) }
      if let device = query.device { select.bind(7, device) }
    }
    let filter = filters.joined(separator: " AND ")
    if filters.count == 3 {
      // One subject, so its index gives the order as well.
      conditions.append("t.subject = (SELECT u.id FROM subject_rows u WHERE \(filter))")
      return ("threat_rows t INDEXED BY threats_by_subject", bind)
    }
    if query.user != nil {
      conditions.append("t.subject IN (SELECT u.id FROM subject_rows u WHERE \(filter))")
      return ("threat_rows t INDEXED BY threats_by_subject", bind)
    }
    conditions += filters
    let join = filters.isEmpty ? "" : " CROSS JOIN subject_rows u ON u.id = t.subject"
    return ("threat_rows t INDEXED BY threats_by_time" + join, bind)
  }

  // MARK: Rows

  private func threatRecord(_ id: Int64) throws -> ThreatRecord? {
    let attempted = "read a threat"
    let select = try connection.statement(
      """
      SELECT t.id, u.kind, u.user, u.device, t.site, t.time, t.rule, t.name, t.severity, t.objects,
        t.reason, t.partition, t.offset, t.config, t.verdict
      FROM threat_rows t CROSS JOIN subject_rows u ON u.id = t.subject WHERE t.id = ?1
      """)
    select.bind(1, id)
    var found: ThreatRecord?
    try select.forEachRow(attempted) {
      found = ThreatRecord(
        id: id,
        identity: SubjectIdentity(
          kind: kind(select.integer(1)).name, user: select.text(2), device: select.text(3)),
        site: select.text(4), time: select.integer(5), rule: Int(select.integer(6)),
        name: select.text(7), severity: SafetyState(urgency: select.integer(8)),
        objects: try objects(select.text(9)), reason: select.text(10),
        place: try place(partition: select.integer(11), offset: select.integer(12)),
        judgement: try select.optionalInteger(13).flatMap { try configuration($0) } ?? "",
        verdict: select.integer(14) == 0 ? nil : try newestVerdict(ofThreat: id))
    }
    return found
  }

  private func objects(_ text: String) throws -> [Threat.Object] {
    let select = try connection.statement(
      """
      SELECT json_extract(value, '$.class'), json_extract(value, '$.probability'),
        json_extract(value, '$.zone')
      FROM json_each(?1)
      """)
    select.bind(1, text)
    var found: [Threat.Object] = []
    try select.forEachRow("read a threat's objects") {
      found.append(
        Threat.Object(
          className: select.text(0), probability: select.double(1),
          zone: select.isNull(2) ? nil : select.text(2)))
    }
    return found
  }

  private func newestVerdict(ofThreat id: Int64) throws -> Verdict? {
    let select = try connection.statement(
      """
      SELECT verdict, note, author, time FROM verdict_rows WHERE threat = ?1
      ORDER BY id DESC LIMIT 1
      """)
    select.bind(1, id)
    var found: Verdict?
    try select.forEachRow("read a threat's verdict") { found = verdict(select) }
    return found
  }

  private func verdict(_ row: Statement) -> Verdict? {
    Verdict.Kind(number: row.integer(0)).map {
      Verdict(kind: $0, note: row.text(1), author: row.text(2), time: row.integer(3))
    }
  }
}
