import Detection

/// The outbox of alerts: what is on its way to whom, what has become of it, and who knows what.
extension Store {
  /// Puts notifications into the outbox, with all that goes with them, in one transaction.
  ///
  /// - Parameters:
  ///   - notifications: New ones; their `id` is not looked at.
  ///   - groups: The new values of groups.
  ///   - settled: Resolved alerts of which nothing more is to be said. Each takes a revision, after
  ///     those of `changes`. Ids that are unknown, open or settled already are passed over.
  ///   - changes: What the planning has to say about alerts, for the record.
  /// - Returns: The notifications' ids, in their order.
  @discardableResult
  public func enqueue(
    _ notifications: [AlertNotification], groups: [AlertGroup] = [], settled: [Int64] = [],
    changes: AlertChanges = AlertChanges()
  ) throws -> [Int64] {
    let attempted = "write notifications"
    return try exclusively(attempted) {
      try transaction(attempted) {
        try writeRows(changes, configuration: mirror.configuration(of: 0))
        let ids = try notifications.map(insert)
        try write(groups)
        try settle(settled)
        try writeCounters()
        return ids
      }
    }
  }

  /// Writes one call of a receiver and what follows from its answer, in one transaction.
  ///
  /// An accepted or refused notification is finished: its payload goes, and with an accepted one its
  /// group's ``AlertGroup/accepted`` becomes the time of the answer. Of each notification the newest
  /// ``AlertDelivery/maxKept`` calls are kept.
  ///
  /// - Parameters:
  ///   - nextAttempt: No attempt before this moment, if the outcome is `retried`.
  ///   - events: What this means for the alerts that are told of.
  /// - Throws: ``StoreError``, with code `misuse` if there is no such notification.
  public func record(
    _ delivery: AlertDelivery, nextAttempt: Int64?, events: [AlertEvent] = []
  ) throws {
    let attempted = "record a delivery"
    try exclusively(attempted) {
      try transaction(attempted) {
        let answered = delivery.started + delivery.duration
        switch delivery.outcome {
        case .retried:
          let retry = try connection.statement(
            "UPDATE notification_rows SET attempts = attempts + 1, next_attempt = ?2 WHERE id = ?1")
          retry.bind(1, delivery.notification)
          retry.bind(2, nextAttempt ?? answered)
          try retry.run(attempted)
        case .accepted, .refused:
          let finish = try connection.statement(
            """
            UPDATE notification_rows
            SET attempts = attempts + 1, state = ?2, finished = ?3, payload = NULL WHERE id = ?1
            """)
          finish.bind(1, delivery.notification)
          finish.bind(
            2, (delivery.outcome == .accepted ? .delivered : .refused as State).rawValue)
          finish.bind(3, answered)
          try finish.run(attempted)
        }
        guard connection.changes == 1 else {
          throw StoreError(
            code: .misuse, message: "there is no notification \(delivery.notification)",
            attempted: attempted)
        }
        if delivery.outcome == .accepted {
          try acceptGroup(of: delivery.notification, at: answered)
        }
        try insert(delivery)
        try write(events)
        try writeCounters()
      }
    }
  }

  /// Gives up waiting notifications, e.g. because their receivers are gone from the configuration. Each
  /// alert that they told of gets an event that says so. Ids that are not waiting are passed over.
  public func refuse(_ notifications: [Int64], reason: String, now: Int64) throws {
    guard !notifications.isEmpty else { return }
    let attempted = "refuse notifications"
    try exclusively(attempted) {
      try transaction(attempted) {
        let refuse = try connection.statement(
          """
          UPDATE notification_rows SET state = \(State.refused.rawValue), finished = ?2,
            payload = NULL
          WHERE id = ?1 AND state = \(State.waiting.rawValue) RETURNING receiver
          """)
        for id in notifications {
          refuse.bind(1, id)
          refuse.bind(2, now)
          var receiver: String?
          try refuse.forEachRow(attempted) { receiver = refuse.text(0) }
          guard let receiver else { continue }
          try write(
            told(by: id).map {
              AlertEvent(
                alert: $0.alert, kind: .refused, time: now, text: "\(receiver): \(reason)")
            })
        }
        try writeCounters()
      }
    }
  }

  // MARK: After a start

  /// What each receiver and group has last been told, or is being told, of each alert that is not
  /// settled. What was refused counts as told.
  public func toldRecords() throws -> [ToldRecord] {
    let attempted = "read what has been told"
    return try exclusively(attempted) {
      // With max() the other columns are those of its row: https://www.sqlite.org/lang_select.html
      let select = try connection.statement(
        """
        SELECT max(n.id), n.receiver, n.group_name, o.alert, o.status, o.severity, n.created, n.state
        FROM alert_rows a INDEXED BY alerts_unsettled
          CROSS JOIN notification_alerts o ON o.alert = a.id
          CROSS JOIN notification_rows n ON n.id = o.notification
        WHERE a.settled = 0 GROUP BY o.alert, n.receiver, n.group_name
        """)
      var found: [ToldRecord] = []
      try select.forEachRow(attempted) {
        found.append(
          ToldRecord(
            receiver: select.text(1), group: select.text(2),
            told: .init(
              alert: select.integer(3), status: .init(rawValue: select.integer(4)) ?? .firing,
              severity: SafetyState(urgency: select.integer(5))),
            time: select.integer(6), state: State(rawValue: select.integer(7)) ?? .refused))
      }
      return found
    }
  }

