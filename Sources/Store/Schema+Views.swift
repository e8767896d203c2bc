extension Schema {
  /// The views: the same facts with names and readable times, for people and for reports.
  static let views = """
    CREATE VIEW subjects AS
      SELECT u.id, k.name AS kind, u.user, u.device
      FROM subject_rows u JOIN kinds k ON k.id = u.kind;

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
        s.state_revision, s.id AS subject
      FROM status_rows s
        JOIN subject_rows u ON u.id = s.id
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN partition_rows p ON p.id = s.cause_partition
        LEFT JOIN topics t ON t.id = p.topic
        LEFT JOIN config_versions c ON c.id = s.config;

    CREATE VIEW state_counts AS
      SELECT k.name AS kind, \(state("n.state")) AS state, n.count
      FROM status_counts n JOIN kinds k ON k.id = n.kind
      WHERE n.count > 0;

    CREATE VIEW windows AS
      SELECT w.id, k.name AS kind, u.user, u.device,
        \(time("w.start")) AS start, \(time("w.end")) AS end,
        w.count, w.mean, w.std, w.min, w.max, w.flagged, k.unit AS unit,
        length(w.samples) AS packed_bytes
      FROM window_rows w
        JOIN subject_rows u ON u.id = w.subject
        JOIN kinds k ON k.id = u.kind;

    CREATE VIEW anomalies AS
      SELECT a.id, k.name AS kind, u.user, u.device, \(time("a.time")) AS time,
        a.value, a.mean, a.std, a.score, k.unit AS unit, a.detector,
        t.name AS topic, p.partition AS partition, a.offset
      FROM anomaly_rows a
        JOIN subject_rows u ON u.id = a.subject
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN partition_rows p ON p.id = a.partition
        LEFT JOIN topics t ON t.id = p.topic;

    CREATE VIEW late_samples AS
      SELECT l.id, k.name AS kind, u.user, u.device, \(time("l.time")) AS time,
        l.value, k.unit AS unit, l.lateness / 1000.0 AS late_seconds,
        t.name AS topic, p.partition AS partition, l.offset
      FROM late_rows l
        JOIN subject_rows u ON u.id = l.subject
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN partition_rows p ON p.id = l.partition
        LEFT JOIN topics t ON t.id = p.topic;

    CREATE VIEW invalid_records AS
      SELECT i.id, t.name AS topic, p.partition AS partition, i.offset,
        \(time("i.time")) AS time, i.reason, i.detail,
        CAST(i.first_bytes AS TEXT) AS first_bytes,
        CASE i.delivered WHEN 0 THEN 'no' ELSE 'yes' END AS delivered
      FROM invalid_rows i
        LEFT JOIN partition_rows p ON p.id = i.partition
        LEFT JOIN topics t ON t.id = p.topic;

    CREATE VIEW partitions AS
      SELECT t.name AS topic, p.partition, p.next_offset, p.rewind_offset
      FROM partition_rows p JOIN topics t ON t.id = p.topic;

    CREATE VIEW lost_ranges AS
      SELECT l.id, t.name AS topic, p.partition AS partition, l.first_offset, l.end_offset,
        l.end_offset - l.first_offset AS records, l.why
      FROM lost_rows l
        LEFT JOIN partition_rows p ON p.id = l.partition
        LEFT JOIN topics t ON t.id = p.topic;

    """

  /// Milliseconds since 1970 as `2026-11-21T04:32:00.123Z`.
  static func time(_ column: String) -> String {
    "strftime('%Y-%m-%dT%H:%M:%fZ', \(column) / 1000.0, 'unixepoch')"
  }

  static func state(_ column: String) -> String {
    "CASE \(column) WHEN 4 THEN 'danger' WHEN 3 THEN 'warning' WHEN 2 THEN 'stale'"
      + " WHEN 1 THEN 'unknown' WHEN 0 THEN 'safe' END"
  }
}
