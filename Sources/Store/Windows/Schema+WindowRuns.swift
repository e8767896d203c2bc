extension Schema {
  /// The eighth migration: windows of one subject that follow each other may share a row, see ``WindowRuns``.
  ///
  /// What has been written stays as it is; ``Store/mergeWindows(writtenBy:budget:)`` makes runs of it.
  static let windowRuns = """
    ALTER TABLE meta ADD COLUMN merged_window INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE numbers(number INTEGER PRIMARY KEY);
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 639)
      INSERT INTO numbers SELECT i FROM n;
    CREATE TABLE window_runs(
      id INTEGER PRIMARY KEY,
      subject INTEGER NOT NULL,
      start INTEGER NOT NULL,
      length INTEGER NOT NULL,
      windows INTEGER NOT NULL,
      samples INTEGER NOT NULL,
      digits INTEGER NOT NULL,
      scale INTEGER NOT NULL,
      low INTEGER NOT NULL,
      least_count INTEGER NOT NULL,
      id_digits INTEGER NOT NULL,
      first_digits INTEGER NOT NULL,
      value_digits INTEGER NOT NULL,
      flagged TEXT,
      outliers TEXT,
      figures BLOB NOT NULL,
      sample_times BLOB NOT NULL,
      sample_values BLOB NOT NULL,
      slice INTEGER GENERATED ALWAYS AS (start / 300000) VIRTUAL
    );
    CREATE INDEX runs_by_time ON window_runs(slice, subject);
    INSERT INTO sqlite_stat1(tbl, idx, stat) VALUES
      ('window_runs', 'runs_by_time', '10000000 100000 2');
    DROP VIEW windows;
    \(windowsView)

    """

  /// Windows that have a row of their own, and those that share one: these are numbered, it is seen where their
  /// samples begin and end (`part`), and what those say is computed (`own`).
  private static let windowsView = """
    CREATE VIEW windows AS
      SELECT w.id, k.name AS kind, u.user, u.device,
        \(time("w.start")) AS start, \(time("w.end")) AS end,
        w.count, w.mean, w.std, w.min, w.max, w.flagged, k.unit AS unit,
        length(w.samples) AS packed_bytes
      FROM window_rows w
        JOIN subject_rows u ON u.id = w.subject
        JOIN kinds k ON k.id = u.kind
      UNION ALL
      SELECT own.id, k.name AS kind, u.user, u.device,
        \(time("own.start")) AS start, \(time("(own.start + own.length)")) AS end,
        own.count,
        CAST((own.low * own.count + own.sum) * own.scale AS REAL) / own.count / own.unit AS mean,
        CASE own.count WHEN 1 THEN 0.0 ELSE
          sqrt(CAST(own.spread * own.scale * own.scale AS REAL) / (own.count * (own.count - 1)))
            / own.unit END AS std,
        (own.low + own.least) * own.scale / own.unit AS min,
        (own.low + own.greatest) * own.scale / own.unit AS max,
        own.flagged, k.unit AS unit, own.packed_bytes
      FROM (
          SELECT id + number + \(figure("number", behind: "0", "id_digits")) AS id, subject,
            start + number * length AS start, length, low, scale,
            CAST('1e' || digits AS REAL) AS unit, past - first AS count,
            \(samples("sum(value)")) AS sum,
            \(samples("count(*) * sum(value * value) - sum(value) * sum(value)")) AS spread,
            \(samples("min(value)")) AS least, \(samples("max(value)")) AS greatest,
            coalesce(json_extract(flagged, '$.' || number), 0) AS flagged,
            (length(figures) + length(sample_times) + length(sample_values)) / windows
              AS packed_bytes
          FROM (
            SELECT r.*, n.number,
              n.number * r.least_count + \(figure("n.number", behind: "r.id_digits", "r.first_digits"))
                AS first,
              (n.number + 1) * r.least_count
                + \(figure("(n.number + 1)", behind: "r.id_digits", "r.first_digits")) AS past
            FROM window_runs r CROSS JOIN numbers n
            WHERE n.number < r.windows
          )
        ) own
        JOIN subject_rows u ON u.id = own.subject
        JOIN kinds k ON k.id = u.kind;
    """

  /// A number of a window's record, whose digits lie behind so many others.
  private static func figure(_ window: String, behind place: String, _ digits: String) -> String {
    let size = "length(figures) / (windows + 1)"
    return """
      CAST(substr(hex(substr(figures, 1 + \(window) * (\(size)), \(size))), 1 + \(place), \(digits)) \
      AS INTEGER)
      """
  }

  /// What the values of a window's samples come to, in units of the run's scale above its `low`. The limit, which
  /// is none, keeps SQLite from computing a value anew each time that it is named.
  private static func samples(_ aggregate: String) -> String {
    """
    (SELECT \(aggregate) FROM (
                SELECT \(value) AS value
                FROM numbers i WHERE i.number >= first AND i.number < past LIMIT -1))
    """
  }

  private static let value = """
    ifnull(CASE WHEN outliers IS NOT NULL THEN json_extract(outliers, '$.' || i.number) END, \
    CAST(substr(hex(substr(sample_values, 1 + i.number * value_digits / 2, (value_digits + 2) / 2)), \
    1 + i.number * value_digits % 2, value_digits) AS INTEGER))
    """
}
