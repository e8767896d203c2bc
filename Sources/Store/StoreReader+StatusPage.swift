import Detection

/// Pages of the status table.
///
/// A page is read in two steps: first the ids of its rows from as few and as narrow rows as possible,
/// then those rows. Which table drives the first step is decided here and not by SQLite, whose planner
/// knows nothing of how many subjects are in danger; `CROSS JOIN` and unary `+` keep it to the
/// decision (https://www.sqlite.org/optoverview.html).
extension StoreReader {
  /// One page, its filters' total and the counts by state, all from one moment.
  ///
  /// - Throws: ``StoreError``, with code `invalidCursor` if the cursor is not of this sort and order.
  public func statusPage(_ query: StatusQuery) throws -> StatusPage {
    let cursor = try query.cursor.map {
      try Cursor($0, sort: query.sort, order: query.order)
    }
    return try reading("read a page of the status table") {
      let revision = try revision()
      let counts = try stateCounts(kind: query.kind)
      let kind = query.kind.map { kindID($0) }
      if case .some(.none) = kind {
        return StatusPage(revision: revision, total: 0, counts: counts, items: [], next: nil)
      }
      let plan = Plan(query, kind: kind.flatMap { $0 }, counts: counts, sortable: sortable)
      let limit = min(max(query.limit, 1), 1_000)
      let total = query.userPrefix.isEmpty ? plan.matchingStates : try count(plan)
      var ids = try ids(plan, behind: cursor, limit: limit + 1)
      let hasMore = ids.count > limit
      if hasMore { ids.removeLast() }
      let items = try records(ids)
      return StatusPage(
        revision: revision, total: total, counts: counts, items: items,
        next: hasMore
          ? items.last.map { Cursor(behind: $0, sort: query.sort, order: query.order).text } : nil)
    }
  }

  private func count(_ plan: Plan) throws -> Int {
    let select = try connection.statement("SELECT count(*) \(plan.source) \(plan.conditions)")
    plan.bind(select)
    return Int(try select.first("count a page's rows") ?? 0)
  }

  private func ids(_ plan: Plan, behind cursor: Cursor?, limit: Int) throws -> [Int64] {
    let comparison = plan.isAscending ? ">" : "<"
    let key = plan.sortKey
    let places = (0..<key.count).map { "?\(Plan.cursorParameter + Int32($0))" }
    let behind =
      cursor == nil
      ? ""
      : " AND (\(key.joined(separator: ", "))) \(comparison) (\(places.joined(separator: ", ")))"
    let order = key.map { $0 + (plan.isAscending ? "" : " DESC") }.joined(separator: ", ")
    let select = try connection.statement(
      "SELECT s.id \(plan.source) \(plan.conditions)\(behind) ORDER BY \(order) LIMIT ?1")
    plan.bind(select)
    select.bind(1, Int64(limit))
    if let cursor { Plan.bind(cursor, to: select) }
    var ids: [Int64] = []
    ids.reserveCapacity(limit)
    try select.forEachRow("read a page's order") { ids.append(select.integer(0)) }
    return ids
  }
}

/// How one query is run.
private struct Plan {
  /// Rows in the wanted states, whatever their user.
  var matchingStates: Int
  /// `FROM …`, the driving table first.
  var source: String
  /// `WHERE …`. Parameter 1 is the limit, 2 the kind, 3 and 4 the prefix's bounds.
  var conditions: String
  /// The columns of the order, unique as a whole.
  var sortKey: [String]
  var isAscending: Bool
  private var kind: Int64?
  private var prefix: String

  /// The cursor's first parameter.
  static let cursorParameter: Int32 = 5

  init(_ query: StatusQuery, kind: Int64?, counts: StateCounts, sortable: Int) {
    self.kind = kind
    prefix = query.userPrefix
    isAscending = query.order == .ascending
    let states = query.states.isEmpty ? Set(SafetyState.allCases) : query.states
    let matching = states.reduce(0) { $0 + counts[$1] }
    matchingStates = matching
    let hasStates = states.count < SafetyState.allCases.count
    let hasPrefix = !query.userPrefix.isEmpty

    // Few rows in the wanted states: take them from the index of states and sort them. Else a prefix,
    // a rare kind or the order by user are served by the subjects' indices, and the rest by the
    // status table's.
    let isFewStates = hasStates && matching <= sortable
    let isRareKind = kind != nil && counts.total <= sortable
    let drivesByState = isFewStates && !(isRareKind && query.sort != .state)
    let drivesBySubject = !drivesByState && (hasPrefix || isRareKind || query.sort == .user)

    if drivesBySubject {
      source = "FROM subject_rows u CROSS JOIN status_rows s ON s.id = u.id"
    } else if hasPrefix || query.sort == .user {
      source = "FROM status_rows s CROSS JOIN subject_rows u ON u.id = s.id"
    } else {
      source = "FROM status_rows s"
    }

    var terms: [String] = []
    if hasStates {
      let numbers = states.map(\.urgency).sorted()
      let list = numbers.map(String.init).joined(separator: ", ")
      if drivesByState || numbers.count == 1 && query.sort == .state && !drivesBySubject {
        terms.append("s.state IN (\(list))")
      } else {
        terms.append("+s.state IN (\(list))")
      }
    }
    if kind != nil { terms.append(drivesBySubject ? "u.kind = ?2" : "+s.kind = ?2") }
    if hasPrefix { terms.append("u.user >= ?3 AND u.user < ?4") }
    conditions = terms.isEmpty ? "WHERE true" : "WHERE " + terms.joined(separator: " AND ")

    // An index gives the order only where it drives.
    let plus = drivesBySubject || drivesByState ? "+" : ""
    sortKey =
      switch query.sort {
      case .state: ["\(drivesBySubject ? "+" : "")s.state", "s.state_order", "s.id"]
      case .user:
        drivesBySubject ? ["u.user", "u.device", "u.id"] : ["+u.user", "u.device", "s.id"]
      case .since: ["s.since", "s.id"]
      case .lastSeen: ["s.last_seen", "s.id"]
      case .value: ["coalesce(s.value, -9e999)", "s.id"]
      case .score: ["coalesce(s.score, -9e999)", "s.id"]
      case .revision: ["\(plus)s.revision", "s.id"]
      }
  }

  func bind(_ statement: Statement) {
    if let kind { statement.bind(2, kind) }
    guard !prefix.isEmpty else { return }
    statement.bind(3, prefix)
    // The first text that is greater than all that begin with the prefix. A byte of UTF-8 is never
    // 255, so the last one can be raised; SQLite compares bytes and does not mind that the bound may
    // be no UTF-8.
    var bound = Array(prefix.utf8)
    bound[bound.count - 1] += 1
    bound.withUnsafeBufferPointer { statement.bindText(4, $0) }
  }

  static func bind(_ cursor: Cursor, to statement: Statement) {
    let first = cursorParameter
    switch cursor.key {
    case .integer(let value): statement.bind(first, value)
    case .number(let value): statement.bind(first, value)
    case .state(let urgency, let place):
      statement.bind(first, urgency)
      statement.bind(first + 1, place)
      statement.bind(first + 2, cursor.id)
      return
    case .user(let user, let device):
      statement.bind(first, user)
      statement.bind(first + 1, device)
      statement.bind(first + 2, cursor.id)
      return
    }
    statement.bind(first + 1, cursor.id)
  }
}
