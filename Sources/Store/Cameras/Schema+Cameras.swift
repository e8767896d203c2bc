extension Schema {
  /// The second migration's tables: what cameras led to; and the headers of invalid records, in which a
  /// CloudEvent keeps who it is of.
  ///
  /// Ids are in the order of writing, as in every history. `threats_by_time` holds all that a report
  /// counts, so that a day's report reads the index alone.
  static let cameraTables = """
    ALTER TABLE meta ADD COLUMN last_threat INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN last_verdict INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN last_equipment_fault INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN last_unmatched INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE history_marks ADD COLUMN last_threat INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE history_marks ADD COLUMN last_equipment_fault INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE history_marks ADD COLUMN last_unmatched INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE history_marks ADD COLUMN swept INTEGER NOT NULL DEFAULT 0;

    ALTER TABLE invalid_rows ADD COLUMN headers BLOB;

    CREATE TABLE threat_rows(
      id INTEGER PRIMARY KEY,
      subject INTEGER NOT NULL,
      time INTEGER NOT NULL,
      rule INTEGER NOT NULL,
      severity INTEGER NOT NULL,
      verdict INTEGER NOT NULL,
      classes TEXT NOT NULL,
      name TEXT NOT NULL,
      site TEXT NOT NULL,
      objects TEXT NOT NULL,
      reason TEXT NOT NULL,
      partition INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      config INTEGER
    );
    CREATE INDEX threats_by_time
      ON threat_rows(time, subject, rule, severity, verdict, classes);
    CREATE INDEX threats_by_subject ON threat_rows(subject, time);
    CREATE TABLE verdict_rows(
      id INTEGER PRIMARY KEY,
      threat INTEGER NOT NULL,
      verdict INTEGER NOT NULL,
      note TEXT NOT NULL,
      author TEXT NOT NULL,
      time INTEGER NOT NULL
    );
    CREATE INDEX verdicts_by_threat ON verdict_rows(threat);
    CREATE TABLE fault_rows(
      id INTEGER PRIMARY KEY,
      subject INTEGER NOT NULL,
      time INTEGER NOT NULL,
      kind TEXT NOT NULL,
      reason TEXT NOT NULL,
      partition INTEGER,
      offset INTEGER,
      config INTEGER
    );
    CREATE INDEX faults_by_time ON fault_rows(time);
    CREATE TABLE unmatched_counts(
      id INTEGER PRIMARY KEY,
      hour INTEGER NOT NULL,
      class TEXT NOT NULL,
      count INTEGER NOT NULL,
      max_probability REAL NOT NULL,
      UNIQUE (hour, class)
    );

    """

  static let cameraViews = """
    CREATE VIEW threats AS
      SELECT h.id, k.name AS kind, u.user, u.device, h.site, \(time("h.time")) AS time,
        h.rule, h.name, \(state("h.severity")) AS severity,
        replace(h.classes, char(10), ', ') AS classes, h.objects, h.reason,
        \(verdict("h.verdict")) AS verdict,
        t.name AS topic, p.partition AS partition, h.offset, c.version AS config_version
      FROM threat_rows h
        JOIN subject_rows u ON u.id = h.subject
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN partition_rows p ON p.id = h.partition
        LEFT JOIN topics t ON t.id = p.topic
        LEFT JOIN config_versions c ON c.id = h.config;

    CREATE VIEW verdicts AS
      SELECT v.id, v.threat, h.rule, h.name, k.name AS kind, u.user, u.device,
        \(verdict("v.verdict")) AS verdict, v.note, v.author, \(time("v.time")) AS time
      FROM verdict_rows v
        JOIN threat_rows h ON h.id = v.threat
        JOIN subject_rows u ON u.id = h.subject
        JOIN kinds k ON k.id = u.kind;

    CREATE VIEW equipment_faults AS
      SELECT f.id, k.name AS kind, u.user, u.device, \(time("f.time")) AS time,
        f.kind AS fault, f.reason,
        t.name AS topic, p.partition AS partition, f.offset, c.version AS config_version
      FROM fault_rows f
        JOIN subject_rows u ON u.id = f.subject
        JOIN kinds k ON k.id = u.kind
        LEFT JOIN partition_rows p ON p.id = f.partition
        LEFT JOIN topics t ON t.id = p.topic
        LEFT JOIN config_versions c ON c.id = f.config;

    CREATE VIEW unmatched_detections AS
      SELECT \(time("hour")) AS hour, class, count, max_probability FROM unmatched_counts;

    """

  private static func verdict(_ column: String) -> String {
    "CASE \(column) WHEN 1 THEN 'confirmed' WHEN 2 THEN 'false_alarm' END"
  }
}
