import Detection
import Events

/// All that can be set. The defaults are those of a service beside its broker on one machine; each
/// setting is described in docs/CONFIGURATION.md.
public struct Configuration: Equatable, Sendable {
  public var kafka = KafkaSettings()
  public var streams: [StreamSettings] = [StreamSettings()]
  public var deadLetters = DeadLetterSettings()
  public var store = StoreSettings()
  public var http = HTTPSettings()
  public var alerts = AlertsReference()
  public var log = LogSettings()

  public init() {}
}

public struct KafkaSettings: Equatable, Sendable {
  /// `host:port`, several separated by commas.
  public var bootstrapServers = "localhost:9092"
  /// The consumer group.
  public var group = "acalert"
  /// Where a partition is begun of which neither the database nor the group knows an offset.
  public var start = Start.beginning
  /// Any other property of librdkafka, e.g. for SASL and TLS.
  public var properties: [String: String] = [:]
  /// Reading is paused when a batch holds so many records and the database still has no room for it.
  /// Bounds memory; not in the file, because no cluster needs another number.
  public var maxBatchRecords = 400_000
  /// The broker lives in this process and begins empty each time; only `acalert demo` sets this.
  public var isEmbedded = false

  public enum Start: String, Equatable, Sendable, CaseIterable { case beginning, end }

  public init() {}
}

/// One stream: topics whose records look alike and are judged alike.
public struct StreamSettings: Equatable, Sendable {
  public var name = "accelerometer"
  public var topics = ["accelerometer"]
  public var format = RecordFormat.standard
  public var rules = StreamRules.standard
  /// Where the models of `rules.falls` come from, and those of each of `rules.overrides`.
  public var models = FallModelSources()
  public var overrideModels: [FallModelSources] = []
  /// Set for a stream of camera frames: then `format` is not used, and `rules.cameras` is set too.
  public var camera: CameraSettings?

  public init() {}

  /// A stream of camera frames with the defaults of one.
  public init(cameras: CameraSettings) {
    name = "cameras"
    topics = ["camera-events"]
    rules = .camera
    camera = cameras
  }
}

/// How the frames of a camera stream are read, and where its threat rules are.
public struct CameraSettings: Equatable, Sendable {
  public var format = CameraFormat()
  /// The rules file, as it is opened: a path in the configuration is seen from the configuration's
  /// folder. `RuleSet.standard` holds if absent.
  public var rulesFile: String?

  public init() {}
}

public struct DeadLetterSettings: Equatable, Sendable {
  /// Whether invalid records go to a topic of their own, besides the table `invalid_records`.
  public var isEnabled = true
  /// What is put behind a topic's name to name its dead-letter topic.
  public var suffix = ".dlq"

  public init() {}
}

public struct StoreSettings: Equatable, Sendable {
  /// The folder of the database `acalert.db`.
  public var folder = "data"
  /// History older than this is removed; never, if absent. Milliseconds.
  public var maxAge: Int64? = 7 * 86_400_000
  /// The database's largest size, beyond which the oldest history is removed; any, if absent. Bytes.
  public var maxBytes: Int64? = 10 << 30

  public init() {}
}

public struct HTTPSettings: Equatable, Sendable {
  public var address = "127.0.0.1"
  /// 0 for any free port.
  public var port = 8080
  public var maxConnections = 12_000

  public init() {}
}

/// Where it is said who is told of alerts.
public struct AlertsReference: Equatable, Sendable {
  /// The file, as it is opened: a path in the configuration is seen from the configuration's folder.
  /// Alerts are recorded and nobody is told, if absent.
  public var file: String?

  public init() {}
}

public struct LogSettings: Equatable, Sendable {
  public var level = Level.info

  public enum Level: String, Equatable, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error, critical
  }

  public init() {}
}
