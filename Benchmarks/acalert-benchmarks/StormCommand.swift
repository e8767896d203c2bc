import AcalertService
import Alerting
import ArgumentParser
import Detection
import Events
import Foundation
import Store
import Synchronization

/// What an earthquake costs: thousands of wearers who fall and get up again, second after second, while
/// the records of all go on as fast as they can.
struct StormCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "storm",
    abstract: "Measures how much slower results are stored while thousands of alerts flap.",
    discussion: """
      The store's thread alone, which carries what alerts add to a batch: it writes the decisions of a \
      million records again and again, without and with wearers who are in danger in the first half of \
      each second and safe in the second. Calm and storm take turns. Two receivers take what is sent.

      Exit code 1: the storm costs 5 % of the records a second or more, or a receiver gets more than ten \
      notifications.
      """)

  @Option(help: "Wearers that flap.")
  var users = 2_000

  @Option(help: "Seconds of storm altogether.")
  var seconds = 60

  @Option(help: "Turns of calm and storm.")
  var turns = 6

  @Option(help: "Where databases are made, and removed again.")
  var folder = NSTemporaryDirectory()

  func run() throws {
    let scratch = URL(fileURLWithPath: folder).appendingPathComponent("acalert-storm-\(getpid())")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let field = try StormField(folder: scratch.path, users: UInt32(users))
    defer { field.close() }
    var calm = (records: 0, seconds: 0.0)
    var storm = (records: 0, seconds: 0.0)
    let length = Double(seconds) / Double(turns)
    for _ in 0..<turns {
      try field.work(seconds: length, flapping: false, &calm)
      try field.work(seconds: length, flapping: true, &storm)
    }
    try field.settle()
    let rates = (Double(calm.records) / calm.seconds, Double(storm.records) / storm.seconds)
    let loss = (1 - rates.1 / rates.0) * 100
    print(
      """
      calm   \(Figures.short(rates.0)) records/s stored
      storm  \(Figures.short(rates.1)) records/s stored, \(Figures.fixed(loss, 1)) % fewer
      \(field.flaps) changes of \(users) wearers, \(try field.episodes()) episodes on record
      notifications: \(field.notifications)
      """)
    if loss >= 5 || field.notifications.values.contains(where: { $0 > 10 }) {
      throw ExitCode(1)
    }
  }
}

/// A database with its desk and receivers, and decisions to write into it.
final class StormField {
  private let store: Store
  private let readers: ReaderPool
  private let desk: AlertDesk
  private let users: UInt32
  private var batches: [Decisions] = []
  private var next = 0
  private let counts = Counts()
  private let isStopping = Counts()
  private(set) var flaps = 0

  private final class Counts: Sendable {
    let values = Mutex<[String: Int]>([:])
  }

  private struct CountingSink: Sink {
    let name: String
    let counts: Counts

    func send(_ message: AlertMessage) -> SinkAnswer {
      counts.values.withLock { $0[name, default: 0] += 1 }
      return SinkAnswer(outcome: .accepted, reason: "ok", status: 200)
    }
  }

  init(folder: String, users: UInt32) throws {
    self.users = users
    store = try Store(path: folder + "/storm.db")
    readers = try ReaderPool(path: folder + "/storm.db")
    var settings = AlertSettings()
    settings.receivers = ["one", "two"].map {
      ReceiverSettings(name: $0, kind: .command(.init(arguments: ["true"])))
    }
    settings.route.receivers = ["one", "two"]
    let counts = counts
    desk = try AlertDesk(
      store: store, readers: readers, settings: settings, subjects: [:],
      world: AlertDesk.World(
        now: { Int64(Date().timeIntervalSince1970 * 1_000) },
        random: { Double.random(in: 0..<1) }, zone: { _ in .utc },
        sink: { CountingSink(name: $0.name, counts: counts) }, changed: { _, _ in },
        report: { FileHandle.standardError.write(Data("\($0)\n".utf8)) }))
    let (desk, isStopping) = (desk, isStopping)
    Thread.detachNewThread { desk.run { isStopping.values.withLock { !$0.isEmpty } } }
    for name in ["one", "two"] { Thread.detachNewThread { desk.serve(name) } }
    try prepare()
  }

  var notifications: [String: Int] { counts.values.withLock { $0 } }

  /// The decisions of a million records of as many wearers.
  private func prepare() throws {
    var engine = try Engine(streams: [StreamRules()])
    let partition = try store.partitionIndex(for: .init(topic: Workload.topic, partition: 0))
    engine.assign(partition, rewind: 0, next: 0)
    let decoder = RecordDecoder()
    var offset: Int64 = 0
    try Records(format: .original, users: Int(users), count: 1_000_000).lend { record in
      let origin = RecordOrigin(partition: partition, offset: offset)
      offset += 1
      if engine.admit(origin, arrival: Workload.startTime),
        (try? decoder.decode(record, arrival: -1)) != nil
      {
        engine.ingest(
          stream: 0, user: decoder.user, device: decoder.device, samples: decoder.samples,
          origin: origin, arrival: Workload.startTime)
      }
      if offset % 20_000 == 0 {
        var decisions = engine.takeDecisions(sweep: 0.05)
        // What the records themselves would alarm is not part of the storm.
        decisions.causes = []
        batches.append(decisions)
      }
    }
    for batch in batches { try desk.apply(batch) { _ in } }
  }

  /// Writes for so long; with the storm each wearer falls and gets up once a second.
  func work(
    seconds: Double, flapping: Bool, _ total: inout (records: Int, seconds: Double)
  ) throws {
    let begin = Meter.now
    var halves = 0
    while Meter.now - begin < seconds {
      var batch = batches[next % batches.count]
      next += 1
      batch.subjects = []
      if flapping, Int((Meter.now - begin) * 2) >= halves {
        let level: SafetyState? = halves % 2 == 0 ? .danger : nil
        halves += 1
        batch.causes = (0..<users).map {
          CauseChange(
            subject: $0, cause: .abnormal, level: level, time: Int64(halves) * 500,
            reason: level == nil ? "" : "3 abnormal within 5s")
        }
        flaps += Int(users)
      }
      try desk.apply(batch) { _ in }
      total.records += batch.recordCount
    }
    if flapping, halves % 2 == 1 {
      var last = Decisions()
      last.causes = (0..<users).map {
        CauseChange(subject: $0, cause: .abnormal, level: nil, time: Int64(halves) * 500)
      }
      try desk.apply(last) { _ in }
    }
    total.seconds += Meter.now - begin
  }

  /// Waits until all is resolved and told.
  func settle() throws {
    let deadline = Meter.now + 90
    while try !store.unsettledAlerts().isEmpty {
      guard Meter.now < deadline else { throw BenchmarkError("the alerts are not settled") }
      usleep(50_000)
    }
  }

  func episodes() throws -> Int64 { store.lastAlertID }

  func close() {
    isStopping.values.withLock { $0["stop"] = 1 }
    desk.stop()
    readers.close()
    store.close()
  }
}
