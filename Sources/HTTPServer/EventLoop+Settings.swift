extension EventLoop {
  /// The configuration in the loop's own units: nanoseconds and parser limits.
  struct Settings: Sendable {
    var maxConnections: Int
    var maxPendingRequests: Int
    var limits = HTTPRequestParser.Limits()
    var headerTimeout: Int64
    var bodyTimeout: Int64
    var idleTimeout: Int64
    var writeTimeout: Int64
    var heartbeat: Int64
    var longestFlushPause: Int64
    /// How often deadlines are looked at: often enough for the shortest, at most four times a second.
    var sweepInterval: Int64

    init(_ configuration: HTTPServer.Configuration, maxConnections: Int) {
      self.maxConnections = maxConnections
      maxPendingRequests = configuration.maxPendingRequests
      limits.target = configuration.maxTargetBytes
      limits.headers = configuration.maxHeaderBytes
      limits.body = configuration.maxBodyBytes
      headerTimeout = configuration.headerTimeout.wholeNanoseconds
      bodyTimeout = configuration.bodyTimeout.wholeNanoseconds
      idleTimeout = configuration.idleTimeout.wholeNanoseconds
      writeTimeout = configuration.writeTimeout.wholeNanoseconds
      heartbeat = configuration.heartbeat.wholeNanoseconds
      longestFlushPause = max(0, configuration.longestFlushPause.wholeNanoseconds)
      let shortest = min(headerTimeout, bodyTimeout, idleTimeout, writeTimeout, heartbeat)
      sweepInterval = min(max(shortest / 4, 5_000_000), 250_000_000)
    }
  }
}
