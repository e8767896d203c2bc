import Detection
import Events
import Kafka

extension Configuration {
  /// Reads a configuration file.
  ///
  /// - Throws: ``ConfigurationError`` for a file that cannot be read, is not YAML, has an unknown key, a
  ///   wrong unit, a value out of range, or contradicts itself.
  public init(file: String) throws(ConfigurationError) {
    try self.init(text: StrictNode.contents(of: file), file: file)
  }

  /// Reads a configuration from its text; `file` names it in errors.
  public init(text: String, file: String) throws(ConfigurationError) {
    self.init()
    var configuration = self
    try StrictNode.read(text, file: file) { try configuration.read($0) }
    self = configuration
  }

  private mutating func read(_ root: StrictNode) throws {
    var kafka = kafka
    var streams = streams
    var deadLetters = deadLetters
    var store = store
    var http = http
    var alerts = alerts
    var log = log
    var streamNodes: [StrictNode] = []
    try root.mapping([
      "kafka": { try Self.read(&kafka, $0) },
      "streams": { node in
        let items = try node.sequence()
        guard !items.isEmpty else { throw node.error("must name at least one stream") }
        // The engine numbers them in a byte.
        guard items.count <= 256 else { throw node.error("names more than 256 streams") }
        streams = try items.map { try StreamSettings($0) }
        // Behind them it numbers those of the cameras' counts.
        guard streams.count + streams.count(where: { $0.rules.cameras?.counts != nil }) <= 256
        else {
          throw node.error("names more than 256 streams, the counts of its cameras included")
        }
        try Self.checkStreams(streams, items)
        streamNodes = items
      },
      "deadLetters": { node in
        try node.mapping([
          "enabled": { deadLetters.isEnabled = try $0.boolean() },
          "suffix": { node in
            deadLetters.suffix = try node.nonEmptyText()
            guard StreamSettings.isTopicName("x" + deadLetters.suffix) else {
              throw node.error(
                "\"\(deadLetters.suffix)\" cannot end a topic's name: a-z, A-Z, 0-9, dot, _ and -")
            }
          },
        ])
      },
      "store": { node in
        try node.mapping([
          "folder": { store.folder = try $0.nonEmptyText() },
          "retention": { node in
            try node.mapping([
              "age": { node in
                store.maxAge = try node.orForever { try $0.duration() }
                // Less would remove history before anybody could look at it.
                guard store.maxAge.map({ $0 >= 60_000 }) ?? true else {
                  throw node.error("must be at least 1m, or forever")
                }
              },
              "size": { node in
                store.maxBytes = try node.orForever { try $0.size() }
                guard store.maxBytes.map({ $0 >= 1 << 20 }) ?? true else {
                  throw node.error("must be at least 1MiB, or forever")
                }
              },
            ])
          },
        ])
      },
      "http": { node in
        try node.mapping([
          "listen": { node in
            let text = try node.text()
            guard let place = ListenAddress(text) else {
              throw node.error("\"\(text)\" is not ADDRESS:PORT, like 127.0.0.1:8080 or [::1]:8080")
            }
            http.address = place.address
            http.port = place.port
          },
          "maxConnections": { http.maxConnections = try $0.integer(in: 8...1_000_000) },
        ])
      },
      "alerts": { try $0.mapping(["file": { alerts.file = try $0.filePath() }]) },
      "log": { try $0.mapping(["level": { log.level = try $0.choice() }]) },
    ])
    if deadLetters.isEnabled { try Self.checkDeadLetters(deadLetters, streams, streamNodes) }
    self.kafka = kafka
    self.streams = streams
    self.deadLetters = deadLetters
    self.store = store
    self.http = http
    self.alerts = alerts
    self.log = log
  }

  private static func read(_ kafka: inout KafkaSettings, _ node: StrictNode) throws {
    var settings = kafka
    try node.mapping([
      "bootstrap.servers": { settings.bootstrapServers = try $0.nonEmptyText() },
      "group": { settings.group = try $0.nonEmptyText() },
      "start": { settings.start = try $0.choice() },
      "properties": { node in
        for (key, name, value) in try node.entries() {
          let text = try value.text()
          try checkProperty(name, text, key)
          settings.properties[name] = text
        }
      },
    ])
    kafka = settings
  }

  /// Asks librdkafka whether it knows a property and takes its value.
  private static func checkProperty(
    _ name: String, _ value: String, _ place: StrictNode
  ) throws {
    let trial = ConsumerConfiguration(
      bootstrapServers: "localhost", groupID: "acalert", topics: ["acalert"],
      properties: [name: value])
    do {
      try trial.validate()
    } catch {
      let hint = error.hint.map { "; \($0)" } ?? ""
      throw place.error("\(name) cannot be set: \(error.message)\(hint)")
    }
  }

  /// A dead-letter topic that is read as well would be fed by itself.
  private static func checkDeadLetters(
    _ settings: DeadLetterSettings, _ streams: [StreamSettings], _ nodes: [StrictNode]
  ) throws {
    let topics = Set(streams.flatMap(\.topics))
    for (stream, node) in zip(streams, nodes) {
      for topic in stream.topics {
        let deadLetterTopic = topic + settings.suffix
        if topics.contains(deadLetterTopic) {
          throw node.error(
            "\"\(deadLetterTopic)\" is read, and is the dead-letter topic of \"\(topic)\"",
            at: "topics")
        }
        guard StreamSettings.isTopicName(deadLetterTopic) else {
          throw node.error(
            "\"\(topic)\" is too long for a dead-letter topic \"\(topic)\(settings.suffix)\"",
            at: "topics")
        }
      }
    }
  }

  private static func checkStreams(_ streams: [StreamSettings], _ nodes: [StrictNode]) throws {
    for (place, stream) in streams.enumerated() {
      if let kind = stream.countsKind, let other = streams.first(where: { $0.rules.kind == kind }) {
        throw nodes[place].error(
          "\"\(kind)\" is the kind of stream \"\(other.name)\"", at: "counts.kind")
      }
      for other in streams[..<place] {
        if other.rules.kind == stream.rules.kind {
          throw nodes[place].error(
            "streams \"\(other.name)\" and \"\(stream.name)\" both have subjects of the kind "
              + "\"\(stream.rules.kind)\": give one stream both topics, or them different kinds",
            at: "kind")
        }
        if let kind = other.countsKind, kind == stream.countsKind {
          throw nodes[place].error(
            "the counts of streams \"\(other.name)\" and \"\(stream.name)\" are both of the kind "
              + "\"\(kind)\"", at: "counts.kind")
        }
        if let topic = stream.topics.first(where: other.topics.contains) {
          throw nodes[place].error(
            "topic \"\(topic)\" belongs to stream \"\(other.name)\" already", at: "topics")
        }
        if other.name == stream.name {
          throw nodes[place].error("two streams are named \"\(stream.name)\"", at: "name")
        }
      }
    }
  }
}

extension StreamSettings {
  /// The kind of the subjects that a camera stream's counts are.
  fileprivate var countsKind: String? { rules.cameras?.counts?.kind }
}

extension StrictNode {
  /// `forever`, or what `read` makes of the value.
  fileprivate func orForever<Value>(_ read: (StrictNode) throws -> Value) throws -> Value? {
    try text() == "forever" ? nil : try read(self)
  }
}
