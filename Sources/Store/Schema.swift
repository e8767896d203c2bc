// The shape of the database and how an older file becomes a newer one. The meaning of every column
// is in docs/DATABASE.md.

/// The database's numbered migrations.
///
/// `PRAGMA user_version` holds the number of migrations that have been run; each runs in a
/// transaction together with the raise of that number. A migration that has been released is never
/// edited: a change of the schema is a new entry at the end.
enum Schema {
  struct Migration {
    var summary: String
    var sql: String
  }

  /// "Acal" in ASCII, the file's `PRAGMA application_id`: tells our files from other programs'.
  static let applicationID: Int64 = 0x4163_616c

  static let migrations = [
    Migration(summary: "tables, indices and views", sql: tables + views),
    Migration(
      summary: "threats, verdicts, equipment faults", sql: cameraTables + cameraViews),
    Migration(
      summary: "alerts and their delivery, places of subjects", sql: alertTables + alertViews),
    Migration(
      summary: "models, possible falls, detectors' states, verdicts on alerts",
      sql: detectorTables + detectorViews),
    Migration(
      summary: "an order of states that many safe subjects do not pay for", sql: stateOrder),
    Migration(
      summary: "an order of histories that does not slow down as they grow", sql: historyOrder),
    Migration(
      summary: "when the newest record of each partition had arrived",
      sql: "ALTER TABLE partition_rows ADD COLUMN last_arrival INTEGER"),
    Migration(summary: "rows of several windows", sql: windowRuns),
  ]

  /// Brings the file up to date.
  ///
  /// - Throws: ``StoreError`` with code `foreignDatabase` or `newerSchema` if it must not be touched.
  static func migrate(
    _ connection: Connection, path: String, migrations: [Migration] = migrations
  ) throws {
    let version = try checkedVersion(connection, path: path, newest: migrations.count)
    for (index, migration) in migrations.enumerated().dropFirst(version) {
      let attempted = "bring the database to version \(index + 1) (\(migration.summary))"
      try connection.execute("BEGIN IMMEDIATE", attempted: attempted)
      do {
        try connection.execute(migration.sql, attempted: attempted)
        try connection.execute(
          "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(index + 1); COMMIT",
          attempted: attempted)
      } catch {
        // The first error is the one that tells; SQLite may have rolled back by itself already.
        try? connection.execute("ROLLBACK", attempted: attempted)
        throw error
      }
    }
  }

  /// Checks for a reader, which cannot migrate, that the file is ours and of this version.
  static func requireCurrent(_ connection: Connection, path: String) throws {
    let version = try checkedVersion(connection, path: path, newest: migrations.count)
    guard version == migrations.count else {
      throw StoreError(
        code: .olderSchema,
        message: "its schema has version \(version), this program reads \(migrations.count)",
        attempted: "read \(path)", hint: "start the service once; it brings the file up to date")
    }
  }

  /// The file's version, after a check that it is empty or ours and not newer than this program.
  private static func checkedVersion(
    _ connection: Connection, path: String, newest: Int
  ) throws -> Int {
    let attempted = "open \(path)"
    let owner = try connection.integer("PRAGMA application_id", attempted: attempted) ?? 0
    let version = try connection.integer("PRAGMA user_version", attempted: attempted) ?? 0
    let objects =
      try connection.integer("SELECT count(*) FROM sqlite_master", attempted: attempted) ?? 0
    if owner != applicationID, owner != 0 || version != 0 || objects != 0 {
      throw StoreError(
        code: .foreignDatabase, message: "the database belongs to another program",
        attempted: attempted, hint: "name another data folder")
    }
    guard version <= Int64(newest) else {
      throw StoreError(
        code: .newerSchema,
        message: "its schema has version \(version), this program knows up to \(newest)",
        attempted: attempted,
        hint: "it was written by a newer acalert: run that version, or name another data folder")
    }
    return Int(version)
  }
}
