import CSQLite
import Glibc

/// A prepared statement. Parameters count from 1, columns from 0, as in SQLite.
///
/// A failed bind (out of memory, a value over SQLite's limit of 10⁹ bytes) is remembered and thrown
/// by the next `step`, so that the binds of a hot loop need no `try` each.
final class Statement {
  private var handle: OpaquePointer?
  private unowned let connection: Connection
  private var bindResult = SQLITE_OK

  init(sql: String, connection: Connection) throws {
    guard let database = connection.handle else { throw Connection.closed("prepare a statement") }
    self.connection = connection
    let result = sqlite3_prepare_v3(
      database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard result == SQLITE_OK else {
      throw connection.error(result, attempted: "prepare \(sql)")
    }
  }

  deinit { finalize() }

  func finalize() {
    sqlite3_finalize(handle)
    handle = nil
  }

  // MARK: Parameters

  @inline(__always)
  private func note(_ result: Int32) {
    if result != SQLITE_OK { bindResult = result }
  }

  @inline(__always)
  func bind(_ index: Int32, _ value: Int64) { note(sqlite3_bind_int64(handle, index, value)) }

  @inline(__always)
  func bind(_ index: Int32, _ value: Int64?) {
    if let value { bind(index, value) } else { note(sqlite3_bind_null(handle, index)) }
  }

  @inline(__always)
  func bind(_ index: Int32, _ value: Double) { note(sqlite3_bind_double(handle, index, value)) }

  @inline(__always)
  func bind(_ index: Int32, _ value: Double?) {
    if let value { bind(index, value) } else { note(sqlite3_bind_null(handle, index)) }
  }

  func bind(_ index: Int32, _ value: String) {
    var value = value
    value.withUTF8 { bindText(index, $0) }
  }

  /// Binds text, the empty one as NULL, which takes no room and is read as the empty text again.
  @inline(__always)
  func bind(_ index: Int32, unlessEmpty value: String) {
    if value.isEmpty { bindNull(index) } else { bind(index, value) }
  }

  func bind(_ index: Int32, optional value: String?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  /// Binds text given as bytes, which SQLite copies. They need not be whole UTF-8: the upper bound of
  /// a prefix search is not.
  func bindText(_ index: Int32, _ bytes: UnsafeBufferPointer<UInt8>) {
    // A null pointer would bind NULL instead of the empty text.
    guard let base = bytes.baseAddress else {
      return note(sqlite3_bind_text(handle, index, "", 0, nil))
    }
    base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
      note(sqlite3_bind_text(handle, index, $0, Int32(clamping: bytes.count), Self.copies))
    }
  }

  /// Binds a blob, which SQLite copies; no bytes are an empty blob, not NULL.
  func bind(_ index: Int32, blob: some Collection<UInt8>) {
    let done: Void? = blob.withContiguousStorageIfAvailable {
      bind(index, borrowed: UnsafeRawBufferPointer($0), destructor: Self.copies)
    }
    if done == nil { bind(index, blob: Array(blob)) }
  }

  /// Binds a blob without a copy. The bytes must stay valid until the statement is reset or bound
  /// anew.
  @inline(__always)
  func bind(_ index: Int32, borrowed bytes: UnsafeRawBufferPointer) {
    bind(index, borrowed: bytes, destructor: nil)
  }

  @inline(__always)
  private func bind(
    _ index: Int32, borrowed bytes: UnsafeRawBufferPointer,
    destructor: sqlite3_destructor_type?
  ) {
    if bytes.count == 0 {
      note(sqlite3_bind_zeroblob(handle, index, 0))
    } else {
      note(sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), destructor))
    }
  }

  @inline(__always)
  func bindNull(_ index: Int32) { note(sqlite3_bind_null(handle, index)) }

  /// `SQLITE_TRANSIENT`, a cast of −1 that Swift cannot import from the header.
  private static var copies: sqlite3_destructor_type {
    unsafeBitCast(-1, to: sqlite3_destructor_type.self)
  }

  // MARK: Running

  /// Goes to the next row; `false` at the end. The caller resets the statement.
  @inline(__always)
  func step(_ attempted: @autoclosure () -> String) throws -> Bool {
    if bindResult != SQLITE_OK {
      let result = bindResult
      bindResult = SQLITE_OK
      throw connection.error(result, attempted: attempted())
    }
    let result = sqlite3_step(handle)
    if result == SQLITE_ROW { return true }
    if result == SQLITE_DONE { return false }
    throw connection.error(result, attempted: attempted())
  }

  /// Runs a statement that answers with no rows, and resets it.
  @inline(__always)
  func run(_ attempted: @autoclosure () -> String) throws {
    defer { reset() }
    _ = try step(attempted())
  }

  /// Runs a query to its end, calling `row` at each row, and resets it.
  func forEachRow(_ attempted: String, _ row: () throws -> Void) throws {
    defer { reset() }
    while try step(attempted) { try row() }
  }

  /// Runs a query that answers with one integer, and resets it; `nil` if there is no row.
  func first(_ attempted: @autoclosure () -> String) throws -> Int64? {
    defer { reset() }
    return try step(attempted()) ? integer(0) : nil
  }

  @inline(__always)
  func reset() { sqlite3_reset(handle) }

  // MARK: Columns

  @inline(__always)
  func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

  @inline(__always)
  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  @inline(__always)
  func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  @inline(__always)
  func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

  @inline(__always)
  func optionalDouble(_ column: Int32) -> Double? { isNull(column) ? nil : double(column) }

  /// The column as text, empty for NULL; bytes that are no UTF-8 are replaced.
  func text(_ column: Int32) -> String {
    guard let start = sqlite3_column_text(handle, column) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, column))
    return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The column's text as bytes, as they are, valid until the next step or reset.
  func textBytes(_ column: Int32) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_text(handle, column)
    return UnsafeRawBufferPointer(
      start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
  }

  /// The column as text, for one whose rows mostly say the same: `last` is what was read before.
  func text(_ column: Int32, last: inout String) -> String {
    let bytes = textBytes(column)
    let isSame = last.withUTF8 { last in
      guard last.count == bytes.count else { return false }
      guard let one = last.baseAddress, let other = bytes.baseAddress else { return true }
      return memcmp(one, other, last.count) == 0
    }
    if !isSame { last = String(decoding: bytes, as: UTF8.self) }
    return last
  }

  /// The column's bytes, valid until the next step or reset.
  func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
    let start = sqlite3_column_blob(handle, column)
    return UnsafeRawBufferPointer(
      start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
  }

  /// A copy of the column's bytes, empty for NULL.
  func blob(_ column: Int32) -> [UInt8] { Array(bytes(column)) }
}
