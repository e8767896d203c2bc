import Events
import Testing

@testable import Detection

/// A service for cameras that is stopped anywhere and started again from what was stored comes to the
/// same end as one that never stopped.
@Suite struct CameraRestartTests {
  /// A camera's rules are lowered before it counts as silent, or only afterwards.
  static let streams = [8_000, 70_000].map { stream(clearAfter: $0) }

  static func stream(clearAfter: Int64) -> StreamRules {
    var counts = CountRules(bucket: 10_000)
    counts.window.length = 120_000
    counts.window.aggregate = 60_000
    counts.zscore.thousandthsOfK = 3_000
    counts.status.raiseWithin = 60_000
    return StreamRules(
      kind: "camera", unit: "", status: StatusRules(clearAfter: clearAfter, staleAfter: 40_000),
      cameras: CameraRules(counts: counts))
  }

  static let rules = RuleSet(
    rules: [
      ThreatRule(
        id: 1, name: "stays", unsafe: ["person"], probability: 700_000,
        persist: ThreatRule.Persistence(frames: 3, of: 5, within: 10_000), cooldown: 30_000),
      ThreatRule(
        id: 2, name: "sure", unsafe: ["person", "dog"], match: .all, probability: 600_000,
        medianProbability: 650_000, cooldown: 60_000, severity: .warning),
    ], assignments: [RuleAssignment(rules: [1, 2])])

  /// Hours of three cameras: visits, flicker, voids, silence, and frames that come late.
  static func log(_ generator: inout SplitMix64) -> [RecordedFrame] {
    var frames: [RecordedFrame] = []
    var until: [(visit: Int64, void: Int64, silent: Int64)] = Array(
      repeating: (0, 0, 0), count: 3)
    var boxes = Array(repeating: Box(x: 0, y: 0, width: 100_000, height: 200_000), count: 3)
    for tick in 0..<6_000 {
      let camera = Int.random(in: 0..<3, using: &generator)
      let arrival = CameraBench.start + Int64(tick) * 1_000
      guard arrival >= until[camera].silent else { continue }
      switch Int.random(in: 0..<30, using: &generator) {
      case 0...5:
        until[camera].visit = arrival + Int64.random(in: 5_000...60_000, using: &generator)
      case 6: until[camera].void = arrival + Int64.random(in: 5_000...40_000, using: &generator)
      case 7: until[camera].silent = arrival + Int64.random(in: 30_000...90_000, using: &generator)
      default: break
      }
      var objects: [Seen] = []
      if arrival < until[camera].visit {
        boxes[camera].x = min(
          900_000, max(0, boxes[camera].x + Int32.random(in: -30_000...30_000, using: &generator)))
        objects.append(
          Seen(
            Int.random(in: 0..<8, using: &generator) == 0 ? "dog" : "person",
            Double(Int.random(in: 400...990, using: &generator)) / 1_000, box: boxes[camera]))
      }
      if Int.random(in: 0..<15, using: &generator) == 0 {
        objects.append(Seen("dog", 0.71, box: nil))
      }
      let lateness =
        Int.random(in: 0..<12, using: &generator) == 0
        ? Int64.random(in: 0...9_000, using: &generator) : 0
      frames.append(
        RecordedFrame(
          user: "c-1", device: "cam-\(camera)", time: arrival - lateness,
          contrast: arrival < until[camera].void ? 0.001 : 0.4, objects: objects,
          arrival: arrival,
          place: SubjectPlace(
            location: camera == 0
              ? GeoLocation(latitude: Double(tick / 100) / 100, longitude: 8) : nil,
            timeZone: camera == 1 ? "UTC" : "", site: camera == 2 ? "" : "s-\(tick / 1_000)")))
    }
    return frames
  }

  /// Feeds the log from where `stored` stands until `stop` frames have been read.
  static func run(
    _ log: [RecordedFrame], _ stream: StreamRules, into stored: inout StoredDecisions, stop: Int,
    _ generator: inout SplitMix64
  ) throws {
    let names = FrameNames()
    var engine = try Engine(streams: [stream], names: names)
    engine.install(rules, stream: 0)
    var map: [UInt32: Int] = [:]
    for (place, identity) in stored.identities.enumerated() {
      if let row = stored.rows[place], let index = engine.restore(identity, row: row) {
        map[index] = place
      }
    }
    engine.assign(0, rewind: stored.rewind, next: stored.next)
    var place = Int(stored.rewind)
    while place < stop {
      let end = min(place + Int.random(in: 1...60, using: &generator), stop)
      for offset in place..<end { log[offset].feed(&engine, names, at: Int64(offset)) }
      let decisions = engine.takeDecisions(sweep: Double.random(in: 0...0.5, using: &generator))
      place = end
      // A crash may fall between a batch and its commit: then the batch is as if never read.
      if place == stop, stop < log.count, Bool.random(using: &generator) { return }
      stored.apply(decisions, &map)
    }
    if stop == log.count { for _ in 0..<3 { stored.apply(engine.takeDecisions(sweep: 1), &map) } }
  }

  @Test(arguments: 0..<30)
  func stoppedAnywhere_TheEndIsTheSame(seed: UInt64) throws {
    var generator = SplitMix64(state: 9_000 + seed)
    let log = Self.log(&generator)
    let stream = Self.streams[Int(seed % 2)]
    var whole = StoredDecisions()
    try Self.run(log, stream, into: &whole, stop: log.count, &generator)

    var broken = StoredDecisions()
    for _ in 0..<5 {
      let from = max(Int(broken.next), 1)
      guard from < log.count else { break }
      let stop = Int.random(in: from...log.count, using: &generator)
      try Self.run(log, stream, into: &broken, stop: stop, &generator)
    }
    try Self.run(log, stream, into: &broken, stop: log.count, &generator)
    #expect(broken.rewind > 0)
    #expect(whole.disorder == [] && broken.disorder == [])
    let expected = whole.facts
    let found = broken.facts
    #expect(found.count == expected.count)
    for (left, right) in zip(found, expected) where left != right {
      Issue.record("\(left)\n  instead of\n\(right)")
      break
    }
    #expect(whole.threats.count > 3 && whole.faults.count > 3 && whole.windows.count > 30)
    #expect(whole.identities.contains { $0.kind == "camera-count" })
    #expect(whole.rows.values.contains { $0.location != nil && $0.site == "s-5" })
    #expect(whole.causes.values.reduce(0) { $0 + $1.count } > 20)
  }
}
