import CBenchmarkSQLite
import Foundation

/// What a database holds of samples, and what it takes on the disk.
struct StoredHistory {
  /// Samples in closed windows.
  var samples: Int
  /// The file of the database with all that is in its log.
  var bytes: Int

  /// Looks into a database that nobody has open.
  init(path: String) throws {
    var database: OpaquePointer?
    defer { sqlite3_close(database) }
    guard sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else {
      throw BenchmarkError("cannot open \(path)")
    }
    guard
      sqlite3_exec(database, "PRAGMA wal_checkpoint(TRUNCATE)", nil, nil, nil) == SQLITE_OK
    else { throw BenchmarkError("cannot move the log into \(path)") }
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard
      sqlite3_prepare_v2(
        database, "SELECT coalesce(sum(count), 0) FROM windows", -1, &statement, nil)
        == SQLITE_OK, sqlite3_step(statement) == SQLITE_ROW
    else { throw BenchmarkError("cannot read the windows in \(path)") }
    samples = Int(sqlite3_column_int64(statement, 0))
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    bytes = size ?? 0
  }

  var bytesPerSample: Double { Double(bytes) / Double(max(1, samples)) }
}
