/// One client, as the event loop sees it. Belongs to the loop's thread.
///
/// Life: `reading` → `handling` (a worker has the request; nothing is read meanwhile, so requests
/// sent ahead wait and are answered in order) → `writing` → `reading` again, or `lingering` until the
/// client has read the last answer, or `streaming` for a watcher.
final class Connection {
  enum State {
    case reading
    case handling
    case writing
    /// The last answer is sent and our side is shut; what still comes is thrown away. Closing with
    /// unread bytes would reset the connection and may destroy the answer before it is read.
    case lingering
    case streaming
  }

  let descriptor: Int32
  /// Slot in the loop's table in the low half, a count of the slot's users in the high half: an event
  /// or an answer for a former user of the slot is recognised by it.
  let token: UInt64
  let peer: String
  var state = State.reading
  var parser: HTTPRequestParser
  /// The phase at which `deadline` was last set.
  var phase = HTTPRequestParser.Phase.idle
  /// Whether the present request was sent with HEAD.
  var isHead = false
  /// Whether another request may follow the present answer.
  var keepsConnection = false
  /// Edge-triggered epoll reports a change once: these remember it until the socket says EAGAIN.
  var isReadable = false
  var isWritable = true
  var hasPeerFinished = false
  /// Bytes to send before anything else: an answer; of a watcher the head, a chunk, a heartbeat.
  var output = Output()
  /// Events inside `output`, counted when it is gone.
  var outputEvents = 0
  /// When `expire` is due, on the monotonic clock; `Int64.max` for never.
  var deadline = Int64.max
  var watcher: Watcher?
  /// Place in the loop's list of watchers.
  var watcherIndex = 0
  /// When the last byte went to a watcher.
  var lastSend: Int64 = 0
  /// Bytes thrown away while lingering.
  var discarded = 0

  init(descriptor: Int32, token: UInt64, peer: String, limits: HTTPRequestParser.Limits) {
    self.descriptor = descriptor
    self.token = token
    self.peer = peer
    parser = HTTPRequestParser(limits: limits)
  }

  var slot: Int { Int(token & 0xFFFF_FFFF) }
}
