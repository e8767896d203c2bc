import Events
import Testing

@testable import Detection

/// An engine that is stopped anywhere and started again from what was stored comes to the same end as
/// one that never stopped.
@Suite struct RestartTests {
  struct Record {
    var user: String
    var samples: [Sample]
    var axes: [AxisSample] = []
    var arrival: Int64
    var place = SubjectPlace()
  }

  /// A log of several wearers: noise, outliers, anomalies that last, gaps, late and too late samples,
  /// clocks that differ, and wearers that fall silent and come back.
  static func log(_ generator: inout SplitMix64) -> [Record] {
    let users = 6
    var records: [Record] = []
    let start: Int64 = 1_700_000_000_000
    let skew = (0..<users).map { _ in Int64.random(in: -100_000...100_000, using: &generator) }
    var silentUntil = Array(repeating: Int64(0), count: users)
    var oddUntil = Array(repeating: Int64(0), count: users)
    for tick in 0..<1_500 {
      let arrival = start + Int64(tick) * 150
      let user = Int.random(in: 0..<users, using: &generator)
      if arrival < silentUntil[user] { continue }
      switch Int.random(in: 0..<120, using: &generator) {
      case 0: silentUntil[user] = arrival + Int64.random(in: 5_000...90_000, using: &generator)
      case 1, 2: oddUntil[user] = arrival + Int64.random(in: 200...9_000, using: &generator)
      default: break
      }
      let lateness: Int64 =
        switch Int.random(in: 0..<12, using: &generator) {
        case 0: Int64.random(in: 0...1_500, using: &generator)
        case 1: Int64.random(in: 5_000...30_000, using: &generator)
        // Older than all that a restart reads again, and not judged: but a place counts.
        case 2 where user == 2: Int64.random(in: 60_000...150_000, using: &generator)
        default: 0
        }
      let time = arrival + skew[user] - lateness
      let isOdd = arrival < oddUntil[user]
      records.append(
        Record(
          user: "u-\(user)",
          samples: (0..<Int64.random(in: 1...4, using: &generator)).map { place in
            Sample(
              time: time + place * 20,
              value: (isOdd ? 3_000_000 : 1_000_000)
                + Int32.random(in: -20_000...20_000, using: &generator))
          }, arrival: arrival, place: place(of: user, lateness, &generator)))
    }
    return records
  }

  /// Half of the wearers tell now and then where they are, or a part of it; one of them seldom, but in
  /// late records often: nothing newer may be among those that a restart reads again.
  private static func place(
    of user: Int, _ lateness: Int64, _ generator: inout SplitMix64
  ) -> SubjectPlace {
    var place = SubjectPlace()
    let seldom = user == 2 && lateness == 0
    guard user % 2 == 0, Int.random(in: 0..<(seldom ? 60 : 4), using: &generator) == 0 else {
      return place
    }
    if Bool.random(using: &generator) {
      place.location = GeoLocation(
        latitude: Double.random(in: -90...90, using: &generator), longitude: Double(user))
    }
    if Int.random(in: 0..<3, using: &generator) == 0 {
      place.timeZone = ["UTC", "Europe/Zurich", "America/New_York"].randomElement(
        using: &generator)!
    }
    if Int.random(in: 0..<5, using: &generator) == 0 {
      place.site = "site \(Int.random(in: 0..<3, using: &generator))"
    }
    return place
  }

  static let rules = StreamRules(status: StatusRules(staleAfter: 20_000))

  /// Feeds the log from where `stored` stands, in batches, until `stop` records have been read.
  static func run(
    _ log: [Record], rules: StreamRules = rules, into stored: inout StoredDecisions, stop: Int,
    _ generator: inout SplitMix64
  ) throws {
    var engine = try Engine(streams: [rules])
    var map: [UInt32: Int] = [:]
    for (place, identity) in stored.identities.enumerated() {
      if let row = stored.rows[place],
        let index = engine.restore(identity, row: row, detectors: stored.detectors[place] ?? [])
      {
        map[index] = place
      }
    }
    engine.assign(0, rewind: stored.rewind, next: stored.next)
    var place = Int(stored.rewind)
    while place < stop {
      // A crash may fall between a batch and its commit: then the batch is as if never read.
      let size = Int.random(in: 1...40, using: &generator)
      let end = min(place + size, stop)
      for offset in place..<end { feed(log[offset], at: offset, to: &engine) }
      let decisions = engine.takeDecisions(sweep: Double.random(in: 0...0.5, using: &generator))
      place = end
      if place == stop, Bool.random(using: &generator) { return }
      stored.apply(decisions, &map)
    }
  }

