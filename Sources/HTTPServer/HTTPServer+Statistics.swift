import Synchronization

extension HTTPServer {
  /// What the server has done since it was made. Counters only grow, except the first two.
  public struct Statistics: Sendable, Equatable {
    /// Connections open now, watchers included.
    public var openConnections = 0
    /// Connections that follow the event log now.
    public var watchers = 0
    /// Connections accepted, those turned away with 503 included.
    public var acceptedConnections = 0
    /// Connections turned away because of `maxConnections` or for want of file descriptors.
    public var rejectedConnections = 0
    /// Answers by the first digit of their status, 1 ... 5 at the indices 0 ... 4. An event stream
    /// counts as 200 when it begins.
    public var responsesByClass = [0, 0, 0, 0, 0]
    /// Requests answered with 503 because too many were waiting.
    public var rejectedRequests = 0
    /// Connections closed by a time-out of header, body, idleness or writing.
    public var timeouts = 0
    /// Events put into the log.
    public var publishedEvents = 0
    /// Events sent whole, one for each watcher, those of preludes included.
    public var sentEvents = 0
    /// Events left out for a lagging watcher because a newer one replaced them.
    public var coalescedEvents = 0
    /// Watchers cut off because they were too slow or the log was overrun.
    public var droppedWatchers = 0
    /// Bytes read from and written to sockets.
    public var receivedBytes = 0
    public var sentBytes = 0
  }
}

/// The counters behind `Statistics`: written by the event loop, read by anybody.
final class Counters: Sendable {
  let openConnections = Atomic(0)
  let watchers = Atomic(0)
  let acceptedConnections = Atomic(0)
  let rejectedConnections = Atomic(0)
  let informational = Atomic(0)
  let successes = Atomic(0)
  let redirections = Atomic(0)
  let clientErrors = Atomic(0)
  let serverErrors = Atomic(0)
  let rejectedRequests = Atomic(0)
  let timeouts = Atomic(0)
  let publishedEvents = Atomic(0)
  let sentEvents = Atomic(0)
  let coalescedEvents = Atomic(0)
  let droppedWatchers = Atomic(0)
  let receivedBytes = Atomic(0)
  let sentBytes = Atomic(0)

  func countResponse(_ status: Int) {
    switch status / 100 {
    case 1: informational.add(1)
    case 2: successes.add(1)
    case 3: redirections.add(1)
    case 4: clientErrors.add(1)
    default: serverErrors.add(1)
    }
  }

  var snapshot: HTTPServer.Statistics {
    HTTPServer.Statistics(
      openConnections: openConnections.value, watchers: watchers.value,
      acceptedConnections: acceptedConnections.value,
      rejectedConnections: rejectedConnections.value,
      responsesByClass: [
        informational.value, successes.value, redirections.value, clientErrors.value,
        serverErrors.value,
      ],
      rejectedRequests: rejectedRequests.value, timeouts: timeouts.value,
      publishedEvents: publishedEvents.value, sentEvents: sentEvents.value,
      coalescedEvents: coalescedEvents.value, droppedWatchers: droppedWatchers.value,
      receivedBytes: receivedBytes.value, sentBytes: sentBytes.value)
  }
}

extension Atomic<Int> {
  fileprivate var value: Int { load(ordering: .relaxed) }

  func add(_ amount: Int) { wrappingAdd(amount, ordering: .relaxed) }
}
