import Synchronization
import Threads

/// Moves the write-ahead log into the database on a thread of its own, "log mover": a checkpoint waits for
/// the disk, for a good part of the time when much is written, and the writer need not.
///
/// SQLite begins its log anew only at a commit that finds all of it moved, and a writer under load always
/// has added to it. So this thread moves and syncs until almost nothing is left, or the log has become
/// very long, and then says so; the writer moves the rest itself, which takes a moment.
final class LogMover: Sendable {
  /// Lengths of the log, in pages.
  struct Bounds {
    /// From here on it is moved.
    let first: Int
    /// From here on the rest is left to the writer however much it is.
    let long: Int
    /// From here on the writer moves it unasked.
    let last: Int
    /// So few pages are left to the writer.
    let rest: Int

    init(checkpointBytes: Int, pageBytes: Int) {
      first = max(1, checkpointBytes / pageBytes)
      long = 4 * first
      last = 2 * long
      rest = (512 << 10) / pageBytes
    }
  }

  private final class Work: Sendable {
    let isAsked = Atomic(false)
    let isNearEnd = Atomic(false)
    let shouldStop = Atomic(false)
    let semaphore = Semaphore()
    /// Held while a part of the log is moved.
    let moving = Mutex(())
    let bounds: Bounds
    // Unsafe because a connection is not Sendable: only the thread uses it, and the owner once that has
    // ended.
    nonisolated(unsafe) let connection: Connection

    init(connection: Connection, bounds: Bounds) {
      self.connection = connection
      self.bounds = bounds
    }
  }

  private let work: Work
  private let thread: NamedThread

  init(path: String, busyTimeout: Int32, bounds: Bounds) throws {
    let work = Work(
      connection: try Connection(path: path, access: .readWrite, busyTimeout: busyTimeout),
      bounds: bounds)
    self.work = work
    // It must not move anything by itself, and needs no memory for pages.
    try work.connection.execute(
      "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 16",
      attempted: "open \(path) a second time")
    thread = try NamedThread(name: "log mover") { Self.run(work) }
  }

  /// The log is long: begin, unless it is under way.
  func ask() {
    guard !work.isAsked.exchange(true, ordering: .acquiringAndReleasing) else { return }
    work.semaphore.signal()
  }

  /// Whether the rest has been left to the writer since this was asked last.
  func takeNearEnd() -> Bool { work.isNearEnd.exchange(false, ordering: .acquiringAndReleasing) }

  /// Runs `body` while this thread moves nothing; waits for the part that it is at.
  func pausing(_ body: () -> Void) { work.moving.withLock { _ in body() } }

  /// Ends the thread and closes its connection. Called once.
  func stop() {
    work.shouldStop.store(true, ordering: .releasing)
    work.semaphore.signal()
    thread.join()
    work.connection.close()
  }

  private static func run(_ work: Work) {
    while true {
      work.semaphore.wait()
      var moved = -1
      while !work.shouldStop.load(ordering: .acquiring), let state = part(work) {
        if state.rest <= work.bounds.rest || state.pages >= work.bounds.long {
          work.isNearEnd.store(true, ordering: .releasing)
          break
        }
        // A reader that holds on to an old state of the database: nothing can be done until it lets go.
        if state.moved == moved { break }
        moved = state.moved
      }
      if work.shouldStop.load(ordering: .acquiring) { return }
      work.isAsked.store(false, ordering: .releasing)
    }
  }

  private static func part(_ work: Work) -> Connection.LogState? {
    work.moving.withLock { _ in
      let state = work.connection.moveLog()
      work.connection.syncFile()
      return state
    }
  }
}
