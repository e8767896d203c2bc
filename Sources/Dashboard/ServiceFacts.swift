import Detection
import Events

/// What the routes show of the service and cannot find in the store.
///
/// The closures are called on the server's worker threads, several at a time.
public struct ServiceFacts: Sendable {
  /// The streams in use now, by whose rules traces are drawn.
  public var streams: @Sendable () -> [StreamRules]
  /// What `/api/v1/service` shows.
  public var service: @Sendable () -> ServiceState
  /// What must hold for the service to be of use; shown by `/readyz`.
  public var readiness: @Sendable () -> [ReadinessCheck]
  /// All metrics in Prometheus' text format 0.0.4.
  public var metrics: @Sendable () -> String
  /// The samples that the engine holds of a subject, ascending by time; `nil` if it holds none.
  public var liveSamples: @Sendable (SubjectIdentity) -> [PackedSamples.Element]?
  /// Takes a line about a request that failed through no fault of the client's.
  public var report: @Sendable (String) -> Void

  public init(
    streams: @escaping @Sendable () -> [StreamRules],
    service: @escaping @Sendable () -> ServiceState = { ServiceState() },
    readiness: @escaping @Sendable () -> [ReadinessCheck] = { [] },
    metrics: @escaping @Sendable () -> String = { "" },
    liveSamples: @escaping @Sendable (SubjectIdentity) -> [PackedSamples.Element]? = { _ in nil },
    report: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.streams = streams
    self.service = service
    self.readiness = readiness
    self.metrics = metrics
    self.liveSamples = liveSamples
    self.report = report
  }
}

/// The service's figures. Counters count from its start.
public struct ServiceState: Sendable {
  /// A stream in use.
  public struct Stream: Sendable {
    public var name: String
    public var kind: String
    public var unit: String
    /// The z-score's threshold.
    public var k: Double
    /// The length of the window that samples are judged by.
    public var windowMilliseconds: Int64

    public init(name: String, kind: String, unit: String, k: Double, windowMilliseconds: Int64) {
      self.name = name
      self.kind = kind
      self.unit = unit
      self.k = k
      self.windowMilliseconds = windowMilliseconds
    }
  }

  public var version = ""
  /// When the service started, in milliseconds since 1970.
  public var started: Int64 = 0
  /// Records consumed, valid or not, and how many there were in the last second or so.
  public var records = 0
  public var recordsPerSecond = 0.0
  /// Samples judged.
  public var samples = 0
  /// Records that wait in Kafka; `nil` while unknown.
  public var lag: Int?
  /// Records that could not be used, that were gone before they could be read, and samples that came
  /// too late.
  public var invalid = 0
  public var lost = 0
  public var late = 0
  /// Open event streams; filled in from the feed where it is 0.
  public var watchers = 0
  public var streams: [Stream] = []

  public init() {}
}

/// One of the things that must hold for the service to be ready.
public struct ReadinessCheck: Sendable {
  public var name: String
  public var isReady: Bool
  /// What is amiss, for people; not shown while ready.
  public var detail: String

  public init(name: String, isReady: Bool, detail: String = "") {
    self.name = name
    self.isReady = isReady
    self.detail = detail
  }
}
