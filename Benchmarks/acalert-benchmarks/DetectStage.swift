import Detection
import Events

/// The engine alone: samples lie ready in memory, decisions are taken and forgotten.
enum DetectStage {
  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    if workload.wants("detect/50-a-record") { result(try bursts(workload)) }
    for subjects in [2_000, 100_000, 1_000_000]
    where workload.wants("detect/1-a-record-\(subjects)") {
      result(try singles(subjects: subjects, workload))
    }
  }

  /// So far back a ring reaches: the window, and the lateness that is allowed.
  private static let heldSeconds: Int = {
    let window = StreamRules().window
    return Int((max(window.length, window.aggregate) + window.allowedLateness) / 1_000)
  }()

  /// 50 samples a record, one record a second of each subject, as a wearable at 50 Hz sends them.
  private static func bursts(_ workload: Workload) throws -> Measurement {
    let perRecord = 50
    let seconds = 20
    let names = Names(count: workload.users)
    var values = Walk()
    // Rings are full before the time counts.
    let warmUp = heldSeconds + 1
    let samples = (0..<(seconds + warmUp) * workload.users * perRecord).map { index in
      let second = index / (workload.users * perRecord)
      return Sample(
        time: Workload.startTime + Int64(second * 1_000 + index % perRecord * 20),
        value: values.next(isRunning: index / perRecord % 4 == 0))
    }
    var memory = 0
    var measured = try Meter.measure(
      "detect/50-a-record", unit: "samples", count: seconds * workload.users * perRecord,
      rounds: workload.rounds,
      prepare: {
        let run = try EngineRun(names)
        for second in 0..<warmUp { run.ingest(samples, [], perRecord, second) }
        return run
      },
      { run in
        for second in warmUp..<warmUp + seconds { run.ingest(samples, [], perRecord, second) }
        memory = run.engine.memory.samples
      })
    let held = workload.users * perRecord * heldSeconds
    measured.remark = "\(Figures.fixed(Double(memory) / Double(held), 1)) B a sample in its ring"
    return measured
  }

  /// 1 sample a record, one a second of each subject, the subjects in an order that no cache foresees.
  private static func singles(subjects: Int, _ workload: Workload) throws -> Measurement {
    let names = Names(count: subjects)
    let perRound = max(1, 1_000_000 / subjects)
    let warmUp = heldSeconds + 1
    var memory = (subjects: 0, samples: 0)
    let before = Meter.residentBytes
    var after = 0
    // A million subjects take seconds to fill: all rounds measure the same engine, later and later.
    let run = try EngineRun(names)
    for second in 0..<warmUp { run.ingestSingles(second) }
    var second = warmUp
    var measured = Meter.measure(
      "detect/1-a-record-\(subjects)", unit: "samples", count: perRound * subjects,
      rounds: workload.rounds
    ) {
      for _ in 0..<perRound {
        run.ingestSingles(second)
        second += 1
      }
      memory = run.engine.memory
      after = Meter.residentBytes
    }
    let held = Double(subjects * heldSeconds)
    measured.remark =
      "\(Figures.fixed(Double(memory.subjects) / Double(subjects), 0)) B a subject, "
      + "\(Figures.fixed(Double(memory.samples) / held, 1)) B a sample in its ring"
    // Of few, what the allocator gives back of other things meanwhile is more than what they take.
    if subjects >= 100_000 {
      let each = Double(after - before) / Double(subjects)
      measured.remark += "; RSS \(Figures.fixed(each, 0)) B a subject in all"
    }
    return measured
  }
}

/// The ids of subjects, one behind the other.
struct Names {
  var bytes: [UInt8] = []
  var ends: [Int] = [0]

  init(count: Int) {
    for subject in 0..<count {
      bytes.append(contentsOf: "u-\(subject)".utf8)
      ends.append(bytes.count)
    }
  }

  var count: Int { ends.count - 1 }
}

/// Values about 1 g that are cheap to make: within 0.15 g at rest, within 1.5 g for one who runs.
struct Walk {
  private var state: UInt64 = 1