  /// All groups that are known, by receiver and group.
  public func alertGroups() throws -> [AlertGroup] {
    let attempted = "read the groups of alerts"
    return try exclusively(attempted) {
      let select = try connection.statement(
        """
        SELECT receiver, group_name, generation, notified, accepted FROM group_rows
        ORDER BY receiver, group_name
        """)
      var found: [AlertGroup] = []
      try select.forEachRow(attempted) {
        found.append(
          AlertGroup(
            receiver: select.text(0), group: select.text(1), generation: select.integer(2),
            notified: select.integer(3), accepted: select.optionalInteger(4)))
      }
      return found
    }
  }

  /// The notifications that are on their way, the oldest first.
  public func waitingNotifications() throws -> [AlertNotification] {
    let attempted = "read the waiting notifications"
    return try exclusively(attempted) {
      let select = try connection.statement(
        """
        SELECT \(AlertNotification.columns), n.payload
        FROM notification_rows n INDEXED BY notifications_waiting WHERE n.state = 0 ORDER BY n.id
        """)
      var found: [AlertNotification] = []
      try select.forEachRow(attempted) {
        var notification = AlertNotification(select)
        notification.payload = select.blob(10)
        found.append(notification)
      }
      for place in found.indices { found[place].told = try told(by: found[place].id) }
      return found
    }
  }

  // MARK: Within a transaction

  private typealias State = AlertNotification.State

  private func told(by notification: Int64) throws -> [AlertNotification.Told] {
    let attempted = "read what a notification tells"
    let select = try connection.statement(
      """
      SELECT alert, status, severity FROM notification_alerts WHERE notification = ?1 ORDER BY place
      """)
    select.bind(1, notification)
    var found: [AlertNotification.Told] = []
    try select.forEachRow(attempted) {
      found.append(
        .init(
          alert: select.integer(0), status: .init(rawValue: select.integer(1)) ?? .firing,
          severity: SafetyState(urgency: select.integer(2))))
    }
    return found
  }

  private func insert(_ notification: AlertNotification) throws -> Int64 {
    let attempted = "write a notification"
    mirror.counters.notification += 1
    let id = mirror.counters.notification
    // An alert that is no longer on record is not told of: nothing would ever take the row away.
    let tell = try connection.statement(
      """
      INSERT INTO notification_alerts(notification, place, alert, status, severity)
      SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM alert_rows WHERE id = ?3)
      """)
    var count = 0
    for told in notification.told {
      tell.bind(1, id)
      tell.bind(2, Int64(count))
      tell.bind(3, told.alert)
      tell.bind(4, told.status.rawValue)
      tell.bind(5, told.severity.urgency)
      try tell.run(attempted)
      count += connection.changes
    }
    let insert = try connection.statement(
      """
      INSERT INTO notification_rows(id, receiver, group_name, kind, key, created, next_attempt,
        attempts, state, finished, told, payload)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
      """)
    insert.bind(1, id)
    insert.bind(2, notification.receiver)
    insert.bind(3, notification.group)
    insert.bind(4, notification.kind.rawValue)
    insert.bind(5, notification.key)
    insert.bind(6, notification.created)
    insert.bind(7, notification.nextAttempt)
    insert.bind(8, Int64(notification.attempts))
    insert.bind(9, notification.state.rawValue)
    insert.bind(10, notification.finished)
    insert.bind(11, Int64(count))
    if notification.state == .waiting {
      insert.bind(12, blob: notification.payload)
    } else {
      insert.bindNull(12)
    }
    try insert.run(attempted)
    return id
  }

  private func write(_ groups: [AlertGroup]) throws {
    guard !groups.isEmpty else { return }
    let upsert = try connection.statement(
      """
      INSERT INTO group_rows(receiver, group_name, generation, notified, accepted)
      VALUES (?1, ?2, ?3, ?4, ?5)
      ON CONFLICT (receiver, group_name) DO UPDATE SET generation = ?3, notified = ?4, accepted = ?5
      """)
    for group in groups {
      upsert.bind(1, group.receiver)
      upsert.bind(2, group.group)
      upsert.bind(3, group.generation)
      upsert.bind(4, group.notified)
      upsert.bind(5, group.accepted)
      try upsert.run("write a group of alerts")
    }
  }

  private func acceptGroup(of notification: Int64, at time: Int64) throws {
    let accept = try connection.statement(
      """
      UPDATE group_rows SET accepted = ?2
      FROM (SELECT receiver, group_name FROM notification_rows WHERE id = ?1) n
      WHERE group_rows.receiver = n.receiver AND group_rows.group_name = n.group_name
      """)
    accept.bind(1, notification)
    accept.bind(2, time)
    try accept.run("record a delivery")
  }

  private func insert(_ delivery: AlertDelivery) throws {
    let attempted = "record a delivery"
    mirror.counters.delivery += 1
    let insert = try connection.statement(
      """
      INSERT INTO delivery_rows(id, notification, receiver, attempt, started, duration, outcome,
        reason, status, answer)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """)
    insert.bind(1, mirror.counters.delivery)
    insert.bind(2, delivery.notification)
    insert.bind(3, delivery.receiver)
    insert.bind(4, Int64(delivery.attempt))
    insert.bind(5, delivery.started)
    insert.bind(6, delivery.duration)
    insert.bind(7, delivery.outcome.rawValue)
    insert.bind(8, delivery.reason)
    insert.bind(9, delivery.status.map(Int64.init))
    insert.bind(10, delivery.answer.cut(toBytes: AlertDelivery.maxAnswerBytes))
    try insert.run(attempted)
    guard delivery.attempt > AlertDelivery.maxKept else { return }
    let forget = try connection.statement(
      """
      DELETE FROM delivery_rows WHERE id IN (
        SELECT id FROM delivery_rows WHERE notification = ?1 ORDER BY id DESC LIMIT -1 OFFSET ?2)
      """)
    forget.bind(1, delivery.notification)
    forget.bind(2, Int64(AlertDelivery.maxKept))
    try forget.run(attempted)
  }
}
