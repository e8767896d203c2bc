import Detection
import Events
import Foundation
import Store
import Synchronization

/// Where alerts are made, kept, and handed to those who deliver them: joins the episodes, the dispatcher,
/// the store's outbox and the receivers.
///
/// What is decided is written before anybody is told. The episodes change in the transaction of the batch
/// that caused it (``apply(_:published:)``); what is to be said goes into the outbox in a transaction of its
/// own, and only then to the receivers' queues. After a crash the store knows which alerts are not settled,
/// who has been told what, and which notifications wait: a desk made anew goes on from there.
///
/// Threads: the store's thread applies batches; one thread runs ``run(isStopping:)``; each receiver has
/// threads of its own in ``serve(_:)``, so that a slow one delays nobody; commands come from anywhere. All
/// that changes alerts is done and published under one lock, so that revisions are published in their
/// order. Owns no thread itself.
public final class AlertDesk: Sendable {
  /// What the desk needs of the world.
  public struct World: Sendable {
    /// Milliseconds since 1970.
    public var now: @Sendable () -> Int64
    /// 0 ..< 1.
    public var random: @Sendable () -> Double
    /// The offsets of a zone of the IANA database.
    public var zone: @Sendable (String) -> ZoneOffsets?
    /// How a receiver is reached.
    public var sink: @Sendable (ReceiverSettings) throws -> any Sink
    /// Told of alerts once they are committed, the first one's revision with them; under the desk's lock.
    public var changed: @Sendable (_ alerts: [Alert], _ firstRevision: Int64) -> Void
    /// How long Kafka, where all records come from, has not been heard, in milliseconds; `nil` if that
    /// does not matter.
    public var unheard: @Sendable () -> Int64?
    /// Takes a line for the log.
    public var report: @Sendable (String) -> Void

    public init(
      now: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> Double,
      zone: @escaping @Sendable (String) -> ZoneOffsets?,
      sink: @escaping @Sendable (ReceiverSettings) throws -> any Sink,
      changed: @escaping @Sendable (_ alerts: [Alert], _ firstRevision: Int64) -> Void,
      unheard: @escaping @Sendable () -> Int64? = { nil },
      report: @escaping @Sendable (String) -> Void
    ) {
      self.now = now
      self.random = random
      self.zone = zone
      self.sink = sink
      self.changed = changed
      self.unheard = unheard
      self.report = report
    }
  }

  /// One receiver in use.
  struct Post {
    var settings: ReceiverSettings
    var queue: ReceiverQueue
    var sink: any Sink
    var health = ReceiverHealth()
  }

  struct State {
    var settings: AlertSettings
    /// The desk's own: it must not wait for those of the dashboard.
    let reader: StoreReader
    var book: EpisodeBook
    var dispatcher: Dispatcher
    /// What the book has changed and the store has not yet written: empty unless writing failed.
    var unwritten = AlertChanges()
    /// Whether the causes of the batch under way are in the book already: it is being tried again.
    var hasTakenBatch = false
    /// What was planned and could not yet be written.
    var outgoing = Outgoing()
    var posts: [String: Post] = [:]
    /// Notifications that a thread has taken and not yet brought back.
    var inFlight: Set<Int64> = []
    /// Since when Kafka has not been heard, once that has been told.
    var unheardSince: Int64?
    /// Alerts opened since the start.
    var opened: [String: Int] = [:]
  }

  let store: Store
  /// ``Store/instance``.
  let instance: String
  let world: World
  let state: Mutex<State>
  let backoff: Backoff
  private let wake = DispatchSemaphore(value: 0)

