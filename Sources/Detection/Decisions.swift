import Events

/// All that one batch of records led to: what the store writes in one transaction, and what browsers
/// are told once that transaction has been committed.
///
/// Subjects are named by the dense index that the engine gave them; `subjects` introduces each index
/// before its first use. Times are event times in milliseconds since 1970 unless said otherwise;
/// values are in the stream's unit.
public struct Decisions: Sendable {
  /// Subjects seen for the first time by this engine.
  public var subjects: [NewSubject] = []
  /// The newest row of each subject whose row is to be written; no subject twice.
  public var rows: [StatusRow] = []
  /// Samples flagged on arrival.
  public var anomalies: [Anomaly] = []
  /// Tumbling windows that closed.
  public var windows: [WindowAggregate] = []
  /// The packed samples of `windows`, one after the other (see ``PackedSamples``).
  public var packedSamples: [UInt8] = []
  /// Samples that came later than the allowed lateness.
  public var lateSamples: [LateSample] = []
  /// Records that could not be used.
  public var invalidRecords: [InvalidRecordRow] = []
  /// Offsets that retention, or a topic created anew, took before they could be read.
  public var lostRanges: [LostRange] = []
  /// Threat rules that fired.
  public var threats: [Threat] = []
  /// Cameras that do not do their work.
  public var equipmentFaults: [EquipmentFault] = []
  /// Peaks that were looked at as possible falls.
  public var fallCandidates: [FallCandidate] = []
  /// Detectors' states to be kept for a restart; no subject twice.
  public var detectorStates: [DetectorState] = []
  /// What the detectors said of each sample, if the engine was asked for it.
  public var scores: [SampleScore] = []
  /// What began to be amiss with subjects, and what is over: the source of alerts.
  public var causes: [CauseChange] = []
  /// Detections that no rule matched; no hour and class twice.
  public var unmatched: [UnmatchedDetections] = []
  /// By what this batch and all after it were judged, if that is new.
  public var judgement: JudgementVersion?
  /// How far each partition has been processed; no partition twice.
  public var progress: [PartitionProgress] = []
  /// Records consumed, valid or not, and samples judged.
  public var recordCount = 0
  public var sampleCount = 0
  /// Frames of cameras taken, and those of them in which nothing could be seen.
  public var frameCount = 0
  public var voidFrameCount = 0
  /// Samples that left a full ring before their time (`WindowRules.maxSamples`).
  public var evictedCount = 0

  public init() {}

  /// The memory that it takes, about: that of what there may be very many of.
  public var bytes: Int {
    subjects.count * (MemoryLayout<NewSubject>.stride + 64)
      + rows.count * MemoryLayout<StatusRow>.stride
      + windows.count * MemoryLayout<WindowAggregate>.stride + packedSamples.count
      + anomalies.count * MemoryLayout<Anomaly>.stride
      + causes.count * MemoryLayout<CauseChange>.stride
  }

  /// Empties it for another batch. The arrays that grow large keep their memory: what comes fresh from the
  /// system is cleared page by page first. But not one of which little was used.
  public mutating func empty() {
    var emptied = Decisions()
    swap(&emptied.rows, &rows)
    swap(&emptied.windows, &windows)
    swap(&emptied.packedSamples, &packedSamples)
    Self.empty(&emptied.rows)
    Self.empty(&emptied.windows)
    Self.empty(&emptied.packedSamples)
    self = emptied
  }

  private static func empty<Element>(_ array: inout [Element]) {
    array.removeAll(keepingCapacity: array.capacity <= 4 * array.count)
  }
}

/// Introduces a subject's index.
public struct NewSubject: Sendable {
  public var index: UInt32
  public var identity: SubjectIdentity

  public init(index: UInt32, identity: SubjectIdentity) {
    self.index = index
    self.identity = identity
  }
}
