import CSQLite

/// The write-ahead log: <https://www.sqlite.org/wal.html>.
extension Connection {
  /// How much of the log a checkpoint has moved into the database.
  struct LogState {
    /// Pages in the log.
    var pages: Int
    /// Of these, pages that are in the database as well.
    var moved: Int

    var rest: Int { pages - moved }
  }

  /// Moves as much of the log as can be moved without waiting for anybody.
  ///
  /// - Returns: `nil` if another connection is doing so, or the disk failed; the next one tries again.
  func moveLog() -> LogState? {
    guard let handle else { return nil }
    var pages: Int32 = 0
    var moved: Int32 = 0
    let result = sqlite3_wal_checkpoint_v2(
      handle, nil, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved)
    guard result == SQLITE_OK, pages >= 0 else { return nil }
    return LogState(pages: Int(pages), moved: Int(moved))
  }

  /// Waits until what has been written into the database's file is on the disk.
  func syncFile() {
    var file: UnsafeMutablePointer<sqlite3_file>?
    guard let handle,
      sqlite3_file_control(handle, nil, SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
      let methods = file.pointee.pMethods
    else { return }
    // A failure is no loss: the checkpoint that ends a log syncs by itself, and tells.
    _ = methods.pointee.xSync(file, SQLITE_SYNC_NORMAL)
  }

  /// Has SQLite write the log's length in pages to `place` after each commit. `place` must outlive the
  /// connection.
  func countLogPages(into place: UnsafeMutablePointer<Int>) {
    sqlite3_wal_hook(
      handle,
      { place, _, _, pages in
        place?.assumingMemoryBound(to: Int.self).pointee = Int(pages)
        return SQLITE_OK
      }, place)
  }
}
