import Detection
import Events

/// One row of the status table as a reader sees it.
public struct StatusRecord: Equatable, Sendable {
  /// The subject's number in the database.
  public var subjectID: Int64
  public var identity: SubjectIdentity
  public var state: SafetyState
  /// The state before the last transition.
  public var previousState: SafetyState
  /// When the state was entered; this and the other times are milliseconds since 1970.
  public var since: Int64
  /// The newest sample's time.
  public var lastSeen: Int64
  /// When the newest record reached Kafka.
  public var lastArrival: Int64
  /// See ``StatusRow``.
  public var value: Double?
  public var mean: Double?
  public var std: Double?
  public var score: Double?
  /// The unit of `value`, `mean` and `std`; empty if the configuration named none.
  public var unit: String
  /// Why the subject is in this state, in words.
  public var reason: String
  /// The number of the row's last change.
  public var revision: Int64
  /// The number of the row's last change of state: a watcher of transitions who has seen revision R
  /// lacks this row if `stateRevision > R`.
  public var stateRevision: Int64
  /// The record that caused the last change of state; absent if silence caused it.
  public var cause: RecordPlace?
  /// The configuration by which the last change of state was judged.
  public var configVersion: String?
  /// See ``StatusRow``.
  public var location: GeoLocation?
  public var timeZone = ""
  public var site = ""

  /// The row's place among those of the same state, as the column of that name has it.
  var stateOrder: Int64 {
    switch state {
    case .danger, .warning, .stale: since
    case .unknown, .safe: subjectID
    }
  }
}

/// The place of a record in Kafka, by name.
public struct RecordPlace: Equatable, Hashable, Sendable {
  public var topic: String
  public var partition: Int32
  public var offset: Int64

  public init(topic: String, partition: Int32, offset: Int64) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
  }
}

/// Numbers of subjects by state.
public struct StateCounts: Equatable, Sendable {
  private var counts = [Int](repeating: 0, count: SafetyState.allCases.count)

  public init() {}

  public subscript(state: SafetyState) -> Int {
    get { counts[Int(state.rawValue)] }
    set { counts[Int(state.rawValue)] = newValue }
  }

  /// All subjects.
  public var total: Int { counts.reduce(0, +) }
}
