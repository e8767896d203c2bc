import Detection
import HTTPServer
import Store

/// Which rows one watcher wants.
struct EventFilter: Sendable {
  /// Empty: rows in any state.
  var states: Set<SafetyState> = [] {
    didSet { stateBits = states.reduce(0) { $0 | FeedTag.bit($1) } }
  }
  var kind: String?
  var user: String?
  /// Only rows whose state has changed, not those that only have a new value.
  var transitionsOnly = false
  private(set) var stateBits: UInt64 = 0

  init(
    states: Set<SafetyState> = [], kind: String? = nil, user: String? = nil,
    transitionsOnly: Bool = false
  ) {
    self.kind = kind
    self.user = user
    self.transitionsOnly = transitionsOnly
    stateBits = states.reduce(0) { $0 | FeedTag.bit($1) }
    self.states = states
  }

  /// Whether a row's wanting depends on its states, and not on whose it is alone.
  var judgesStates: Bool { transitionsOnly || !states.isEmpty }

  /// Whether a row that has just been written is wanted, its kind aside: if it is in one of the wanted
  /// states now, or has left one.
  @inline(__always)
  func wantsLive(_ tag: EventTag) -> Bool {
    if transitionsOnly && tag.bits & FeedTag.transition == 0 { return false }
    if stateBits != 0 && tag.bits & stateBits == 0 { return false }
    if let user, !user.hasSameBytes(as: tag.name) { return false }
    return true
  }

  /// Whether a row belongs into a snapshot: all that is in a wanted state.
  func wantsInSnapshot(_ record: StatusRecord) -> Bool {
    isOfSubject(record) && (states.isEmpty || states.contains(record.state))
  }

  /// Whether a row must be told to a watcher who knows the table as of revision `base`.
  ///
  /// The table does not say in which state the row was then, only whether it has changed since. A
  /// watcher of some states is told of every row whose state has changed, so that it never goes on
  /// showing one that has left them; it may be told of some that never were in them.
  func wants(_ record: StatusRecord, changedAfter base: Int64) -> Bool {
    guard isOfSubject(record) else { return false }
    if record.stateRevision > base { return true }
    return !transitionsOnly && (states.isEmpty || states.contains(record.state))
  }

  private func isOfSubject(_ record: StatusRecord) -> Bool {
    (kind?.hasSameBytes(as: record.identity.kind) ?? true)
      && (user?.hasSameBytes(as: record.identity.user) ?? true)
  }
}

extension String {
  /// Equality of ids as the store means it. `==` takes “é” in one character for “é” in two: they are
  /// different users.
  @inline(__always)
  func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
