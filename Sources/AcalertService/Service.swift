import Alerting
import Dashboard
import Detection
import Events
import Foundation
import HTTPServer
import Kafka
import Logging
import Observability
import Store
import Synchronization
import Threads

/// Acalert as a whole: joins the rooms, starts them in order, and stops them in the opposite one.
///
/// Threads: "pipeline" reads, decodes and judges; "store" writes and tells; "dead-letters" sends invalid
/// records on; "alerts" and one or more a receiver tell people; the HTTP server has its own. Between
/// pipeline and store lies a bounded hand-over; all other state that they share is counters, flags and the
/// alert desk.
public final class Service: Sendable {
  public let settings: Configuration
  public let counters = ServiceCounters()
  private let isStopping = Atomic<Bool>(false)
  private let isAbandoned = Atomic<Bool>(false)
  private let fatal = Mutex<(any Error)?>(nil)
  let rooms = Mutex<Rooms?>(nil)
  private let started = WallClock.milliseconds()

  /// Everything that exists between start and stop.
  struct Rooms: Sendable {
    var store: Store
    var readers: ReaderPool
    var feed: Feed
    var http: HTTPServer
    var consumer: Consumer
    var handOver: HandOver
    var pipeline: NamedThread
    var writer: NamedThread
    var rules: RulesFiles
    var inbox: RulesInbox
    var deadLetters: NamedThread?
    var publisher: DeadLetterPublisher?
    var alerts: AlertThreads
  }

  /// A service that has not started. ``start()`` does all that can fail.
  public init(_ settings: Configuration) { self.settings = settings }

  /// Why the service cannot go on, once that is so.
  public var failure: (any Error)? { fatal.withLock { $0 } }

  /// Where the dashboard is.
  public var url: String { rooms.withLock { $0?.http.url } ?? "" }

  /// Whether partitions have been assigned and are read.
  public var isReading: Bool { rooms.withLock { !($0?.consumer.assignment.isEmpty ?? true) } }

  /// The file of the database.
  public var databasePath: String {
    URL(fileURLWithPath: settings.store.folder).appendingPathComponent("acalert.db").path
  }

  /// Opens the database, listens, and begins to read.
  ///
  /// - Throws: ``ServiceError`` or the error of the room that could not start, with a hint.
  public func start() throws {
    let log = Logger(label: "acalert")
    if !Allocator.isSettled { log.debug("the allocator keeps its own bound for mapped memory") }
    if !Allocator.isJemalloc { log.info("built without jemalloc: many records cost more") }
    try FileManager.default.createDirectory(
      atPath: settings.store.folder, withIntermediateDirectories: true)
    var options = StoreOptions()
    options.keepsDeadLetters = settings.deadLetters.isEnabled
    let store = try Store(path: databasePath, options: options)
    if settings.kafka.isEmbedded {
      // The embedded broker begins empty each time: offsets of another life mean nothing to it.
      try store.forgetOffsets()
    }
    let rules = try RulesFiles(settings)
    let alertSettings = try settings.alertSettings()
    let version = settings.configurationVersion(of: rules.judgement)
    try store.useConfiguration(version)
    try store.introduce(
      settings.streams.flatMap(\.rules.modelUses).map(\.model), at: WallClock.milliseconds())
    let readers = try ReaderPool(path: databasePath)
    let feed = try Feed(store: store, events: EventLog(entryCapacity: 262_144))
    feed.useConfiguration(version)
    let live = LiveSamples()
    let http = HTTPServer(
      configuration: settings.http.server, events: feed.events,
      handler: makeDashboard(store: store, readers: readers, feed: feed, live: live, log: log)
        .handler)
    try http.start()

    do {
      try startThreads(
        store: store, readers: readers, feed: feed, http: http, live: live, rules: rules,
        alerts: alertSettings, log: log)
    } catch {
      http.stop()
      readers.close()
      store.close()
      throw error
    }
  }

