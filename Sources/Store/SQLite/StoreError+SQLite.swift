import CSQLite

extension StoreError {
  /// The error that SQLite's result code stands for.
  init(sqlite result: Int32, message: String, attempted: String) {
    let (code, hint): (Code, String?) =
      switch result & 0xff {
      case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL:
        (.busy, "another program holds a lock on the database; close it or wait")
      case SQLITE_FULL:
        (.full, "make room on the disk, or lower the retention limits; nothing has been lost")
      case SQLITE_IOERR:
        (.io, "see the kernel's log for errors of the disk")
      case SQLITE_NOMEM: (.outOfMemory, nil)
      case SQLITE_CORRUPT:
        (.corrupt, "run: sqlite3 FILE 'PRAGMA integrity_check', then restore or .recover it")
      case SQLITE_NOTADB:
        (.foreignDatabase, "the file is no SQLite database; name another data folder")
      case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_READONLY:
        (.cannotOpen, "check that the folder exists and that this user may write to it")
      case SQLITE_INTERRUPT: (.timedOut, "narrow the query")
      case SQLITE_MISUSE: (.misuse, nil)
      default: (.other, nil)
      }
    self.init(
      code: code, message: message, attempted: attempted, hint: hint, sqliteCode: result)
  }
}
