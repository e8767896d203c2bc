extension HTTPServer {
  /// All settings; the defaults suit a service with thousands of watchers.
  public struct Configuration: Sendable {
    /// The address to listen on: an IPv4 or IPv6 literal (`127.0.0.1`, `0.0.0.0`, `::1`, `[::1]`) or
    /// `localhost`. `::` takes IPv4 too. By default nobody outside this machine is served.
    public var address = "127.0.0.1"
    /// The port; 0 lets the system choose one (see `HTTPServer.port`).
    public var port: UInt16 = 0
    /// The most connections at a time, watchers included; one more is answered with 503.
    ///
    /// `start` raises the process's limit of open files to fit, as far as the hard limit allows, and
    /// takes fewer connections if that does not suffice.
    public var maxConnections = 12_000

    /// The longest request target in bytes; beyond: 414.
    public var maxTargetBytes = 8 * 1024
    /// The most bytes of header fields in a request; beyond: 431.
    public var maxHeaderBytes = 16 * 1024
    /// The most bytes of a request's body; beyond: 413.
    public var maxBodyBytes = 1024 * 1024

    /// Time for a request's head, from its first byte; beyond: 408.
    public var headerTimeout = Duration.seconds(10)
    /// Time for a request's body, from the end of its head; beyond: 408.
    public var bodyTimeout = Duration.seconds(30)
    /// How long a connection may stay open without a request.
    public var idleTimeout = Duration.seconds(60)
    /// How long a client may take no byte of what waits for it, answers and events alike; then the
    /// connection is reset.
    public var writeTimeout = Duration.seconds(30)

    /// Threads that run handlers and make preludes.
    public var workerThreads = 2
    /// The most requests that wait for a worker; one more is answered with 503 and `Retry-After`.
    public var maxPendingRequests = 1_024

    /// A watcher that has had nothing for so long gets a comment, which shows both sides that the
    /// other is there.
    public var heartbeat = Duration.seconds(15)
    /// The longest pause between two rounds of sending events. A pause is as long as the round
    /// before it took: a few watchers get each event at once, to thousands a round sends, with one system
    /// call for each, all that came since the last one.
    public var longestFlushPause = Duration.milliseconds(25)

    public init() {}
  }
}

extension Duration {
  /// Whole nanoseconds; those beyond an Int64 (292 years) count as a hundred years.
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let century: Int64 = 3_155_760_000
    return min(max(seconds, -century), century) * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