  static func feed(_ record: Record, at offset: Int, to engine: inout Engine) {
    let origin = RecordOrigin(partition: 0, offset: Int64(offset))
    guard engine.admit(origin, arrival: record.arrival) else { return }
    var user = record.user
    user.withUTF8 { user in
      record.samples.withUnsafeBufferPointer { samples in
        record.axes.withUnsafeBufferPointer { axes in
          let user = UnsafeRawBufferPointer(user)
          let device = UnsafeRawBufferPointer(start: nil, count: 0)
          guard record.place != SubjectPlace() else {
            return engine.ingest(
              stream: 0, user: user, device: device, samples: samples, axes: axes, origin: origin,
              arrival: record.arrival)
          }
          record.place.withReportedPlace { place in
            engine.ingest(
              stream: 0, user: user, device: device, samples: samples, axes: axes, place: place,
              origin: origin, arrival: record.arrival)
          }
        }
      }
    }
  }

  /// Reads the rest and has every row handed out.
  static func finish(
    _ log: [Record], rules: StreamRules = rules, into stored: inout StoredDecisions,
    _ generator: inout SplitMix64
  ) throws {
    var engine = try Engine(streams: [rules])
    var map: [UInt32: Int] = [:]
    for (place, identity) in stored.identities.enumerated() {
      if let row = stored.rows[place],
        let index = engine.restore(identity, row: row, detectors: stored.detectors[place] ?? [])
      {
        map[index] = place
      }
    }
    engine.assign(0, rewind: stored.rewind, next: stored.next)
    for offset in Int(stored.rewind)..<log.count { feed(log[offset], at: offset, to: &engine) }
    for _ in 0..<3 { stored.apply(engine.takeDecisions(sweep: 1), &map) }
  }

  @Test(arguments: 0..<60)
  func stoppedAnywhere_TheEndIsTheSame(seed: UInt64) throws {
    var generator = SplitMix64(state: 5_000 + seed)
    let log = Self.log(&generator)
    var whole = StoredDecisions()
    try Self.finish(log, into: &whole, &generator)

    var broken = StoredDecisions()
    for _ in 0..<6 {
      let from = max(Int(broken.next), 1)
      guard from < log.count else { break }
      let stop = Int.random(in: from...log.count, using: &generator)
      try Self.run(log, into: &broken, stop: stop, &generator)
    }
    try Self.finish(log, into: &broken, &generator)
    #expect(whole.disorder == [] && broken.disorder == [])
    let expected = whole.facts
    let found = broken.facts
    #expect(found.count == expected.count)
    for (left, right) in zip(found, expected) where left != right {
      Issue.record("\(left)\n  instead of\n\(right)")
      break
    }
    #expect(whole.late.isEmpty == false && whole.anomalies.isEmpty == false)
    #expect(whole.rows.values.contains { $0.location != nil && !$0.timeZone.isEmpty })
    #expect(whole.rows.values.contains { $0.location == nil && $0.site.isEmpty })
    #expect(whole.causes.values.reduce(0) { $0 + $1.count } > 20)
  }

  @Test func theRewindOffset_MovesOnWithTheWindows() throws {
    var bench = try Bench()
    var last: Int64 = 0
    for tick in 0..<3_000 {
      bench.send(1_700_000_000_000 + Int64(tick) * 100, 1_000_000, user: "u-\(tick % 3)")
      if tick % 10 == 9 {
        for progress in bench.take(sweep: 0.5).progress {
          #expect(progress.rewind >= last && progress.rewind <= progress.next)
          last = progress.rewind
        }
      }
    }
    // Two windows and the lateness are 22 s, 220 records; marks are set that far apart, sweeps lag.
    #expect(last > 3_000 - 2 * 220 - 60 && last < 3_000 - 220)
  }

