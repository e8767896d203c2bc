import Detection

/// The last ids given out. They are stored in `meta`, so that no id or revision is ever given twice,
/// whatever has been deleted.
struct Counters: Equatable {
  var revision: Int64 = 0
  var window: Int64 = 0
  var anomaly: Int64 = 0
  var lateSample: Int64 = 0
  var invalidRecord: Int64 = 0
  var lostRange: Int64 = 0
  var threat: Int64 = 0
  var verdict: Int64 = 0
  var equipmentFault: Int64 = 0
  var unmatched: Int64 = 0
  var alert: Int64 = 0
  var alertEvent: Int64 = 0
  var notification: Int64 = 0
  var delivery: Int64 = 0
  var silence: Int64 = 0
  var fallCandidate: Int64 = 0
  var alertVerdict: Int64 = 0
}

/// What the writer keeps in memory of the small tables. A value, so that the state before a failed
/// transaction can be put back.
struct Mirror {
  var counters = Counters()
  var storedCounters = Counters()
  /// Up to this id, every window that has a row of its own keeps it.
  var mergedWindow: Int64 = 0
  var storedMergedWindow: Int64 = 0
  /// The highest id of a subject.
  var lastSubject: Int64 = 0
  /// The highest id of a status row: a row beyond it is new.
  var lastStatus: Int64 = 0
  /// Ids and units by kind.
  var kinds: [String: (id: UInt16, unit: String)] = [:]
  /// The longest window of each kind so far, in milliseconds, by the kind's id.
  var longestWindows: [Int64] = [0]
  var topics: [String: Int64] = [:]
  var partitions: [PartitionIndex: TopicPartitionName] = [:]
  var partitionIndices: [TopicPartitionName: PartitionIndex] = [:]
  /// The configuration in use, for engines that have announced none of their own.
  var configuration: Int64?
  /// What each engine last announced with `Decisions.judgement`. By engine, because engines take up
  /// new rules each between two batches of its own.
  var judgements: [Int: Int64] = [:]
  /// The models' ids by their hashes.
  var models: [String: Int64] = [:]
  /// The id of the features that this program measures, once it has been looked up.
  var featureSet: Int64?
  /// The units of the configuration in use, for kinds not yet seen.
  var units: [String: String] = [:]

  init() {}

  init(reading connection: Connection) throws {
    let attempted = "read the store's small tables"
    let meta = try connection.statement(
      """
      SELECT last_revision, last_window, last_anomaly, last_late_sample, last_invalid_record,
        last_lost_range, last_threat, last_verdict, last_equipment_fault, last_unmatched,
        last_alert, last_alert_event, last_notification, last_delivery, last_silence,
        last_fall_candidate, last_alert_verdict, merged_window FROM meta
      """)
    try meta.forEachRow(attempted) {
      counters = Counters(
        revision: meta.integer(0), window: meta.integer(1), anomaly: meta.integer(2),
        lateSample: meta.integer(3), invalidRecord: meta.integer(4), lostRange: meta.integer(5),
        threat: meta.integer(6), verdict: meta.integer(7), equipmentFault: meta.integer(8),
        unmatched: meta.integer(9), alert: meta.integer(10), alertEvent: meta.integer(11),
        notification: meta.integer(12), delivery: meta.integer(13), silence: meta.integer(14),
        fallCandidate: meta.integer(15), alertVerdict: meta.integer(16))
      mergedWindow = meta.integer(17)
    }
    storedCounters = counters
    storedMergedWindow = mergedWindow
    lastSubject =
      try connection.integer("SELECT max(id) FROM subject_rows", attempted: attempted) ?? 0
    lastStatus =
      try connection.integer("SELECT max(id) FROM status_rows", attempted: attempted) ?? 0
    let kindRows = try connection.statement(
      "SELECT id, name, unit, longest_window FROM kinds ORDER BY id")
    try kindRows.forEachRow(attempted) {
      longestWindows.append(kindRows.integer(3))
      kinds[kindRows.text(1)] = (UInt16(clamping: kindRows.integer(0)), kindRows.text(2))
    }
    let modelRows = try connection.statement("SELECT id, hash FROM model_rows")
    try modelRows.forEachRow(attempted) { models[modelRows.text(1)] = modelRows.integer(0) }
    let topicRows = try connection.statement("SELECT id, name FROM topics")
    try topicRows.forEachRow(attempted) { topics[topicRows.text(1)] = topicRows.integer(0) }
    let partitionRows = try connection.statement(
      "SELECT p.id, t.name, p.partition FROM partition_rows p JOIN topics t ON t.id = p.topic")
    try partitionRows.forEachRow(attempted) {
      let index = PartitionIndex(clamping: partitionRows.integer(0))
      let name = TopicPartitionName(
        topic: partitionRows.text(1), partition: Int32(clamping: partitionRows.integer(2)))
      partitions[index] = name
      partitionIndices[name] = index
    }
  }

  /// The configuration by which an engine's batches are judged.
  func configuration(of engine: Int) -> Int64? { judgements[engine] ?? configuration }
}

/// From an engine's dense subject index to the subject's id in the database.
///
/// Changes are noted, so that those of a failed transaction can be undone without a copy of the map.
struct SubjectMap {
  /// A subject's id and its kind's; `id` 0 means that the engine has not introduced the index.
  struct Reference {
    var id: UInt32 = 0
    var kind: UInt16 = 0
  }

  private var engines: [[Reference]] = []
  private var undo: [(engine: Int, index: Int, old: Reference)] = []

  /// The subject that `engine` knows as `index`, or `nil` if it was never introduced.
  @inline(__always)
  func reference(engine: Int, index: UInt32) -> Reference? {
    guard engine < engines.count, Int(index) < engines[engine].count else { return nil }
    let reference = engines[engine][Int(index)]
    return reference.id == 0 ? nil : reference
  }

  /// Enters a subject; `isCommitted` says that no failing transaction shall take it out again.
  mutating func set(
    _ reference: Reference, engine: Int, index: UInt32, isCommitted: Bool = false
  ) {
    while engines.count <= engine { engines.append([]) }
    let index = Int(index)
    if engines[engine].count == index {
      engines[engine].append(Reference())
    } else if engines[engine].count < index {
      engines[engine].append(
        contentsOf: repeatElement(Reference(), count: index + 1 - engines[engine].count))
    }
    if !isCommitted { undo.append((engine, index, engines[engine][index])) }
    engines[engine][index] = reference
  }

  /// Makes room for so many subjects of an engine.
  mutating func reserve(_ count: Int, engine: Int) {
    while engines.count <= engine { engines.append([]) }
    engines[engine].reserveCapacity(count)
  }

  mutating func keepChanges() { undo.removeAll(keepingCapacity: true) }

  mutating func undoChanges() {
    for change in undo.reversed() { engines[change.engine][change.index] = change.old }
    undo.removeAll(keepingCapacity: true)
  }

  /// Forgets an engine's subjects, for an engine that starts anew.
  mutating func forget(engine: Int) {
    if engine < engines.count { engines[engine] = [] }
  }
}
