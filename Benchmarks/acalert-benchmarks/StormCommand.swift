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
      each second and safe in the second. Calm and storm take turns, each with a database of its own. \
      Two receivers take what is sent.

      Exit code 1: the storm costs 5 % of the records a second or more, or a receiver gets more than ten \
      notifications of a turn.
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
    let decisions = try StormField.decisions(users: users)
    let length = Double(seconds) / Double(turns)
    var calm = Spent()
    var storm = Spent()
    var notifications = 0
    var changes = 0
    for turn in 0..<turns {
      // Which comes first takes turns as well: the disk remembers what was written before.
      for isStorm in turn % 2 == 0 ? [false, true] : [true, false] {
        let path = "\(scratch.path)/\(turn)-\(isStorm).db"
        let field = try StormField(path: path, users: UInt32(users), decisions)
        let spent = try field.work(seconds: length, flapping: isStorm)
        if isStorm {
          storm.add(spent)
          changes += field.changes
          let (told, episodes) = try field.settle()
          notifications = max(notifications, told)
          guard episodes == users else {
            throw BenchmarkError("\(episodes) episodes of \(users) wearers are on record")
          }
        } else {
          calm.add(spent)
        }
        field.close()
        try FileManager.default.removeItem(atPath: path)
      }
    }
    let loss = (1 - storm.perSecond / calm.perSecond) * 100
    let processorLoss = (1 - storm.perProcessorSecond / calm.perProcessorSecond) * 100
    print(
      """
      calm   \(calm.text)
      storm  \(storm.text)
      less   \(Figures.fixed(loss, 1)) % by the clock, \(Figures.fixed(processorLoss, 1)) % of processor time
      \(changes) changes in \(turns) storms of \(users) wearers, one episode of each on record; \
      at most \(notifications) notifications a receiver
      """)
    if loss >= 5 || notifications > 10 { throw ExitCode(1) }
  }

  /// Records stored, and what they took.
  struct Spent {
    var records = 0
    var seconds = 0.0
    var processorSeconds = 0.0

    var perSecond: Double { Double(records) / seconds }
    var perProcessorSecond: Double { Double(records) / processorSeconds }

    var text: String {
      "\(Figures.short(perSecond)) records/s stored, "
        + "\(Figures.short(perProcessorSecond)) a second of processor time"
    }

    mutating func add(_ other: Spent) {
      records += other.records
      seconds += other.seconds
      processorSeconds += other.processorSeconds
    }
  }
}

/// A database with its desk and receivers, and decisions to write into it.
final class StormField {
  private let store: Store
  private let desk: AlertDesk
  private let users: UInt32
  private let batches: [Decisions]
  private var next = 0
  private let counts = Counts()
  private let isStopping = Counts()
  private(set) var changes = 0

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

  init(path: String, users: UInt32, _ batches: [Decisions]) throws {
    self.users = users
    self.batches = batches
    store = try Store(path: path)
    _ = try store.partitionIndex(for: .init(topic: Workload.topic, partition: 0))
    var settings = AlertSettings()
    settings.receivers = ["one", "two"].map {
      ReceiverSettings(name: $0, kind: .command(.init(arguments: ["true"])))
    }
    settings.route.receivers = ["one", "two"]
    // The default is half a minute; a turn need not wait so long for its end.
    settings.keepFiring = 5_000
    let counts = counts
    desk = try AlertDesk(
      store: store, settings: settings, subjects: [:],
      world: AlertDesk.World(
        now: { Int64(Date().timeIntervalSince1970 * 1_000) },
        random: { Double.random(in: 0..<1) }, zone: { _ in .utc },
        sink: { CountingSink(name: $0.name, counts: counts) }, changed: { _, _ in },
        report: { FileHandle.standardError.write(Data("\($0)\n".utf8)) }))
    let (desk, isStopping) = (desk, isStopping)
    Thread.detachNewThread { desk.run { isStopping.values.withLock { !$0.isEmpty } } }
    for name in ["one", "two"] { Thread.detachNewThread { desk.serve(name) } }
    // The database knows everybody, and is warm.
    for batch in batches { try desk.apply(batch) { _ in } }
  }

  /// The decisions of a million records of as many wearers, in batches.
  static func decisions(users: Int) throws -> [Decisions] {
    var engine = try Engine(streams: [StreamRules()])
    engine.assign(0, rewind: 0, next: 0)
    let decoder = RecordDecoder()
    var offset: Int64 = 0
    var batches: [Decisions] = []
    try Records(format: .original, users: users, count: 1_000_000).lend { record in
      let origin = RecordOrigin(partition: 0, offset: offset)
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
    return batches
  }

  /// Writes for so long; with the storm each wearer falls and gets up once a second.
  func work(seconds: Double, flapping: Bool) throws -> StormCommand.Spent {
    var spent = StormCommand.Spent()
    let begin = (Meter.now, Meter.cpu)
    var halves = 0
    while Meter.now - begin.0 < seconds {
      var batch = batches[next % batches.count]
      next += 1
      batch.subjects = []
      if flapping, Int((Meter.now - begin.0) * 2) >= halves {
        batch.causes = causes(halves % 2 == 0 ? .danger : nil)
        halves += 1
      }
      try desk.apply(batch) { _ in }
      spent.records += batch.recordCount
    }
    spent.seconds = Meter.now - begin.0
    spent.processorSeconds = Meter.cpu - begin.1
    return spent
  }

  private func causes(_ level: SafetyState?) -> [CauseChange] {
    changes += Int(users)
    return (0..<users).map {
      CauseChange(
        subject: $0, cause: .abnormal, level: level, time: Workload.startTime,
        reason: level == nil ? "" : "3 abnormal within 5s")
    }
  }

  /// Ends the storm and waits until all is resolved and told.
  ///
  /// - Returns: the most notifications that a receiver got, and how many episodes there were.
  func settle() throws -> (notifications: Int, episodes: Int) {
    var last = Decisions()
    last.causes = causes(nil)
    try desk.apply(last) { _ in }
    let deadline = Meter.now + 90
    while try !store.unsettledAlerts().isEmpty {
      guard Meter.now < deadline else { throw BenchmarkError("the alerts are not settled") }
      usleep(50_000)
    }
    return (counts.values.withLock { $0.values.max() ?? 0 }, Int(store.lastAlertID))
  }

  func close() {
    isStopping.values.withLock { $0["stop"] = 1 }
    desk.stop()
    store.close()
  }
}