  @Test func aRecordDeliveredTwice_CountsOnce() throws {
    var bench = try Bench()
    for tick in 0..<20 { bench.send(1_700_000_000_000 + Int64(tick) * 100, 1_000_000) }
    bench.offset = 5
    for tick in 5..<20 { bench.send(1_700_000_000_000 + Int64(tick) * 100, 1_000_000) }
    #expect(bench.ring().count == 20)
    #expect(bench.take().recordCount == 20)
  }

  @Test func theNewestArrivalIsHandedOnWithTheOffsets() throws {
    var bench = try Bench()
    #expect(bench.engine.lastArrival(in: 0) == nil)
    for tick in 0..<20 { bench.send(1_700_000_000_000 + Int64(tick) * 100, 1_000_000) }
    let newest = bench.engine.lastArrival(in: 0) ?? 0
    #expect(newest > 0)
    // That all has been taken by some time says nothing of the records.
    bench.engine.advanceClock(of: 0, to: newest + 5_000)
    let progress = try #require(bench.take(sweep: 1).progress.first)
    #expect(progress.lastArrival == newest)

    var next = try Bench()
    next.engine.assign(
      0, rewind: progress.rewind, next: progress.next, lastArrival: progress.lastArrival)
    #expect(next.engine.lastArrival(in: 0) == newest)
    #expect(next.engine.liveStart(of: 0) == (progress.rewind < progress.next ? 20 : nil))
    next.offset = 19
    next.send(1_700_000_000_000, 1_000_000)
    #expect(next.engine.liveStart(of: 0) == nil)
    #expect(next.engine.lastArrival(in: 0) == newest)
  }

  /// Records come from a lower offset on, later than those before.
  @Test func offsetsThatBeginAgain_InterruptNothing() throws {
    let start: Int64 = 1_700_000_000_000
    func send(_ ticks: Range<Int>, to bench: inout Bench) {
      for tick in ticks { bench.send(start + Int64(tick) * 100, 1_000_000 + Int32(tick % 3)) }
    }
    var whole = try Bench()
    send(0..<300, to: &whole)
    var cut = try Bench()
    send(0..<150, to: &cut)
    let before = cut.take(sweep: 1)
    cut.engine.startOver(0, at: 40)
    cut.offset = 40
    send(150..<300, to: &cut)
    let after = cut.take(sweep: 1)
    #expect(cut.ring() == whole.ring())
    let windows = whole.take(sweep: 1).windows
    #expect((before.windows + after.windows).map(\.start) == windows.map(\.start))
    #expect((before.windows + after.windows).map(\.count) == windows.map(\.count))
    let progress = try #require(after.progress.last)
    #expect(progress.next == 190 && progress.rewind == 40)
    #expect(after.lateSamples.isEmpty)
  }

  /// What filled rings again may have been records that nobody has judged yet.
  @Test func offsetsThatBeginAgainDuringARestart_LeaveNothingUnjudged() throws {
    var bench = try Bench()
    bench.engine.assign(0, rewind: 100, next: 200, lastArrival: 7)
    bench.offset = 100
    let start: Int64 = 1_700_000_000_000
    for tick in 0..<50 { bench.send(start + Int64(tick) * 100, 1_000_000) }
    #expect(bench.engine.liveStart(of: 0) == 200)
    #expect(bench.engine.lastArrival(in: 0) == 7)
    bench.engine.startOver(0, at: 130)
    #expect(bench.ring().isEmpty)
    bench.offset = 130
    for tick in 30..<50 { bench.send(start + Int64(tick) * 100, 1_000_000) }
    let decisions = bench.take(sweep: 1)
    #expect(decisions.recordCount == 20 && bench.ring().count == 20)
    #expect(decisions.progress.last?.next == 150)
  }

  @Test func aRevokedPartition_IsForgottenUntilItComesBack() throws {
    var bench = try Bench()
    for tick in 0..<20 { bench.send(1_700_000_000_000 + Int64(tick) * 100, 1_000_000) }
    let progress = try #require(bench.take(sweep: 1).progress.first)
    bench.engine.revoke(0)
    #expect(bench.ring().isEmpty)
    bench.engine.advanceClock(of: 0, to: 1_800_000_000_000)
    #expect(bench.take(sweep: 1).rows.isEmpty)
    bench.engine.assign(0, rewind: progress.rewind, next: progress.next)
    bench.offset = progress.rewind
    for tick in Int(progress.rewind)..<20 {
      bench.send(1_700_000_000_000 + Int64(tick) * 100, 1_000_000)
    }
    #expect(bench.ring().count == 20)
    #expect(bench.take().recordCount == 0)
  }

