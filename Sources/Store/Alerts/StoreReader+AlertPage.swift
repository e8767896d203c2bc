import Detection

/// Pages of alerts.
///
/// The open ones are few and have an index in their order. The others are walked by their numbers,
/// which are in the order of opening; those of one user are found by the subject and sorted.
extension StoreReader {
  /// One page and the counts, all from one moment: of the open ones danger first, then the newest; of
  /// the others the newest first.
  ///
  /// Alerts that are opened while pages are turned move nothing. One whose severity rises may come to
  /// lie before the place that has been reached: ``alerts(changedAfter:limit:)``, asked with the first
  /// page's revision, has it.
  ///
  /// - Throws: ``StoreError``, with code `invalidCursor` if the cursor is not of a query for the same
  ///   phases.
  public func alertPage(_ query: AlertQuery) throws -> AlertPage {
    let attempted = "read a page of alerts"
    let cursor = try query.cursor.map { try AlertCursor($0, phases: query.phases) }
    return try reading(attempted) {
      var page = AlertPage(
        items: [], next: nil, revision: try revision(), counts: try openCounts())
      let limit = min(max(query.limit, 1), 1_000)
      guard let select = try pageSelect(query, behind: cursor, limit: limit + 1) else {
        return page
      }
      try select.forEachRow(attempted) { page.items.append(try alertRecord(select)) }
      if page.items.count > limit {
        page.items.removeLast()
        page.next = page.items.last.map {
          AlertCursor(phases: query.phases, urgency: $0.alert.severity.urgency, id: $0.alert.id)
            .text
        }
      }
      return page
    }
  }

  /// How many alerts are open.
  public func alertCounts() throws -> AlertCounts {
    try reading("count the open alerts") { try openCounts() }
  }

  private func openCounts() throws -> AlertCounts {
    let attempted = "count the open alerts"
    let select = try connection.statement(
      """
      SELECT severity, count(*), count(acknowledged)
      FROM alert_rows INDEXED BY alerts_open WHERE phase != 2 GROUP BY severity
      """)
    var counts = AlertCounts()
    try select.forEachRow(attempted) {
      if SafetyState(urgency: select.integer(0)) == .danger {
        counts.danger += Int(select.integer(1))
      } else {
        counts.warning += Int(select.integer(1))
      }
      counts.acknowledged += Int(select.integer(2))
    }
    return counts
  }

  // MARK: The query

  /// `nil` if nothing can match.
  ///
  /// A filter that is not given is bound as NULL instead of left out: so there are six texts of the
  /// query and not thousands, and all stay prepared.
  private func pageSelect(
    _ query: AlertQuery, behind cursor: AlertCursor?, limit: Int
  ) throws -> Statement? {
    var kind: Int64?
    if let name = query.kind {
      kind = kindID(name)
      if kind == nil { return nil }
    }
    let isOpen = query.phases == .open
    var last = Int64.max
    if let cursor, !isOpen {
      guard cursor.id > .min else { return nil }
      last = cursor.id - 1
    }
    var first = Int64.min
    if query.user == nil, !isOpen, query.from != nil || query.to != nil {
      guard let numbers = try numbers(from: query.from, to: query.to) else { return nil }
      first = numbers.lowerBound
      last = min(last, numbers.upperBound)
    }
    let select = try connection.statement(Self.pageSQL(query.phases, isOfUser: query.user != nil))
    select.bind(1, Int64(limit))
    select.bind(2, isOpen ? cursor?.urgency ?? .max : first)
    select.bind(3, isOpen ? cursor?.id ?? .max : last)
    select.bind(4, kind)
    select.bind(5, optional: query.user)
    select.bind(6, optional: query.device)
    select.bind(7, query.severity?.urgency)
    select.bind(8, optional: query.site)
    select.bind(9, optional: query.cause)
    select.bind(10, query.from)
    select.bind(11, query.to)
    select.bind(12, query.isAcknowledged.map { $0 ? 1 as Int64 : 0 })
    return select
  }

  static func pageSQL(_ phases: AlertQuery.Phases, isOfUser: Bool) -> String {
    let isOpen = phases == .open
    let index =
      isOfUser
      ? "INDEXED BY alerts_by_subject" : isOpen ? "INDEXED BY alerts_open" : "NOT INDEXED"
    let chosen =
      switch phases {
      case .open: "a.phase != 2 AND (a.severity, a.id) < (?2, ?3)"
      case .resolved: "a.phase = 2 AND a.id BETWEEN ?2 AND ?3"
      case .all: "a.id BETWEEN ?2 AND ?3"
      }
    let subject = "(?4 IS NULL OR u.kind = ?4) AND (?6 IS NULL OR u.device = ?6)"
    let subjects =
      isOfUser
      ? "a.subject IN (SELECT u.id FROM subject_rows u WHERE u.user = ?5 AND \(subject))" : subject
    return """
      SELECT \(Alert.columns)
      FROM alert_rows a \(index) CROSS JOIN subject_rows u ON u.id = a.subject
      WHERE \(chosen) AND \(subjects)
        AND (?7 IS NULL OR a.severity = ?7) AND (?8 IS NULL OR a.site = ?8)
        AND (?9 IS NULL OR a.cause = ?9)
        AND (?10 IS NULL OR a.opened >= ?10) AND (?11 IS NULL OR a.opened < ?11)
        AND (?12 IS NULL OR (a.acknowledged IS NOT NULL) = ?12)
      ORDER BY \(isOpen ? "a.severity DESC, a.id DESC" : "a.id DESC") LIMIT ?1
      """
  }

  /// The lowest and the highest number of the alerts opened in a span of time: found in the index alone,
  /// and right even if the clock was set back in between.
  private func numbers(from: Int64?, to: Int64?) throws -> ClosedRange<Int64>? {
    let attempted = "find the alerts of a span of time"
    let select = try connection.statement(
      """
      SELECT min(id), max(id) FROM alert_rows INDEXED BY alerts_by_opened
      WHERE opened >= ?1 AND opened < ?2
      """)
    select.bind(1, from ?? .min)
    select.bind(2, to ?? .max)
    var found: ClosedRange<Int64>?
    try select.forEachRow(attempted) {
      if let first = select.optionalInteger(0) { found = first...select.integer(1) }
    }
    return found
  }
}
