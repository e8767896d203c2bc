import AcalertService
import ArgumentParser
import Foundation
import Kafka
import Logging

/// The service as it is shipped, in a process of its own, for benchmarks that watch it from outside.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "The service, for other commands of this program.",
    shouldDisplay: false)

  @Option(help: "The broker's address.")
  var brokers: String

  @Option(help: "The database's folder.")
  var folder: String

  /// Said once, when the service has started.
  struct Started: Codable {
    var url: String
    /// How long it took, from the call to its return, in seconds.
    var seconds: Double
    /// Processor time of the process so far.
    var cpu: Double
    var peakBytes: Int
  }

  /// The answer to every line.
  struct Answer: Codable {
    var records: Int
    var commits: Int
    var rows: Int
    var lost: Int
    var pauses: Int
    var lag: Int?
    var isReading: Bool
    var failure: String?
  }

  func run() throws {
    LoggingSystem.bootstrap { QuietLog(speaks: $0 == "acalert") }
    var settings = Configuration()
    settings.kafka.bootstrapServers = brokers
    settings.kafka.group = "serve-\(getpid())"
    settings.kafka.properties = EmbeddedBroker.consumerProperties
    settings.streams[0].topics = [Workload.topic]
    settings.store.folder = folder
    settings.http.port = 0
    let service = Service(settings)
    let begin = Meter.now
    try service.start()
    try ChildProcess.reply(
      Started(
        url: service.url, seconds: Meter.now - begin, cpu: Meter.cpu, peakBytes: Meter.peakBytes))
    while readLine() != nil {
      let counters = service.counters
      try ChildProcess.reply(
        Answer(
          records: counters.records.current, commits: counters.commits.current,
          rows: counters.rows.current, lost: counters.lostRecords.current,
          pauses: counters.pauses.current, lag: service.state.lag, isReading: service.isReading,
          failure: service.failure.map { "\($0)" }))
    }
    service.stop()
  }

  /// The service's warnings; librdkafka's, of what the mock cannot do, are not shown.
  private struct QuietLog: LogHandler {
    let speaks: Bool
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]

    init(speaks: Bool) { self.speaks = speaks }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      guard speaks else { return }
      FileHandle.standardError.write(Data("\(event.level): \(event.message)\n".utf8))
    }
  }
}

/// The same, seen from its parent.
final class ServedService {
  private let child: ChildProcess
  let started: ServeCommand.Started
  /// From the start of the process to its word that it has started, in seconds.
  let secondsFromLaunch: Double

  init(brokers: String, folder: String) throws {
    let begin = Meter.now
    child = try ChildProcess(["serve", "--brokers", brokers, "--folder", folder])
    started = try child.answer()
    secondsFromLaunch = Meter.now - begin
  }

  var meter: ProcessMeter { child.meter }

  /// What it has done so far.
  func figures() throws -> ServeCommand.Answer {
    let answer: ServeCommand.Answer = try child.ask("figures")
    if let failure = answer.failure { throw BenchmarkError("the service failed: \(failure)") }
    return answer
  }

  /// Waits until a condition holds; looks every ten milliseconds.
  @discardableResult
  func wait(
    seconds: Double, for what: String, _ condition: (ServeCommand.Answer) -> Bool
  ) throws -> ServeCommand.Answer {
    let deadline = Meter.now + seconds
    while true {
      let answer = try figures()
      if condition(answer) { return answer }
      guard Meter.now < deadline else {
        throw BenchmarkError("after \(Int(seconds)) s there is still no \(what): \(answer)")
      }
      usleep(10_000)
    }
  }

  func stop() { child.stop() }
}
