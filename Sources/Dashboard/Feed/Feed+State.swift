import Detection
import Events
import HTTPServer
import Store
import Synchronization

extension Feed {
  /// What the feed knows of subjects, and its buffers. Guarded by the feed's lock.
  struct State: ~Copyable {
    /// A kind as its rows show it.
    private struct Kind {
      var name: String
      var number: UInt16
      /// `"kind":"wearer","user":` with the brace before it.
      var prefix: [UInt8]
      /// The unit as JSON; `nil` until the configuration or a row of the table has named it.
      private(set) var unit: [UInt8]?
      private(set) var unitName: String?

      mutating func setUnit(_ name: String) {
        unitName = name
        unit = State.json(name)
      }
    }

    private let reader: StoreReader
    private var engines: [FeedSubjects?] = []
    private var lastSerial: UInt64 = 0
    private var kinds: [Kind] = []
    private var units: [String: String] = [:]
    /// Versions as JSON; a `ConfigurationNumber` of 1 is the first.
    private var versions: [String] = []
    private var versionTexts: [[UInt8]] = [Array("null".utf8)]
    private var configuration = ConfigurationNumber.none
    private var writer = JSONWriter()
    private var batch: [ServerSentEvent] = []
    private var openings: AlertOpenings

    private var countsMayHaveChanged = false
    private var publishedCounts: StateCounts?
    private var countsTime: Int64?

    /// Rows given to the log at a time: it encodes them under its lock.
    private static let slice = 512
    /// At most one `counts` event in so many milliseconds.
    private static let countsInterval: Int64 = 1_000

    /// - Parameter lastAlert: the newest alert's id.
    init(reader: StoreReader, lastAlert: Int64) {
      self.reader = reader
      openings = AlertOpenings(after: lastAlert)
    }

    // MARK: What rows are made of

    mutating func use(_ configuration: ConfigurationVersion) {
      self.configuration = number(of: configuration.version)
      units = configuration.units
      for index in kinds.indices {
        if let unit = units[kinds[index].name] { kinds[index].setUnit(unit) }
      }
    }

    mutating func introduce(
      _ index: UInt32, _ identity: SubjectIdentity, engine: Int, kinds numbers: KindNumbers
    ) {
      var user = identity.user
      var device = identity.device
      user.withUTF8 { user in
        device.withUTF8 { device in
          introduce(
            index, kind: identity.kind, user: UnsafeRawBufferPointer(user),
            device: UnsafeRawBufferPointer(device), engine: engine, kinds: numbers)
        }
      }
    }

    mutating func introduce(
      _ index: UInt32, _ identity: LentIdentity, engine: Int, kinds numbers: KindNumbers
    ) {
      introduce(
        index, kind: identity.kind, user: identity.user, device: identity.device, engine: engine,
        kinds: numbers)
    }

    private mutating func introduce(
      _ index: UInt32, kind: String, user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer,
      engine: Int, kinds numbers: KindNumbers
    ) {
      if engine >= engines.count || engines[engine] == nil { begin(engine: engine) }
      let number = self.kind(kind, numbers)
      engines[engine]?.set(index, user: user, device: device, kind: number)
    }

    /// - Parameter names: those of the engine, which gives each index the name of this number.
    mutating func begin(engine: Int, names: SubjectNames? = nil) {
      while engines.count <= engine { engines.append(nil) }
      lastSerial += 1
      engines[engine] = FeedSubjects(serial: lastSerial, names: names)
    }

    mutating func forget(engine: Int) {
      if engine < engines.count { engines[engine] = nil }
    }

    /// A row whose state changed was judged by the configuration in use; all others keep theirs.
    mutating func noteTransitions(_ rows: [StatusRow], engine: Int) {
      guard engine < engines.count, engines[engine] != nil else { return }
      for row in rows where row.isTransition {
        countsMayHaveChanged = true
        guard engines[engine]?.contains(row.subject) == true else { continue }
        engines[engine]?.setConfiguration(configuration, of: row.subject)
      }
    }

