import ArgumentParser
import Glibc
import Kafka
import simulation

@main
struct SimulatorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulator",
    abstract:
      "Many wearers of accelerometers, or many cameras, sent to Kafka or written to a file.",
    discussion: """
      Each wearer rests, walks and runs, and now and then falls or sends one \
      wild sample. Before each camera people, pets, raccoons and cars come and \
      go, by day and by night, and its detector is right about them or wrong. \
      The ground truth of it can be written to a file. Two runs with the same \
      options and the same --start-time make the same records.

      Send the records of 2,000 wearers, one a second each, an anomaly in 500:
        simulator --brokers localhost:9092 --topic accelerometer \\
          --anomaly-every 500 --truth truth.ndjson

      Write an hour of 50 wearers in the original's format to a file, as fast \
      as it goes:
        simulator --output records.ndjson --users 50 --format original \\
          --max-rate --duration 3600 --start-time 2026-01-01T00:00:00Z

      Two frames a second of each of 200 cameras, and what really happened:
        simulator --stream camera --brokers localhost:9092 --users 100 \\
          --cameras 2 --truth truth.ndjson

      Try how a service takes a bad stream:
        simulator --brokers localhost:9092 --topic accelerometer \\
          --late 0.01 --late-by 30000 --out-of-order 0.02 \\
          --duplicates 0.01 --malformed 0.001

      Recordings of devices that get stuck now and then, and when they were, \
      for acalert backtest:
        simulator --stream faults --fault stuck --output stuck

      A cluster that asks who you are:
        simulator --brokers kafka:9093 --property security.protocol=SASL_SSL \\
          --property sasl.mechanism=PLAIN --property sasl.username=me …

      Exit code: 0 when every record sent has been acknowledged, 1 when any \
      failed, 64 for wrong options. Ctrl-C ends the run after what was sent \
      has been acknowledged; a second one ends it at once.
      """)

  @Option(help: "Kafka's bootstrap servers: host:port, several separated by commas.")
  var brokers: String?
  @Option(help: "accelerometer, camera, or faults: recordings of devices that fail.")
  var stream = StreamKind.accelerometer
  @Option(help: "The topic to send to. It must exist; default accelerometer or camera-events.")
  var topic: String?
  @Option(
    help:
      "Write the records to this file instead, one a line; - for standard output. Of faults: a folder."
  )
  var output: String?
  @Option(
    help: "How many wearers, or owners of cameras; default 2000, of cameras 100, of faults 12.")
  var users: Int?
  @Option(help: "Records a second of each wearer (default 1), frames of each camera (default 2).")
  var rate: Double?
  @Option(help: "Wearers: original, axes (default) or burst. Cameras: acalert (default), frigate.")
  var format: String?
  @Option(help: "End after so many seconds (of event time).")
  var duration: Double?
  @Option(help: "End after so many records.")
  var count: Int?
  @OptionGroup(title: "Wearers")
  var wearers: WearerOptions
  @OptionGroup(title: "Cameras")
  var cameraOptions: CameraOptions
  @OptionGroup(title: "Faults")
  var faultOptions: FaultOptions
  @Option(help: "Share of records that arrive late.")
  var late = 0.0
  @Option(help: "How many milliseconds late they are.")
  var lateBy: Int64 = 60_000
  @Option(help: "Share of records that arrive after the wearer's next one.")
  var outOfOrder = 0.0
  @Option(help: "Share of records that are sent twice.")
  var duplicates = 0.0
  @Option(help: "Share of records in whose place something unusable is sent.")
  var malformed = 0.0
  @Option(help: "The seed of all that is random.")
  var seed: UInt64 = 1
  @Option(
    help: "Event time of the first record: Unix milliseconds or 2026-01-01T00:00:00Z; default now.")
  var startTime: String?
  @Flag(help: "As fast as possible. Event time then runs by the schedule, not by the clock.")
  var maxRate = false
  @Option(help: "Write the ground truth to this file, one JSON object a line.")
  var truth: String?
  @Option(help: "Any property of librdkafka, as name=value. May be repeated.")
  var property: [String] = []
  @Flag(help: "No progress line.")
  var quiet = false

  mutating func validate() throws {
    guard (brokers == nil) != (output == nil) else {
      throw ValidationError("say where the records go: either --brokers or --output")
    }
    do {
      if stream == .faults { try faults().validate() } else { try population().validate() }
    } catch let error as SimulationError {
      throw ValidationError("\(error)")
    }
    _ = try properties()
  }

  private func start() throws -> Int64? {
    guard let startTime else { return nil }
    guard let parsed = PopulationConfiguration.startTime(parsing: startTime) else {
      throw ValidationError("the start time \(startTime) is neither milliseconds nor RFC 3339 UTC")
    }
    return parsed
  }

  /// What the recordings are of. They are always made as fast as it goes, and always the same.
  private func faults() throws -> FaultConfiguration {
    try wearers.refuse()
    try cameraOptions.refuse()
    guard let output, output != "-" else {
      throw ValidationError("--stream faults writes to a folder: --output FOLDER")
    }
    guard let kind = faultOptions.fault else {
      throw ValidationError("--stream faults needs --fault")
    }
    guard topic == nil, rate == nil, format == nil, count == nil, truth == nil, late == 0,
      outOfOrder == 0, duplicates == 0, malformed == 0
    else {
      throw ValidationError(
        "--stream faults takes --fault, --output, --users, --duration, --seed and --start-time")
    }
    var faults = FaultConfiguration(kind)
    faults.users = users ?? faults.users
    if let duration {
      guard (0...1e9).contains(duration) else {
        throw ValidationError("--duration is a number of seconds")
      }
      faults.duration = Int64(duration * 1_000)
    }
    faults.startTime = try start() ?? faults.startTime
    faults.seed = seed
    return faults
  }

  private func population() throws -> any StreamConfiguration {
    let start = try start() ?? Self.now()
    try faultOptions.refuse()
    var disturbances = Disturbances()
    disturbances.late = late
    disturbances.lateBy = lateBy
    disturbances.outOfOrder = outOfOrder
    disturbances.duplicates = duplicates
    disturbances.malformed = malformed
    switch stream {
    case .accelerometer:
      try cameraOptions.refuse()
      var population = PopulationConfiguration(startTime: start)
      population.users = users ?? population.users
      population.rate = rate ?? population.rate
      population.format = try format.map(parse) ?? population.format
      wearers.apply(to: &population)
      population.disturbances = disturbances
      population.seed = seed
      return population
    case .faults:
      throw ValidationError("recordings with faults are no stream")
    case .camera:
      try wearers.refuse()
      var population = CameraPopulationConfiguration(startTime: start)
      population.users = users ?? population.users
      population.rate = rate ?? population.rate
      population.format = try format.map(parse) ?? population.format
      cameraOptions.apply(to: &population)
      population.disturbances = disturbances
      population.seed = seed
      return population
    }
  }

  private func parse<Format: RawRepresentable<String> & CaseIterable>(
    _ format: String
  ) throws -> Format {
    guard let parsed = Format(rawValue: format) else {
      let known = Format.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--format of this stream is one of: \(known)")
    }
    return parsed
  }

  private func properties() throws -> [String: String] {
    var result: [String: String] = [:]
    for text in property {
      guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
        throw ValidationError("--property \(text) is not of the form name=value")
      }
      result[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return result
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  mutating func run() throws {
    if stream == .faults { return try writeFaults() }
    var configuration = SimulationConfiguration(try population())
    configuration.count = count
    configuration.durationMilliseconds = duration.map { Int64($0 * 1_000) }
    configuration.isPaced = !maxRate
    let truthFile = try truth.map { try LineFile(path: $0) }
    let outputFile = try output.map { $0 == "-" ? nil : try LineFile(path: $0) } ?? nil
    let sink: SimulationSink =
      if output != nil {
        .file(descriptor: outputFile?.descriptor ?? STDOUT_FILENO)
      } else {
        .kafka(
          ProducerConfiguration(
            bootstrapServers: brokers ?? "", clientID: "simulator", properties: try properties()),
          topic: topic ?? stream.topic)
      }
    let progress = Progress(isQuiet: quiet)
    var record: (@Sendable (Truth) -> Void)?
    if let truthFile { record = { truthFile.write($0.json) } }
    let simulation = try Simulation(
      configuration, sink: sink,
      truth: record,
      failed: { error, suppressed in
        progress.message(suppressed == 0 ? "\(error)" : "\(error) (and \(suppressed) more)")
      })
    // A closed pipe is an error of write, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    StopSignal.install()
    simulation.start()
    while !simulation.isFinished {
      if StopSignal.isRaised {
        simulation.stop(timeoutMilliseconds: 10_000)
        break
      }
      progress.show(simulation.counters)
      usleep(50_000)
    }
    simulation.wait()
    let counters = simulation.counters
    progress.finish(counters)
    truthFile?.close()
    outputFile?.close()
    if let error = simulation.error {
      progress.message("\(error)")
      throw ExitCode.failure
    }
    if counters.failed > 0 || counters.acknowledged != counters.sent { throw ExitCode.failure }
  }

  private func writeFaults() throws {
    StopSignal.install()
    let (readings, faults) = try FaultFiles.write(try self.faults(), to: output ?? "")
    if !quiet { Progress(isQuiet: false).message("\(readings) readings, \(faults) faults") }
    if StopSignal.isRaised { throw ExitCode.failure }
  }
}
