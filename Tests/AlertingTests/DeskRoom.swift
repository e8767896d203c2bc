import Detection
import Events
import Foundation
import Store
import Synchronization
import Testing

@testable import Alerting

/// A database, a wearer `u-1`, and receivers that are played.
final class DeskRoom {
  let folder: String
  let store: Store
  let reader: StoreReader
  let settings: AlertSettings
  private let sinks = Sinks()
  /// What the desk is told of Kafka, in milliseconds.
  let unheard = Unheard()
  private var current: LivingDesk?
  private var time: Int64 = 1_000

  /// - Parameters:
  ///   - told: the receivers of the root route; all, if absent.
  init(
    receivers: [String] = ["pager"], told: [String]? = nil,
    change: (inout AlertSettings) -> Void = { _ in }
  ) throws {
    folder = NSTemporaryDirectory() + "acalert-desk-\(UInt64.random(in: 0...UInt64.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var options = StoreOptions()
    options.busyTimeout = 50
    store = try Store(path: folder + "/acalert.db", options: options)
    reader = try StoreReader(path: folder + "/acalert.db")
    var settings = Self.settings(receivers, told: told)
    change(&settings)
    self.settings = settings
    var decisions = Decisions()
    decisions.subjects = [
      NewSubject(index: 0, identity: SubjectIdentity(kind: "wearer", user: "u-1"))
    ]
    try store.apply(decisions)
  }

  deinit {
    current?.abandon()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// All happens at once.
  static func settings(_ receivers: [String], told: [String]? = nil) -> AlertSettings {
    var settings = AlertSettings()
    settings.keepFiring = 20
    settings.receivers = receivers.map { name in
      ReceiverSettings(name: name, kind: .command(.init(arguments: ["true"])))
    }
    settings.route.receivers = told ?? receivers
    settings.route.groupWait = 0
    settings.route.groupInterval = 0
    return settings
  }

  /// A desk without threads.
  func make() throws -> AlertDesk {
    var backoff = Backoff()
    backoff.first = 5
    let sinks = sinks
    let unheard = unheard
    return try AlertDesk(
      store: store, settings: settings,
      subjects: [SubjectIdentity(kind: "wearer", user: "u-1"): 0],
      world: AlertDesk.World(
        now: { Int64(Date().timeIntervalSince1970 * 1_000) },
        random: { Double.random(in: 0..<1) }, zone: { $0 == "UTC" ? .utc : nil },
        sink: { sinks[$0.name] }, changed: { _, _ in },
        unheard: { unheard.value }, report: { _ in }),
      backoff: backoff)
  }

  /// A desk at work.
  func open() throws -> LivingDesk {
    let desk = LivingDesk(try make())
    desk.serve(settings.receivers.map(\.name))
    current = desk
    return desk
  }

  var sink: PlayedSink { sinks[settings.receivers[0].name] }

  func sink(of receiver: String) -> PlayedSink { sinks[receiver] }

  // MARK: What happens

  func raise(_ level: SafetyState, on desk: AlertDesk? = nil) throws {
    try tell(
      CauseChange(
        subject: 0, cause: .abnormal, level: level, time: time, reason: "3 abnormal"), on: desk)
  }

  func clear() throws {
    try tell(CauseChange(subject: 0, cause: .abnormal, level: nil, time: time), on: nil)
  }

  private func tell(_ change: CauseChange, on desk: AlertDesk?) throws {
    time += 1_000
    var decisions = Decisions()
    decisions.causes = [change]
    let desk = try #require(desk ?? current?.desk)
    try desk.apply(decisions) { _ in }
  }

  func silence(_ matchers: [String]) -> Silence {
    let now = Int64(Date().timeIntervalSince1970 * 1_000)
    return Silence(
      matchers: matchers, starts: now, ends: now + 3_600_000, author: "Ann", comment: "test",
      created: now)
  }

  /// Locks the database as another program would; the answer unlocks it.
  func lockDatabase() throws -> () -> Void {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["sqlite3", folder + "/acalert.db"]
    let input = Pipe()
    let output = Pipe()
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data("BEGIN IMMEDIATE; SELECT 1;\n".utf8))
    _ = output.fileHandleForReading.availableData
    return {
      try? input.fileHandleForWriting.close()
      process.waitUntilExit()
    }
  }

  func eventually(_ what: String, _ holds: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: 20)
    while Date() < deadline {
      if try holds() { return }
      usleep(2_000)
    }
    try #require(Bool(false), "\(what); told: \(sink.messages.map(\.status))")
  }
}

/// A desk and the threads that serve it.
final class LivingDesk {
  let desk: AlertDesk
  private let isStopping = Flag()
  private var ended: [DispatchSemaphore] = []

  init(_ desk: AlertDesk) {
    self.desk = desk
    start { [isStopping] in desk.run { isStopping.isSet } }
  }

  func serve(_ receivers: [String]) {
    for receiver in receivers { start { [desk] in desk.serve(receiver) } }
  }

  private func start(_ body: @escaping @Sendable () -> Void) {
    let end = DispatchSemaphore(value: 0)
    ended.append(end)
    Thread.detachNewThread {
      body()
      end.signal()
    }
  }

  /// Ends it as far as that is possible without the end of a process: a call under way goes on.
  func abandon() {
    isStopping.set()
    desk.stop()
    for end in ended { _ = end.wait(timeout: .now() + 0.2) }
  }
}

final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  func set() { value.store(true, ordering: .releasing) }
  var isSet: Bool { value.load(ordering: .acquiring) }
}

final class Sinks: Sendable {
  private let sinks = Mutex<[String: PlayedSink]>([:])

  subscript(name: String) -> PlayedSink {
    sinks.withLock { sinks in
      if let known = sinks[name] { return known }
      let sink = PlayedSink()
      sinks[name] = sink
      return sink
    }
  }
}

/// How long Kafka has not been heard.
final class Unheard: Sendable {
  private let state = Mutex<Int64?>(nil)

  var value: Int64? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}

/// A receiver that does what the test says.
final class PlayedSink: Sink {
  private struct State {
    var messages: [AlertMessage] = []
    var answers: [SinkAnswer] = []
    var isHeld = false
  }

  private let state = Mutex(State())

  /// What it was sent, in the order of the calls.
  var messages: [AlertMessage] { state.withLock { $0.messages } }

  /// The next calls are answered so, all later ones with success.
  func answers(_ answers: [SinkAnswer]) { state.withLock { $0.answers = answers } }

  /// Calls do not come back until `release`.
  func hold() { state.withLock { $0.isHeld = true } }

  func release() { state.withLock { $0.isHeld = false } }

  func send(_ message: AlertMessage) -> SinkAnswer {
    let answer = state.withLock { state in
      state.messages.append(message)
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
    let deadline = Date(timeIntervalSinceNow: 30)
    while state.withLock({ $0.isHeld }), Date() < deadline { usleep(1_000) }
    return answer ?? SinkAnswer(outcome: .accepted, reason: "ok", status: 200)
  }
}
