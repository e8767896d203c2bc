import AcalertService
import Foundation
import Kafka
import simulation

/// An embedded broker, the service and the simulator, joined.
struct Demo {
  static let topic = "accelerometer"
  static let cameraTopic = "camera-events"
  /// So many samples a second leave a partition of the embedded broker, which keeps some five mebibytes,
  /// about ten seconds to be read.
  private static let samplesPerPartition = 50_000.0

  let service: Service
  private let broker: EmbeddedBroker
  private let simulations: [Simulation]

  /// - Parameters:
  ///   - cameras: what the cameras see; none, if absent.
  ///   - alerts: the file that says who is told of alerts; nobody, if absent.
  init(
    population: PopulationConfiguration, cameras: CameraPopulationConfiguration?,
    http: HTTPSettings, folder: String, alerts: String?
  ) throws {
    let broker = try EmbeddedBroker()
    // A record has at least the weight of a few samples.
    let load = Double(population.users) * max(population.hertz, 10 * population.rate)
    try broker.createTopic(
      Self.topic, partitions: Int((load / Self.samplesPerPartition).rounded(.up)))
    try broker.createTopic(Self.cameraTopic, partitions: 2)
    for topic in [Self.topic, Self.cameraTopic] {
      try broker.createTopic(topic + DeadLetterSettings().suffix, partitions: 1)
    }
    var settings = Configuration()
    settings.kafka.bootstrapServers = broker.bootstrapServers
    settings.kafka.properties = EmbeddedBroker.consumerProperties
    settings.kafka.isEmbedded = true
    // Two seconds of a wearer's motion are the least to judge by: less than a step says nothing.
    settings.streams[0].rules.zscore.minSamples = max(
      settings.streams[0].rules.zscore.minSamples, Int(population.hertz * 2))
    if cameras != nil { settings.streams.append(StreamSettings(cameras: CameraSettings())) }
    settings.http = http
    settings.store.folder = folder
    settings.alerts.file = alerts
    let producer = ProducerConfiguration(
      bootstrapServers: broker.bootstrapServers, properties: ["compression.type": "zstd"])
    // The embedded broker takes three seconds to let the service in; nobody is to look as late as that.
    func simulation(_ source: any StreamConfiguration, _ topic: String) throws -> Simulation {
      var configuration = SimulationConfiguration(source)
      configuration.beginsNow = true
      return try Simulation(configuration, sink: .kafka(producer, topic: topic))
    }
    var simulations = [try simulation(population, Self.topic)]
    if let cameras { simulations.append(try simulation(cameras, Self.cameraTopic)) }
    let service = Service(settings)
    try service.start()
    self.broker = broker
    self.simulations = simulations
    self.service = service
  }

  /// Lets wearers and cameras begin once the service reads; true from then on.
  func beginIfReady() -> Bool {
    guard service.isReading else { return false }
    for simulation in simulations { simulation.start() }
    return true
  }

  var brokers: String { broker.bootstrapServers }

  /// The demo in one line.
  func progress(since begin: Date) -> String {
    let state = service.state
    let subjects = service.subjectsByState
    let all = Int(subjects.values.reduce(0, +))
    let danger = Int(subjects["danger"] ?? 0)
    let seconds = Int(Date().timeIntervalSince(begin))
    var parts = [
      String(format: "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60),
      "\(Int(state.recordsPerSecond)) records/s", "\(all) subjects", "\(danger) in danger",
      "lag \(state.lag.map(String.init) ?? "–")",
    ]
    if state.lost > 0 { parts.append("LOST \(state.lost)") }
    let failed = simulations.reduce(0) { $0 + $1.counters.failed }
    if failed > 0 { parts.append("\(failed) not sent") }
    return parts.joined(separator: " · ")
  }

  func stop() {
    for simulation in simulations { simulation.requestStop() }
    for simulation in simulations { simulation.stop(timeoutMilliseconds: 300) }
    service.stop()
    broker.close()
  }
}