  private func makeDashboard(
    store: Store, readers: ReaderPool, feed: Feed, live: LiveSamples, log: Logger
  ) -> Dashboard {
    Dashboard(
      readers: readers, feed: feed,
      facts: ServiceFacts(
        streams: { [weak self] in self?.streamRulesInUse.withCounts ?? [] },
        service: { [weak self] in self?.state ?? ServiceState() },
        readiness: { [weak self] in self?.readiness ?? [] },
        metrics: { [weak self] in self?.metricsText() ?? "" },
        liveSamples: { live.samples(of: $0) },
        report: { log.error("request failed: \($0)") },
        reloadRules: { [weak self] in
          self?.reloadRules() ?? .failure(message: "the service is stopping")
        },
        rules: { [weak self] in self?.rulesInUse ?? [] },
        timeZone: { ZoneOffsets.system($0) },
        setVerdict: { try store.setVerdict($0, ofThreat: $1) }, alerts: alertFacts),
      allowedHosts: settings.http.isLoopback ? Dashboard.loopbackHosts : nil)
  }

  private func startThreads(
    store: Store, readers: ReaderPool, feed: Feed, http: HTTPServer, live: LiveSamples,
    rules: RulesFiles, alerts: AlertSettings, log: Logger
  ) throws {
    let inbox = RulesInbox()
    let consumer = try Consumer(
      settings.consumerConfiguration(instance: store.instance, log: Self.kafkaLog))
    // A second batch keeps the store from waiting for small ones; of large ones each takes a tenth of a second.
    let handOver = HandOver(capacity: 2, largeBytes: 4 << 20)
    let partitionMap = PartitionMap()
    let failed: @Sendable (any Error) -> Void = { [weak self] error in
      self?.fatal.withLock { $0 = $0 ?? error }
      self?.isStopping.store(true, ordering: .releasing)
    }
    let isStopping: @Sendable () -> Bool = { [weak self] in
      self?.isStopping.load(ordering: .acquiring) ?? true
    }
    let publisher =
      settings.deadLetters.isEnabled
      ? DeadLetterPublisher(
        store: store, readers: readers, kafka: settings.kafka, settings: settings.deadLetters,
        counters: counters, log: log, isStopping: isStopping) : nil
    let shared = Pipeline.Shared(
      consumer: consumer, store: store, handOver: handOver, live: live, rules: inbox,
      counters: counters, partitionMap: partitionMap, log: log, failed: failed,
      isStopping: isStopping)

    let silent =
      alerts.staleAfter > 0 ? try readers.withReader { try SilentSubject.all($0) } : []
    let alerting = try store.alertingSubjects().union(silent.lazy.map(\.identity))
    var alertingSubjects: [SubjectIdentity: UInt32] = [:]
    // The engine must know every subject of old before the first record: this may take a second.
    // Made here, where its errors can be thrown, and from then on touched by its thread alone: safe.
    nonisolated(unsafe) let pipeline = try Pipeline(
      settings, rules: rules.sets, shared: shared, named: { feed.useNames($0) },
      restored: { index, identity in
        feed.restore(index, identity)
        guard !alerting.isEmpty else { return }
        let identity = identity.identity
        if alerting.contains(identity) { alertingSubjects[identity] = index }
      })
    let desk = try makeAlertDesk(
      alerts, store: store, feed: feed, subjects: alertingSubjects,
      silent: silent)
    let writer = StoreWriter(
      store: store, desk: desk, handOver: handOver, counters: counters, settings: settings.store,
      log: log,
      committed: { [settings] decisions, applied in
        if let judgement = decisions.judgement {
          feed.useConfiguration(settings.configurationVersion(of: judgement))
        }
        let now = Int64(WallClock.monotonicSeconds() * 1000)
        feed.publish(decisions, applied: applied, now: now)
        consumer.storeOffsets(
          decisions.progress.compactMap { progress in
            partitionMap.place(of: progress.partition).map {
              ($0, progress.next, TakeoverNote(progress).text)
            }
          })
        if !decisions.invalidRecords.isEmpty { publisher?.signal() }
      },
      idle: { feed.tick(now: Int64(WallClock.monotonicSeconds() * 1000)) }, failed: failed,
      isAbandoned: { [weak self] in self?.isAbandoned.load(ordering: .acquiring) ?? true })
    let alertThreads = AlertThreads(desk)
    try alertThreads.start()
    let deadLetters = try publisher.map { publisher in
      try NamedThread(name: "dead-letters") { publisher.run() }
    }
    let writerThread = try NamedThread(name: "store") { writer.run() }
    let pipelineThread = try NamedThread(name: "pipeline") { pipeline.run() }
    rooms.withLock {
      $0 = Rooms(
        store: store, readers: readers, feed: feed, http: http, consumer: consumer,
        handOver: handOver, pipeline: pipelineThread, writer: writerThread, rules: rules,
        inbox: inbox,
        deadLetters: deadLetters, publisher: publisher, alerts: alertThreads)
    }
  }

