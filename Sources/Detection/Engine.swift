import Events

/// Judges samples: the whole of Acalert's judgement, without a clock, a file or a socket.
///
/// One thread owns an engine and feeds it records in the order in which they lie in their partitions;
/// what they led to comes out of ``takeDecisions(sweep:reusing:)``. The outcome is a function of that order
/// alone: fed the same records again, an engine comes to the same decisions, to the bit.
///
/// Life cycle: make it with the streams' rules; ``restore(_:row:)`` the rows of an earlier run;
/// ``assign(_:rewind:next:)`` partitions as they come; for each record ``admit(_:arrival:)``, then
/// ``ingest(stream:user:device:samples:axes:origin:arrival:)`` or ``reject(_:)``; after each batch
/// ``takeDecisions(sweep:reusing:)``. ``revoke(_:)`` a partition that goes to another member of the group.
public struct Engine: ~Copyable {
  /// The rules of the streams, then those of the overrides.
  var rules: [StreamRules]
  let hot: UnsafeMutablePointer<HotRules>
  /// What is said of a subject that has fallen silent, by stream: one text for all of them.
  let silenceWords: [String]
  var subjects = SubjectTable()
  var interner = SubjectInterner()
  /// The rings' blocks, by `RingFormat`.
  var narrowSlab = RingSlab<UInt32>()
  var wideSlab = RingSlab<RingSample>()
  var motionSlab = RingSlab<MotionCell>()
  var notes: [UInt32: SubjectNotes] = [:]
  /// The peaks that are being looked at; where those of a subject are that is flagged as watched; and the
  /// places that are free.
  var watches: [FallWatch] = []
  var watchPlaces: [UInt32: Int] = [:]
  var freeWatches: [Int] = []
  /// What judges falls, by stream or override.
  var fallJudges: [FallJudge?]
  /// The detectors beside the z-score, of subjects that have any.
  var banks: [UInt32: SubjectBank] = [:]
  /// Which of a stream's subjects are under an override, by stream.
  let profiles: [SubjectProfiles?]
  /// Where subjects are whose records said so; of all others there is no entry.
  var places: [UInt32: KnownPlace] = [:]
  var partitions: [PartitionState] = []
  var decisions = Decisions()
  /// Subjects whose rows this batch writes, with the state their row has had until now.
  var listed: [(index: UInt32, replaced: SafetyState)] = []
  /// Counts batches; rings remember it, see `Checkpoints`.
  var step: UInt32 = 1
  var sweep = Sweep()
  /// Partitions that were taken away and to which subjects belonged.
  var deserted: Set<PartitionIndex> = []
  /// Whether the record at hand has effects, as against only refilling windows after a restart.
  var isLive = true

  /// Cameras that are being watched; those that have fallen silent are not among them.
  var cameras = CameraTable()
  /// The threat rules in use, by stream.
  var threatRules: [CompiledRules?]
  /// The stream of the counts of a camera stream.
  let countStreams: [Int?]
  let names: FrameNames
  let timeZones: TimeZoneTable
  /// The classes that are counted, by stream; every class, if absent.
  let countedClasses: [ClassSet?]
  var unmatched = UnmatchedTally()

  /// Whether ``Decisions/scores`` says of every sample what the detectors did: for measuring them, at the
  /// cost of the memory that takes.
  public var tracesScores = false
  /// Whether ``Decisions/fallCandidates`` holds every candidate, however improbable: likewise.
  public var recordsAllCandidates = false {
    didSet {
      for (index, stream) in rules.enumerated() {
        hot[index].fallTrigger = HotRules.trigger(stream, takesAll: recordsAllCandidates)
      }
    }
  }

  /// - Parameters:
  ///   - streams: the rules of each stream; records name theirs by its place in this list. Streams for
  ///     the counts of cameras are added behind them, see `withCounts`.
  ///   - names: the names that the decoders of camera frames speak in.
  ///   - timeZones: the time zones that they know.
  /// - Throws: ``RulesError`` for rules that contradict themselves, or two streams of one kind.
  public init(
    streams: [StreamRules], names: FrameNames = FrameNames(),
    timeZones: TimeZoneTable = TimeZoneTable { _ in nil }
  ) throws(RulesError) {
    let all = streams.withCounts
    for (index, stream) in all.enumerated() {
      try stream.validate()
      if all[..<index].contains(where: { $0.kind == stream.kind }) {
        throw RulesError(
          setting: "kind", message: "two streams have subjects of the kind \(stream.kind)")
      }
    }
    let (every, profiles) = try SubjectProfiles.unfold(all)
    rules = every
    silenceWords = every.map { "no data for " + DecimalText.duration($0.status.staleAfter) }
    self.profiles = profiles
    fallJudges = every.map { $0.falls.map(FallJudge.init) }
    hot = .allocate(capacity: every.count)
    for (index, stream) in every.enumerated() {
      let isCount = index >= streams.count && index < all.count
      (hot + index).initialize(to: HotRules(stream, isCount: isCount))
    }
    self.names = names
    self.timeZones = timeZones
    threatRules = Array(repeating: nil, count: streams.count)
    countedClasses = streams.map { stream in
      guard let classes = stream.cameras?.counts?.classes, !classes.isEmpty else { return nil }
      return classes.reduce(into: ClassSet()) { set, name in
        if let id = names.classes.intern(name) { set.insert(id) }
      }
    }
    var next = streams.count
    countStreams = streams.map { stream in
      guard stream.cameras?.counts != nil else { return nil }
      defer { next += 1 }
      return next
    }
  }

