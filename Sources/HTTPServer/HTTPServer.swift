import Synchronization
import Threads

/// An HTTP/1.1 server with server-sent events, on plain sockets.
///
/// Life cycle: make it, `start` it once, `stop` it once. One thread (`http-loop`) does all socket I/O;
/// a few workers (`http-worker-N`) run the handler. The server owns these threads and joins them in
/// `stop`. All methods may be called from any thread but the server's own.
public final class HTTPServer: Sendable {
  /// Answers one request. Called on a worker thread, several at a time; may block, at the cost of
  /// others waiting for a worker.
  public typealias Handler = @Sendable (HTTPRequest) -> HTTPReply

  private enum State {
    case ready
    case running(EventLoop, NamedThread, address: String, port: UInt16)
    case stopped
  }

  /// The log that watchers follow; publish here.
  public let events: EventLog

  private let configuration: Configuration
  private let handler: Handler
  private let counters = Counters()
  private let state = Mutex(State.ready)
  private let acceptOverride: (@Sendable () -> Listener.Acceptance?)?

  /// - Parameters:
  ///   - events: the log that this server alone serves.
  ///   - handler: answers requests; runs on worker threads.
  public convenience init(
    configuration: Configuration = Configuration(), events: EventLog = EventLog(),
    handler: @escaping Handler
  ) {
    self.init(configuration: configuration, events: events, acceptOverride: nil, handler: handler)
  }

  /// - Parameter acceptOverride: asked before accept(2), whose result it replaces unless it is `nil`;
  ///   for tests of what cannot be brought about without harm to the process.
  init(
    configuration: Configuration, events: EventLog = EventLog(),
    acceptOverride: (@Sendable () -> Listener.Acceptance?)?, handler: @escaping Handler
  ) {
    self.configuration = configuration
    self.events = events
    self.acceptOverride = acceptOverride
    self.handler = handler
  }

  /// Listens, and returns once clients can connect.
  ///
  /// - Throws: `HTTPServerError` if the address is malformed or taken, or the system lacks resources.
  public func start() throws(HTTPServerError) {
    try state.withLock { state throws(HTTPServerError) in
      guard case .ready = state else {
        throw HTTPServerError(
          attempted: "start the HTTP server", reason: "it has been started before",
          hint: "make a new one")
      }
      let fitting = DescriptorLimit.raise(
        forConnections: configuration.maxConnections + EventLoop.rejectionReserve)
      let settings = EventLoop.Settings(
        configuration,
        maxConnections: min(
          configuration.maxConnections,
          max(1, fitting - EventLoop.rejectionReserve, fitting / 2)))
      let listener = try Listener(configuration)
      do throws(HTTPServerError) {
        let loop = try EventLoop(
          settings: settings, listener: listener, log: events, counters: counters,
          handler: handler)
        loop.acceptOverride = acceptOverride
        do throws(HTTPServerError) {
          try loop.workers.start(count: configuration.workerThreads)
          let thread = try HTTPServerError.wrapping {
            () throws(ThreadError) in
            try NamedThread(name: "http-loop", blocksSignals: true) { loop.run() }
          }
          events.attach(loop.mailbox.waker)
          state = .running(
            loop, thread, address: listener.address.host, port: listener.address.port)
        } catch {
          _ = loop.workers.stop(withinMilliseconds: 1_000)
          throw error
        }
      } catch {
        listener.closeAll()
        throw error
      }
    }
  }

  /// The port that the server listens on, `nil` unless it runs.
  public var port: UInt16? {
    state.withLock { state in
      if case .running(_, _, _, let port) = state { port } else { nil }
    }
  }

  /// Where to find the server, as `http://127.0.0.1:8080`; `nil` unless it runs.
  public var url: String? {
    state.withLock { state in
      guard case .running(_, _, let address, let port) = state else { return nil }
      return address.contains(":") ? "http://[\(address)]:\(port)" : "http://\(address):\(port)"
    }
  }

  /// What the server has done so far. Can be read at any time.
  public var statistics: Statistics { counters.snapshot }

  /// Stops accepting, lets requests under way be answered, closes every connection, joins the threads.
  ///
  /// Does nothing unless the server runs.
  ///
  /// - Parameter deadline: how long answers under way may take; then their connections are closed.
  /// - Returns: `false` if a handler had still not returned; its thread is then left to itself.
  @discardableResult
  public func stop(within deadline: Duration = .seconds(1)) -> Bool {
    let running: (EventLoop, NamedThread)? = state.withLock { state in
      guard case .running(let loop, let thread, _, _) = state else { return nil }
      state = .stopped
      return (loop, thread)
    }
    guard let (loop, thread) = running else { return true }
    let nanoseconds = max(0, deadline.wholeNanoseconds)
    let end = Monotonic.now() + nanoseconds
    loop.isStopping.store(true, ordering: .relaxed)
    loop.mailbox.post(.stop(deadline: end))
    // The loop ends by itself at the deadline; the rest is for a machine that is busy.
    let loopEnded = thread.join(withinMilliseconds: Int(nanoseconds / 1_000_000) + 1_000)
    events.attach(nil)
    let left = max(100, Int((end - Monotonic.now()) / 1_000_000))
    return loop.workers.stop(withinMilliseconds: left) && loopEnded
  }
}
