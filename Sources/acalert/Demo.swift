import AcalertService
import Foundation
import Kafka
import simulation

/// An embedded broker, the service and the simulator, joined.
struct Demo {
  static let topic = "accelerometer"
  /// With a few mebibytes kept in each, the records of several seconds: enough for any pause.
  private static let partitions = 8

  let service: Service
  private let broker: EmbeddedBroker
  private let simulation: Simulation

  init(population: PopulationConfiguration, http: HTTPSettings, folder: String) throws {
    let broker = try EmbeddedBroker()
    try broker.createTopic(Self.topic, partitions: Self.partitions)
    try broker.createTopic(Self.topic + DeadLetterSettings().suffix, partitions: 1)
    var settings = Configuration()
    settings.kafka.bootstrapServers = broker.bootstrapServers
    settings.kafka.properties = EmbeddedBroker.consumerProperties
    settings.kafka.isEmbedded = true
    settings.http = http
    settings.store.folder = folder
    let simulation = try Simulation(
      SimulationConfiguration(population),
      sink: .kafka(
        ProducerConfiguration(bootstrapServers: broker.bootstrapServers), topic: Self.topic))
    let service = Service(settings)
    try service.start()
    simulation.start()
    self.broker = broker
    self.simulation = simulation
    self.service = service
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
      "\(Int(state.recordsPerSecond)) records/s", "\(all) wearers", "\(danger) in danger",
      "lag \(state.lag.map(String.init) ?? "–")",
    ]
    if state.lost > 0 { parts.append("LOST \(state.lost)") }
    let failed = simulation.counters.failed
    if failed > 0 { parts.append("\(failed) not sent") }
    return parts.joined(separator: " · ")
  }

  func stop() {
    simulation.stop(timeoutMilliseconds: 300)
    service.stop()
    broker.close()
  }
}