  deinit { hot.deallocate() }

  /// Makes room for so many subjects, before they are restored.
  public mutating func reserve(subjects count: Int) {
    interner.reserve(keys: count)
  }

  /// The names of the subjects known, by their indices.
  public var subjectNames: SubjectNames { interner.names }

  /// Subjects known, silent ones included.
  public var subjectCount: Int { subjects.count }

  /// Memory that grows with subjects and samples, in bytes.
  public var memory: (subjects: Int, samples: Int) {
    (subjects.bytes + interner.bytes, narrowSlab.bytes + wideSlab.bytes + motionSlab.bytes)
  }

  /// Judges the samples of one admitted record.
  ///
  /// - Parameters:
  ///   - stream: the stream's place in the list that the engine was made with.
  ///   - user: the user's id, 1 to 256 bytes of UTF-8.
  ///   - device: the device's id, up to 256 bytes; empty if the record has none.
  ///   - samples: within the bounds of ``Sample``; in any order.
  ///   - axes: the accelerations whose magnitudes the samples are, one for each; empty if they are not
  ///     known.
  ///   - origin: the record's place, as it was admitted.
  ///   - arrival: when the record reached Kafka, in milliseconds since 1970.
  public mutating func ingest(
    stream: Int, user: UnsafeRawBufferPointer, device: UnsafeRawBufferPointer,
    samples: UnsafeBufferPointer<Sample>,
    axes: UnsafeBufferPointer<AxisSample> = UnsafeBufferPointer(start: nil, count: 0),
    origin: RecordOrigin, arrival: Int64
  ) {
    ingest(
      SubjectKey(stream: stream, user: user, device: device), samples, axes, origin: origin,
      arrival: arrival)
  }

  @inline(__always)
  mutating func ingest(
    _ key: SubjectKey, _ samples: UnsafeBufferPointer<Sample>,
    _ axes: UnsafeBufferPointer<AxisSample>, origin: RecordOrigin, arrival: Int64
  ) {
    let (index, isNew) = interner.intern(key)
    if isNew {
      introduce(index, stream: Int(key.stream), at: samples.first?.time ?? arrival, origin)
    }
    let subject = subjects[index]
    guard arriving(index, subject, at: arrival, in: origin.partition) else { return }
    judge(index, subject, samples, axes, origin: origin, arrival: arrival)
    if isLive { decisions.sampleCount += samples.count }
  }

  /// Takes note of an admitted record that could not be used.
  public mutating func reject(_ record: @autoclosure () -> InvalidRecordRow) {
    if isLive { decisions.invalidRecords.append(record()) }
  }

  /// Takes note of offsets that were gone before they could be read.
  public mutating func lose(_ range: LostRange) {
    decisions.lostRanges.append(range)
  }

  /// Hands out what the batch led to, and begins the next one.
  ///
  /// - Parameters:
  ///   - share: the share of all subjects to look through for silence and for rows whose last value has
  ///     not been written yet, 0 … 1. Shares add up: each subject gets its turn once they have summed
  ///     to 1.
  ///   - spare: an empty one, of which the next batch takes the memory.
  public mutating func takeDecisions(
    sweep share: Double = 0, reusing spare: consuming Decisions = Decisions()
  ) -> Decisions {
    // Rows are made only now: a batch that fills needs no memory for them.
    if decisions.rows.isEmpty { swap(&decisions.rows, &spare.rows) }
    sweepSubjects(share: share)
    // In the order of subjects, neither their memory nor the pages of the table are touched all over. A
    // few rows are written in the order of what happened.
    if listed.count > Self.fewRows { listed.sort { $0.index < $1.index } }
    decisions.rows.reserveCapacity(decisions.rows.count + listed.count)
    for (index, replaced) in listed {
      decisions.rows.append(row(of: index, replacing: replaced))
    }
    listed.removeAll(keepingCapacity: true)
    if !unmatched.isEmpty { decisions.unmatched = unmatched.take(names) }
    collectProgress()
    step &+= 1
    // Arrays that grow are copied into fresh memory again and again, each twice as large as the one before: the
    // next batch will be about like this one.
    spare.windows.reserveCapacity(decisions.windows.count * 9 / 8)
    spare.packedSamples.reserveCapacity(decisions.packedSamples.count * 9 / 8)
    swap(&spare, &decisions)
    return spare
  }

  /// How much memory the decisions of the batch take by now, about, in bytes: for a bound on batches that
  /// bring many subjects or close many windows.
  public var pendingBytes: Int {
    decisions.bytes + listed.count * MemoryLayout<StatusRow>.stride
  }

  private static let fewRows = 256

