import Detection
import Glibc
import Store

/// The store alone: batches of decisions as the engine makes them, one transaction each.
enum StoreStage {
  static func measure(_ workload: Workload, _ result: (Measurement) -> Void) throws {
    let users = UInt32(clamping: workload.users)
    try rows("small", users: users, batch: users, workload, result)
    try rows("large", users: 100_000, batch: 10_000, workload, result)
    try windows(users: users, workload, result)
    try runs(users: users, workload, result)
  }

  /// Rows with a new value only, and rows whose state changed.
  private static func rows(
    _ name: String, users: UInt32, batch size: UInt32, _ workload: Workload,
    _ result: (Measurement) -> Void
  ) throws {
    let batches: UInt32 = 100
    let store = try Store(path: "\(workload.folder)/rows-\(name).db")
    defer { store.close() }
    let partition = try store.partitionIndex(for: .init(topic: Workload.topic, partition: 0))
    var first = Decisions()
    first.subjects = subjects(users)
    first.rows = (0..<users).map { row($0, turn: 0, .safe, isTransition: true) }
    try store.apply(first)
    var turn: Int64 = 0
    func run(_ kind: String, _ batches: UInt32, isTransition: Bool) throws {
      guard workload.wants("store/\(kind)-\(users)") else { return }
      result(
        try Meter.measure(
          "store/\(kind)-\(users)", unit: "rows", count: Int(batches * size),
          rounds: workload.rounds
        ) {
          for number in 0..<batches {
            turn += 1
            var batch = Decisions()
            let state: SafetyState = isTransition && turn % 2 == 1 ? .danger : .safe
            batch.rows = (0..<size).map { place in
              let subject = (place + number * size) &* 7_919 % users
              return row(subject, turn: turn, state, isTransition: isTransition)
            }
            batch.progress = [.init(partition: partition, next: turn, rewind: turn)]
            try store.apply(batch)
          }
        })
    }
    try run("refreshed-rows", batches * 2_000 / size, isTransition: false)
    try run("changed-rows", batches * 2_000 / size / 2, isTransition: true)
  }

  /// Windows with their packed samples.
  private static func windows(
    users: UInt32, _ workload: Workload, _ result: (Measurement) -> Void
  ) throws {
    let store = try Store(path: "\(workload.folder)/windows.db")
    defer { store.close() }
    var first = Decisions()
    first.subjects = subjects(users)
    try store.apply(first)
    var round: Int64 = 0
    for (samples, batches) in [(10, 50), (500, 20)]
    where workload.wants("store/windows-of-\(samples)") {
      var batch = windows(0..<users, samples: samples)
      let bytes = batch.packedSamples.count / Int(users)
      var measured = try Meter.measure(
        "store/windows-of-\(samples)", unit: "windows", count: batches * Int(users),
        rounds: workload.rounds
      ) {
        for _ in 0..<batches {
          round += 1
          batch.move(to: round)
          try store.apply(batch)
        }
      }
      measured.remark =
        "\(bytes) B packed, \(Figures.short(measured.perSecond * Double(samples))) samples/s"
      result(measured)
    }
  }

  /// Windows that share rows: ten of each subject in a batch; and one in a batch, merged when all are there.
  private static func runs(
    users: UInt32, _ workload: Workload, _ result: (Measurement) -> Void
  ) throws {
    let store = try Store(path: "\(workload.folder)/runs.db")
    defer { store.close() }
    var first = Decisions()
    first.subjects = subjects(users)
    try store.apply(first)
    var round: Int64 = 0
    if workload.wants("store/runs-of-10") {
      var batch = Decisions()
      for number in 0..<10 as Range<Int64> { batch.append(windows(0..<users, samples: 10), number) }
      result(
        try Meter.measure(
          "store/runs-of-10", unit: "windows", count: 10 * 10 * Int(users), rounds: workload.rounds
        ) {
          for _ in 0..<10 {
            round += 10
            batch.move(by: 10)
            try store.apply(batch)
          }
        })
    }
    if workload.wants("store/merged-windows") {
      var batch = windows(0..<users, samples: 10)
      for _ in 0..<50 {
        round += 1
        batch.move(to: round + 1_000)
        try store.apply(batch)
      }
      result(
        try Meter.measure(
          "store/merged-windows", unit: "windows", count: 50 * Int(users), rounds: 1
        ) {
          while try !store.mergeWindows(writtenBy: store.lastWindowID).isFinished {}
        })
    }
  }

  /// A window of each of the subjects, with so many samples.
  static func windows(_ subjects: some Sequence<UInt32>, samples: Int) -> Decisions {
    var batch = Decisions()
    for subject in subjects {
      let begin = batch.packedSamples.count
      let elements = (0..<samples).map { sample in
        PackedSamples.Element(
          time: Int64(sample * 10_000 / samples),
          value: Int32(truncatingIfNeeded: 1_000_000 + (sample &* 7919) % 20_000), isFlagged: false)
      }
      PackedSamples.pack(elements, start: 0, into: &batch.packedSamples)
      batch.windows.append(
        WindowAggregate(
          subject: subject, start: 0, end: 10_000, count: samples, mean: 1, std: 0.1, min: 0,
          max: 2, flagged: 0, digits: 6, packed: begin..<batch.packedSamples.count))
    }
    return batch
  }

  static func subjects(_ count: UInt32) -> [NewSubject] {
    (0..<count).map {
      NewSubject(
        index: $0, identity: .init(kind: "wearer", user: "u-\($0)", device: "watch"))
    }
  }

  static func row(
    _ subject: UInt32, turn: Int64, _ state: SafetyState, isTransition: Bool
  ) -> StatusRow {
    StatusRow(
      subject: subject, state: state, previousState: .unknown, isTransition: isTransition,
      since: Workload.startTime + (isTransition ? turn : 0), lastSeen: Workload.startTime + turn,
      lastArrival: Workload.startTime + turn, value: 1.020_4, mean: 1.012_345_678_9,
      std: 0.1 + Double(subject) / 3e5, score: 0.123_456_789, reason: "within its usual range",
      cause: RecordOrigin(partition: 0, offset: turn), evidence: [])
  }
}

extension Decisions {
  /// Gives all windows the place of that number in the row of windows of ten seconds.
  fileprivate mutating func move(to number: Int64) {
    for index in windows.indices {
      windows[index].start = number * 10_000
    }
  }

  fileprivate mutating func move(by count: Int64) {
    for index in windows.indices {
      windows[index].start += count * 10_000
    }
  }

  /// Adds the windows of another batch, moved to a place.
  fileprivate mutating func append(_ other: Decisions, _ number: Int64) {
    var other = other
    other.move(to: number)
    for var window in other.windows {
      let begin = packedSamples.count
      packedSamples.append(contentsOf: other.packedSamples[window.packed])
      window.packed = begin..<packedSamples.count
      windows.append(window)
    }
  }
}
