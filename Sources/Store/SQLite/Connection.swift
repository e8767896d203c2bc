// One connection to SQLite. Only the files of this folder call its C API.

import CSQLite

/// A connection to one database file, with the statements prepared on it.
///
/// Life cycle: opened by its owner (`Store` or `StoreReader`), used by one thread at a time (SQLite
/// is told so with `SQLITE_OPEN_NOMUTEX`), closed once; closing finalizes every statement.
final class Connection {
  enum Access {
    case readWrite
    case readOnly
  }

  private(set) var handle: OpaquePointer?
  private var statements: [String: Statement] = [:]

  /// Statements kept prepared; the number of SQL texts the store makes is below this bound.
  private static let statementBound = 256

  /// Done once, before the first connection; should SQLite be in use already it stays as it is.
  private static let setUp: Int32 = acalert_sqlite3_count_no_memory()

  init(path: String, access: Access, busyTimeout: Int32) throws {
    _ = Self.setUp
    let mode =
      access == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
    let result = sqlite3_open_v2(path, &handle, mode | SQLITE_OPEN_NOMUTEX, nil)
    guard result == SQLITE_OK else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      sqlite3_close_v2(handle)
      handle = nil
      throw StoreError(sqlite: result, message: message, attempted: "open the database \(path)")
    }
    sqlite3_extended_result_codes(handle, 1)
    sqlite3_busy_timeout(handle, busyTimeout)
  }

  deinit { close() }

  /// Finalizes all statements and closes the file. May be called twice.
  func close() {
    for statement in statements.values { statement.finalize() }
    statements = [:]
    sqlite3_close_v2(handle)
    handle = nil
  }

  /// The prepared statement for `sql`, made at its first use.
  func statement(_ sql: String) throws -> Statement {
    if let known = statements[sql] { return known }
    if statements.count >= Self.statementBound {
      for statement in statements.values { statement.finalize() }
      statements = [:]
    }
    let made = try Statement(sql: sql, connection: self)
    statements[sql] = made
    return made
  }

  /// Runs SQL text of one or more statements and discards their rows.
  func execute(_ sql: String, attempted: String) throws {
    guard let handle else { throw Self.closed(attempted) }
    let result = sqlite3_exec(handle, sql, nil, nil, nil)
    guard result == SQLITE_OK else { throw error(result, attempted: attempted) }
  }

  /// The integer that a query or a pragma answers, or `nil` if it answers with no row.
  func integer(_ sql: String, attempted: String) throws -> Int64? {
    let statement = try Statement(sql: sql, connection: self)
    defer { statement.finalize() }
    return try statement.step(attempted) ? statement.integer(0) : nil
  }

  /// Whether a transaction is open.
  var isInTransaction: Bool { handle.map { sqlite3_get_autocommit($0) == 0 } ?? false }

  /// Rows that the last INSERT, UPDATE or DELETE touched.
  var changes: Int { handle.map { Int(sqlite3_changes($0)) } ?? 0 }

  func error(_ result: Int32, attempted: String) -> StoreError {
    guard let handle else { return Self.closed(attempted) }
    return StoreError(
      sqlite: result, message: String(cString: sqlite3_errmsg(handle)), attempted: attempted)
  }

  static func closed(_ attempted: String) -> StoreError {
    StoreError(code: .misuse, message: "the store is closed", attempted: attempted)
  }
}