  /// A desk that goes on where the store's last one was.
  ///
  /// - Parameters:
  ///   - subjects: the engine's index of each subject that has an open alert or is among `silent`; the
  ///     alerts of those that are missing here are resolved, for nobody watches them any more.
  ///   - silent: the subjects whose silence may still become an alert; of use only with
  ///     ``AlertSettings/staleAfter``.
  /// - Throws: `StoreError`, or the error of a receiver that cannot be made.
  public init(
    store: Store, settings: AlertSettings,
    subjects: [SubjectIdentity: UInt32], silent: [SilentSubject] = [], world: World,
    backoff: Backoff = Backoff()
  ) throws {
    self.backoff = backoff
    self.store = store
    instance = try store.instance
    self.world = world
    let now = world.now()
    let unsettled = try store.unsettledAlerts()
    let open = unsettled.lazy.filter(\.isOpen)
    var book = EpisodeBook(
      settings: settings, nextID: store.lastAlertID + 1,
      restoring: open.map { (subjects[$0.identity] ?? EpisodeBook.nobody, $0) })
    let orphans = Array(open.filter { subjects[$0.identity] == nil }.map(\.id))
    book.expect(
      silent: silent.compactMap { silent in
        subjects[silent.identity].map { subject in
          let change = CauseChange(
            subject: subject, cause: .stale, level: .warning, time: silent.since,
            reason: silent.reason)
          return (change, silent.identity, silent.since)
        }
      })
    var abandoned = AlertChanges()
    for id in orphans {
      abandoned.merge(
        book.abandon(id, reason: "its stream is no longer configured", now: now))
    }
    let state = State(
      settings: settings, reader: try StoreReader(path: store.path, timeLimit: .seconds(1)),
      book: book,
      dispatcher: try Self.dispatcher(
        settings, store: store, world: world, alerts: unsettled, book: book),
      unwritten: abandoned)
    self.state = Mutex(state)
    try self.state.withLock { try self.open(&$0, now: now) }
  }

  private static func dispatcher(
    _ settings: AlertSettings, store: Store, world: World, alerts: [Alert], book: EpisodeBook
  ) throws -> Dispatcher {
    let now = world.now()
    var memory = Dispatcher.Memory()
    memory.alerts = alerts
    memory.told = try store.toldRecords()
    memory.groups = try store.alertGroups()
    memory.silences = try store.silences(endingAfter: now)
    memory.events = try store.suppressionEvents()
    let caps = settings.receivers.compactMap(\.rateCap?.interval)
    if let longest = caps.max() {
      memory.planned = try store.notificationTimes(since: now - longest)
    }
    return Dispatcher(
      settings, zone: world.zone, restoring: memory, boxed: book.boxed, now: now)
  }

  /// Opens the receivers, and gives them what waits for them.
  private func open(_ state: inout State, now: Int64) throws {
    var posts: [String: Post] = [:]
    for receiver in state.settings.receivers {
      posts[receiver.name] = Post(
        settings: receiver, queue: ReceiverQueue(), sink: try world.sink(receiver),
        health: state.posts[receiver.name]?.health ?? ReceiverHealth())
    }
    let waiting = try store.waitingNotifications()
    let lost = waiting.filter { posts[$0.receiver] == nil }
    if !lost.isEmpty {
      try store.refuse(
        lost.map(\.id), reason: "its receiver is no longer configured", now: now)
    }
    for post in state.posts.values { post.queue.close() }
    state.posts = posts
    for notification in waiting where !state.inFlight.contains(notification.id) {
      posts[notification.receiver]?.queue.add([notification])
    }
  }

  /// Goes over to other settings: receivers, routes and times take effect at once; alerts that are open
  /// and what has been told of them stay.
  ///
  /// - Throws: what ``init`` throws; then the old settings stay in use.
  public func use(_ settings: AlertSettings) throws {
    try state.withLock { state in
      try write(&state)
      try send(&state)
      let old = state.settings
      let dispatcher = state.dispatcher
      do {
        state.settings = settings
        state.dispatcher = try Self.dispatcher(
          settings, store: store, world: world, alerts: try store.unsettledAlerts(),
          book: state.book)
        try open(&state, now: world.now())
        state.book.use(settings)
      } catch {
        state.settings = old
        state.dispatcher = dispatcher
        throw error
      }
    }
    wake.signal()
  }

