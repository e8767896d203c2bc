extension Schema {
  /// The base tables. People query the views; these hold the same in integers.
  ///
  /// Histories (`window_rows` and so on) have ids in the order of writing, which the retention
  /// relies on. They are ordinary rowid tables: blobs in a WITHOUT ROWID table are several times
  /// slower, and a key that begins with the subject makes every insert hit a page of its own.
  static let tables = """
    CREATE TABLE meta(
      id INTEGER PRIMARY KEY CHECK (id = 1),
      last_revision INTEGER NOT NULL,
      last_window INTEGER NOT NULL,
      last_anomaly INTEGER NOT NULL,
      last_late_sample INTEGER NOT NULL,
      last_invalid_record INTEGER NOT NULL,
      last_lost_range INTEGER NOT NULL
    );
    INSERT INTO meta VALUES (1, 0, 0, 0, 0, 0, 0);

    CREATE TABLE config_versions(
      id INTEGER PRIMARY KEY,
      version TEXT NOT NULL UNIQUE,
      first_used TEXT NOT NULL,
      text TEXT NOT NULL
    );
    CREATE TABLE kinds(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      unit TEXT NOT NULL
    );
    CREATE TABLE topics(
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    );
    CREATE TABLE partition_rows(
      id INTEGER PRIMARY KEY,
      topic INTEGER NOT NULL,
      partition INTEGER NOT NULL,
      next_offset INTEGER,
      rewind_offset INTEGER,
      UNIQUE (topic, partition)
    );

    CREATE TABLE subject_rows(
      id INTEGER PRIMARY KEY,
      kind INTEGER NOT NULL,
      user TEXT NOT NULL,
      device TEXT NOT NULL,
      UNIQUE (kind, user, device)
    );
    CREATE INDEX subjects_by_user ON subject_rows(user, device);

    CREATE TABLE status_rows(
      id INTEGER PRIMARY KEY,
      kind INTEGER NOT NULL,
      state INTEGER NOT NULL,
      previous INTEGER NOT NULL,
      since INTEGER NOT NULL,
      last_seen INTEGER NOT NULL,
      last_arrival INTEGER NOT NULL,
      value REAL,
      mean REAL,
      std REAL,
      score REAL,
      reason TEXT NOT NULL,
      revision INTEGER NOT NULL,
      state_revision INTEGER NOT NULL,
      cause_partition INTEGER,
      cause_offset INTEGER,
      config INTEGER,
      evidence BLOB
    );
    CREATE INDEX status_by_state ON status_rows(state, since);
    CREATE INDEX status_by_revision ON status_rows(revision);
    CREATE TABLE status_counts(
      kind INTEGER NOT NULL,
      state INTEGER NOT NULL,
      count INTEGER NOT NULL,
      PRIMARY KEY (kind, state)
    ) WITHOUT ROWID;

    CREATE TABLE window_rows(
      id INTEGER PRIMARY KEY,
      subject INTEGER NOT NULL,
      start INTEGER NOT NULL,
      end INTEGER NOT NULL,
      count INTEGER NOT NULL,
      mean REAL,
      std REAL,
      min REAL,
      max REAL,
      flagged INTEGER NOT NULL,
      digits INTEGER NOT NULL,
      samples BLOB NOT NULL
    );
    CREATE INDEX windows_by_subject ON window_rows(subject, start);
    CREATE TABLE anomaly_rows(
      id INTEGER PRIMARY KEY,
      subject INTEGER NOT NULL,
      time INTEGER NOT NULL,
      value REAL,
      mean REAL,
      std REAL,
      score REAL,
      detector TEXT NOT NULL,
      partition INTEGER NOT NULL,
      offset INTEGER NOT NULL
    );
    CREATE INDEX anomalies_by_subject ON anomaly_rows(subject, time);
    CREATE TABLE late_rows(
      id INTEGER PRIMARY KEY,
      subject INTEGER NOT NULL,
      time INTEGER NOT NULL,
      value REAL,
      lateness INTEGER NOT NULL,
      partition INTEGER NOT NULL,
      offset INTEGER NOT NULL
    );
    CREATE TABLE invalid_rows(
      id INTEGER PRIMARY KEY,
      partition INTEGER NOT NULL,
      offset INTEGER NOT NULL,
      time INTEGER NOT NULL,
      reason TEXT NOT NULL,
      detail TEXT NOT NULL,
      first_bytes BLOB NOT NULL,
      delivered INTEGER NOT NULL,
      key BLOB,
      payload BLOB
    );
    CREATE INDEX invalid_undelivered ON invalid_rows(id) WHERE delivered = 0;
    CREATE TABLE invalid_counts(
      reason TEXT PRIMARY KEY,
      kept INTEGER NOT NULL,
      ever INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE lost_rows(
      id INTEGER PRIMARY KEY,
      partition INTEGER NOT NULL,
      first_offset INTEGER NOT NULL,
      end_offset INTEGER NOT NULL,
      why TEXT NOT NULL
    );
    CREATE TABLE history_marks(
      time INTEGER PRIMARY KEY,
      last_window INTEGER NOT NULL,
      last_anomaly INTEGER NOT NULL,
      last_late_sample INTEGER NOT NULL,
      last_invalid_record INTEGER NOT NULL,
      last_lost_range INTEGER NOT NULL
    );

    """
}
