extension Schema {
  /// The fourth migration's tables: the detectors' states, the models and what they said of possible
  /// falls; and people's verdicts on alerts.
  ///
  /// `fall_rows.disagrees` is 1 where the active and the shadow model differ, so that these few are found
  /// by an index of their own. `feature_sets` holds the names of the features as a program knew them, one
  /// a line: a later one may know more, and what was measured before stays readable.
  /// `alert_rows.verdict` is the id of the newest verdict: the desk, which writes whole alerts, never
  /// touches it.
  static let detectorTables = """
    ALTER TABLE meta ADD COLUMN last_fall_candidate INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN last_alert_verdict INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE history_marks ADD COLUMN last_fall_candidate INTEGER NOT NULL DEFAULT 0;

    CREATE TABLE detector_states(
      subject INTEGER PRIMARY KEY,
      state BLOB NOT NULL
    );

    CREATE TABLE model_rows(
      id INTEGER PRIMARY KEY,
      hash TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      kind TEXT NOT NULL,
      first_used INTEGER NOT NULL
    );
    CREATE TABLE feature_sets(
      id INTEGER PRIMARY KEY,
      names TEXT NOT NULL UNIQUE
    );
    CREATE TABLE fall_rows(
      id INTEGER PRIMARY KEY,
      subject INTEGER NOT NULL,
      time INTEGER NOT NULL,
      decided INTEGER NOT NULL,
      peak REAL,
      outcome TEXT NOT NULL,
      disagrees INTEGER NOT NULL,
      partition INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      config INTEGER,
      feature_set INTEGER,
      features BLOB
    );
    CREATE INDEX falls_by_time ON fall_rows(time);
    CREATE INDEX falls_by_subject ON fall_rows(subject, time);
    CREATE INDEX falls_disagreeing ON fall_rows(id) WHERE disagrees = 1;
    CREATE TABLE fall_score_rows(
      candidate INTEGER NOT NULL,
      place INTEGER NOT NULL,
      role TEXT NOT NULL,
      model INTEGER,
      probability REAL,
      threshold REAL,
      is_fall INTEGER NOT NULL,
      PRIMARY KEY (candidate, place)
    ) WITHOUT ROWID;

    CREATE TABLE alert_verdict_rows(
      id INTEGER PRIMARY KEY,
      alert INTEGER NOT NULL,
      verdict INTEGER NOT NULL,
      note TEXT NOT NULL,
      author TEXT NOT NULL,
      time INTEGER NOT NULL
    );
    CREATE INDEX alert_verdicts_by_alert ON alert_verdict_rows(alert);
    ALTER TABLE alert_rows ADD COLUMN verdict INTEGER;
    CREATE INDEX alerts_judged ON alert_rows(began) WHERE verdict IS NOT NULL;

    """

  static let detectorViews = """
    CREATE VIEW models AS
      SELECT id, hash, name, kind, \(time("first_used")) AS first_used FROM model_rows;

    CREATE VIEW fall_candidates AS
      SELECT f.id, k.name AS kind, u.user, u.device, \(time("f.time")) AS time,
        \(time("f.decided")) AS decided, f.peak, f.outcome,
        CASE f.disagrees WHEN 0 THEN 'no' ELSE 'yes' END AS disagrees,
        t.name AS topic, p.partition AS partition, f.offset, c.version AS config_version
      FROM fall_rows f
        JOIN subject_rows u ON u.id = f.subject
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN partition_rows p ON p.id = f.partition
        LEFT JOIN topics t ON t.id = p.topic
        LEFT JOIN config_versions c ON c.id = f.config;

    CREATE VIEW fall_scores AS
      SELECT s.candidate, k.name AS kind, u.user, u.device, \(time("f.time")) AS time, s.role,
        m.name AS model, m.hash, s.probability, s.threshold,
        CASE s.is_fall WHEN 0 THEN 'no' ELSE 'yes' END AS is_fall
      FROM fall_score_rows s
        JOIN fall_rows f ON f.id = s.candidate
        JOIN subject_rows u ON u.id = f.subject
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN model_rows m ON m.id = s.model;

    CREATE VIEW alert_verdicts AS
      SELECT v.id, v.alert, a.cause, k.name AS kind, u.user, u.device,
        CASE v.verdict WHEN 1 THEN 'confirmed' WHEN 2 THEN 'false_alarm' END AS verdict,
        v.note, v.author, \(time("v.time")) AS time
      FROM alert_verdict_rows v
        JOIN alert_rows a ON a.id = v.alert
        JOIN subject_rows u ON u.id = a.subject
        JOIN kinds k ON k.id = u.kind;

    DROP VIEW alerts;
    CREATE VIEW alerts AS
      SELECT a.id, k.name AS kind, u.user, u.device, a.site, a.cause, a.rule_name,
        \(state("a.severity")) AS severity,
        CASE a.phase WHEN 0 THEN 'firing' WHEN 1 THEN 'recovering' WHEN 2 THEN 'resolved' END
          AS phase,
        \(time("a.began")) AS began, \(time("a.opened")) AS opened,
        \(time("a.raised")) AS raised, \(time("a.recovering")) AS recovering,
        \(time("a.ended")) AS ended, \(time("a.resolved")) AS resolved, a.flaps,
        \(time("a.acknowledged")) AS acknowledged, a.author, a.note,
        CASE v.verdict WHEN 1 THEN 'confirmed' WHEN 2 THEN 'false_alarm' END AS verdict,
        a.reason, a.value, k.unit AS unit, a.latitude, a.longitude, a.time_zone,
        t.name AS topic, p.partition AS partition, a.offset, c.version AS config_version,
        CASE a.settled WHEN 0 THEN 'no' ELSE 'yes' END AS settled, a.revision, a.subject
      FROM alert_rows a
        JOIN subject_rows u ON u.id = a.subject
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN alert_verdict_rows v ON v.id = a.verdict
        LEFT JOIN partition_rows p ON p.id = a.partition
        LEFT JOIN topics t ON t.id = p.topic
        LEFT JOIN config_versions c ON c.id = a.config;

    """
}
