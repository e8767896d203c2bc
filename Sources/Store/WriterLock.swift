import Glibc

/// Keeps a second process from writing to the same database.
///
/// SQLite alone would let two services take turns, each overwriting the other's offsets. The lock is
/// `flock(2)` on a file beside the database: the kernel gives it back however the process ends.
final class WriterLock {
  private var descriptor: Int32

  /// Takes the lock at once or throws ``StoreError/Code/secondWriter``.
  init(database path: String) throws {
    let lockPath = path + ".lock"
    descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw StoreError(
        code: .cannotOpen, message: String(cString: strerror(errno)),
        attempted: "open the lock file \(lockPath)",
        hint: "check that the folder exists and that this user may write to it")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(descriptor)
      // `deinit` runs, since all properties are set, and closes the descriptor.
      throw StoreError(
        code: .secondWriter,
        message: "another process" + (holder.map { " (pid \($0))" } ?? "")
          + " writes to this database",
        attempted: "open \(path) for writing",
        hint: "stop the other process, or give this one a data folder of its own")
    }
    let text = Array("\(getpid())\n".utf8)
    // Only for the other side's error message, so a failure to write it does no harm.
    if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
  }

  deinit { release() }

  /// Gives the lock back. May be called twice.
  func release() {
    guard descriptor >= 0 else { return }
    // A process that has just been forked holds a copy of the descriptor until it runs its program: closing
    // ours alone would leave it the lock.
    _ = flock(descriptor, LOCK_UN)
    close(descriptor)
    descriptor = -1
  }

  /// The process id that the holder left in the file.
  private static func holder(_ descriptor: Int32) -> Int32? {
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    return Int32(String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self))
  }
}
