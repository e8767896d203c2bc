import Detection
import Events
import HTTPServer
import Store
import Synchronization

/// Tells all watchers what has changed, once it has been committed: rows and alerts.
///
/// Life cycle: made after the store, before the server; `useConfiguration`, `restore` and
/// `forgetSubjects` go along with the store's calls of the same names; `publish` follows each `apply`,
/// in the order of the commits. All methods may be called from any thread; that order is the caller's
/// to keep, best by one thread that applies and publishes.
///
/// While nobody watches, rows are not even encoded. Why a watcher that joins in that moment misses
/// nothing: see `publish`, and `EventSession` for the whole proof.
public final class Feed: Sendable {
  /// The log that the server of this feed serves.
  public let events: EventLog

  let kinds = KindNumbers()
  /// Sessions that are alive, see `WatcherToken`.
  private let sessions = Atomic(0)
  private let partitionName: @Sendable (PartitionIndex) -> TopicPartitionName?
  /// Apart from `state`, because the store's lock is taken while it is filled.
  private let places = Mutex<[RecordPlaceText?]>([])
  private let state: Mutex<State>

  /// The topic and the partition of a row's cause, as they stand in the row.
  typealias RecordPlaceText = [UInt8]

  /// - Throws: `StoreError` if the database cannot be opened for reading.
  public init(store: Store, events: EventLog) throws {
    self.events = events
    partitionName = { store.partitionName(of: $0) }
    let path = store.path
    let lastAlert = store.lastAlertID
    state = try Mutex(State(reader: StoreReader(path: path), lastAlert: lastAlert))
  }

  /// Event streams that are open now, those that still get their snapshot included.
  public var watchers: Int { sessions.load(ordering: .relaxed) }

  /// Names the configuration of the following batches, after the store has taken it.
  public func useConfiguration(_ configuration: ConfigurationVersion) {
    state.withLock { $0.use(configuration) }
  }

  /// Takes an engine's names of its subjects for its own, instead of keeping each a second time; before any of
  /// them is introduced.
  public func useNames(_ names: SubjectNames, ofEngine engine: Int = 0) {
    state.withLock { $0.begin(engine: engine, names: names) }
  }

  /// Introduces a subject whose row was in the store already.
  public func restore(_ index: UInt32, _ identity: SubjectIdentity, engine: Int = 0) {
    state.withLock { $0.introduce(index, identity, engine: engine, kinds: kinds) }
  }

  /// The same, with names that are only lent.
  public func restore(_ index: UInt32, _ identity: LentIdentity, engine: Int = 0) {
    state.withLock { $0.introduce(index, identity, engine: engine, kinds: kinds) }
  }

  /// Forgets an engine's subjects, for an engine that is made anew.
  public func forgetSubjects(ofEngine engine: Int) {
    state.withLock { $0.forget(engine: engine) }
  }

  /// Tells all watchers of a batch's rows.
  ///
  /// - Parameters:
  ///   - applied: what `Store.apply` returned for these decisions.
  ///   - now: milliseconds of any clock that is never set back; `counts` go out once a second by it.
  public func publish(
    _ decisions: Decisions, applied: AppliedDecisions, engine: Int = 0, now: Int64
  ) {
    // The batch is committed. A session counts itself before it reads the table for the first time, both
    // sides with a fence between their two steps: so either we see it here, or it sees the batch there.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let isWatched = watchers > 0
    let places = isWatched ? places(of: decisions.rows) : []
    state.withLock { state in
      for subject in decisions.subjects {
        state.introduce(subject.index, subject.identity, engine: engine, kinds: kinds)
      }
      state.noteTransitions(decisions.rows, engine: engine)
      if isWatched {
        state.publish(
          decisions.rows, from: applied.firstRevision, engine: engine, places: places, to: events)
      }
      state.publishCounts(isWatched: isWatched, now: now, to: events)
    }
  }

  /// Tells all watchers of alerts that are new or have changed.
  ///
  /// Called for each commit that wrote any, in the order of all commits: those of rows included, since
  /// both have the same counter and events must come in its order. Of one batch the rows come first.
  ///
  /// - Parameter firstRevision: `alerts[i]` has revision `firstRevision + i`.
  public func publish(alerts: [Alert], firstRevision: Int64) {
    guard !alerts.isEmpty else { return }
    // See above.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let isWatched = watchers > 0
    let places = isWatched ? alerts.map { $0.origin.flatMap(place(of:)) } : []
    state.withLock { state in
      state.note(alerts)
      if isWatched {
        state.publish(alerts, from: firstRevision, places: places, numbers: kinds, to: events)
      }
      state.forget(alerts)
    }
  }

  /// Lets out counts that were held back because others had gone out within the second before. Call it
  /// about once a second while there are no batches.
  public func tick(now: Int64) {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let isWatched = watchers > 0
    state.withLock { $0.publishCounts(isWatched: isWatched, now: now, to: events) }
  }

  func beginSession() {
    sessions.wrappingAdd(1, ordering: .sequentiallyConsistent)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  func endSession() { sessions.wrappingSubtract(1, ordering: .relaxed) }

  private func place(of origin: RecordOrigin) -> RecordPlace? {
    partitionName(origin.partition).map {
      RecordPlace(topic: $0.topic, partition: $0.partition, offset: origin.offset)
    }
  }

  /// The texts of the partitions that these rows name, by index.
  private func places(of rows: [StatusRow]) -> [RecordPlaceText?] {
    places.withLock { places in
      for row in rows {
        guard let index = row.cause?.partition else { continue }
        while places.count <= Int(index) { places.append(nil) }
        guard places[Int(index)] == nil, let name = partitionName(index) else { continue }
        var writer = JSONWriter(capacity: 256)
        writer.place(topic: name.topic, partition: name.partition)
        places[Int(index)] = writer.bytes
      }
      return places
    }
  }
}

/// Counts one session from its beginning until nothing holds its closures any more.
final class WatcherToken: Sendable {
  private let feed: Feed

  init(_ feed: Feed) {
    self.feed = feed
    feed.beginSession()
  }

  deinit { feed.endSession() }
}
