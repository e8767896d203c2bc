import Foundation
import Testing

@testable import Store

struct SchemaTests {
  @Test func newDatabaseCarriesOurNameAndVersion() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.database)
    #expect(try store.connection.integer("PRAGMA application_id", attempted: "") == 0x4163_616c)
    #expect(try store.connection.integer("PRAGMA user_version", attempted: "") == 8)
    #expect(try texts("PRAGMA journal_mode", store.connection) == ["wal"])
    #expect(try texts("PRAGMA integrity_check", store.connection) == ["ok"])
  }

  @Test func newerSchemaIsRefusedWithAHint() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.database)
    try store.connection.execute("PRAGMA user_version = 99", attempted: "")
    store.close()
    #expect(StoreError.Code.thrown { _ = try Store(path: folder.database) } == .newerSchema)
    #expect(StoreError.Code.thrown { _ = try StoreReader(path: folder.database) } == .newerSchema)
  }

  @Test func anotherProgramsDatabaseIsRefused() throws {
    let folder = try TemporaryFolder()
    let other = try Connection(path: folder.database, access: .readWrite, busyTimeout: 0)
    try other.execute("CREATE TABLE t(x)", attempted: "")
    other.close()
    #expect(StoreError.Code.thrown { _ = try Store(path: folder.database) } == .foreignDatabase)
  }

  @Test func fileThatIsNoDatabaseIsRefused() throws {
    let folder = try TemporaryFolder()
    try String(repeating: "no database ", count: 1_000)
      .write(toFile: folder.database, atomically: true, encoding: .utf8)
    #expect(StoreError.Code.thrown { _ = try Store(path: folder.database) } == .foreignDatabase)
  }

  @Test func missingFolderIsNamed() {
    #expect(StoreError.Code.thrown { _ = try Store(path: "/nonexistent/a.db") } == .cannotOpen)
  }

  @Test func readerAsksForTheMigrationOfAnOlderFile() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.database)
    try store.connection.execute("PRAGMA user_version = 0", attempted: "")
    store.close()
    #expect(StoreError.Code.thrown { _ = try StoreReader(path: folder.database) } == .olderSchema)
  }

  @Test func laterMigrationsRunOnceAndAFailingOneLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let connection = try Connection(path: folder.database, access: .readWrite, busyTimeout: 0)
    defer { connection.close() }
    let good = Schema.Migration(summary: "one more", sql: "CREATE TABLE later(x);")
    let bad = Schema.Migration(summary: "bad", sql: "CREATE TABLE half(x); NONSENSE;")
    try Schema.migrate(connection, path: "")
    try Schema.migrate(connection, path: "", migrations: Schema.migrations + [good])
    try Schema.migrate(connection, path: "", migrations: Schema.migrations + [good])
    #expect(throws: StoreError.self) {
      try Schema.migrate(connection, path: "", migrations: Schema.migrations + [good, bad])
    }
    #expect(
      try connection.integer("PRAGMA user_version", attempted: "")
        == Int64(
          Schema.migrations.count + 1))
    #expect(!connection.isInTransaction)
    #expect(
      try texts("SELECT name FROM sqlite_master WHERE name IN ('later', 'half')", connection)
        == ["later"])
  }

  @Test func secondWriterIsRefusedUntilTheFirstCloses() throws {
    let folder = try TemporaryFolder()
    let store = try Store(path: folder.database)
    #expect(StoreError.Code.thrown { _ = try Store(path: folder.database) } == .secondWriter)
    store.close()
    try Store(path: folder.database).close()
  }

  @Test func closedStoreThrows() throws {
    let folder = try TemporaryFolder()
    let store = try makeStore(folder)
    store.close()
    store.close()
    #expect(StoreError.Code.thrown { try store.apply(.init()) } == .misuse)
  }
}
