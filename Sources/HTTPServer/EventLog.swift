import Synchronization

/// Where programs publish the events that all watchers follow. One log serves one server.
///
/// Life cycle: made first, given to whoever publishes and to the server; `publish` works at any time
/// from any thread and never blocks on a socket. Events are encoded once, here, on the publisher's
/// thread; the server's I/O thread collects them into its ring. While no server runs nobody can be
/// watching, and events are forgotten at once.
public final class EventLog: Sendable {
  /// How much the log holds. A watcher that lags by more than this is cut off, so it is the time a
  /// client may stall, and the only memory that slow readers cost.
  public let byteCapacity: Int
  /// The most events the log holds, 2 or more.
  public let entryCapacity: Int

  private struct State {
    var batch = EventBatch()
    var hasNotified = false
    var waker: Waker?

    mutating func take(leaving empty: EventBatch) -> EventBatch {
      hasNotified = false
      let taken = batch
      batch = empty
      return taken
    }
  }

  private let state = Mutex(State())

  /// - Parameters:
  ///   - byteCapacity: bytes of encoded events, by default 8 MiB. Pages are only used as they fill.
  ///   - entryCapacity: number of events.
  public init(byteCapacity: Int = 8 * 1024 * 1024, entryCapacity: Int = 65_536) {
    self.byteCapacity = max(byteCapacity, 1_024)
    self.entryCapacity = max(entryCapacity, 2)
  }

  /// Appends `events` in order. Events with ids must be published in the order of their ids.
  ///
  /// If the I/O thread falls behind by more than the whole log, the waiting events are dropped and
  /// every watcher is cut off, so that each one starts again from a fresh prelude.
  public func publish(_ events: [ServerSentEvent]) {
    guard !events.isEmpty else { return }
    let toWake: Waker? = state.withLock { state in
      guard state.waker != nil else { return nil }
      for event in events {
        state.batch.append(event)
        if state.batch.bytes.count > byteCapacity || state.batch.entries.count > entryCapacity {
          state.batch.overrun()
        }
      }
      if state.hasNotified { return nil }
      state.hasNotified = true
      return state.waker
    }
    toWake?.wake()
  }

  /// Whether something waits to be collected.
  var isWaiting: Bool { state.withLock { $0.hasNotified } }

  /// Gives the waiting events and takes the storage of the batch before for the next ones.
  func collect(reusing spare: consuming EventBatch) -> EventBatch {
    spare.clear()
    let empty = spare
    return state.withLock { $0.take(leaving: empty) }
  }

  /// Likewise, if no more than so many bytes and events wait, and none were dropped.
  func collect(
    reusing spare: consuming EventBatch, ofAtMost bytes: Int, _ entries: Int
  ) -> EventBatch? {
    spare.clear()
    let empty = spare
    return state.withLock { state in
      guard state.hasNotified, !state.batch.hasOverrun, state.batch.bytes.count <= bytes,
        state.batch.entries.count <= entries
      else { return nil }
      return state.take(leaving: empty)
    }
  }

  /// Begins (`waker`) or ends (`nil`) service by a server.
  func attach(_ waker: Waker?) {
    state.withLock { state in
      state.waker = waker
      state.batch = EventBatch()
      state.hasNotified = false
    }
  }
}

/// Encoded events between their publisher and the ring.
struct EventBatch: Sendable {
  struct Entry: Sendable {
    var length: Int
    var id: UInt64?
    var key: UInt64?
    var tag: EventTag
  }

  var bytes: [UInt8] = []
  var entries: [Entry] = []
  /// Events were dropped before those that are here.
  var hasOverrun = false

  mutating func append(_ event: ServerSentEvent) {
    let start = bytes.count
    event.encode(to: &bytes)
    entries.append(
      Entry(length: bytes.count - start, id: event.id, key: event.key, tag: event.tag))
  }

  mutating func overrun() {
    clear()
    hasOverrun = true
  }

  mutating func clear() {
    let keeps = bytes.capacity <= 256 * 1024
    bytes.removeAll(keepingCapacity: keeps)
    entries.removeAll(keepingCapacity: keeps)
    hasOverrun = false
  }
}
