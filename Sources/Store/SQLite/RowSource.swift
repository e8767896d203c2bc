import CSQLite

/// Rows in memory that SQL reads as a table.
///
/// An `INSERT … SELECT` of them all is one statement, which opens the table and its indices once. A
/// statement that is bound, run and reset for each row takes half as long again for a row.
///
/// It is an eponymous virtual table, which only this connection sees:
/// <https://www.sqlite.org/vtab.html#eponymous_only_virtual_tables>.
final class RowSource {
  /// Says what a row has in a column; both count from 0.
  typealias Column = (_ row: Int, _ column: Int, _ cell: Cell) -> Void

  /// Where a value goes. One that is never given is NULL.
  struct Cell {
    fileprivate let context: OpaquePointer?

    @inline(__always)
    func set(_ value: Int64) { sqlite3_result_int64(context, value) }

    /// NaN becomes NULL.
    @inline(__always)
    func set(_ value: Double) { sqlite3_result_double(context, value) }

    func set(_ text: String) {
      var text = text
      text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) {
          // SQLite's SQLITE_TRANSIENT: it copies the text.
          sqlite3_result_text(
            context, $0.baseAddress, Int32(clamping: $0.count),
            unsafeBitCast(-1, to: sqlite3_destructor_type.self))
        }
      }
    }

    /// A blob without a copy: the bytes must stay valid until the statement has been run.
    @inline(__always)
    func set(borrowed bytes: UnsafeRawBufferPointer) {
      if bytes.count == 0 {
        sqlite3_result_zeroblob(context, 0)
      } else {
        sqlite3_result_blob64(context, bytes.baseAddress, UInt64(bytes.count), nil)
      }
    }
  }

  private let definition: String
  private var count = 0
  private var column: Column?

  /// - Parameters:
  ///   - name: What the table is called in SQL.
  ///   - columns: What its columns are called, in their order.
  init(named name: String, columns: [String], on connection: Connection) throws {
    definition = "CREATE TABLE \(name)(\(columns.joined(separator: ", ")))"
    let result = sqlite3_create_module_v2(
      connection.handle, name, Self.module, Unmanaged.passRetained(self).toOpaque(),
      { source in source.map { Unmanaged<RowSource>.fromOpaque($0).release() } })
    guard result == SQLITE_OK else {
      throw connection.error(result, attempted: "make the table \(name)")
    }
  }

  /// Runs `body`, to whose statements the table has `count` rows.
  func withRows<Result>(
    _ count: Int, _ column: Column, _ body: () throws -> Result
  ) rethrows -> Result {
    try withoutActuallyEscaping(column) { column in
      self.count = count
      self.column = column
      defer {
        self.count = 0
        self.column = nil
      }
      return try body()
    }
  }

  // MARK: SQLite's side

  private struct Table {
    var base = sqlite3_vtab()
    /// Lives as long as the connection.
    let source: Unmanaged<RowSource>
  }

  private struct Cursor {
    var base = sqlite3_vtab_cursor()
    let source: Unmanaged<RowSource>
    var row = 0
  }

  private static func cursor(
    _ base: UnsafeMutablePointer<sqlite3_vtab_cursor>?
  ) -> UnsafeMutablePointer<Cursor>? {
    UnsafeMutableRawPointer(base)?.assumingMemoryBound(to: Cursor.self)
  }

  /// The functions by which SQLite reads. Safe to share, though Swift cannot know it of a pointer: made once,
  /// for as long as the process lives, and never changed.
  nonisolated(unsafe) private static let module: UnsafePointer<sqlite3_module> = {
    var module = sqlite3_module()
    module.xConnect = { connection, source, _, _, table, _ in
      guard let source, let table else { return SQLITE_INTERNAL }
      let made = Unmanaged<RowSource>.fromOpaque(source)
      let result = sqlite3_declare_vtab(connection, made.takeUnretainedValue().definition)
      guard result == SQLITE_OK else { return result }
      let place = UnsafeMutablePointer<Table>.allocate(capacity: 1)
      place.initialize(to: Table(source: made))
      table.pointee = UnsafeMutableRawPointer(place).assumingMemoryBound(to: sqlite3_vtab.self)
      return SQLITE_OK
    }
    module.xDisconnect = { table in
      UnsafeMutableRawPointer(table)?.assumingMemoryBound(to: Table.self).deallocate()
      return SQLITE_OK
    }
    module.xBestIndex = { _, _ in SQLITE_OK }
    module.xOpen = { table, cursor in
      guard let table, let cursor else { return SQLITE_INTERNAL }
      let source = UnsafeMutableRawPointer(table).assumingMemoryBound(to: Table.self).pointee.source
      let place = UnsafeMutablePointer<Cursor>.allocate(capacity: 1)
      place.initialize(to: Cursor(source: source))
      cursor.pointee = UnsafeMutableRawPointer(place)
        .assumingMemoryBound(to: sqlite3_vtab_cursor.self)
      return SQLITE_OK
    }
    module.xClose = { cursor in
      RowSource.cursor(cursor)?.deallocate()
      return SQLITE_OK
    }
    module.xFilter = { cursor, _, _, _, _ in
      RowSource.cursor(cursor)?.pointee.row = 0
      return SQLITE_OK
    }
    module.xNext = { cursor in
      RowSource.cursor(cursor)?.pointee.row += 1
      return SQLITE_OK
    }
    module.xEof = { cursor in
      guard let cursor = RowSource.cursor(cursor) else { return 1 }
      return cursor.pointee.source._withUnsafeGuaranteedRef {
        cursor.pointee.row < $0.count ? 0 : 1
      }
    }
    module.xColumn = { cursor, context, column in
      guard let cursor = RowSource.cursor(cursor) else { return SQLITE_INTERNAL }
      cursor.pointee.source._withUnsafeGuaranteedRef {
        $0.column?(cursor.pointee.row, Int(column), Cell(context: context))
      }
      return SQLITE_OK
    }
    module.xRowid = { cursor, row in
      row?.pointee = Int64(RowSource.cursor(cursor)?.pointee.row ?? 0)
      return SQLITE_OK
    }
    let place = UnsafeMutablePointer<sqlite3_module>.allocate(capacity: 1)
    place.initialize(to: module)
    return UnsafePointer(place)
  }()
}
