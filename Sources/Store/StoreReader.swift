// The readers' side of the database: a read-only connection whose every call is one short read
// transaction, so that a reader never keeps the log from being written back for long.

import CSQLite
import Detection
import Events
import Glibc

/// A read-only connection to the database, for one thread at a time; see ``ReaderPool``.
///
/// Each call reads from one moment, sees only whole batches, and never waits for the writer nor makes
/// it wait. All calls throw ``StoreError`` and nothing else.
public final class StoreReader {
  let connection: Connection
  let path: String
  private let limit: Deadline
  private let timeLimit: Duration

  /// Sets of at most this many rows are collected and sorted, greater ones walked in an index's order.
  var sortable = 20_000

  /// Read anew by each call, because a kind's unit may change with the configuration.
  private var kinds: [Int64: (name: String, unit: String)] = [:]
  // Read again when an id is missing: what an id stands for never changes.
  private var partitions: [Int64: TopicPartitionName] = [:]
  private var configurations: [Int64: String] = [:]

  /// Opens the database for reading.
  ///
  /// - Parameter timeLimit: A call that takes longer is broken off with ``StoreError/Code/timedOut``.
  public init(path: String, timeLimit: Duration = .seconds(10)) throws {
    self.path = path
    self.timeLimit = timeLimit
    limit = Deadline()
    connection = try Connection(path: path, access: .readOnly, busyTimeout: 2_000)
    try connection.execute(
      """
      PRAGMA query_only = 1;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -16384;
      """, attempted: "open \(path)")
    try Schema.requireCurrent(connection, path: path)
    // Runs on the thread that reads; `limit` lives as long as the connection.
    sqlite3_progress_handler(
      connection.handle, 10_000,
      { context in
        guard let context else { return 0 }
        return Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue().hasPassed ? 1 : 0
      }, Unmanaged.passUnretained(limit).toOpaque())
  }

  deinit { connection.close() }

  /// Closes the connection. Further calls throw.
  public func close() { connection.close() }

  /// The newest revision.
  public func currentRevision() throws -> Int64 {
    try reading("read the newest revision") { try revision() }
  }

  /// The number of invalid records that the dead-letter topic has not acknowledged.
  public func deadLetterBacklog() throws -> Int {
    let attempted = "count the undelivered dead letters"
    return try reading(attempted) {
      let select = try connection.statement(
        "SELECT count(*) FROM invalid_rows WHERE delivered = 0")
      return Int(try select.first(attempted) ?? 0)
    }
  }

  // MARK: For the extensions

  /// Runs `body` in one read transaction.
  func reading<T>(_ attempted: String, _ body: () throws -> T) throws -> T {
    limit.start(timeLimit)
    try connection.statement("BEGIN").run(attempted)
    defer { try? connection.statement("COMMIT").run(attempted) }
    try readKinds()
    return try body()
  }

  func revision() throws -> Int64 {
    try connection.statement("SELECT last_revision FROM meta").first("read the revision") ?? 0
  }

  func kind(_ id: Int64) -> (name: String, unit: String) { kinds[id] ?? ("", "") }

  func kindID(_ name: String) -> Int64? { kinds.first { $1.name == name }?.key }

  private func readKinds() throws {
    let select = try connection.statement("SELECT id, name, unit FROM kinds")
    try select.forEachRow("read the kinds") {
      kinds[select.integer(0)] = (select.text(1), select.text(2))
    }
  }

  func place(partition id: Int64, offset: Int64) throws -> RecordPlace? {
    if partitions[id] == nil {
      let select = try connection.statement(
        "SELECT p.id, t.name, p.partition FROM partition_rows p JOIN topics t ON t.id = p.topic")
      try select.forEachRow("read the partitions") {
        partitions[select.integer(0)] = TopicPartitionName(
          topic: select.text(1), partition: Int32(clamping: select.integer(2)))
      }
    }
    return partitions[id].map {
      RecordPlace(topic: $0.topic, partition: $0.partition, offset: offset)
    }
  }

  func configuration(_ id: Int64) throws -> String? {
    if configurations[id] == nil {
      let select = try connection.statement("SELECT id, version FROM config_versions")
      try select.forEachRow("read the configurations' versions") {
        configurations[select.integer(0)] = select.text(1)
      }
    }
    return configurations[id]
  }

  func subjectID(_ identity: SubjectIdentity) throws -> Int64? {
    guard let kind = kindID(identity.kind) else { return nil }
    let select = try connection.statement(
      "SELECT id FROM subject_rows WHERE kind = ?1 AND user = ?2 AND device = ?3")
    select.bind(1, kind)
    select.bind(2, identity.user)
    select.bind(3, identity.device)
    return try select.first("find a subject")
  }
}

/// A moment of the monotonic clock, for SQLite's progress handler.
private final class Deadline {
  private var nanoseconds: Int64 = .max

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  func start(_ limit: Duration) {
    let (seconds, attoseconds) = limit.components
    nanoseconds = Self.now() + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  var hasPassed: Bool { Self.now() > nanoseconds }
}
