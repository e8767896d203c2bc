import Detection
import Events
import Store

/// Decides who is told what, and when: groups, routes, silences, inhibition, mute schedules, repetition,
/// escalation, rate caps.
///
/// It is level-triggered: for each receiver and group it compares what is so with what the receiver has
/// been told, by notifications that were accepted, refused for good, or are waiting, and plans at most one
/// notification at a time for the difference. So whatever is lost with the process (timers, plans not yet
/// stored) is found again from what the store knows, ``Memory``.
///
/// Every time is milliseconds since 1970 by the wall clock and comes in as an argument. Belongs to one
/// thread. A tick costs in proportion to the groups that are due, and a notification to the alerts it
/// names.
public struct Dispatcher: Sendable {
  /// What the store knows: all that a restart needs.
  public struct Memory: Sendable {
    /// Those not settled.
    public var alerts: [Alert]
    /// The newest of each alert, receiver and group.
    public var told: [ToldRecord]
    public var groups: [AlertGroup]
    public var silences: [Silence]
    /// When notifications of kind `alerts` were planned, by receiver: those of the rate cap's interval.
    /// Without it the cap counts anew, from what groups and told records show.
    public var planned: [String: [Int64]]
    /// Of these alerts: silenced, inhibited, muted, escalated; they are not recorded again.
    public var events: [AlertEvent]

    public init(
      alerts: [Alert] = [], told: [ToldRecord] = [], groups: [AlertGroup] = [],
      silences: [Silence] = [], planned: [String: [Int64]] = [:], events: [AlertEvent] = []
    ) {
      self.alerts = alerts
      self.told = told
      self.groups = groups
      self.silences = silences
      self.planned = planned
      self.events = events
    }
  }

  struct Receiver: Sendable {
    var settings: ReceiverSettings
    var window: RateWindow
    /// Groups that the rate cap holds back.
    var held: Set<Int> = []
    var scheduled: Int64?
  }

  /// One alert and what is derived from its labels.
  struct Entry: Sendable {
    /// ``alert``; of an open one the book of episodes holds it as well.
    var boxed: Boxed<Alert>
    var matches: [RouteMatch] = []
    /// Places in ``groups`` of which it is a member.
    var groups: [Int] = []
    var roles: [InhibitionIndex.Role] {
      get { rare.fields.roles }
      set { rare.fields.roles = newValue }
    }
    /// Places in ``silences`` that match, known up to ``silenceEpoch``.
    var silences: [Int] {
      get { rare.fields.silences }
      set { rare.fields.silences = newValue }
    }
    var silenceEpoch: Int32 = -1
    /// What was recorded already.
    var effects: Set<String> {
      get { rare.fields.effects }
      _modify { yield &rare.fields.effects }
    }
    private var rare = Rare<RareFields>()

    private struct RareFields: Detection.RareFields {
      var roles: [InhibitionIndex.Role] = []
      var silences: [Int] = []
      var effects: Set<String> = []
    }

    init(boxed: Boxed<Alert>) { self.boxed = boxed }

    var alert: Alert { boxed.value }
    var labels: AlertLabels { AlertLabels(alert) }
  }

  struct GroupKey: Hashable, Sendable {
    var receiver: Int
    var group: String
  }

  enum Work: Sendable {
    case group(Int)
    case receiver(Int)
    /// The alert, if its severity still rose last at `raised`.
    case escalation(alert: Int64, raised: Int64)
  }

  let tree: RouteTree
  var receivers: [Receiver]
  let receiverPlaces: [String: Int]
  var inhibitions: InhibitionIndex
  var mutes: MuteClock

  var entries: [Int64: Entry] = [:]
  /// Those of the newest entry: of many alerts at once most go the same way, and share them.
  var newestMatches: [RouteMatch] = []
  var groups: [ReceiverGroup] = []
  /// Places in ``groups`` to be used again.
  var free: [Int] = []
  var places: [GroupKey: Int] = [:]
  var silences: [CompiledSilence] = []
  var silenceEpoch: Int32 = 0
  /// Groups with members that an inhibition keeps from being told.
  var inhibited: [InhibitionIndex.Key: Set<Int>] = [:]
  var queue = DeadlineQueue<Work>()
  /// What the next tick will return.
  var plan = DispatchPlan()
  var now: Int64

  /// - Parameter zone: the offsets of a time zone by its name, `nil` if there is none.
  public init(
    _ settings: AlertSettings, zone: @escaping @Sendable (String) -> ZoneOffsets?,
    restoring memory: Memory = Memory(), now: Int64
  ) {
    self.init(settings, zone: zone, restoring: memory, boxed: Boxed.init, now: now)
  }

  /// - Parameter boxed: the memory in which an alert is held.
  init(
    _ settings: AlertSettings, zone: @escaping @Sendable (String) -> ZoneOffsets?,
    restoring memory: Memory, boxed: (Alert) -> Boxed<Alert>, now: Int64
  ) {
    tree = RouteTree(settings.route)
    inhibitions = InhibitionIndex(settings.inhibitions)
    mutes = MuteClock(settings, zone: zone)
    var places: [String: Int] = [:]
    var receivers: [Receiver] = []
    for receiver in settings.receivers where places[receiver.name] == nil {
      places[receiver.name] = receivers.count
      receivers.append(Receiver(settings: receiver, window: RateWindow(receiver.rateCap)))
    }
    self.receivers = receivers
    receiverPlaces = places
    self.now = now
    silences = memory.silences.map(CompiledSilence.init)
    restore(memory, boxed: boxed)
    prune()
  }

  /// The moment of the next ``tick(now:)`` that may have something to say, unless something is taken in
  /// before; `nil` if there is none.
  public var nextDeadline: Int64? { plan.isEmpty ? queue.first?.time : now }

