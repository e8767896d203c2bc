import Detection
import Events
import HTTPServer
import Store

/// Which rows and alerts one watcher wants.
struct EventFilter: Sendable {
  /// Empty: rows in any state.
  var states: Set<SafetyState> = [] {
    didSet { stateBits = states.reduce(0) { $0 | FeedTag.bit($1) } }
  }
  var kind: String?
  var user: String?
  /// Only rows whose state has changed, not those that only have a new value.
  var transitionsOnly = false
  /// Alerts of the kind and the user too, whatever the states.
  var alerts = true
  private(set) var stateBits: UInt64 = 0

  init(
    states: Set<SafetyState> = [], kind: String? = nil, user: String? = nil,
    transitionsOnly: Bool = false, alerts: Bool = true
  ) {
    self.kind = kind
    self.user = user
    self.transitionsOnly = transitionsOnly
    self.alerts = alerts
    stateBits = states.reduce(0) { $0 | FeedTag.bit($1) }
    self.states = states
  }

  /// Whether a row's wanting depends on its states, and not on whose it is alone.
  var judgesStates: Bool { transitionsOnly || !states.isEmpty }

  /// Whether a row that has just been written is wanted, its kind aside: if it is in one of the wanted
  /// states now, or has left one. The same for an alert, which has no such states.
  @inline(__always)
  func wantsLive(_ tag: EventTag) -> Bool {
    if tag.bits & FeedTag.alert != 0 {
      if !alerts { return false }
    } else {
      if transitionsOnly && tag.bits & FeedTag.transition == 0 { return false }
      if stateBits != 0 && tag.bits & stateBits == 0 { return false }
    }
    if let user, !user.hasSameBytes(as: tag.name) { return false }
    return true
  }

  /// Whether a row belongs into a snapshot: all that is in a wanted state.
  func wantsInSnapshot(_ record: StatusRecord) -> Bool {
    isOf(record.identity) && (states.isEmpty || states.contains(record.state))
  }

  /// Whether a row must be told to a watcher who knows the table as of revision `base`.
  ///
  /// The table does not say in which state the row was then, only whether it has changed since. A
  /// watcher of some states is told of every row whose state has changed, so that it never goes on
  /// showing one that has left them; it may be told of some that never were in them.
  func wants(_ record: StatusRecord, changedAfter base: Int64) -> Bool {
    guard isOf(record.identity) else { return false }
    if record.stateRevision > base { return true }
    return !transitionsOnly && (states.isEmpty || states.contains(record.state))
  }

  /// Whether an alert is wanted.
  func wants(_ alert: Alert) -> Bool { alerts && isOf(alert.identity) }

  private func isOf(_ identity: SubjectIdentity) -> Bool {
    (kind?.hasSameBytes(as: identity.kind) ?? true)
      && (user?.hasSameBytes(as: identity.user) ?? true)
  }
}

extension String {
  /// Equality of ids as the store means it. `==` takes “é” in one character for “é” in two: they are
  /// different users.
  @inline(__always)
  func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
