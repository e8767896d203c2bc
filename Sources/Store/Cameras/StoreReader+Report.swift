import Detection
import Events

extension StoreReader {
  /// Threats, faults and unmatched detections of `from ..< to`, added up; times in milliseconds since
  /// 1970.
  ///
  /// Costs one pass over the time's part of an index, and a look-up for each camera in it.
  ///
  /// - Parameter hours: Where each hour of `byHour` begins, ascending; an hour ends where the next
  ///   begins, the last at `to`. So a day on which clocks change may have 23 or 25 of them.
  public func threatReport(from: Int64, to: Int64, hours: [Int64]) throws -> ThreatReport {
    let attempted = "read the report on threats"
    return try reading(attempted) {
      var report = ThreatReport()
      var identities = Identities(reader: self)
      try addThreats(from, to, hours, &report, &identities)
      report.faults = try faults(from, to, &identities)
      report.unmatched = try unmatched(from, to)
      return report
    }
  }

  // MARK: Threats

  private func addThreats(
    _ from: Int64, _ to: Int64, _ hours: [Int64], _ report: inout ThreatReport,
    _ identities: inout Identities
  ) throws {
    let attempted = "count threats"
    let select = try connection.statement(
      """
      SELECT time, subject, rule, severity, verdict, classes, id
      FROM threat_rows INDEXED BY threats_by_time
      WHERE time >= ?1 AND time < ?2 ORDER BY time
      """)
    select.bind(1, from)
    select.bind(2, to)
    var subjects: [Int64: ThreatTally] = [:]
    var rules: [Int64: (tally: ThreatTally, newest: Int64)] = [:]
    var classes: [String: Int] = [:]
    var byHour = [Int](repeating: 0, count: hours.count)
    var begun = 0
    try select.forEachRow(attempted) {
      while begun < hours.count, hours[begun] <= select.integer(0) { begun += 1 }
      if begun > 0 { byHour[begun - 1] += 1 }
      let isDanger = SafetyState(urgency: select.integer(3)) == .danger
      let verdict = Verdict.Kind(number: select.integer(4))
      subjects[select.integer(1), default: ThreatTally()].add(isDanger, verdict)
      rules[select.integer(2), default: (ThreatTally(), 0)].tally.add(isDanger, verdict)
      rules[select.integer(2)]?.newest = select.integer(6)
      classes[select.text(5), default: 0] += 1
    }
    report.byHour = byHour
    report.byRule = try rules.map { rule, found in
      report.total.add(found.tally)
      return ThreatReport.Rule(
        rule: Int(rule), name: try ruleName(ofThreat: found.newest), tally: found.tally)
    }
    .sorted { ($1.tally.threats, $0.rule) < ($0.tally.threats, $1.rule) }
    report.byUser = try users(subjects, &identities)
    report.byClass = byClass(classes)
  }

  private func ruleName(ofThreat id: Int64) throws -> String {
    let select = try connection.statement("SELECT name FROM threat_rows WHERE id = ?1")
    select.bind(1, id)
    var name = ""
    try select.forEachRow("read a rule's name") { name = select.text(0) }
    return name
  }

  private func users(
    _ subjects: [Int64: ThreatTally], _ identities: inout Identities
  ) throws -> [ThreatReport.User] {
    // Ids that Unicode calls equivalent are still two users: identities compare bytes.
    var users: [SubjectIdentity: ThreatTally] = [:]
    // In the order of the ids, neighbours in the file follow each other.
    for (subject, tally) in subjects.sorted(by: { $0.key < $1.key }) {
      let user = SubjectIdentity(kind: "", user: try identities.identity(subject).user)
      users[user, default: ThreatTally()].add(tally)
    }
    return users.map { ThreatReport.User(user: $0.key.user, tally: $0.value) }
      .sorted { ($1.tally.threats, $0.user) < ($0.tally.threats, $1.user) }
  }

  /// From threats by their classes, one a line, to threats by class.
  private func byClass(_ threats: [String: Int]) -> [ThreatReport.Class] {
    var classes: [Substring: Int] = [:]
    for (lines, count) in threats {
      for name in lines.split(separator: "\n") { classes[name, default: 0] += count }
    }
    return classes.map { ThreatReport.Class(className: String($0.key), threats: $0.value) }
      .sorted { ($1.threats, $0.className) < ($0.threats, $1.className) }
  }

  // MARK: Faults and unmatched detections

  private func faults(
    _ from: Int64, _ to: Int64, _ identities: inout Identities
  ) throws -> [ThreatReport.Fault] {
    struct Key: Hashable {
      var subject: Int64
      var kind: String
    }
    let select = try connection.statement(
      """
      SELECT subject, kind, time, reason FROM fault_rows INDEXED BY faults_by_time
      WHERE time >= ?1 AND time < ?2 ORDER BY time, id
      """)
    select.bind(1, from)
    select.bind(2, to)
    var found: [Key: ThreatReport.Fault] = [:]
    try select.forEachRow("read the equipment faults") {
      let key = Key(subject: select.integer(0), kind: select.text(1))
      let time = select.integer(2)
      if found[key] == nil {
        found[key] = ThreatReport.Fault(
          identity: try identities.identity(key.subject), kind: key.kind, count: 0, first: time,
          last: time, reason: "")
      }
      found[key]?.count += 1
      found[key]?.last = time
      found[key]?.reason = select.text(3)
    }
    return found.values.sorted {
      let (left, right) = ($0.identity, $1.identity)
      return ($1.count, $0.kind, left.user, left.device, left.kind)
        < ($0.count, $1.kind, right.user, right.device, right.kind)
    }
  }

  private func unmatched(_ from: Int64, _ to: Int64) throws -> [ThreatReport.Unmatched] {
    let select = try connection.statement(
      """
      SELECT class, sum(count) AS total, max(max_probability) FROM unmatched_counts
      WHERE hour >= ?1 AND hour < ?2 GROUP BY class ORDER BY total DESC, class
      """)
    select.bind(1, from)
    select.bind(2, to)
    var found: [ThreatReport.Unmatched] = []
    try select.forEachRow("read the unmatched detections") {
      found.append(
        ThreatReport.Unmatched(
          className: select.text(0), count: Int(select.integer(1)),
          maxProbability: select.double(2)))
    }
    return found
  }

  /// The subjects' identities, each read once.
  private struct Identities {
    var reader: StoreReader
    var known: [Int64: SubjectIdentity] = [:]

    mutating func identity(_ subject: Int64) throws -> SubjectIdentity {
      if let identity = known[subject] { return identity }
      let select = try reader.connection.statement(
        "SELECT kind, user, device FROM subject_rows WHERE id = ?1")
      select.bind(1, subject)
      var identity = SubjectIdentity(kind: "", user: "")
      try select.forEachRow("read a subject") {
        identity = SubjectIdentity(
          kind: reader.kind(select.integer(0)).name, user: select.text(1),
          device: select.text(2))
      }
      known[subject] = identity
      return identity
    }
  }
}

extension ThreatTally {
  fileprivate mutating func add(_ isDanger: Bool, _ verdict: Verdict.Kind?) {
    threats += 1
    if isDanger { dangers += 1 } else { warnings += 1 }
    switch verdict {
    case .confirmed: confirmed += 1
    case .falseAlarm: falseAlarms += 1
    case nil: break
    }
  }

  fileprivate mutating func add(_ other: ThreatTally) {
    threats += other.threats
    warnings += other.warnings
    dangers += other.dangers
    confirmed += other.confirmed
    falseAlarms += other.falseAlarms
  }
}
