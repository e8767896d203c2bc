/// What went wrong in the store, what was being attempted, and what an operator can do about it.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What callers can match on; everything else is for people.
  public enum Code: String, Sendable {
    /// Another connection held a lock for longer than the busy time-out.
    case busy
    /// The disk, or the database's page limit, is full.
    case full
    /// Reading or writing the file failed.
    case io
    /// Memory ran out.
    case outOfMemory
    /// The file is damaged.
    case corrupt
    /// The file cannot be opened: no such folder, no permission.
    case cannotOpen
    /// The file is no SQLite database, or one that belongs to another program.
    case foreignDatabase
    /// The database was written by a newer version of this program.
    case newerSchema
    /// The database must be migrated by the writer before it can be read.
    case olderSchema
    /// Another process writes to the same database.
    case secondWriter
    /// Every reader of the pool stayed in use until the deadline.
    case readersBusy
    /// A query took longer than the reader's limit.
    case timedOut
    /// A cursor that this query did not give out.
    case invalidCursor
    /// A value that a person gave is not allowed; the message says which and why.
    case invalidValue
    /// The caller named a subject or a partition that was never introduced, or the store is closed.
    case misuse
    /// Anything else that SQLite reports.
    case other
  }

  public var code: Code
  /// What SQLite or the system said.
  public var message: String
  /// What was being done, in words that follow "could not".
  public var attempted: String
  /// What to do about it, if anything is known.
  public var hint: String?
  /// SQLite's extended result code, 0 where SQLite was not the one to complain.
  /// See <https://www.sqlite.org/rescode.html>.
  public var sqliteCode: Int32

  public init(
    code: Code, message: String, attempted: String, hint: String? = nil, sqliteCode: Int32 = 0
  ) {
    self.code = code
    self.message = message
    self.attempted = attempted
    self.hint = hint
    self.sqliteCode = sqliteCode
  }

  /// Whether the same call may succeed later without anything being changed in the program: the
  /// transaction was rolled back, and the store is as it was before the call.
  public var isRetriable: Bool {
    switch code {
    case .busy, .full, .io, .outOfMemory, .readersBusy, .timedOut: true
    default: false
    }
  }

  public var description: String {
    "could not \(attempted): \(message)" + (hint.map { " (\($0))" } ?? "")
  }
}
