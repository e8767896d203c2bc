/// A message of the stream, lent for as long as the closure that gets it runs.
public struct RecordView: ~Copyable {
  /// The user's id: the Kafka key.
  public let key: UnsafeRawBufferPointer
  public let value: UnsafeRawBufferPointer
  /// When it is to be sent, in event time: Unix milliseconds. Never less than that of the message before.
  public let due: Int64
  /// The wearer's number.
  public let user: Int
}

/// How many of each kind a population has made.
public struct PopulationCounters: Hashable, Sendable {
  /// Scheduled records, the malformed ones included.
  public var records = 0
  /// Messages given out: the records (late ones when their time has come) and duplicates.
  public var messages = 0
  public var falls = 0
  public var outliers = 0
  public var late = 0
  public var outOfOrder = 0
  public var duplicates = 0
  public var malformed = 0
}

/// Makes the stream of all wearers, one message after the other: no clock, no input, no output.
///
/// Each wearer has a record every 1/rate seconds, and the wearers take turns, so the messages are
/// evenly spread. A record of a single sample bears the time at which it is due; a burst holds the
/// samples of the period that ends there. For one thread.
public final class Population {
  public let configuration: PopulationConfiguration
  public private(set) var counters = PopulationCounters()

  private struct Delayed {
    var due: Int64
    var user: Int
    var value: [UInt8]
  }

  var motions: [Motion]
  /// All user ids one behind the other, and where each ends.
  let keys: [UInt8]
  let keyEnds: [Int]
  var buffer = RecordBuffer()
  var clock = OriginalClock()
  private var late = Queue<Delayed>()
  private var outOfOrder = Queue<Delayed>()
  let device: [UInt8]

  /// - Throws: a setting that is out of its range.
  public init(_ configuration: PopulationConfiguration) throws(SimulationError) {
    try configuration.validate()
    self.configuration = configuration
    device = Array(configuration.device.utf8)
    motions = (0..<configuration.users).map { Motion(seed: configuration.seed, user: $0) }
    var keys: [UInt8] = []
    var ends: [Int] = []
    for user in 0..<configuration.users {
      keys.append(contentsOf: "\(configuration.prefix)\(user)".utf8)
      ends.append(keys.count)
    }
    self.keys = keys
    keyEnds = ends
  }

  /// Messages a second over all wearers, apart from duplicates.
  public var recordsPerSecond: Double { Double(configuration.users) * configuration.rate }

  /// When the next message is due, in event time.
  public var nextDue: Int64 {
    min(scheduledDue, late.first?.due ?? .max, outOfOrder.first?.due ?? .max)
  }

  /// Whether records wait to be given out late.
  public var hasDelayed: Bool { late.first != nil || outOfOrder.first != nil }

  private var scheduledDue: Int64 { configuration.startTime + offset(of: counters.records) }

  /// Milliseconds from the beginning to the record of this number. Wearer after wearer, period after
  /// period.
  private func offset(of record: Int) -> Int64 {
    Int64((Double(record) * 1_000 / recordsPerSecond).rounded(.down))
  }

  /// Goes on to the next message that is due.
  ///
  /// - Parameters:
  ///   - body: Called with that message; for a duplicate twice, for a record that will come later not
  ///     at all.
  ///   - truth: Called before `body` for whatever is put in on purpose.
  public func next(_ body: (borrowing RecordView) -> Void, truth: (Truth) -> Void = { _ in }) {
    if !giveDelayed(until: scheduledDue, body) { makeScheduled(body, truth) }
  }

  /// Gives out the next of the records that still wait, without making new ones.
  ///
  /// - Returns: false when none was left.
  public func nextDelayed(_ body: (borrowing RecordView) -> Void) -> Bool {
    giveDelayed(until: .max, body)
  }

  private func giveDelayed(until due: Int64, _ body: (borrowing RecordView) -> Void) -> Bool {
    let lateDue = late.first?.due ?? .max
    let orderDue = outOfOrder.first?.due ?? .max
    guard min(lateDue, orderDue) <= due,
      let delayed = lateDue <= orderDue ? late.popFirst() : outOfOrder.popFirst()
    else { return false }
    delayed.value.withUnsafeBytes { give($0, of: delayed.user, due: delayed.due, body) }
    return true
  }

