import Detection
import Store

/// What people may do, and what they are shown.
extension AlertDesk {
  /// Why a command was not carried out.
  public enum Refusal: Error, Equatable, Sendable {
    case unknown, resolved, alreadyAcknowledged
    /// The database does not take anything just now.
    case busy
  }

  /// Says that somebody looks after an alert.
  ///
  /// - Throws: ``Refusal``, or `StoreError` if the database cannot be written just now.
  public func acknowledge(_ id: Int64, author: String, note: String) throws {
    try command { (state) throws(EpisodeBook.Refusal) in
      try state.book.acknowledge(id, author: author, note: note, now: world.now())
    }
  }

  /// Ends an alert by hand. If its cause goes on nothing is told of it until it is over and comes back.
  ///
  /// - Throws: ``Refusal``, or `StoreError` if the database cannot be written just now.
  public func resolve(_ id: Int64, author: String, note: String) throws {
    try command { (state) throws(EpisodeBook.Refusal) in
      try state.book.resolve(id, author: author, note: note, now: world.now())
    }
  }

  /// Writes what somebody found about an alert, open or not; nobody is notified of it.
  ///
  /// - Throws: ``Refusal/unknown``, ``Refusal/busy``, or `StoreError`, with code `invalidValue` if the
  ///   verdict's note or author is too long.
  public func judge(_ id: Int64, verdict: Verdict) throws {
    try state.withLock { state in
      // Revisions are published in their order: what waits to be written goes first.
      guard !state.hasTakenBatch, state.unwritten.isEmpty else { throw Refusal.busy }
      guard let judged = try store.setVerdict(verdict, ofAlert: id) else { throw Refusal.unknown }
      state.book.note(verdict, of: id)
      world.changed([judged.alert], judged.revision)
    }
  }

  private func command(
    _ body: (inout State) throws(EpisodeBook.Refusal) -> AlertChanges
  ) throws {
    try state.withLock { state in
      guard !state.hasTakenBatch, state.unwritten.isEmpty else { throw Refusal.busy }
      do throws(EpisodeBook.Refusal) {
        state.unwritten.merge(try body(&state))
      } catch {
        switch error {
        case .unknown: throw Refusal.unknown
        case .resolved: throw Refusal.resolved
        case .alreadyAcknowledged: throw Refusal.alreadyAcknowledged
        }
      }
      try write(&state)
    }
  }

  // MARK: Silences

  /// Adds a silence.
  ///
  /// - Returns: its number.
  /// - Throws: `StoreError`, with code `invalidValue` for a matcher that says nothing.
  public func add(_ silence: Silence) throws -> Int64 {
    for text in silence.matchers {
      do {
        _ = try Matcher(text)
      } catch {
        throw StoreError(
          code: .invalidValue, message: "\(error)", attempted: "add a silence")
      }
    }
    return try state.withLock { state in
      let id = try store.add(silence)
      try readSilences(&state)
      return id
    }
  }

  /// Ends a silence now; `false` if there is none with this number.
  public func expireSilence(_ id: Int64) throws -> Bool {
    try state.withLock { state in
      guard try store.expireSilence(id, now: world.now()) != nil else { return false }
      try readSilences(&state)
      return true
    }
  }

  private func readSilences(_ state: inout State) throws {
    let now = world.now()
    state.dispatcher.use(try store.silences(endingAfter: now), now: now)
    signal()
  }

  // MARK: Figures

  /// One receiver, for people and metrics.
  public struct ReceiverFigures: Equatable, Sendable {
    public var name: String
    /// ``ReceiverSettings/Kind-swift.enum/name``.
    public var kind: String
    public var health: ReceiverHealth
  }

  /// How many alerts were opened since the start, by cause; all threat rules together.
  public var openedByCause: [String: Int] { state.withLock { $0.opened } }

  /// The receivers in use, in the order of the settings.
  public var receivers: [ReceiverFigures] {
    state.withLock { state in
      state.settings.receivers.compactMap { receiver in
        state.posts[receiver.name].map {
          ReceiverFigures(name: receiver.name, kind: receiver.kind.name, health: $0.health)
        }
      }
    }
  }
}

extension AlertChanges {
  /// Adds later changes: of an alert the newest value counts.
  mutating func merge(_ later: AlertChanges) {
    if later.isEmpty { return }
    if alerts.isEmpty {
      alerts = later.alerts
    } else {
      var places: [Int64: Int] = [:]
      for (place, alert) in alerts.enumerated() { places[alert.id] = place }
      for alert in later.alerts {
        if let place = places[alert.id] {
          alerts[place] = alert
        } else {
          places[alert.id] = alerts.count
          alerts.append(alert)
        }
      }
    }
    events.append(contentsOf: later.events)
  }
}
