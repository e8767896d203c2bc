/// What a handler answers with.
public enum HTTPReply: Sendable {
  case response(HTTPResponse)
  /// The connection becomes a watcher of the server's `EventLog` until either side closes it.
  case events(EventStream)
}

/// What one watcher is sent: first its prelude, then the live log.
///
/// How nothing is missing and nothing comes twice. The watcher's place in the log is taken before the
/// prelude's first chunk is made. A program that commits a change first and publishes it afterwards
/// therefore has every change either in the state from which the prelude is made, or behind that
/// place in the log, or both; the prelude's end names the last event id that its state included, and
/// events of the log with that id or a lower one are left out.
///
/// Without a prelude only what is published after the stream began is sent.
public struct EventStream: Sendable {
  /// The next piece of a prelude.
  public enum PreludeStep: Sendable {
    /// Some events; more follow.
    case chunk([ServerSentEvent])
    /// The last events, perhaps none. Live events with an id up to `resumeAfter` are skipped.
    case end([ServerSentEvent] = [], resumeAfter: UInt64)
    /// The state cannot be read: the connection is closed, the client will come again.
    case failed
  }

  /// Makes the prelude's next chunk.
  ///
  /// Called on a worker thread, never twice at a time, and only when the chunk before it has gone to
  /// the socket: memory holds one chunk a watcher however slowly it reads. A prelude that drains so
  /// slowly that the log overtakes the watcher's place ends in a cut connection.
  public var prelude: (@Sendable () -> PreludeStep)?
  /// Whether the watcher wants a live event; `nil`: all of them. Called on the server's I/O thread:
  /// must neither block nor take long.
  public var filter: (@Sendable (EventTag) -> Bool)?

  public init(
    filter: (@Sendable (EventTag) -> Bool)? = nil, prelude: (@Sendable () -> PreludeStep)? = nil
  ) {
    self.filter = filter
    self.prelude = prelude
  }
}