  /// The settings in use.
  public var settings: AlertSettings { state.withLock { $0.settings } }

  // MARK: Batches

  /// Writes a batch's results with the alerts that they lead to, in one transaction, and publishes both.
  ///
  /// A batch that could not be written may be tried again with the same decisions, and must be before any
  /// other is.
  ///
  /// - Parameter published: is told of the batch once it is committed, before the alerts are told; under
  ///   the desk's lock.
  public func apply(
    _ decisions: Decisions, published: (AppliedDecisions) -> Void
  ) throws {
    try state.withLock { state in
      let now = world.now()
      if !state.hasTakenBatch, !decisions.causes.isEmpty {
        let new = Dictionary(
          decisions.subjects.map { ($0.index, $0.identity) }, uniquingKeysWith: { _, last in last })
        state.unwritten.merge(
          try state.book.take(decisions.causes, now: now) { index in
            try new[index] ?? store.identity(of: index)
          })
      }
      state.hasTakenBatch = true
      let applied = try store.apply(decisions, alerts: state.unwritten)
      state.hasTakenBatch = false
      published(applied)
      if !state.unwritten.isEmpty {
        announce(&state, first: applied.firstAlertRevision, now: now)
      }
    }
  }

  /// Tells the world and the dispatcher of alerts that have just been written.
  private func announce(_ state: inout State, first: Int64, now: Int64) {
    let alerts = state.unwritten.alerts
    let new = Set(state.unwritten.events.lazy.filter { $0.kind == .opened }.map(\.alert))
    for alert in alerts where new.contains(alert.id) {
      // Rules are many, labels of metrics must be few.
      state.opened[alert.cause.rule == nil ? alert.cause.name : "rule", default: 0] += 1
    }
    state.unwritten = AlertChanges()
    guard !alerts.isEmpty else { return }
    world.changed(alerts, first)
    state.dispatcher.take(alerts.map(state.book.boxed), now: now)
    wake.signal()
  }

  /// Writes what the book has changed.
  func write(_ state: inout State) throws {
    guard !state.hasTakenBatch, !state.unwritten.isEmpty else { return }
    let first = try store.write(state.unwritten)
    announce(&state, first: first, now: world.now())
  }

  // MARK: Time

  /// Does what is due, again and again: ends recoveries, makes notifications.
  public func run(isStopping: @Sendable () -> Bool) {
    var failures = 0
    while !isStopping() {
      var pause: Int64 = 1_000
      do {
        pause = try tick()
        failures = 0
      } catch {
        failures += 1
        if failures % 60 == 1 { world.report("alerts wait: \(error)") }
      }
      if pause > 0 {
        _ = wake.wait(timeout: .now() + .milliseconds(Int(min(pause, 1_000))))
      }
    }
  }

  /// Does what is due; returns in how many milliseconds something will be due again, without news.
  func tick() throws -> Int64 {
    try state.withLock { state in
      // A batch that is being tried again goes first.
      guard !state.hasTakenBatch else { return 50 }
      let now = world.now()
      state.unwritten.merge(state.book.tick(now: now))
      try write(&state)
      try send(&state)
      watchSource(&state, now: now)
      let plan = state.dispatcher.tick(now: now)
      if !plan.isEmpty {
        state.outgoing = prepare(plan, state, now: now)
        try send(&state)
      }
      let next = min(
        state.book.nextDeadline ?? .max, state.dispatcher.nextDeadline ?? .max)
      return max(0, min(next &- now, 1_000))
    }
  }

  /// Ends what waits: call it when `isStopping` has become true.
  public func stop() {
    state.withLock { state in
      for post in state.posts.values { post.queue.close() }
    }
    wake.signal()
  }

  func signal() { wake.signal() }
}