  /// A wearer at rest, whose partition then goes while another one is read on.
  private static func revoked(endsWith values: [Int32]) throws -> Bench {
    var bench = try Bench()
    bench.engine.assign(1, rewind: 0, next: 0)
    let start: Int64 = 1_700_000_000_000
    for tick in 0..<100 {
      bench.send(start + Int64(tick) * 100, 1_000_000 + Int32(tick % 3) * 10_000)
    }
    for (place, value) in values.enumerated() {
      bench.send(start + 10_000 + Int64(place) * 100, value)
    }
    _ = bench.take(sweep: 1)
    bench.engine.revoke(0)
    return bench
  }

  @Test func whoeverWasSafe_IsUnknownOnceNobodyHasLookedForLong() throws {
    var bench = try Self.revoked(endsWith: [])
    let start: Int64 = 1_700_000_000_000
    bench.engine.advanceClock(of: 1, to: start + 60_000)
    #expect(bench.take(sweep: 1).rows.isEmpty)
    bench.engine.advanceClock(of: 1, to: start + 75_000)
    let decisions = bench.take(sweep: 1)
    let row = try #require(decisions.row())
    #expect(row.state == .unknown && row.previousState == .safe && row.isTransition)
    #expect(row.reason.contains("another member"))
    #expect(decisions.causes.isEmpty)
    #expect(bench.take(sweep: 1).rows.isEmpty)
    // When it comes back its windows are filled and its records judged as ever.
    bench.engine.assign(0, rewind: 0, next: bench.offset)
    let end = bench.offset
    bench.offset = 0
    for tick in 0..<Int(end) {
      bench.send(start + Int64(tick) * 100, 1_000_000 + Int32(tick % 3) * 10_000)
    }
    #expect(bench.ring().count == 100)
    for tick in 0..<5 { bench.send(start + 10_000 + Int64(tick) * 100, 1_000_000) }
    #expect(bench.take(sweep: 1).row()?.state == .safe)
  }

  @Test func whatIsAmiss_IsLeftAsItWasSeen() throws {
    var bench = try Self.revoked(endsWith: [5_000_000, 5_000_000, 5_000_000, 5_000_000])
    bench.engine.advanceClock(of: 1, to: 1_700_000_000_000 + 1_000_000)
    let decisions = bench.take(sweep: 1)
    #expect(decisions.rows.isEmpty && decisions.causes.isEmpty)
  }

  @Test func evidence_IsReadAsItWasWritten() {
    var notes = SubjectNotes()
    #expect(notes.evidence.isEmpty)
    notes.floor = 1_700_000_000_000
    #expect(SubjectNotes(evidence: notes.evidence) == notes)
    var sums = WindowSums()
    for _ in 0..<65_536 { sums.add(-Sample.maxMagnitude) }
    notes.episode = Episode(
      abnormalTimes: [1, 2, 3], quietSince: 4, reference: sums, referenceUntil: 5)
    #expect(SubjectNotes(evidence: notes.evidence) == notes)
    notes.episode?.quietSince = nil
    #expect(SubjectNotes(evidence: notes.evidence) == notes)
    #expect(SubjectNotes(evidence: [9, 1]) == nil)
  }

  /// A restored subject's ring is young, whatever its times are: where a restart begins to read moves on with
  /// it, and does not stay where it was.
  @Test(arguments: [1_700_000_000_000, 1_702_000_000_000, 1_704_000_000_000])
  func theRewindOfARestoredSubject_GoesOn(start: Int64) throws {
    var first = try Bench()
    for second in 0..<30 { first.send(start + Int64(second) * 1_000, 1_000_000) }
    let row = try #require(first.take(sweep: 1).row())
    var bench = try Bench()
    #expect(bench.engine.restore(SubjectIdentity(kind: "wearer", user: "u"), row: row) == 0)
    var rewind: Int64 = 0
    for second in 30..<200 {
      bench.send(start + Int64(second) * 1_000, 1_000_000)
      if let progress = bench.take(sweep: 1).progress.last { rewind = progress.rewind }
    }
    // Two windows back with the lateness, twice, for the marks take turns.
    #expect(rewind > 170 - 60, "\(rewind)")
  }
}