  /// Stops: what has been read is stored and told, offsets are committed, sockets and files closed. Takes
  /// less than two seconds; some nine if the disk hangs or Kafka does not answer. A second call does nothing.
  public func stop() {
    isStopping.store(true, ordering: .releasing)
    guard
      let rooms = rooms.withLock({ rooms -> Rooms? in
        let taken = rooms
        rooms = nil
        return taken
      })
    else { return }
    rooms.publisher?.signal()
    rooms.deadLetters?.join(withinMilliseconds: 2_000)
    rooms.pipeline.join(withinMilliseconds: 8_000)
    rooms.handOver.close()
    isAbandoned.store(true, ordering: .releasing)
    rooms.writer.join(withinMilliseconds: 5_000)
    // The last batch's alerts are decided; whoever cannot be told within a second is told after the start.
    rooms.alerts.stop(timeout: 1)
    rooms.http.stop()
    rooms.readers.close()
    rooms.store.close()
  }

  // MARK: Figures

  var lag: Int64? { rooms.withLock { $0?.consumer.lag() } }

  /// How long Kafka has not answered for all of the partitions, in seconds; `nil` without partitions.
  var unheardSeconds: Double? {
    rooms.withLock { $0?.consumer.unheardMilliseconds }.map { Double($0) / 1_000 }
  }

  var skippedOffsets: Int { rooms.withLock { Int($0?.consumer.skippedOffsets ?? 0) } }

  var httpStatistics: HTTPServer.Statistics? { rooms.withLock { $0?.http.statistics } }

  /// How many subjects are in each state, by its name; empty while the database is busy.
  public var subjectsByState: [String: Double] {
    guard let readers = rooms.withLock({ $0?.readers }),
      let counts = try? readers.withReader({ try $0.counts() })
    else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: SafetyState.allCases.map { ($0.name, Double(counts[$0])) })
  }

  /// The figures that `GET /api/v1/service` shows.
  public var state: ServiceState {
    var state = ServiceState()
    state.version = AcalertVersion.current
    state.started = started
    state.records = counters.records.current
    state.recordsPerSecond = counters.recordsPerSecond
    state.samples = counters.samples.current
    state.lag = lag.map { Int($0) }
    state.unheardSeconds = unheardSeconds.map { Int($0) }
    state.invalid = counters.invalidRecords.total
    state.lost = counters.lostRecords.current
    state.late = counters.lateSamples.current
    state.streams = settings.streams.map { stream in
      ServiceState.Stream(
        name: stream.name, type: stream.camera == nil ? .samples : .camera,
        kind: stream.rules.kind, unit: stream.rules.unit,
        k: stream.rules.zscore.k, windowMilliseconds: stream.rules.window.length)
    }
    return state
  }

  private var readiness: [ReadinessCheck] {
    let failure = failure
    return [
      ReadinessCheck(
        name: "service", isReady: failure == nil, detail: failure.map { "\($0)" } ?? "ok"),
      ReadinessCheck(
        name: "kafka", isReady: isReading,
        detail: isReading ? "ok" : "no partition is assigned yet"),
    ]
  }

  private static let kafkaLog: KafkaLogHandler = { line in
    let log = Logger(label: "acalert.kafka")
    let level: Logger.Level =
      switch line.level {
      case ...3: .error
      case 4: .warning
      case 5: .notice
      case 6: .info
      default: .debug
      }
    log.log(level: level, "\(line.facility): \(line.message)")
  }
}
