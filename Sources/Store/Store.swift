// The writer's side of the database: opening, transactions, the small tables mirrored in memory.

import Detection
import Synchronization

/// How a store is opened.
public struct StoreOptions: Sendable {
  /// How long to wait for another program's lock, in milliseconds. Readers never hold one that
  /// matters; a person with `sqlite3` and an open `BEGIN IMMEDIATE` does.
  public var busyTimeout: Int32 = 5_000
  /// Memory for database pages, in bytes.
  public var cacheBytes = 24 << 20
  /// The size of a new database's pages, in bytes; one that exists keeps its own. Larger pages cost less
  /// where much is written: each goes through the log with two calls of the system and a look-up. But of
  /// 2,000 records a second pages of 16 KiB made three times as much to write as of 4 KiB.
  public var pageBytes = 8 << 10
  /// The length of the write-ahead log after which its content is moved into the database (`LogMover`),
  /// in bytes.
  public var checkpointBytes = 32 << 20
  /// The write-ahead log's file is cut back when it has grown beyond this, in bytes.
  public var logLimitBytes = 128 << 20
  /// Whether whole invalid records are kept until ``Store/markDelivered(_:)``. Without a dead-letter
  /// topic nobody would ever acknowledge them: then only their first bytes are kept.
  public var keepsDeadLetters = true

  public init() {}
}

/// The database's one writer.
///
/// Life cycle: opened once, used by the pipeline's writer thread, closed once. All calls take the
/// store's lock, so calls from several threads are safe but wait for each other.
///
/// Durability: the database is in WAL mode with `synchronous = NORMAL`. A transaction that has been
/// committed survives the death of the process. A loss of power may roll the last transactions back,
/// but each only as a whole, the Kafka offsets with the results, so those records are simply read
/// again. See <https://www.sqlite.org/pragma.html#pragma_synchronous>.
///
/// Errors: every call throws ``StoreError`` and nothing else (``forEachStatus(engine:_:)`` also passes
/// on what its closure throws). After an error nothing of the call has been written, and the store
/// can be used further.
///
/// `@unchecked Sendable`: `lock` guards all mutable state; each public method holds it throughout.
public final class Store: @unchecked Sendable {
  /// The database file.
  public let path: String
  let options: StoreOptions
  let connection: Connection
  /// The windows of a batch, as a table.
  let windowRows: RowSource
  /// Runs of windows, likewise.
  let runRows: RowSource
  private let writerLock: WriterLock
  private let lock = Mutex(())
  private var isClosed = false
  private let logMover: LogMover
  private let logBounds: LogMover.Bounds
  /// The length of the write-ahead log after the last commit, written by SQLite's callback.
  private let logPages: UnsafeMutablePointer<Int>

  /// The mirror of the small tables, put back if a transaction fails.
  var mirror = Mirror()
  /// The engines' subject indices.
  var subjects = SubjectMap()

  /// Opens the database, creating or migrating it as needed, and takes the writer's lock.
  ///
  /// The folder must exist. Beside `path` SQLite keeps `-wal` and `-shm`, and the store `.lock`.
  public init(path: String, options: StoreOptions = StoreOptions()) throws {
    self.path = path
    self.options = options
    logPages = .allocate(capacity: 1)
    logPages.initialize(to: 0)
    writerLock = try WriterLock(database: path)
    connection = try Connection(path: path, access: .readWrite, busyTimeout: options.busyTimeout)
    try connection.execute(
      """
      PRAGMA page_size = \(options.pageBytes);
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -\(options.cacheBytes / 1024);
      PRAGMA wal_autocheckpoint = 0;
      PRAGMA journal_size_limit = \(options.logLimitBytes);
      """, attempted: "open \(path)")
    try Schema.migrate(connection, path: path)
    windowRows = try RowSource(
      named: Self.windowSource, columns: Self.windowColumns, on: connection)
    runRows = try RowSource(named: Self.runSource, columns: Self.runColumns, on: connection)
    mirror = try Mirror(reading: connection)
    let pageBytes = try connection.integer("PRAGMA page_size", attempted: "open \(path)") ?? 4_096
    logBounds = LogMover.Bounds(checkpointBytes: options.checkpointBytes, pageBytes: Int(pageBytes))
    logMover = try LogMover(path: path, busyTimeout: options.busyTimeout, bounds: logBounds)
    connection.countLogPages(into: logPages)
  }

  deinit {
    close()
    logPages.deallocate()
  }

  /// Writes the log into the database and closes it. Further calls throw; a second close does nothing.
  public func close() {
    lock.withLock { _ in
      guard !isClosed else { return }
      isClosed = true
      logMover.stop()
      connection.close()
      writerLock.release()
    }
  }

  /// The revision of the newest change ever committed, 0 if there was none.
  public var currentRevision: Int64 {
    lock.withLock { _ in mirror.counters.revision }
  }

  /// The highest number that an alert has ever had, 0 if there was none.
  public var lastAlertID: Int64 {
    lock.withLock { _ in mirror.counters.alert }
  }

  /// The id of the window written last, 0 if there was none.
  public var lastWindowID: Int64 {
    lock.withLock { _ in mirror.counters.window }
  }

  /// Runs `body` under the store's lock.
  func exclusively<T: Sendable>(_ attempted: String, _ body: () throws -> T) throws -> T {
    try lock.withLock { _ in
      guard !isClosed else { throw Connection.closed(attempted) }
      return try body()
    }
  }

  /// Runs `body` in one transaction: all of it is committed, or the database and what mirrors it in
  /// memory are as before. The caller holds the lock.
  func transaction<T>(_ attempted: String, _ body: () throws -> T) throws -> T {
    let before = mirror
    try connection.statement("BEGIN IMMEDIATE").run(attempted)
    do {
      let result = try body()
      try connection.statement("COMMIT").run(attempted)
      subjects.keepChanges()
      keepLogShort()
      return result
    } catch {
      // A full disk makes SQLite roll back by itself: https://www.sqlite.org/lang_transaction.html
      if connection.isInTransaction {
        try? connection.execute("ROLLBACK", attempted: attempted)
      }
      mirror = before
      subjects.undoChanges()
      throw error
    }
  }

  /// After a commit: has a long log moved, and moves the end of it.
  private func keepLogShort() {
    guard logPages.pointee >= logBounds.first else { return }
    if logMover.takeNearEnd() || logPages.pointee >= logBounds.last {
      logMover.pausing { _ = connection.moveLog() }
    } else {
      logMover.ask()
    }
  }
}
