import Detection

/// What cameras led to: threats, equipment faults, detections without a threat; and the operators'
/// verdicts.
extension Store {
  func write(_ threats: [Threat], engine: Int) throws {
    guard !threats.isEmpty else { return }
    let insert = try connection.statement(
      """
      INSERT INTO threat_rows(id, subject, time, rule, severity, verdict, classes, name, site,
        objects, reason, partition, offset, config)
      VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
      """)
    for threat in threats {
      let subject = try reference(threat.subject, engine: engine)
      try check(threat.origin.partition)
      mirror.counters.threat += 1
      insert.bind(1, mirror.counters.threat)
      insert.bind(2, Int64(subject.id))
      insert.bind(3, threat.time)
      insert.bind(4, Int64(threat.rule))
      insert.bind(5, threat.severity.urgency)
      insert.bind(6, ThreatText.classes(threat.objects))
      insert.bind(7, threat.name)
      insert.bind(8, threat.site)
      insert.bind(9, ThreatText.objects(threat.objects))
      insert.bind(10, threat.reason)
      insert.bind(11, Int64(threat.origin.partition))
      insert.bind(12, threat.origin.offset)
      insert.bind(13, mirror.configuration(of: engine))
      try insert.run("write a threat")
    }
  }

  func write(_ faults: [EquipmentFault], engine: Int) throws {
    guard !faults.isEmpty else { return }
    let insert = try connection.statement(
      """
      INSERT INTO fault_rows(id, subject, time, kind, reason, partition, offset, config)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
      """)
    for fault in faults {
      let subject = try reference(fault.subject, engine: engine)
      if let origin = fault.origin { try check(origin.partition) }
      mirror.counters.equipmentFault += 1
      insert.bind(1, mirror.counters.equipmentFault)
      insert.bind(2, Int64(subject.id))
      insert.bind(3, fault.time)
      insert.bind(4, fault.kind.rawValue)
      insert.bind(5, fault.reason)
      insert.bind(6, fault.origin.map { Int64($0.partition) })
      insert.bind(7, fault.origin?.offset)
      insert.bind(8, mirror.configuration(of: engine))
      try insert.run("write an equipment fault")
    }
  }

  /// An hour and class keeps the id of its first writing: the retention goes by that.
  func write(_ unmatched: [UnmatchedDetections]) throws {
    guard !unmatched.isEmpty else { return }
    let add = try connection.statement(
      """
      UPDATE unmatched_counts
      SET count = count + ?3, max_probability = max(max_probability, ?4)
      WHERE hour = ?1 AND class = ?2
      """)
    let insert = try connection.statement(
      """
      INSERT INTO unmatched_counts(hour, class, count, max_probability, id)
      VALUES (?1, ?2, ?3, ?4, ?5)
      """)
    for detections in unmatched {
      func bind(_ statement: Statement) {
        statement.bind(1, detections.hour)
        statement.bind(2, detections.className)
        statement.bind(3, Int64(detections.count))
        // SQLite would take what is not a number for NULL and refuse the batch.
        let probability = detections.maxProbability
        statement.bind(4, probability.isFinite ? probability : 0)
      }
      bind(add)
      try add.run("count detections")
      if connection.changes > 0 { continue }
      mirror.counters.unmatched += 1
      bind(insert)
      insert.bind(5, mirror.counters.unmatched)
      try insert.run("count detections")
    }
  }

  /// Writes what an operator found; it is the threat's verdict until the next one. Earlier ones stay
  /// readable, up to ``Verdict/maxKept``.
  ///
  /// - Returns: `false` if there is no such threat (any more).
  /// - Throws: ``StoreError``, with code `invalidValue` if the note or the author's name is too long.
  public func setVerdict(_ verdict: Verdict, ofThreat id: Int64) throws -> Bool {
    let attempted = "write a verdict"
    try verdict.validate()
    return try exclusively(attempted) {
      try transaction(attempted) {
        let update = try connection.statement("UPDATE threat_rows SET verdict = ?2 WHERE id = ?1")
        update.bind(1, id)
        update.bind(2, verdict.kind.number)
        try update.run(attempted)
        guard connection.changes == 1 else { return false }
        mirror.counters.verdict += 1
        let insert = try connection.statement(
          """
          INSERT INTO verdict_rows(id, threat, verdict, note, author, time)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6)
          """)
        insert.bind(1, mirror.counters.verdict)
        insert.bind(2, id)
        insert.bind(3, verdict.kind.number)
        insert.bind(4, verdict.note)
        insert.bind(5, verdict.author)
        insert.bind(6, verdict.time)
        try insert.run(attempted)
        let forget = try connection.statement(
          """
          DELETE FROM verdict_rows WHERE id IN (
            SELECT id FROM verdict_rows WHERE threat = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)
          """)
        forget.bind(1, id)
        forget.bind(2, Int64(Verdict.maxKept))
        try forget.run(attempted)
        try writeCounters()
        return true
      }
    }
  }
}
