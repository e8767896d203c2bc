/// Retention of alerts.
///
/// An alert's age counts from its resolution, not from its number: one that was open for a month is
/// kept as long after its end as any other. Its events and verdicts go with it. A notification goes when no alert
/// that it tells of is on record any more, so that what has been told of an open alert stays known;
/// its deliveries go with it.
extension Store {
  /// About what an alert takes in the file, with its events, notifications and deliveries.
  static let alertBytes: Int64 = 4_096

  /// What an alert or a notification counts of a step's budget: about so many rows go with it.
  private static let weight = 10

  /// Deletes alerts that are settled and were resolved up to `time`, what nothing on record needs any
  /// more of notifications that were finished up to then, and silences that had ended.
  ///
  /// - Parameter newest: Alerts with a higher number are spared.
  func deleteAlerts(
    upTo time: Int64, newest: Int64?, rest: inout Int, result: inout PruneResult
  ) throws {
    // By age in the order of resolution; by size in the order of opening.
    let chosen =
      newest == nil
      ? """
      SELECT id FROM alert_rows INDEXED BY alerts_settled
      WHERE settled = 1 AND resolved <= ?1 ORDER BY resolved LIMIT ?2
      """
      : """
      SELECT id FROM alert_rows NOT INDEXED
      WHERE settled = 1 AND resolved <= ?1 AND id <= ?3 ORDER BY id LIMIT ?2
      """
    let alerts = try delete(
      "alert_rows", chosen, upTo: time, newest: newest, weight: Self.weight, rest: &rest)
    for alert in alerts { try forget(alert: alert) }
    result.alerts += alerts.count

    let notifications = try delete(
      "notification_rows",
      """
      SELECT id FROM notification_rows INDEXED BY notifications_unneeded
      WHERE state != 0 AND told = 0 AND finished <= ?1 LIMIT ?2
      """, upTo: time, weight: Self.weight, rest: &rest)
    let deliveries = try connection.statement(
      "DELETE FROM delivery_rows WHERE notification = ?1")
    for notification in notifications {
      deliveries.bind(1, notification)
      try deliveries.run("delete old deliveries")
    }
    result.notifications += notifications.count

    result.silences += try delete(
      "silence_rows", "SELECT id FROM silence_rows WHERE ends <= ?1 LIMIT ?2", upTo: time,
      rest: &rest
    ).count
  }

  /// Deletes what is known of groups that have not been notified since `time`, for which nothing waits,
  /// and of which no alert is left that somebody has still to be told of.
  func deleteGroups(upTo time: Int64, rest: inout Int, result: inout PruneResult) throws {
    guard rest > 0 else { return }
    let attempted = "delete old groups of alerts"
    let any = try connection.statement("SELECT 1 FROM group_rows WHERE notified <= ?1 LIMIT 1")
    any.bind(1, time)
    guard try any.first(attempted) != nil else { return }
    let delete = try connection.statement(
      """
      DELETE FROM group_rows WHERE (receiver, group_name) IN (
        SELECT receiver, group_name FROM group_rows WHERE notified <= ?1
          AND (receiver, group_name) NOT IN (
            SELECT n.receiver, n.group_name
            FROM alert_rows a INDEXED BY alerts_unsettled
              CROSS JOIN notification_alerts o ON o.alert = a.id
              CROSS JOIN notification_rows n ON n.id = o.notification
            WHERE a.settled = 0
            UNION SELECT receiver, group_name FROM notification_rows WHERE state = 0)
        LIMIT ?2)
      """)
    delete.bind(1, time)
    delete.bind(2, Int64(rest))
    try delete.run(attempted)
    result.alertGroups += connection.changes
    rest -= connection.changes
  }

  /// Deletes what goes with an alert that is gone.
  private func forget(alert: Int64) throws {
    let attempted = "delete what belongs to an old alert"
    let events = try connection.statement("DELETE FROM alert_event_rows WHERE alert = ?1")
    events.bind(1, alert)
    try events.run(attempted)
    let verdicts = try connection.statement("DELETE FROM alert_verdict_rows WHERE alert = ?1")
    verdicts.bind(1, alert)
    try verdicts.run(attempted)
    let untell = try connection.statement(
      "DELETE FROM notification_alerts WHERE alert = ?1 RETURNING notification")
    let release = try connection.statement(
      "UPDATE notification_rows SET told = told - 1 WHERE id = ?1")
    untell.bind(1, alert)
    var notifications: [Int64] = []
    try untell.forEachRow(attempted) { notifications.append(untell.integer(0)) }
    for notification in notifications {
      release.bind(1, notification)
      try release.run(attempted)
    }
  }

  /// Deletes the rows that a query of ids chooses, as far as the budget goes, and answers with their
  /// ids. A query that may have more leaves nothing of the budget.
  private func delete(
    _ table: String, _ chosen: String, upTo time: Int64, newest: Int64? = nil, weight: Int = 1,
    rest: inout Int
  ) throws -> [Int64] {
    guard rest > 0 else { return [] }
    let limit = max(1, rest / weight)
    let delete = try connection.statement(
      "DELETE FROM \(table) WHERE id IN (\(chosen)) RETURNING id")
    delete.bind(1, time)
    delete.bind(2, Int64(limit))
    if let newest { delete.bind(3, newest) }
    var ids: [Int64] = []
    try delete.forEachRow("delete old rows of \(table)") { ids.append(delete.integer(0)) }
    rest = ids.count == limit ? 0 : rest - ids.count * weight
    return ids
  }
}