  private func give(
    _ value: UnsafeRawBufferPointer, of user: Int, due: Int64,
    _ body: (borrowing RecordView) -> Void
  ) {
    counters.messages += 1
    let start = user == 0 ? 0 : keyEnds[user - 1]
    keys.withUnsafeBytes {
      body(
        RecordView(
          key: UnsafeRawBufferPointer(rebasing: $0[start..<keyEnds[user]]), value: value, due: due,
          user: user))
    }
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
    let fate = outlier == nil ? drawFate(&random) : nil
    buffer.removeAll()
    if fate == .malformed {
      let kind = Malformation.allCases[random.integer(below: Malformation.allCases.count)]
      kind.write(to: &buffer, format: configuration.format, user: name(user), time: due)
      tell(.malformed, user, due, kind.rawValue, truth)
    } else {
      write(user, record: record, due: due, outlier: outlier, &random)
    }
    let period = Int64(1_000 / configuration.rate)
    switch fate {
    case .late:
      tell(.late, user, due, "", truth)
      late.append(
        Delayed(due: due + configuration.lateBy, user: user, value: Array(buffer.view)))
    case .outOfOrder:
      tell(.outOfOrder, user, due, "", truth)
      outOfOrder.append(
        Delayed(due: due + period + period / 2 + 1, user: user, value: Array(buffer.view)))
    case .duplicate:
      tell(.duplicate, user, due, "", truth)
      give(buffer.view, of: user, due: due, body)
      give(buffer.view, of: user, due: due, body)
    case .malformed, nil:
      give(buffer.view, of: user, due: due, body)
    default: break
    }
  }

  /// What happens to a record on its way; at most one thing.
  private func drawFate(_ random: inout SplitMix64) -> Truth.Kind? {
    var draw = random.unit()
    for (kind, share) in [
      (Truth.Kind.malformed, configuration.malformed), (.late, configuration.late),
      (.outOfOrder, configuration.outOfOrder), (.duplicate, configuration.duplicates),
    ] {
      if draw < share { return kind }
      draw -= share
    }
    return nil
  }

  private func tell(
    _ kind: Truth.Kind, _ user: Int, _ time: Int64, _ detail: String, _ truth: (Truth) -> Void
  ) {
    switch kind {
    case .malformed: counters.malformed += 1
    case .late: counters.late += 1
    case .outOfOrder: counters.outOfOrder += 1
    case .duplicate: counters.duplicates += 1
    case .fall, .outlier: break
    }
    let first = firstSample(ofRecordDue: time)
    let last = configuration.format == .burst ? time - 1 : time
    truth(
      Truth(kind: kind, user: name(user), start: first, end: max(first, last), detail: detail))
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
    let due = configuration.startTime + offset(of: record)
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
        onset: impact - duration, impact: impact, recovery: impact + random.uniform(15, 40),
        peak: random.uniform(3, 8), weightless: random.uniform(0.1, 0.4), up: random.direction())
      motions[user].fall = fall
      counters.falls += 1
      truth(
        Truth(
          kind: .fall, user: name(user), start: milliseconds(fall.onset),
          end: milliseconds(fall.impact + Fall.ringing), detail: grams(fall.peak)))
      return nil
    }
    let peak = random.uniform(6, 16)
    counters.outliers += 1
    truth(
      Truth(
        kind: .outlier, user: name(user), start: milliseconds(time), end: milliseconds(time),
        detail: grams(peak)))
    return (sample, random.direction() * peak)
  }

  private func grams(_ value: Double) -> String {
    var buffer = RecordBuffer(capacity: 32)
    buffer.append(decimal: value)
    return String(decoding: buffer.view, as: UTF8.self) + " g"
  }

  private func name(_ user: Int) -> String { "\(configuration.prefix)\(user)" }
}