  /// How many alerts are not settled.
  public var alertCount: Int { entries.count }

  /// The newest value taken in of an alert; `nil` if it is settled.
  public func alert(_ id: Int64) -> Alert? { entries[id]?.alert }

  /// Takes new values of alerts, once they are committed.
  public mutating func take(_ alerts: [Alert], now: Int64) {
    take(alerts.map(Boxed.init), now: now)
  }

  mutating func take(_ alerts: [Boxed<Alert>], now: Int64) {
    advance(to: now)
    for alert in alerts where alert.value.isOpen { update(alert) }
    // What is resolved in the same moment as what inhibited it was still inhibited.
    var over: [(alert: Int64, roles: [InhibitionIndex.Role])] = []
    for alert in alerts where !alert.value.isOpen {
      let id = alert.value.id
      if let entry = entries[id] { over.append((id, entry.roles)) }
      update(alert)
    }
    for (alert, roles) in over {
      for key in inhibitions.remove(alert, roles) { wakeInhibited(key) }
    }
    prune()
  }

  /// Takes the whole list of active and coming silences.
  public mutating func use(_ silences: [Silence], now: Int64) {
    advance(to: now)
    self.silences = silences.map(CompiledSilence.init)
    silenceEpoch &+= 1
    for place in groups.indices {
      guard !groups[place].parked.isEmpty || groups[place].isRepeatParked else { continue }
      wake(place)
    }
    prune()
  }

  /// The waiting notification was accepted, or refused for good.
  public mutating func finished(receiver: String, group: String, accepted: Bool, now: Int64) {
    advance(to: now)
    guard let receiver = receiverPlaces[receiver],
      let place = places[GroupKey(receiver: receiver, group: group)], groups[place].isWaiting
    else { return }
    groups[place].isWaiting = false
    if accepted, groups[place].generation != nil { groups[place].accepted = now }
    let waiting = groups[place].waiting
    groups[place].waiting = []
    for id in waiting {
      guard let entry = entries[id] else { continue }
      if group == GroupName.digest {
        for other in entry.groups where groups[other].receiver == receiver {
          groups[other].change(entry.alert) { $0.isInDigest = false }
          leaveIfDone(id, other)
        }
      }
      guard groups[place].members[id] != nil else { continue }
      groups[place].change(entry.alert) { $0.isWaiting = false }
      leaveIfDone(id, place)
    }
    scheduleDigest(receiver)
    releaseIfEmpty(place)
    schedule(place)
    prune()
  }

  /// What is due. The caller stores it before the next tick.
  public mutating func tick(now: Int64) -> DispatchPlan {
    advance(to: now)
    let now = self.now
    var due: [(time: Int64, place: Int)] = []
    var seen: Set<Int> = []
    var digests: Set<Int> = []
    while let first = queue.first, first.time <= now {
      _ = queue.popFirst()
      switch first.work {
      case .group(let place):
        guard groups[place].scheduled == first.time else { continue }
        groups[place].scheduled = nil
        if seen.insert(place).inserted { due.append((first.time, place)) }
      case .receiver(let receiver):
        guard receivers[receiver].scheduled == first.time else { continue }
        receivers[receiver].scheduled = nil
        digests.insert(receiver)
      case .escalation(let alert, let raised): escalate(alert, raised: raised)
      }
    }
    for receiver in digests.sorted() { planDigest(receiver) }
    // Which is first may decide what the rate cap holds back: not the order in which groups were made.
    due.sort { ($0.time, groups[$0.place].name) < ($1.time, groups[$1.place].name) }
    for (_, place) in due {
      attend(place)
      schedule(place)
    }
    prune()
    let result = plan
    plan = DispatchPlan()
    return result
  }

  // MARK: Deadlines

  /// The wall clock may be put back. Nobody is to wait for the hour to come again: what lies in the future
  /// then is taken to be now. Steps back of less than a second are callers that come out of turn: time
  /// stands still for them.
  private mutating func advance(to time: Int64) {
    if time < now, now - time < 1_000 { return }
    let isBack = time < now
    now = time
    guard isBack else { return }
    for place in groups.indices {
      groups[place].clamp(to: time)
      schedule(place)
    }
    for receiver in receivers.indices {
      receivers[receiver].window.clamp(to: time)
      scheduleDigest(receiver)
    }
  }

  mutating func schedule(_ place: Int) {
    groups[place].noteAttended(now: now)
    let deadline = groups[place].deadline(now: now)
    guard deadline != groups[place].scheduled else { return }
    groups[place].scheduled = deadline
    if let deadline { queue.push(.group(place), at: deadline) }
  }

  mutating func scheduleDigest(_ receiver: Int) {
    let isDue = !receivers[receiver].held.isEmpty && !isDigestWaiting(receiver)
    let deadline = isDue ? max(receivers[receiver].window.room, now) : nil
    guard deadline != receivers[receiver].scheduled else { return }
    receivers[receiver].scheduled = deadline
    if let deadline { queue.push(.receiver(receiver), at: deadline) }
  }

  /// Looks at what must not be told again, at the next tick.
  mutating func wake(_ place: Int) {
    groups[place].wake = now
    schedule(place)
  }

  /// Takes entries off the front of the queue that hold no more, so that ``nextDeadline`` is true.
  private mutating func prune() {
    while let first = queue.first {
      switch first.work {
      case .group(let place): if groups[place].scheduled == first.time { return }
      case .receiver(let receiver): if receivers[receiver].scheduled == first.time { return }
      case .escalation(let alert, let raised):
        if let alert = entries[alert]?.alert, alert.isOpen, alert.acknowledgement == nil,
          alert.raised == raised
        {
          return
        }
      }
      _ = queue.popFirst()
    }
  }
}