    private mutating func kind(_ name: String, _ numbers: KindNumbers) -> Int {
      for known in kinds.indices where kinds[known].name.hasSameBytes(as: name) {
        return known
      }
      var text = JSONWriter(capacity: 64)
      text.literal("{\"kind\":")
      text.string(name)
      text.literal(",\"user\":")
      kinds.append(Kind(name: name, number: numbers.number(for: name), prefix: text.bytes))
      if let unit = units[name] { kinds[kinds.count - 1].setUnit(unit) }
      return kinds.count - 1
    }

    private mutating func number(of version: String) -> ConfigurationNumber {
      if let known = versions.firstIndex(of: version) {
        return ConfigurationNumber(ofVersionAt: known)
      }
      versions.append(version)
      versionTexts.append(Self.json(version))
      return ConfigurationNumber(ofVersionAt: versions.count - 1)
    }

    private static func json(_ text: String) -> [UInt8] {
      var writer = JSONWriter(capacity: 64)
      writer.string(text)
      return writer.bytes
    }

    // MARK: Rows

    mutating func publish(
      _ rows: [StatusRow], from firstRevision: Int64, engine: Int, places: [RecordPlaceText?],
      to log: EventLog
    ) {
      // Taken out for the time, so that a change to it does not copy it.
      guard engine < engines.count, var names = engines[engine].take() else { return }
      defer { engines[engine] = names }
      for (place, row) in rows.enumerated() where names.contains(row.subject) {
        let revision = firstRevision + Int64(place)
        let entry = names.entries[Int(row.subject)]
        var configuration = entry.configuration
        if configuration == .notLookedUp || kinds[Int(entry.kind)].unit == nil {
          configuration = lookUp(row.subject, in: &names)
        }
        let kind = kinds[Int(entry.kind)]
        let name = names.name(row.subject)
        let user = String(decoding: name.user, as: UTF8.self)
        writer.clear()
        writer.raw(kind.prefix)
        writer.string(name.user)
        writer.literal(",\"device\":")
        writer.string(name.device)
        encode(row, revision: revision, kind: kind, places: places, configuration: configuration)
        batch.append(
          ServerSentEvent(
            id: UInt64(revision), name: "status", data: writer.bytes, key: names.key(row.subject),
            tag: EventTag(bits: FeedTag.bits(of: row, kind: kind.number), name: user)))
        if batch.count >= Self.slice { flush(to: log) }
      }
      flush(to: log)
    }

    @inline(__always)
    private mutating func encode(
      _ row: StatusRow, revision: Int64, kind: Kind, places: [RecordPlaceText?],
      configuration: ConfigurationNumber
    ) {
      writer.state(row.state, previous: row.previousState)
      writer.times(since: row.since, lastSeen: row.lastSeen)
      writer.figures(value: row.value, mean: row.mean, std: row.std, score: row.score)
      writer.literal(",\"unit\":")
      if let unit = kind.unit { writer.raw(unit) } else { writer.literal("\"\"") }
      writer.literal(",\"reason\":")
      writer.string(row.reason)
      writer.literal(",\"revision\":")
      writer.integer(revision)
      if let cause = row.cause, let text = places[Int(cause.partition)] {
        writer.raw(text)
        writer.integer(cause.offset)
      } else {
        writer.noPlace()
      }
      writer.literal(",\"config\":")
      writer.raw(versionTexts[Int(max(configuration.rawValue, 0))])
      writer.whereabouts(row.location, timeZone: row.timeZone, site: row.site)
      writer.byte(UInt8(ascii: "}"))
    }

    private mutating func flush(to log: EventLog) {
      log.publish(batch)
      batch.removeAll(keepingCapacity: true)
    }

    /// Asks the table for what a restored subject's row says of its configuration and unit: once for
    /// each such subject, when its first row is published. What cannot be read now is asked again.
    private mutating func lookUp(
      _ index: UInt32, in names: inout FeedSubjects
    ) -> ConfigurationNumber {
      let entry = names.entries[Int(index)]
      let kind = kinds[Int(entry.kind)]
      let name = names.name(index)
      let (user, device) = (
        String(decoding: name.user, as: UTF8.self), String(decoding: name.device, as: UTF8.self)
      )
      guard let record = try? reader.status(kind: kind.name, user: user, device: device) else {
        return .none
      }
      if kind.unit == nil { kinds[Int(entry.kind)].setUnit(record.unit) }
      let found = record.configVersion.map { number(of: $0) } ?? .none
      names.setConfiguration(found, of: index)
      return found
    }

