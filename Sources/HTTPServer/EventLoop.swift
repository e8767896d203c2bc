import CLinux
import Glibc
import Synchronization

/// The one thread that does all socket I/O, with epoll(7), edge-triggered.
///
/// Handlers and preludes run on the worker pool; their results come back through the mailbox. The
/// thread itself never blocks but in `epoll_wait`, so no client can delay another. Each connection
/// holds a bounded amount of memory: the parser's limits, one answer or one chunk, and a place in the
/// shared ring.
///
/// `@unchecked Sendable`: everything but `mailbox`, `counters`, `workers` and `log` (which are made
/// for many threads) is touched only by the thread that runs `run`; before it starts and after it is
/// joined, by the owner.
final class EventLoop: @unchecked Sendable {
  let settings: Settings
  let handler: HTTPServer.Handler
  let log: EventLog
  let mailbox: Mailbox
  let counters: Counters
  let workers: WorkerPool
  /// Read by workers, so that answers to the last requests say `Connection: close`.
  let isStopping = Atomic(false)

  let epoll: Epoll
  var listener: Listener
  /// Asked in place of `listener.accept` by tests.
  var acceptOverride: (@Sendable () -> Listener.Acceptance?)?

  let ring: EventRing
  var connections: [Connection?] = []
  var freeSlots: [Int] = []
  var generation: UInt64 = 0
  var openCount = 0
  var watchers: [Connection] = []

  // Reused between uses, to save allocations.
  let receiveBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 64)
  var pieces: [iovec] = []
  var plan = Watcher.Plan()
  var spareBatch = EventBatch()
  var date = HTTPDate.Cache()

  // Times on the monotonic clock, in nanoseconds.
  var now: Int64 = 0
  /// Before it, what waits in the log goes on waiting.
  var nextFlush: Int64 = 0
  /// Some watchers have not been given what the ring holds: it came after their turn.
  var owesRound = false
  var nextSweep: Int64 = 0
  var acceptsAgainAt = Int64.max
  var stopDeadline = Int64.max

  static let listenerToken = UInt64.max
  static let wakeToken = UInt64.max - 1

  init(
    settings: Settings, listener: Listener, log: EventLog, counters: Counters,
    handler: @escaping HTTPServer.Handler
  ) throws(HTTPServerError) {
    epoll = try Epoll()
    self.settings = settings
    self.listener = listener
    self.log = log
    self.counters = counters
    self.handler = handler
    mailbox = Mailbox(waker: try Waker())
    workers = WorkerPool(maxPending: settings.maxPendingRequests)
    ring = EventRing(byteCapacity: log.byteCapacity, entryCapacity: log.entryCapacity)
    epoll.add(listener.descriptor, token: Self.listenerToken, for: .readable)
    epoll.add(mailbox.waker.descriptor, token: Self.wakeToken, for: .readable)
  }

  deinit { receiveBuffer.deallocate() }

  func setAccepting(_ isAccepting: Bool) {
    epoll.change(
      listener.descriptor, token: Self.listenerToken, to: isAccepting ? .readable : .nothing)
    acceptsAgainAt = isAccepting ? Int64.max : now + Self.acceptPause
  }

  /// How long nobody is accepted once descriptors have run out.
  static let acceptPause: Int64 = 100_000_000

  /// Runs until stopped; closes every socket before it returns.
  func run() {
    var events = [epoll_event](repeating: epoll_event(), count: 512)
    now = Monotonic.now()
    while !isFinished {
      let count = epoll.wait(for: &events, milliseconds: waitMilliseconds())
      now = Monotonic.now()
      var hasArrivals = false
      for event in events.prefix(count) {
        // The fields of the packed C struct are copied out before use.
        let (token, flags) = (event.data.u64, event.events)
        switch token {
        case Self.listenerToken: hasArrivals = true
        case Self.wakeToken: takeMessages()
        default: if let connection = connection(token) { handle(flags, of: connection) }
        }
      }
      if (owesRound || log.isWaiting) && now >= nextFlush { flushEvents() }
      if hasArrivals && stopDeadline == Int64.max { acceptArrivals() }
      if now >= acceptsAgainAt { setAccepting(true) }
      if now >= nextSweep { sweep() }
    }
    for connection in connections { if let connection { close(connection) } }
    if stopDeadline == Int64.max { listener.closeAll() }
  }

  private var isFinished: Bool {
    stopDeadline != Int64.max && (openCount == 0 || now >= stopDeadline)
  }

  /// Until the next thing that is due; -1 for no limit.
  private func waitMilliseconds() -> Int32 {
    var due = min(acceptsAgainAt, stopDeadline)
    if openCount > 0 { due = min(due, nextSweep) }
    if owesRound || log.isWaiting { due = min(due, nextFlush) }
    guard due != Int64.max else { return -1 }
    return Int32(clamping: max(0, (due - now + 999_999) / 1_000_000))
  }

  func connection(_ token: UInt64) -> Connection? {
    let slot = Int(token & 0xFFFF_FFFF)
    guard slot < connections.count, let connection = connections[slot], connection.token == token
    else { return nil }
    return connection
  }

  private func handle(_ flags: UInt32, of connection: Connection) {
    if flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 {
      close(connection)
      return
    }
    if flags & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue) != 0 { connection.isReadable = true }
    if flags & EPOLLRDHUP.rawValue != 0 { connection.hasPeerFinished = true }
    if flags & EPOLLOUT.rawValue != 0 { connection.isWritable = true }
    switch connection.state {
    case .reading: readRequests(from: connection)
    case .handling: break
    case .writing: if connection.isWritable { write(connection) }
    case .lingering: discardInput(of: connection)
    case .streaming:
      // A watcher has nothing to say; when it stops listening it is gone.
      if connection.hasPeerFinished {
        close(connection)
      } else if connection.isWritable {
        pump(connection)
      }
    }
  }

  private func takeMessages() {
    mailbox.waker.acknowledge()
    for message in mailbox.takeAll() {
      switch message {
      case .response(let output, let status, let keepsConnection, let token):
        guard let connection = connection(token), connection.state == .handling else { continue }
        connection.keepsConnection = keepsConnection
        respond(to: connection, with: output, status: status)
      case .stream(let stream, let head, let token):
        guard let connection = connection(token), connection.state == .handling else { continue }
        beginStream(stream, head: head, on: connection)
      case .prelude(let bytes, let events, let resumeAfter, let token):
        guard let connection = connection(token) else { continue }
        takeChunk(bytes, events: events, resumeAfter: resumeAfter, for: connection)
      case .preludeFailed(let token):
        if let connection = connection(token) { close(connection) }
      case .stop(let deadline):
        beginStopping(deadline: deadline)
      }
    }
  }

  /// Closes the socket and frees the slot. `resets`: what the client has not read is thrown away.
  func close(_ connection: Connection, resets: Bool = false) {
    guard self.connection(connection.token) != nil else { return }
    if connection.watcher != nil { removeWatcher(connection) }
    if resets { Socket.discardOnClose(connection.descriptor) }
    Glibc.close(connection.descriptor)
    connections[connection.slot] = nil
    freeSlots.append(connection.slot)
    openCount -= 1
    counters.openConnections.add(-1)
  }
}