  /// The samples that a subject's ring holds, oldest first; `nil` for an unknown subject.
  public func recentSamples(of identity: SubjectIdentity) -> [PackedSamples.Element]? {
    guard let index = find(identity) else { return nil }
    let subject = subjects[index]
    guard subject.pointee.count > 0 else { return [] }
    let ring = ring(subject)
    return (0..<ring.count).map { place in
      let sample = ring.sample(at: place)
      return PackedSamples.Element(
        time: ring.time(of: sample), value: sample.value, isFlagged: sample.isFlagged)
    }
  }

  func find(_ identity: SubjectIdentity) -> UInt32? {
    guard let stream = rules.firstIndex(where: { $0.kind == identity.kind }) else { return nil }
    var user = identity.user
    var device = identity.device
    return user.withUTF8 { user in
      device.withUTF8 { device in
        interner.find(
          SubjectKey(
            stream: stream, user: UnsafeRawBufferPointer(user),
            device: UnsafeRawBufferPointer(device)))
      }
    }
  }
}

/// The numbers of a stream's rules that the way of every sample needs, flat.
struct HotRules {
  let length: Int64
  let aggregate: Int64
  let lateness: Int64
  let retention: Int64
  let staleAfter: Int64
  let maxSamples: Int
  /// Of the times in narrow rings; 0 if the stream's retention is too long for any.
  let timeBits: UInt32
  /// How far back of its newest sample a subject's state depends on its records, beyond `retention`.
  let reach: Int64
  /// Whether the samples are the frames of cameras, which threat rules judge.
  let isCamera: Bool
  /// An image of less contrast is void; and what void images say of the equipment.
  let voidContrast: Int32
  let voidFrames: ThreatRule.Persistence
  /// The bucket in which detections are counted, 0 if they are not; and what they must reach.
  let bucket: Int64
  let countedProbability: Int32
  let zscore: ZScore
  /// What 1 of the stream's unit is in its fixed point.
  let unit: Double
  /// Whether there are detectors beside the z-score.
  let hasSeries: Bool
  /// Whether a sample is abnormal if the z-score alone says so.
  let isZScoreEnough: Bool
  /// Whether falls are judged; samples above this, in the stream's fixed point, may be the peak of one.
  let hasFalls: Bool
  var fallTrigger: Int32
  let fallSeparation: Int64
  /// Whether falls are judged of samples without axes, too.
  let hasFallsWithoutAxes: Bool

  /// - Parameters:
  ///   - isCount: whether the subjects are counts of a camera's detections: they never fall silent by
  ///     themselves but with their camera.
  ///   - threats: the threat rules of a stream of cameras.
  init(_ rules: StreamRules, isCount: Bool = false, threats: [ThreatRule] = []) {
    length = rules.window.length
    aggregate = rules.window.aggregate
    lateness = rules.window.allowedLateness
    retention = rules.retention
    staleAfter = isCount ? .max : rules.status.staleAfter
    maxSamples = rules.window.maxSamples
    timeBits = NarrowCells.timeBits(retention: rules.retention)
    isCamera = rules.cameras != nil
    voidContrast = rules.cameras?.voidContrast ?? 0
    voidFrames = rules.cameras?.voidFrames ?? ThreatRule.Persistence()
    bucket = rules.cameras?.counts?.bucket ?? 0
    countedProbability = rules.cameras?.counts?.probability ?? 0
    var zscore = rules.zscore
    var reach = rules.window.length
    if let cameras = rules.cameras {
      // More samples than any window holds: a frame is never judged by its neighbours' mean.
      zscore.minSamples = WindowSums.maxCount + 1
      reach = max(
        reach,
        Camera.reach(cameras, threats: threats, lateness: rules.window.allowedLateness))
    }
    self.reach = reach
    unit = DecimalText.unit(digits: rules.digits)
    isZScoreEnough = rules.isZScoreEnough
    hasSeries = rules.cameras == nil && !rules.leavesAllToZScore
    hasFalls = rules.falls != nil
    fallTrigger = Self.trigger(rules, takesAll: false)
    fallSeparation = rules.falls?.separation ?? 0
    hasFallsWithoutAxes = rules.falls?.impact.map { $0.turn == nil } ?? false
    self.zscore = ZScore(zscore)
  }

  /// Above what a sample may be the peak of a fall. Where no model is asked, a peak below an impact is none,
  /// unless all candidates are wanted.
  static func trigger(_ rules: StreamRules, takesAll: Bool) -> Int32 {
    guard let falls = rules.falls else { return .max }
    var trigger = falls.trigger
    if !takesAll, falls.models == FallModels(), let impact = falls.impact {
      trigger = max(trigger, impact.peak - 1)
    }
    return Int32(clamping: trigger * Int64(DecimalText.unit(digits: rules.digits)) / 1_000)
  }

  /// The start of the oldest tumbling window that may still be open when the newest sample is at `time`.
  @inline(__always)
  func openWindow(at time: Int64) -> Int64 { Self.floor(time &- lateness, to: aggregate) }

  /// The largest multiple of `step` not above `time`.
  @inline(__always)
  static func floor(_ time: Int64, to step: Int64) -> Int64 {
    let rest = time % step
    return time &- (rest < 0 ? rest &+ step : rest)
  }
}
