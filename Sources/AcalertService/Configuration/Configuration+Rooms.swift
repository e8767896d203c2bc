import Detection
import Foundation
import HTTPServer
import Kafka

/// What the settings mean to the rooms below.
extension Configuration {
  /// - Parameter instance: the name of the database, by which the group knows this member again.
  func consumerConfiguration(
    instance: String?, log: KafkaLogHandler?
  ) -> ConsumerConfiguration {
    ConsumerConfiguration(
      bootstrapServers: kafka.bootstrapServers, groupID: kafka.group,
      topics: streams.flatMap(\.topics), instanceID: instance.map { "acalert-\($0)" },
      reportsPartitionEnd: true, properties: kafka.properties, log: log)
  }

  /// Checks the properties that are passed through to librdkafka.
  ///
  /// - Throws: an error that names the property and says what is wrong with it.
  public func checkKafkaProperties() throws {
    try consumerConfiguration(instance: nil, log: nil).validate()
  }

  /// What the configuration means, in a few lines; without secrets.
  ///
  /// - Parameter rules: the rules of its camera streams; as in the files, not read anew here.
  public func summary(_ rules: RulesFiles) -> String {
    var lines = [
      "Kafka: \(kafka.bootstrapServers), group \(kafka.group), "
        + "\(kafka.properties.count) further properties"
    ]
    let sets = Dictionary(uniqueKeysWithValues: rules.sets.map { ($0.stream, $0.rules) })
    for (place, stream) in streams.enumerated() {
      let rules = stream.rules
      if let camera = stream.camera {
        lines += Self.lines(stream, camera, sets[place] ?? .standard)
        continue
      }
      lines += rules.summary(named: stream.name, topics: stream.topics)
    }
    lines.append(
      deadLetters.isEnabled
        ? "invalid records: to TOPIC\(deadLetters.suffix) and the table invalid_records"
        : "invalid records: to the table invalid_records only")
    lines.append("database: \(store.folder)/acalert.db")
    lines.append("dashboard: http://\(http.hostText):\(http.port)")
    lines.append("judgement version: \(rules.judgement.version)")
    return lines.joined(separator: "\n")
  }

  private static func lines(
    _ stream: StreamSettings, _ camera: CameraSettings, _ set: RuleSet
  ) -> [String] {
    let rules = stream.rules
    var lines = [
      "stream \(stream.name): \(rules.kind)s from \(stream.topics.joined(separator: ", ")), written as "
        + "\(camera.format.shape.rawValue); \(set.rules.count.counted("rule")) from "
        + "\(camera.rulesFile ?? "the service itself"), called off after "
        + "\(StrictNode.text(rules.status.clearAfter)), silent after \(StrictNode.text(rules.status.staleAfter))"
    ]
    lines += set.summary.split(separator: "\n").map { "  \($0)" }
    if let counts = rules.cameras?.counts {
      lines.append(
        "  counts: \(counts.classes.isEmpty ? "every class" : counts.classes.joined(separator: ", ")) "
          + "per \(StrictNode.text(counts.bucket)), as \(counts.kind)s; window "
          + "\(StrictNode.text(counts.window.length)), flagged beyond \(counts.zscore.k) standard deviations"
      )
    }
    return lines
  }
}

extension HTTPSettings {
  var server: HTTPServer.Configuration {
    var configuration = HTTPServer.Configuration()
    configuration.address = address
    configuration.port = UInt16(clamping: port)
    configuration.maxConnections = maxConnections
    return configuration
  }

  var isLoopback: Bool {
    address == "localhost" || address == "::1" || address.hasPrefix("127.")
  }

  var hostText: String { address.contains(":") ? "[\(address)]" : address }
}
