extension Schema {
  /// The sixth migration: windows and anomalies are found by a slice of time and the subject.
  ///
  /// By the subject first, each of a million subjects has a page of its own in the index, and each window that
  /// is written or deleted touches one: the longer the history, the slower. By time first, all that is written
  /// now lies together, and so does all that is deleted. A slice is about as long as the usual window, so
  /// that the part of the index that grows is small.
  ///
  /// A window that began before some time may reach beyond it, but no more than the longest of its kind is
  /// long: that is kept, so that not too many slices are looked into.
  ///
  /// SQLite looks into every slice for a subject by itself ("skip-scan"), but only if statistics tell it that
  /// slices are few. Measuring them would take longer than they are worth: they are stated. What matters is
  /// their magnitude.
  static let historyOrder = """
    ALTER TABLE kinds ADD COLUMN longest_window INTEGER NOT NULL DEFAULT 0;
    UPDATE kinds SET longest_window = ifnull((SELECT max(end - start) FROM window_rows), 0);
    DROP INDEX windows_by_subject;
    ALTER TABLE window_rows ADD COLUMN slice INTEGER GENERATED ALWAYS AS (start / 20000) VIRTUAL;
    CREATE INDEX windows_by_time ON window_rows(slice, subject);
    DROP INDEX anomalies_by_subject;
    ALTER TABLE anomaly_rows ADD COLUMN slice INTEGER GENERATED ALWAYS AS (time / 60000) VIRTUAL;
    CREATE INDEX anomalies_by_time ON anomaly_rows(slice, subject);
    ANALYZE meta;
    DELETE FROM sqlite_stat1;
    INSERT INTO sqlite_stat1(tbl, idx, stat) VALUES
      ('window_rows', 'windows_by_time', '100000000 100000 2'),
      ('anomaly_rows', 'anomalies_by_time', '1000000 1000 2');

    """
}
