import Detection
import Events
import Glibc
import Store

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
  /// Reads the rules files again and, if all of them are good, puts them to use.
  public var reloadRules: @Sendable () -> RulesReload
  /// The threat rules in use, a summary for each stream of cameras.
  public var rules: @Sendable () -> [RulesSummary]
  /// The offsets of a zone of the IANA database by its name; `nil` if there is none. Names come from
  /// requests, of at most 64 ASCII letters, digits and `_ + - /`; no part of one is empty or begins
  /// with `-`.
  public var timeZone: @Sendable (String) -> ZoneOffsets?
  /// Writes what an operator says of the threat with this id; `false` if there is none.
  public var setVerdict: @Sendable (Verdict, Int64) throws -> Bool
  /// What the service does about alerts.
  public var alerts: AlertFacts
  /// Now, in milliseconds since 1970.
  public var now: @Sendable () -> Int64

  public init(
    streams: @escaping @Sendable () -> [StreamRules],
    service: @escaping @Sendable () -> ServiceState = { ServiceState() },
    readiness: @escaping @Sendable () -> [ReadinessCheck] = { [] },
    metrics: @escaping @Sendable () -> String = { "" },
    liveSamples: @escaping @Sendable (SubjectIdentity) -> [PackedSamples.Element]? = { _ in nil },
    report: @escaping @Sendable (String) -> Void = { _ in },
    reloadRules: @escaping @Sendable () -> RulesReload = {
      .failure(message: "This service has no rules files.")
    },
    rules: @escaping @Sendable () -> [RulesSummary] = { [] },
    timeZone: @escaping @Sendable (String) -> ZoneOffsets? = { $0 == "UTC" ? .utc : nil },
    setVerdict: @escaping @Sendable (Verdict, Int64) throws -> Bool = { _, _ in
      throw StoreError(
        code: .misuse, message: "this service was made without a writer",
        attempted: "write a verdict")
    },
    alerts: AlertFacts = AlertFacts(),
    now: @escaping @Sendable () -> Int64 = ServiceFacts.systemTime
  ) {
    self.streams = streams
    self.service = service
    self.readiness = readiness
    self.metrics = metrics
    self.liveSamples = liveSamples
    self.report = report
    self.reloadRules = reloadRules
    self.rules = rules
    self.timeZone = timeZone
    self.setVerdict = setVerdict
    self.alerts = alerts
    self.now = now
  }

  /// The system's clock, in milliseconds since 1970.
  @Sendable public static func systemTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// The service's figures. Counters count from its start.
public struct ServiceState: Sendable {
  /// A stream in use.
  public struct Stream: Sendable {
    /// What a stream's records are.
    public enum Kind: String, Sendable {
      /// Measured values, judged against their own past.
      case samples
      /// What object detectors saw, judged by threat rules.
      case camera
    }

    public var name: String
    public var type: Kind
    public var kind: String
    public var unit: String
    /// The z-score's threshold.
    public var k: Double
    /// The length of the window that samples are judged by.
    public var windowMilliseconds: Int64

    public init(
      name: String, type: Kind = .samples, kind: String, unit: String, k: Double,
      windowMilliseconds: Int64
    ) {
      self.name = name
      self.type = type
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
  /// For so many seconds Kafka has not answered for all of the partitions; `nil` while the group has given
  /// it none.
  public var unheardSeconds: Int?
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
