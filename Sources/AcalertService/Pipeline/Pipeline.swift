import Detection
import Events
import Foundation
import Kafka
import Logging
import Store
import Synchronization

/// Reads records, decodes and judges them, and hands the outcome to the store's thread.
///
/// Lives on one thread, "pipeline", which alone touches the engine and the decoders; the consumer calls
/// its delegate on this thread too. What other threads may touch is in `Shared`.
final class Pipeline {
  /// What the pipeline shares with the rest of the service.
  struct Shared: Sendable {
    let consumer: Consumer
    let store: Store
    let handOver: HandOver
    let live: LiveSamples
    let rules: RulesInbox
    let counters: ServiceCounters
    let partitionMap: PartitionMap
    let log: Logger
    /// Why the pipeline ended of itself, or nil while it goes on.
    let failed: @Sendable (any Error) -> Void
    let isStopping: @Sendable () -> Bool
  }

  /// How the records of one assigned partition are read.
  struct Route {
    var stream: Int
    var partition: PartitionIndex
    /// The engine is told where the partition begins with its first record.
    var awaitsFirst: Bool
  }

  /// So many records are taken at a time.
  private static let pollRecords = 20_000
  /// A batch waits this long for company, in seconds: commits are few, and latency is small.
  private static let linger = 0.004
  /// The same while records come in masses: a large batch writes each page of the database's indices
  /// once instead of many times.
  private static let busyLinger = 0.1
  /// While the store has another batch to write, one waits for company up to this size or for so long:
  /// the fewer batches, the fewer times a page of the database is written. In bytes, and seconds.
  private static let wholeBatchBytes = 6_500_000
  private static let longestLinger = 1.0
  /// A batch takes no more memory than this, in bytes, about: then it is handed over, and if the store has
  /// no room for it, reading pauses.
  private static let maxBatchBytes = 10_000_000

  /// From so many milliseconds without an answer of Kafka on it is told.
  private static let unheardLimit: Int64 = 15_000

  let shared: Shared
  let settings: Configuration
  private let readers: [RecordReader]
  /// Reached through a `let` pointer, so that the way of every record needs no run-time check of
  /// exclusive access.
  private let engineMemory = UnsafeMutablePointer<Engine>.allocate(capacity: 1)
  /// What is decoded and not judged yet, likewise. The keys lie in Kafka's messages.
  private let ahead = UnsafeMutablePointer<RecordGroup>.allocate(capacity: 1)
  var routes: [Int: Route] = [:]
  /// How far each partition of old or new has got: where to go on when it is assigned (again).
  var reached: [TopicPartitionName: PartitionProgress]
  private(set) var now: Int64 = 0
  private var pendingRecords = 0
  /// Batches that the store had no room for; more than one only if a rebalance comes in between.
  private var waiting: [Decisions] = []
  /// Whether records come in masses: a quarter of what a poll can take, or more.
  private var isBusy = false
  private var isUnheard = false
  private var lastHandOver = WallClock.monotonicSeconds()

  // The route of the last message: most messages follow one of the same partition.
  private var currentPlace = -1
  private var currentStream = 0
  private var currentPartition: PartitionIndex = 0
  private var currentReader: RecordReader
  private var currentAwaitsFirst = false

  /// Restores what an earlier run stored.
  ///
  /// - Parameters:
  ///   - rules: the threat rules of each camera stream, by the stream's place.
  ///   - named: is given the names of all subjects to come, by index, before any of them.
  ///   - restored: hears of each subject.
  init(
    _ settings: Configuration, rules: [(stream: Int, rules: RuleSet)], shared: Shared,
    named: (SubjectNames) -> Void, restored: (UInt32, LentIdentity) -> Void
  ) throws {
    self.settings = settings
    self.shared = shared
    let names = FrameNames()
    let timeZones = TimeZoneTable.system()
    readers = settings.streams.map { RecordReader($0, names: names, timeZones: timeZones) }
    currentReader = readers[0]
    var engine = try Engine(
      streams: settings.streams.map(\.rules), names: names, timeZones: timeZones)
    for entry in rules { engine.install(entry.rules, stream: entry.stream) }
    named(engine.subjectNames)
    engine.reserve(subjects: try shared.store.subjectBound())
    try shared.store.forEachLentStatus { identity, row, detectors in
      guard
        let index = engine.restore(
          kind: identity.kind, user: identity.user, device: identity.device, row: row,
          detectors: detectors)
      else { return nil }
      restored(index, identity)
      return index
    }
    reached = Dictionary(
      uniqueKeysWithValues: try shared.store.partitions().map { stored in
        (
          stored.name,
          PartitionProgress(
            partition: stored.index, next: stored.next, rewind: stored.rewind,
            lastArrival: stored.lastArrival)
        )
      })
    engineMemory.initialize(to: engine)
    ahead.initialize(to: RecordGroup())
  }

  deinit {
    engineMemory.deinitialize(count: 1)
    engineMemory.deallocate()
    ahead.deinitialize(count: 1)
    ahead.deallocate()
  }

  /// The judgement.
  @inline(__always)
  var engine: Engine {
    _read { yield engineMemory.pointee }
    _modify { yield &engineMemory.pointee }
  }

