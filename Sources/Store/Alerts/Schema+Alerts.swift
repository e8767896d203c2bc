extension Schema {
  /// The third migration's tables: alerts, and who has been told of them; and where a subject is.
  ///
  /// The indices are such that an alert which only goes on flapping moves in `alerts_by_revision` and
  /// touches the small ones of what is open: `subject`, `opened` and `cause` never change.
  /// `notification_rows.told` counts the rows of `notification_alerts`, so that the retention finds
  /// what nothing on record needs any more.
  static let alertTables = """
    ALTER TABLE meta ADD COLUMN last_alert INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN last_alert_event INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN last_notification INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN last_delivery INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN last_silence INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN instance TEXT NOT NULL DEFAULT '';
    UPDATE meta SET instance = lower(hex(randomblob(4)));

    ALTER TABLE status_rows ADD COLUMN latitude REAL;
    ALTER TABLE status_rows ADD COLUMN longitude REAL;
    ALTER TABLE status_rows ADD COLUMN time_zone TEXT;
    ALTER TABLE status_rows ADD COLUMN site TEXT;

    CREATE TABLE alert_rows(
      id INTEGER PRIMARY KEY,
      subject INTEGER NOT NULL,
      cause TEXT NOT NULL,
      phase INTEGER NOT NULL,
      severity INTEGER NOT NULL,
      settled INTEGER NOT NULL,
      began INTEGER NOT NULL,
      opened INTEGER NOT NULL,
      raised INTEGER NOT NULL,
      recovering INTEGER,
      ended INTEGER,
      resolved INTEGER,
      flaps INTEGER NOT NULL,
      acknowledged INTEGER,
      author TEXT,
      note TEXT,
      value REAL,
      partition INTEGER,
      offset INTEGER,
      config INTEGER,
      revision INTEGER NOT NULL,
      latitude REAL,
      longitude REAL,
      time_zone TEXT NOT NULL,
      site TEXT NOT NULL,
      rule_name TEXT NOT NULL,
      reason TEXT NOT NULL
    );
    CREATE INDEX alerts_by_revision ON alert_rows(revision);
    CREATE INDEX alerts_by_subject ON alert_rows(subject);
    CREATE INDEX alerts_by_opened ON alert_rows(opened);
    CREATE INDEX alerts_open ON alert_rows(severity, id, acknowledged, phase) WHERE phase != 2;
    CREATE INDEX alerts_unsettled ON alert_rows(id) WHERE settled = 0;
    CREATE INDEX alerts_settled ON alert_rows(resolved) WHERE settled = 1;

    CREATE TABLE alert_event_rows(
      id INTEGER PRIMARY KEY,
      alert INTEGER NOT NULL,
      time INTEGER NOT NULL,
      kind TEXT NOT NULL,
      text TEXT NOT NULL,
      author TEXT NOT NULL
    );
    CREATE INDEX alert_events_by_alert ON alert_event_rows(alert);

    CREATE TABLE notification_rows(
      id INTEGER PRIMARY KEY,
      receiver TEXT NOT NULL,
      group_name TEXT NOT NULL,
      kind TEXT NOT NULL,
      key TEXT NOT NULL,
      created INTEGER NOT NULL,
      next_attempt INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      state INTEGER NOT NULL,
      finished INTEGER,
      told INTEGER NOT NULL,
      payload BLOB
    );
    CREATE INDEX notifications_waiting ON notification_rows(receiver, created) WHERE state = 0;
    CREATE INDEX notifications_unneeded ON notification_rows(finished)
      WHERE state != 0 AND told = 0;
    CREATE TABLE notification_alerts(
      notification INTEGER NOT NULL,
      place INTEGER NOT NULL,
      alert INTEGER NOT NULL,
      status INTEGER NOT NULL,
      severity INTEGER NOT NULL,
      PRIMARY KEY (notification, place)
    ) WITHOUT ROWID;
    CREATE INDEX notifications_by_alert ON notification_alerts(alert);
    CREATE TABLE delivery_rows(
      id INTEGER PRIMARY KEY,
      notification INTEGER NOT NULL,
      receiver TEXT NOT NULL,
      attempt INTEGER NOT NULL,
      started INTEGER NOT NULL,
      duration INTEGER NOT NULL,
      outcome TEXT NOT NULL,
      reason TEXT NOT NULL,
      status INTEGER,
      answer TEXT NOT NULL
    );
    CREATE INDEX deliveries_by_notification ON delivery_rows(notification);
    CREATE TABLE group_rows(
      receiver TEXT NOT NULL,
      group_name TEXT NOT NULL,
      generation INTEGER NOT NULL,
      notified INTEGER NOT NULL,
      accepted INTEGER,
      PRIMARY KEY (receiver, group_name)
    ) WITHOUT ROWID;
    CREATE TABLE silence_rows(
      id INTEGER PRIMARY KEY,
      matchers TEXT NOT NULL,
      starts INTEGER NOT NULL,
      ends INTEGER NOT NULL,
      author TEXT NOT NULL,
      comment TEXT NOT NULL,
      created INTEGER NOT NULL
    );
    CREATE INDEX silences_by_end ON silence_rows(ends);

    """

  static let alertViews = """
    DROP VIEW status;
    CREATE VIEW status AS
      SELECT k.name AS kind, u.user, u.device,
        \(state("s.state")) AS state,
        \(state("s.previous")) AS previous,
        \(time("s.since")) AS since,
        \(time("s.last_seen")) AS last_seen,
        round((julianday('now') - 2440587.5) * 86400.0 - s.last_seen / 1000.0, 1)
          AS silent_seconds,
        s.value, s.mean, s.std, s.score, k.unit AS unit, s.reason, s.revision,
        t.name AS topic, p.partition AS partition, s.cause_offset AS offset,
        c.version AS config_version,
        \(time("s.last_arrival")) AS last_arrival,
        s.state_revision, s.id AS subject,
        s.site, s.latitude, s.longitude, s.time_zone
      FROM status_rows s
        JOIN subject_rows u ON u.id = s.id
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN partition_rows p ON p.id = s.cause_partition
        LEFT JOIN topics t ON t.id = p.topic
        LEFT JOIN config_versions c ON c.id = s.config;

    CREATE VIEW alerts AS
      SELECT a.id, k.name AS kind, u.user, u.device, a.site, a.cause, a.rule_name,
        \(state("a.severity")) AS severity,
        CASE a.phase WHEN 0 THEN 'firing' WHEN 1 THEN 'recovering' WHEN 2 THEN 'resolved' END
          AS phase,
        \(time("a.began")) AS began, \(time("a.opened")) AS opened,
        \(time("a.raised")) AS raised, \(time("a.recovering")) AS recovering,
        \(time("a.ended")) AS ended, \(time("a.resolved")) AS resolved, a.flaps,
        \(time("a.acknowledged")) AS acknowledged, a.author, a.note,
        a.reason, a.value, k.unit AS unit, a.latitude, a.longitude, a.time_zone,
        t.name AS topic, p.partition AS partition, a.offset, c.version AS config_version,
        CASE a.settled WHEN 0 THEN 'no' ELSE 'yes' END AS settled, a.revision, a.subject
      FROM alert_rows a
        JOIN subject_rows u ON u.id = a.subject
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN partition_rows p ON p.id = a.partition
        LEFT JOIN topics t ON t.id = p.topic
        LEFT JOIN config_versions c ON c.id = a.config;

    CREATE VIEW alert_events AS
      SELECT e.id, e.alert, k.name AS kind, u.user, u.device, a.cause,
        \(time("e.time")) AS time, e.kind AS event, e.text, e.author
      FROM alert_event_rows e
        JOIN alert_rows a ON a.id = e.alert
        JOIN subject_rows u ON u.id = a.subject
        JOIN kinds k ON k.id = u.kind;

    CREATE VIEW notifications AS
      SELECT n.id, n.receiver, n.group_name, n.kind, n.key, \(time("n.created")) AS created,
        CASE n.state WHEN 0 THEN 'waiting' WHEN 1 THEN 'delivered' WHEN 2 THEN 'refused' END
          AS state,
        n.attempts, CASE n.state WHEN 0 THEN \(time("n.next_attempt")) END AS next_attempt,
        \(time("n.finished")) AS finished,
        (SELECT group_concat(o.alert, ', ') FROM notification_alerts o
          WHERE o.notification = n.id) AS alerts
      FROM notification_rows n;

    CREATE VIEW deliveries AS
      SELECT d.id, d.notification, d.receiver, d.attempt, \(time("d.started")) AS started,
        d.duration AS duration_ms, d.outcome, d.reason, d.status, d.answer
      FROM delivery_rows d;

    CREATE VIEW silences AS
      SELECT s.id, replace(s.matchers, char(10), ', ') AS matchers,
        CASE WHEN s.ends <= t.now THEN 'expired' WHEN s.starts > t.now THEN 'pending'
          ELSE 'active' END AS state,
        \(time("s.starts")) AS starts, \(time("s.ends")) AS ends, s.author, s.comment,
        \(time("s.created")) AS created
      FROM silence_rows s
        JOIN (SELECT (julianday('now') - 2440587.5) * 86400000.0 AS now) t;

    """
}
