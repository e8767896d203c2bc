import Detection

/// What people found alerts to be.
extension Store {
  /// An alert that got a verdict, as it is now, and the revision of that change.
  public struct JudgedAlert: Equatable, Sendable {
    public var alert: Alert
    public var revision: Int64
  }

  /// Writes what somebody found about an alert, open or not; it is the alert's verdict until the next one.
  /// Earlier ones stay readable, up to ``Verdict/maxKept``.
  ///
  /// - Returns: `nil` if there is no such alert (any more).
  /// - Throws: ``StoreError``, with code `invalidValue` if the note or the author's name is too long.
  public func setVerdict(_ verdict: Verdict, ofAlert id: Int64) throws -> JudgedAlert? {
    let attempted = "write a verdict"
    try verdict.validate()
    return try exclusively(attempted) {
      try transaction(attempted) {
        let update = try connection.statement(
          "UPDATE alert_rows SET verdict = ?2, revision = ?3 WHERE id = ?1")
        update.bind(1, id)
        update.bind(2, mirror.counters.alertVerdict + 1)
        update.bind(3, mirror.counters.revision + 1)
        try update.run(attempted)
        guard connection.changes == 1 else { return nil }
        mirror.counters.alertVerdict += 1
        mirror.counters.revision += 1
        try insert(verdict, ofAlert: id)
        try writeCounters()
        let select = try connection.statement(
          """
          SELECT \(Alert.columns) FROM alert_rows a CROSS JOIN subject_rows u ON u.id = a.subject
          WHERE a.id = ?1
          """)
        select.bind(1, id)
        var judged: JudgedAlert?
        try select.forEachRow(attempted) {
          judged = JudgedAlert(
            alert: Alert(select, kind: kindName), revision: mirror.counters.revision)
        }
        return judged
      }
    }
  }

  private func insert(_ verdict: Verdict, ofAlert id: Int64) throws {
    let insert = try connection.statement(
      """
      INSERT INTO alert_verdict_rows(id, alert, verdict, note, author, time)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6)
      """)
    insert.bind(1, mirror.counters.alertVerdict)
    insert.bind(2, id)
    insert.bind(3, verdict.kind.number)
    insert.bind(4, verdict.note)
    insert.bind(5, verdict.author)
    insert.bind(6, verdict.time)
    try insert.run("write a verdict")
    let forget = try connection.statement(
      """
      DELETE FROM alert_verdict_rows WHERE id IN (
        SELECT id FROM alert_verdict_rows WHERE alert = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)
      """)
    forget.bind(1, id)
    forget.bind(2, Int64(Verdict.maxKept))
    try forget.run("forget old verdicts")
  }
}
