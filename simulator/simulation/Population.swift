/// The stream of all wearers.
///
/// Each wearer has a record every 1/rate seconds, and the wearers take turns, so the messages are
/// evenly spread. A record of a single sample bears the time at which it is due; a burst holds the
/// samples of the period that ends there. For one thread.
public final class Population: MessageStream {
  public let configuration: PopulationConfiguration
  public private(set) var counters = PopulationCounters()

  var motions: [Motion]
  let names: NameList
  let turns: Turns
  var buffer = RecordBuffer()
  var clock = OriginalClock()
  private var delivery = Delivery()
  let device: [UInt8]

  /// - Throws: a setting that is out of its range.
  public init(_ configuration: PopulationConfiguration) throws(SimulationError) {
    try configuration.validate()
    self.configuration = configuration
    device = Array(configuration.device.utf8)
    motions = (0..<configuration.users).map { Motion(seed: configuration.seed, user: $0) }
    let prefix = configuration.prefix
    names = NameList((0..<configuration.users).lazy.map { "\(prefix)\($0)" })
    turns = Turns(
      startTime: configuration.startTime, senders: configuration.users, rate: configuration.rate)
  }

  /// Messages a second over all wearers, apart from duplicates.
  public var recordsPerSecond: Double { Double(configuration.users) * configuration.rate }

  public var nextDue: Int64 { min(scheduledDue, delivery.nextDue) }

  private var scheduledDue: Int64 { turns.due(counters.records) }

  public func next(_ body: (borrowing RecordView) -> Void, truth: (Truth) -> Void) {
    if !giveDelayed(until: scheduledDue, body) { makeScheduled(body, truth) }
  }

  public func nextDelayed(_ body: (borrowing RecordView) -> Void) -> Bool {
    giveDelayed(until: .max, body)
  }

  private func giveDelayed(until due: Int64, _ body: (borrowing RecordView) -> Void) -> Bool {
    guard let delayed = delivery.take(until: due) else { return false }
    delayed.value.withUnsafeBytes { give($0, of: delayed.sender, due: delayed.due, body) }
    return true
  }

  private func give(
    _ value: UnsafeRawBufferPointer, of user: Int, due: Int64,
    _ body: (borrowing RecordView) -> Void
  ) {
    counters.messages += 1
    names.lend(user) { body(RecordView(key: $0, value: value, due: due, user: user)) }
  }

  private func makeScheduled(
    _ body: (borrowing RecordView) -> Void, _ truth: (Truth) -> Void
  ) {
    let record = counters.records
    let user = record % configuration.users
    let due = scheduledDue
    counters.records += 1
    var random = SplitMix64(
      configuration.seed, user: user, index: record / configuration.users, purpose: .record)
    let outlier = drawAnomaly(of: user, record: record, &random, truth)
    let fate = outlier == nil ? configuration.disturbances.draw(&random) : nil
    buffer.removeAll()
    if fate == .malformed {
      let kind = Malformation.allCases[random.integer(below: Malformation.allCases.count)]
      kind.write(to: &buffer, format: configuration.format, user: names[user], time: due)
      tell(.malformed, user, due, kind.rawValue, truth)
    } else {
      write(user, record: record, due: due, outlier: outlier, &random)
      if let fate { tell(fate, user, due, "", truth) }
    }
    delivery.deliver(
      buffer.view, of: user, due: due, fate: fate, lateBy: configuration.disturbances.lateBy,
      period: turns.period
    ) { give(buffer.view, of: user, due: due, body) }
  }

  private func tell(
    _ kind: Truth.Kind, _ user: Int, _ time: Int64, _ detail: String, _ truth: (Truth) -> Void
  ) {
    switch kind {
    case .malformed: counters.malformed += 1
    case .late: counters.late += 1
    case .outOfOrder: counters.outOfOrder += 1
    case .duplicate: counters.duplicates += 1
    default: break
    }
    let first = firstSample(ofRecordDue: time)
    let last = configuration.format == .burst ? time - 1 : time
    truth(
      Truth(kind: kind, user: names[user], start: first, end: max(first, last), detail: detail))
  }

  /// The event time of a record's first sample.
  func firstSample(ofRecordDue due: Int64) -> Int64 {
    configuration.format == .burst
      ? max(0, due - Int64((1_000 / configuration.rate).rounded())) : due
  }

  /// Samples a second, and the time of a record's first one in seconds after the beginning.
  func grid(_ record: Int, _ due: Int64) -> (rate: Double, first: Double) {
    let first = Double(firstSample(ofRecordDue: due) - configuration.startTime) / 1_000
    return (configuration.format == .burst ? configuration.hertz : configuration.rate, first)
  }

  /// Whether something happens to the wearer in this record. A fall is noted in the wearer's motion.
  ///
  /// - Returns: the sample that is an outlier, with the acceleration that stands in its place.
  private func drawAnomaly(
    of user: Int, record: Int, _ random: inout SplitMix64, _ truth: (Truth) -> Void
  ) -> (sample: Int, value: SIMD3<Double>)? {
    guard configuration.anomalyEvery > 0,
      random.unit() * Double(configuration.anomalyEvery) < 1
    else { return nil }
    let due = turns.due(record)
    let (rate, first) = grid(record, due)
    let sample = random.integer(below: configuration.samplesPerRecord)
    let time = first + Double(sample) / rate
    if let fall = motions[user].fall, time < fall.recovery + 10 { return nil }
    func milliseconds(_ seconds: Double) -> Int64 {
      configuration.startTime + Int64((seconds * 1_000).rounded())
    }
    if random.unit() < configuration.falls {
      let duration = random.uniform(0.2, 0.5)
      // On the grid of samples, so that the peak is one of them.
      let impact = time + (duration * rate).rounded(.down) / rate
      let fall = Fall(
        onset: impact - duration, impact: impact,
        upBefore: motions[user].posture(at: impact - duration), &random)
      motions[user].fall = fall
      counters.falls += 1
      truth(
        Truth(
          kind: .fall, user: names[user], start: milliseconds(fall.onset),
          end: milliseconds(fall.impact + Fall.ringing), detail: grams(fall.peak)))
      return nil
    }
    let peak = random.uniform(6, 16)
    counters.outliers += 1
    truth(
      Truth(
        kind: .outlier, user: names[user], start: milliseconds(time), end: milliseconds(time),
        detail: grams(peak)))
    return (sample, random.direction() * peak)
  }

  private func grams(_ value: Double) -> String {
    var buffer = RecordBuffer(capacity: 32)
    buffer.append(decimal: value)
    return String(decoding: buffer.view, as: UTF8.self) + " g"
  }
}
