import Detection
import Events
import Store

/// The alerts that are open: makes episodes of what becomes amiss and is over again.
///
/// ```
/// nothing ──raised──► firing ──over──► recovering ──over for keepFiring──► resolved
///                       ▲  │               │ │
///                       │  │ by hand       │ └──by hand, or nobody watches──► resolved
///                       └──┼───raised──────┘   one more flap
///                          └──► resolved
/// ```
///
/// A pure machine: the time is an argument, the outcome are the values and events to write, in the
/// transaction of what caused them. Its state is that of the store's open alerts, and it is made again from
/// them after a start; only silences that wait for `staleAfter` are not, see ``expect(silent:)``. Should
/// writing fail, make a new one from the store.
///
/// There is at most one open episode per subject and cause. Within it the severity only rises, and a rise
/// takes back an acknowledgement: who took on a warning has not taken on a danger. How long a cause must be
/// over is measured by the wall clock, from the moment at which it was learnt: so a backlog that is read in
/// one go opens no more episodes than it must. Each change costs O(log n) of the open alerts.
public struct EpisodeBook: Sendable {
  /// What an episode is about.
  struct Key: Hashable, Sendable {
    var subject: UInt32
    var cause: Cause
  }

  struct Open: Sendable {
    /// ``alert``, which the dispatcher holds as well.
    var boxed: Boxed<Alert>
    private var dueOrNever = Int64.max
    let subject: UInt32
    /// Whether it is in the queue, not later than at `due`.
    var isQueued = false

    init(subject: UInt32, alert: Alert) {
      self.subject = subject
      boxed = Boxed(alert)
    }

    /// When it is resolved, while recovering.
    var due: Int64? {
      get { dueOrNever == .max ? nil : dueOrNever }
      set { dueOrNever = newValue ?? .max }
    }

    var key: Key { Key(subject: subject, cause: boxed.value.cause) }

    var alert: Alert {
      get { boxed.value }
      _modify { yield &boxed.value }
    }
  }

  /// What must be looked at again. Nothing is taken out before its time: what was put off is found to be so
  /// when its turn comes, and is put back, so that a subject that flaps a thousand times is in there once.
  enum Deadline: Equatable, Sendable {
    /// The episode with this number may be resolved.
    case recovery(Int64)
    /// The silence of this subject may be an alert.
    case silence(UInt32)
  }

  /// A silence that is not an alert yet.
  struct Silence: Sendable {
    /// `nil` once it is over, until its entry leaves the queue.
    var change: CauseChange?
    var identity: SubjectIdentity
    var since: Int64
  }

  /// The index under which to restore alerts whose subjects no engine knows any more, so that they can be
  /// acknowledged, resolved and abandoned.
  public static let nobody: UInt32 = .max

  var settings: AlertSettings
  /// The number of the next episode.
  public internal(set) var nextID: Int64
  /// By number.
  var episodes: [Int64: Open] = [:]
  /// The number of the open episode.
  var numbers: [Key: Int64] = [:]
  var silences: [UInt32: Silence] = [:]
  var queue = DeadlineQueue<Deadline>()
  /// The latest time that was said.
  var clock: Int64 = 0

  /// - Parameters:
  ///   - nextID: one more than the number of any episode before.
  ///   - restoring: the open alerts (phase ≠ resolved) and the engine's index of each one's subject,
  ///     ``nobody`` if it has none.
  public init(
    settings: AlertSettings, nextID: Int64,
    restoring: some Sequence<(subject: UInt32, alert: Alert)> = []
  ) {
    self.settings = settings
    self.nextID = nextID
    for (subject, alert) in restoring where alert.isOpen {
      let key = Key(subject: subject, cause: alert.cause)
      numbers[key] = max(numbers[key] ?? alert.id, alert.id)
      episodes[alert.id] = Open(subject: subject, alert: alert)
      if alert.phase == .recovering { schedule(alert.id, from: alert.recovering ?? alert.opened) }
    }
  }

  /// How many alerts are open.
  public var openCount: Int { episodes.count }