  @inline(__always)
  mutating func next(isRunning: Bool) -> Int32 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let draw = Int32(truncatingIfNeeded: state >> 43) - (1 << 20)
    return 1_000_000 + (isRunning ? draw + draw / 2 : draw / 7)
  }
}

/// An engine and what it is fed from. A class, so that the engine need not be copied.
final class EngineRun {
  var engine: Engine
  private let names: Names
  private var offset: Int64 = 0
  private var walk = Walk()
  private var group = RecordGroup()
  /// Candidates of falls that were handed out.
  var candidates = 0

  init(_ names: Names, _ rules: StreamRules = StreamRules()) throws {
    self.names = names
    engine = try Engine(streams: [rules])
    engine.assign(0, rewind: 0, next: 0)
  }

  /// One second of all subjects, in order.
  func ingest(
    _ samples: [Sample], _ axes: [AxisSample], _ perRecord: Int, _ second: Int
  ) {
    names.bytes.withUnsafeBytes { bytes in
      samples.withUnsafeBufferPointer { samples in
        axes.withUnsafeBufferPointer { axes in
          var first = second * names.count * perRecord
          for subject in 0..<names.count {
            let places = first..<first + perRecord
            take(
              bytes, subject, UnsafeBufferPointer(rebasing: samples[places]),
              axes.isEmpty ? axes : UnsafeBufferPointer(rebasing: axes[places]), second)
            first += perRecord
          }
        }
      }
    }
    candidates += engine.takeDecisions(sweep: Self.sweep).fallCandidates.count
  }

  /// The rows of all subjects are written every ten seconds of the stream: a service that goes ten times
  /// as fast as the day writes each about once a second.
  private static let sweep = 0.1

  /// One second of all subjects, spread, one sample each; a batch of decisions every 20,000 records.
  func ingestSingles(_ second: Int) {
    // Coprime to every count of subjects in use, so that each has its turn.
    let step = 7_919 % names.count | 1
    let batch = 20_000
    names.bytes.withUnsafeBytes { bytes in
      var subject = second % names.count
      for record in 0..<names.count {
        let sample = Sample(
          time: Workload.startTime + Int64(second) * 1_000,
          value: walk.next(isRunning: subject % 4 == 0))
        wait(bytes, subject, sample, second)
        subject += step
        if subject >= names.count { subject -= names.count }
        if record % batch == batch - 1 {
          engine.ingest(&group)
          _ = engine.takeDecisions(
            sweep: Self.sweep * Double(batch) / Double(names.count))
        }
      }
    }
    engine.ingest(&group)
    if names.count < batch { _ = engine.takeDecisions(sweep: Self.sweep) }
  }

  /// As the service does: sixteen records are decoded, then judged together.
  @inline(__always)
  private func wait(
    _ bytes: UnsafeRawBufferPointer, _ subject: Int, _ sample: Sample, _ second: Int
  ) {
    let name = UnsafeRawBufferPointer(
      rebasing: bytes[names.ends[subject]..<names.ends[subject + 1]])
    let key = SubjectKey(
      stream: 0, user: name, device: UnsafeRawBufferPointer(start: nil, count: 0))
    engine.prefetch(key)
    group.append(
      SingleRecord(
        key, sample, axes: nil, origin: RecordOrigin(partition: 0, offset: offset),
        arrival: Workload.startTime + Int64(second + 1) * 1_000))
    offset += 1
    if group.isFull { engine.ingest(&group) }
  }

  @inline(__always)
  private func take(
    _ bytes: UnsafeRawBufferPointer, _ subject: Int, _ samples: UnsafeBufferPointer<Sample>,
    _ axes: UnsafeBufferPointer<AxisSample>, _ second: Int
  ) {
    let origin = RecordOrigin(partition: 0, offset: offset)
    offset += 1
    let arrival = Workload.startTime + Int64(second + 1) * 1_000
    guard engine.admit(origin, arrival: arrival) else { return }
    let name = UnsafeRawBufferPointer(
      rebasing: bytes[names.ends[subject]..<names.ends[subject + 1]])
    engine.ingest(
      stream: 0, user: name, device: UnsafeRawBufferPointer(start: nil, count: 0),
      samples: samples, axes: axes, origin: origin, arrival: arrival)
  }
}