    // MARK: Alerts

    /// An alert keeps the configuration in use when it was opened.
    mutating func note(_ alerts: [Alert]) { openings.note(alerts, configuration: configuration) }

    /// - Parameter places: of the records that showed the alerts, one for each.
    mutating func publish(
      _ alerts: [Alert], from firstRevision: Int64, places: [RecordPlace?],
      numbers: KindNumbers, to log: EventLog
    ) {
      for (place, alert) in alerts.enumerated() {
        let revision = firstRevision + Int64(place)
        let kind = Int(self.kind(alert.identity.kind, numbers))
        let (unit, version) = unitAndVersion(of: alert, kind: kind)
        writer.clear()
        writer.alert(
          AlertRecord(
            alert: alert, unit: unit, place: places[place], configVersion: version,
            revision: revision))
        let bits = FeedTag.alert | FeedTag.kind(kinds[kind].number)
        batch.append(
          ServerSentEvent(
            id: UInt64(revision), name: "alert", data: writer.bytes,
            key: FeedTag.key(ofAlert: alert.id),
            tag: EventTag(bits: bits, name: alert.identity.user)))
        if batch.count >= Self.slice { flush(to: log) }
      }
      flush(to: log)
    }

    mutating func forget(_ alerts: [Alert]) { openings.forget(alerts) }

    /// What only the table knows is asked of it: once for an alert that was opened before the feed was
    /// made. What cannot be read now is asked again.
    private mutating func unitAndVersion(
      of alert: Alert, kind: Int
    ) -> (unit: String, version: String?) {
      var opening = openings[alert.id]
      if opening == nil || kinds[kind].unitName == nil, let record = try? reader.alert(alert.id) {
        if kinds[kind].unitName == nil { kinds[kind].setUnit(record.unit) }
        if opening == nil {
          let found = record.configVersion.map { number(of: $0) } ?? ConfigurationNumber.none
          openings.set(found, of: alert)
          opening = found
        }
      }
      let version = Int(opening?.rawValue ?? 0)
      return (kinds[kind].unitName ?? "", version > 0 ? versions[version - 1] : nil)
    }

    // MARK: Counts

    mutating func publishCounts(isWatched: Bool, now: Int64, to log: EventLog) {
      // While nobody watches the change is kept in mind; whoever joins is told the counts at once.
      guard isWatched, countsMayHaveChanged,
        countsTime.map({ now - $0 >= Self.countsInterval }) ?? true
      else { return }
      guard let (revision, counts) = try? reader.revisionAndCounts() else { return }
      countsMayHaveChanged = false
      guard counts != publishedCounts else { return }
      publishedCounts = counts
      countsTime = now
      log.publish([.counts(counts, revision: revision)])
    }
  }
}

extension ServerSentEvent {
  /// How many subjects are in which state.
  ///
  /// - Parameter id: only where a prelude ends.
  static func counts(
    _ counts: StateCounts, revision: Int64, id: UInt64? = nil
  ) -> ServerSentEvent {
    var writer = JSONWriter(capacity: 128)
    writer.literal("{\"revision\":")
    writer.integer(revision)
    writer.literal(",\"counts\":")
    writer.counts(counts)
    writer.byte(UInt8(ascii: "}"))
    return ServerSentEvent(
      // Counts replace each other for a watcher that lags.
      id: id, name: "counts", data: writer.bytes, key: FeedTag.countsKey,
      tag: EventTag(bits: FeedTag.bits(countsAt: revision)))
  }
}

extension StoreReader {
  /// The counts by state, and a revision that they are not older than.
  func revisionAndCounts() throws -> (Int64, StateCounts) {
    let revision = try currentRevision()
    return (revision, try counts())
  }
}