  /// Runs until the service stops or the consumer fails for good.
  func run() {
    do {
      while !shared.isStopping() { try step() }
    } catch {
      shared.failed(error)
    }
    flush(timeout: 5)
    shared.consumer.close(timeoutMilliseconds: 1_500, delegate: self)
  }

  private func step() throws {
    now = WallClock.milliseconds()
    let count = try shared.consumer.poll(
      max: Self.pollRecords, timeoutMilliseconds: pendingRecords > 0 ? 2 : 10, delegate: self,
      beforeRelease: judgeAhead
    ) { message in
      take(message)
    }
    sayIfUnheard()
    pendingRecords += count
    isBusy = count >= Self.pollRecords / 4
    if let change = shared.rules.take() { adopt(change) }
    for question in shared.live.take() {
      question.answer = engine.recentSamples(of: question.identity)
      question.answered.signal()
    }
    handOverIfDue()
  }

  /// Says once that Kafka does not answer, and once that it does again.
  private func sayIfUnheard() {
    let unheard = shared.consumer.unheardMilliseconds ?? 0
    guard (unheard > Self.unheardLimit) != isUnheard else { return }
    isUnheard.toggle()
    if isUnheard {
      shared.log.error(
        "Kafka does not answer, or not for all partitions: records may wait unseen, and nobody is called silent",
        metadata: ["seconds": "\(unheard / 1_000)"])
    } else {
      shared.log.notice("Kafka answers for all partitions again")
    }
  }

  @inline(__always)
  private func take(_ message: borrowing MessageView) {
    let place = message.partitionIndex
    if place != currentPlace, !follow(place) { return }
    let offset = message.offset
    if currentAwaitsFirst { begin(place, at: offset) }
    let timestamp = message.timestamp
    let arrival = timestamp > 0 ? min(timestamp, now) : now
    let origin = RecordOrigin(partition: currentPartition, offset: offset)
    switch currentReader {
    case .samples(let decoder):
      take(message, decoder, origin, arrival: arrival)
    case .frames(let decoder):
      take(message, decoder, origin, arrival: arrival)
    }
  }

  @inline(__always)
  private func take(
    _ message: borrowing MessageView, _ decoder: RecordDecoder, _ origin: RecordOrigin,
    arrival: Int64
  ) {
    let value = message.value ?? UnsafeRawBufferPointer(start: nil, count: 0)
    do {
      try decoder.decode(value, arrival: arrival)
    } catch {
      judgeAhead()
      guard engine.admit(origin, arrival: arrival) else { return }
      return reject(message, error, origin, arrival: arrival)
    }
    if engine.exceedsCache,
      let record = SingleRecord(
        decoder, of: value, stream: currentStream, origin: origin, arrival: arrival)
    {
      engine.prefetch(record.key)
      ahead.pointee.append(record)
      if ahead.pointee.isFull { judgeAhead() }
      return
    }
    judgeAhead()
    guard engine.admit(origin, arrival: arrival) else { return }
    if let place = decoder.place {
      engine.ingest(
        stream: currentStream, user: decoder.user, device: decoder.device,
        samples: decoder.samples, axes: decoder.axes, place: place, origin: origin,
        arrival: arrival)
    } else {
      engine.ingest(
        stream: currentStream, user: decoder.user, device: decoder.device,
        samples: decoder.samples, axes: decoder.axes, origin: origin, arrival: arrival)
    }
  }

  /// The way of a camera's record, which may say who and when in its headers or its key.
  private func take(
    _ message: borrowing MessageView, _ decoder: CameraDecoder, _ origin: RecordOrigin,
    arrival: Int64
  ) {
    judgeAhead()
    guard engine.admit(origin, arrival: arrival) else { return }
    let value = message.value ?? UnsafeRawBufferPointer(start: nil, count: 0)
    do {
      try decoder.decode(value, key: message.key, arrival: arrival) { message.header($0) }
      engine.ingest(stream: currentStream, frames: decoder.batch, origin: origin, arrival: arrival)
    } catch {
      reject(message, error, origin, arrival: arrival)
    }
  }

  @inline(never)
  private func reject(
    _ message: borrowing MessageView, _ error: Events.InvalidRecord, _ origin: RecordOrigin,
    arrival: Int64
  ) {
    let key = message.key.map { [UInt8]($0) }
    let value = message.value.map { [UInt8]($0) } ?? []
    var headers: [RecordHeader] = []
    message.forEachHeader { name, value in
      headers.append(
        RecordHeader(
          name: String(cString: name), value: value.baseAddress == nil ? nil : [UInt8](value)))
    }
    engine.reject(
      InvalidRecordRow(
        origin: origin, timestamp: arrival, reason: error.reason.rawValue,
        detail: error.description, key: key, value: value, headers: headers))
  }

  /// Judges the records that wait to be judged together.
  @inline(__always)
  func judgeAhead() {
    if !ahead.pointee.isEmpty { engine.ingest(&ahead.pointee) }
  }

