import Foundation
import Testing

@testable import Store

@Suite("Rows in memory as a table")
struct RowSourceTests {
  private func opened() throws -> Connection {
    try Connection(path: ":memory:", access: .readWrite, busyTimeout: 0)
  }

  @Test func rows_arriveAsTheyAreSaid() throws {
    let connection = try opened()
    let source = try RowSource(
      named: "batch", columns: ["number", "fraction", "bytes", "none"], on: connection)
    try connection.execute("CREATE TABLE kept(number, fraction, bytes, none)", attempted: "test")
    let bytes: [UInt8] = [0, 1, 2, 255]
    let insert = try connection.statement("INSERT INTO kept SELECT * FROM batch")
    try bytes.withUnsafeBytes { bytes in
      for count in [0, 1, 1_000] {
        try source.withRows(count) { row, column, cell in
          switch column {
          case 0: cell.set(Int64.max - Int64(row))
          case 1: cell.set(row == 2 ? .nan : Double(row) / 3)
          case 2: cell.set(borrowed: UnsafeRawBufferPointer(rebasing: bytes[..<(row % 5)]))
          default: break
          }
        } _: {
          try insert.run("test")
        }
        #expect(connection.changes == count)
      }
    }
    let rows = try connection.statement(
      "SELECT number, fraction, bytes, none, typeof(bytes) FROM kept ORDER BY rowid")
    var row = -1
    try rows.forEachRow("test") {
      // The one row of the second run comes before the thousand of the third.
      let expected = max(0, row)
      #expect(rows.integer(0) == Int64.max - Int64(expected))
      #expect(rows.optionalDouble(1) == (expected == 2 ? nil : Double(expected) / 3))
      #expect(rows.blob(2) == Array(bytes.prefix(expected % 5)))
      #expect(rows.text(4) == "blob")
      #expect(rows.isNull(3))
      row += 1
    }
    #expect(row == 1_000)
  }

  @Test func withoutRows_theTableIsEmpty() throws {
    let connection = try opened()
    let source = try RowSource(named: "batch", columns: ["number"], on: connection)
    struct Refused: Error {}
    #expect(throws: Refused.self) {
      try source.withRows(3) { _, _, _ in
      } _: {
        throw Refused()
      }
    }
    #expect(try connection.integer("SELECT count(*) FROM batch", attempted: "test") == 0)
  }

  @Test func livesAsLongAsItsConnection() throws {
    let connection = try opened()
    weak var source: RowSource?
    do {
      let made = try RowSource(named: "batch", columns: ["number"], on: connection)
      source = made
    }
    #expect(source != nil)
    #expect(try connection.integer("SELECT count(*) FROM batch", attempted: "test") == 0)
    connection.close()
    #expect(source == nil)
  }

  @Test func namesThatSQLiteRefuses_areAnError() throws {
    let connection = try opened()
    _ = try RowSource(named: "batch", columns: ["a column)("], on: connection)
    #expect(throws: StoreError.self) {
      try connection.integer("SELECT count(*) FROM batch", attempted: "test")
    }
  }
}