  /// An open alert.
  public func open(_ id: Int64) -> Alert? { episodes[id]?.alert }

  /// An alert in the memory in which it is held here, if it is and is the same.
  func boxed(_ alert: Alert) -> Boxed<Alert> {
    guard let boxed = episodes[alert.id]?.boxed, boxed.value == alert else { return Boxed(alert) }
    return boxed
  }

  /// No ``tick(now:)`` is needed before; `nil` if none is needed at all.
  public var nextDeadline: Int64? { queue.first?.time }

  /// Resolves what has recovered for long enough, and opens alerts of silences that have lasted.
  public mutating func tick(now: Int64) -> AlertChanges {
    var draft = Draft()
    advance(to: now, &draft)
    return changes(of: draft)
  }

  /// Takes what an engine told of its subjects, in order; begins with what ``tick(now:)`` does.
  ///
  /// - Parameter identify: names a subject; called for each whose change may open an episode, in one call
  ///   once. A subject that it cannot name makes no alert. If it throws, nothing has been taken.
  public mutating func take(
    _ causes: [CauseChange], now: Int64, identify: (UInt32) throws -> SubjectIdentity?
  ) rethrows -> AlertChanges {
    var identities: [UInt32: SubjectIdentity] = [:]
    for change in causes
    where change.level != nil && identities[change.subject] == nil && mayOpen(change, now: now) {
      identities[change.subject] = try identify(change.subject)
    }
    var draft = Draft()
    advance(to: now, &draft)
    for change in causes {
      if change.level == nil {
        end(change, now: now, &draft)
      } else {
        begin(change, identities[change.subject], now: now, &draft)
      }
    }
    return changes(of: draft)
  }

  private func mayOpen(_ change: CauseChange, now: Int64) -> Bool {
    guard let id = numbers[Key(subject: change.subject, cause: change.cause)],
      let episode = episodes[id]
    else { return true }
    // It may be resolved before the change is looked at.
    return episode.due.map { $0 <= now || now < clock } ?? false
  }

  /// Waits, after a start, for silences that began before it and may become alerts: those of subjects that
  /// are stale, and of whose silence no alert has been made. Only ``AlertSettings/staleAfter`` makes any
  /// wait; without it there are none to be expected.
  ///
  /// - Parameter silent: the change as the engine told it, and when, by the wall clock.
  public mutating func expect(
    silent: [(change: CauseChange, identity: SubjectIdentity, since: Int64)]
  ) {
    guard settings.staleSeverity != nil else { return }
    for (change, identity, since) in silent
    where change.cause == .stale && silences[change.subject] == nil
      && numbers[Key(subject: change.subject, cause: .stale)] == nil
    {
      silences[change.subject] = Silence(change: change, identity: identity, since: since)
      queue.push(.silence(change.subject), at: since + settings.staleAfter)
    }
  }

  /// Turns to other settings: what is recovering, and what is waiting, goes by the new delays. Alerts that
  /// are open stay as severe as they are.
  public mutating func use(_ settings: AlertSettings) {
    self.settings = settings
    if settings.staleSeverity == nil { silences = [:] }
    reschedule()
  }

  /// What a call changes, in the making.
  struct Draft {
    /// The numbers of the alerts that are new or changed, each once, and those that are open no more.
    var touched: [Int64] = []
    var known: Set<Int64> = []
    var closed: [Int64: Alert] = [:]
    var events: [AlertEvent] = []

    mutating func touch(_ id: Int64) {
      if known.insert(id).inserted { touched.append(id) }
    }

    mutating func record(
      _ kind: AlertEvent.Kind, _ id: Int64, at time: Int64, _ text: String = "",
      by author: String = ""
    ) {
      touch(id)
      events.append(AlertEvent(alert: id, kind: kind, time: time, text: text, author: author))
    }
  }

  func changes(of draft: Draft) -> AlertChanges {
    AlertChanges(
      alerts: draft.touched.compactMap { draft.closed[$0] ?? episodes[$0]?.alert },
      events: draft.events)
  }
}