  /// Takes up new threat rules and models: what has been judged by the old ones goes out first.
  private func adopt(_ change: JudgementChange) {
    enqueue(engine.takeDecisions())
    pendingRecords = 0
    for (stream, rules) in change.rules { engine.install(rules, stream: stream) }
    for (stream, models) in change.models {
      engine.use(
        models: models.stream, overrides: models.overrides, stream: stream,
        judgement: change.judgement)
    }
    engine.useJudgement(change.judgement)
  }

  /// Turns to another partition; false for one that is not ours.
  private func follow(_ place: Int) -> Bool {
    guard let route = routes[place] else { return false }
    currentPlace = place
    currentStream = route.stream
    currentPartition = route.partition
    currentReader = readers[route.stream]
    currentAwaitsFirst = route.awaitsFirst
    return true
  }

  /// The route may have changed: the next message looks it up again.
  func forgetCurrentRoute() { currentPlace = -1 }

  /// A partition of which nothing is known begins here: with its first record, or at its end.
  func begin(_ place: Int, at offset: Int64) {
    guard let route = routes[place] else { return }
    judgeAhead()
    engine.assign(route.partition, rewind: offset, next: offset, isNew: true)
    routes[place]?.awaitsFirst = false
    if place == currentPlace { currentAwaitsFirst = false }
  }

  private func handOverIfDue() {
    let moment = WallClock.monotonicSeconds()
    let elapsed = moment - lastHandOver
    let linger = isBusy ? Self.busyLinger : Self.linger
    let bytes = engine.pendingBytes
    let isLarge = bytes >= Self.maxBatchBytes
    guard elapsed >= linger || isLarge, pendingRecords > 0 || elapsed >= Refreshment.interval / 8
    else {
      return
    }
    // While the store is at work the batch may as well become larger.
    let isFull = isLarge || pendingRecords >= settings.kafka.maxBatchRecords
    if !isFull, bytes < Self.wholeBatchBytes, elapsed < Self.longestLinger, shared.handOver.isBusy {
      return
    }
    guard shared.handOver.hasRoom || isFull else { return }
    let share = Refreshment.share(
      of: engine.subjectCount, after: elapsed, records: pendingRecords,
      storeIsBehind: shared.handOver.isBusy)
    deliver(engine.takeDecisions(sweep: share, reusing: shared.handOver.spare()))
    lastHandOver = moment
    pendingRecords = 0
  }

  /// Hands a batch over. While the store has no room the consumer is paused, but still polled, so that
  /// this member stays in its group.
  private func deliver(_ decisions: Decisions) {
    enqueue(decisions)
    if handOverWaiting(timeout: 1) { return }
    shared.log.warning("the database is slower than the records: reading is paused")
    shared.counters.pauses.add()
    shared.consumer.pause()
    defer { shared.consumer.resume() }
    while !handOverWaiting(timeout: 0.5) {
      if shared.isStopping() { return }
      _ = try? shared.consumer.poll(
        max: 1, timeoutMilliseconds: 0, delegate: self, beforeRelease: judgeAhead
      ) { message in
        take(message)
      }
    }
  }

  /// Hands over all there is, and waits until it is stored.
  func flush(timeout: Double) {
    // The last values of very many subjects go in slices: in one batch they would take much memory.
    let deadline = WallClock.monotonicSeconds() + timeout
    let slices = Int(Double(engine.subjectCount) / Refreshment.maxRows)
    for _ in 0..<slices {
      enqueue(engine.takeDecisions(sweep: 1 / Double(slices)))
      let rest = deadline - WallClock.monotonicSeconds()
      guard handOverWaiting(timeout: max(0, rest)) else { break }
    }
    enqueue(engine.takeDecisions(sweep: waiting.isEmpty ? 1 : 0))
    pendingRecords = 0
    if !handOverWaiting(timeout: timeout) || !shared.handOver.waitUntilEmpty(timeout: timeout) {
      shared.log.error("the last batch was not stored in time")
    }
  }

  private func enqueue(_ decisions: Decisions) {
    guard !decisions.isEmpty else { return }
    remember(decisions.progress)
    waiting.append(decisions)
  }

  /// Hands over what waits, in its order: a batch that could not be handed over holds back all later
  /// ones, whose offsets would otherwise pass over it. False if it takes longer than `timeout` seconds.
  private func handOverWaiting(timeout: Double) -> Bool {
    while let first = waiting.first {
      guard shared.handOver.put(first, timeout: timeout) else { return false }
      waiting.removeFirst()
    }
    return true
  }

  private func remember(_ progress: [PartitionProgress]) {
    for entry in progress {
      guard let name = shared.partitionMap.name(of: entry.partition) else { continue }
      reached[name] = entry
    }
  }
}

extension Decisions {
  /// Whether there is nothing to store.
  var isEmpty: Bool {
    rows.isEmpty && anomalies.isEmpty && windows.isEmpty && lateSamples.isEmpty
      && invalidRecords.isEmpty && lostRanges.isEmpty && progress.isEmpty && subjects.isEmpty
      && threats.isEmpty && causes.isEmpty && equipmentFaults.isEmpty && unmatched.isEmpty
      && judgement == nil
      && recordCount == 0
  }
}
